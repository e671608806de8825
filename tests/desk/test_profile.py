"""What organisers read of a person's profile, and nobody else."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from sqlalchemy import select, update

from app.db import db, write
from app.events.models import Event, Mode
from app.files import keep
from app.profiles import service
from app.profiles.models import Consented, NameOrder
from app.registration.models import Delegate
from app.web.kept import KeepingFlask
from tests.desk.office import ARCHIVE, REHEARSAL, Organiser, words
from tests.desk.test_lists import register
from tests.profiles.pictures import opened, photo
from tests.queries import counted
from tests.registration.cast import NOW


@dataclass(frozen=True)
class Told:
    reference: str
    key: int


@pytest.fixture
def told(desks: KeepingFlask) -> Told:
    """Somebody of Seoul, registered for the rehearsal, with everything told."""
    reference = register(desks, "Seoul", Mode.VENUE)
    values = {
        "name_order": NameOrder.FAMILY_FIRST,
        "capitals": True,
        "own_script": "김민지",
        "pronunciation": "kim min-JEE",
        "second_position": "부시장",
        "languages": "Korean, English",
        "interpret_from": "Japanese",
        "interpret_to": "Korean",
        "bio": "Plans for heat.",
        "badge_first": "KIM Minji",
        "badge_second": "Seoul",
    }
    with desks.app_context():
        key = db.session.execute(select(Delegate.id).where(Delegate.reference == reference)).scalar_one()
        kept = keep(photo(), "photo.jpg", megabytes=5)

        def act() -> None:
            named = update(Delegate).where(Delegate.id == key).values(family_name="Kim", given_name="Minji")
            db.session.execute(named)
            service.tell(key, values, seen=service.mark(None, values), photo=kept, now=NOW)
            seen = service.mark_of_consents([])
            service.agree(key, {Consented.RECORDING}, seen=seen, now=NOW)

        write(act)
    return Told(reference, key)


def test_organisers_read_all_of_it_on_the_registration(tokyo: Organiser, told: Told) -> None:
    page = words(tokyo.get(f"{REHEARSAL}/registrations/{told.reference}"))
    for said in (
        "How to say itkim min-JEE",
        "Name in own script김민지",
        "In listsKIM Minji (family name first)",
        "부시장",
        "Korean, English",
        "from Japanese into Korean",
        "KIM Minji / Seoul",
        "Plans for heat.",
        "Recording (wording 1): given on",
    ):
        assert said in page, said


def test_the_photo_opens_for_the_organisers_of_this_summit_alone(
    tokyo: Organiser, rome: Organiser, desks: KeepingFlask, told: Told
) -> None:
    path = f"{REHEARSAL}/registrations/{told.reference}/photo"
    shown = tokyo.get(path)
    assert (opened(shown.data).size, shown.headers["Cache-Control"]) == ((600, 800), "no-store")
    assert (rome.get(path).status_code, desks.test_client().get(path).status_code) == (404, 303)
    assert rome.get(path.replace(REHEARSAL, ARCHIVE)).status_code == 404


def test_moderators_find_how_to_say_a_name_in_the_list_of_participants(tokyo: Organiser, told: Told) -> None:
    page = words(tokyo.get(f"{REHEARSAL}/participants"))
    assert ("김민지say: kim min-JEE" in page, "Plans for heat." in page) == (True, False)


def test_the_list_costs_the_same_with_and_without_profiles(tokyo: Organiser, desks: KeepingFlask, told: Told) -> None:
    costs = []
    for _time in range(3):
        with counted(desks) as statements:
            tokyo.get(f"{REHEARSAL}/participants")
        costs.append(len(statements))
        register(desks, "Seoul", Mode.ONLINE)
    assert len(set(costs)) == 1, costs


def test_no_public_page_holds_any_of_it(desks: KeepingFlask, told: Told) -> None:
    client = desks.test_client()
    with desks.app_context():
        assert db.session.execute(select(Event.release).where(Event.slug == "rehearsal")).scalar_one() > 0
    for page in ("", "agenda", "agenda.ics", "agenda.json", "people", "cities", "cities/seoul"):
        text = client.get(f"/rehearsal/{page}").text
        assert [word in text for word in ("김민지", "min-JEE", "Plans for heat.", "부시장")] == [False] * 4, page
