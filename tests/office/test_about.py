"""What a city's office fills in of somebody's profile: name, badge, words and photo, and never a consent."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient

from app.db import db
from app.events.models import Mode
from app.journal import Note
from app.profiles import service
from app.profiles.models import Profile
from app.registration.models import Delegate, Needs
from tests.delegations.cities import NOW, Cities
from tests.desk.office import held, words
from tests.office.test_pages import took_part
from tests.office.test_people import name, of
from tests.profiles.pictures import opened, photo
from tests.profiles.pressing import press, sent
from tests.registration.cast import read


@pytest.fixture
def client(cities: Cities) -> FlaskClient:
    return cities.app.test_client()


@pytest.fixture
def path(cities: Cities) -> str:
    return took_part(cities, "Rome", Mode.VENUE)


@pytest.fixture
def minji(cities: Cities, path: str) -> Delegate:
    return name(cities, "KIM Minji")


def stored(cities: Cities, person: Delegate) -> Profile | None:
    return cities.read(lambda: service.profile_of(person.id))


def test_the_office_fills_in_name_badge_words_and_photo(
    cities: Cities, client: FlaskClient, path: str, minji: Delegate
) -> None:
    page = of(path, minji, "about")
    assert page in client.get(of(path, minji, "")).text
    answer = press(
        client,
        page,
        own_script="김민지",
        pronunciation="kim min-JEE",
        badge_first="KIM Minji",
        badge_second="Roma",
        bio="Plans for heat.",
        photo=sent(photo(500, 700)),
    )
    assert answer.status_code == 303
    told = stored(cities, minji)
    assert told is not None
    assert (told.own_script, told.pronunciation, told.badge_first, told.badge_second, told.bio) == (
        "김민지",
        "kim min-JEE",
        "KIM Minji",
        "Roma",
        "Plans for heat.",
    )
    assert opened(client.get(of(path, minji, "photo")).data).size == (500, 700)
    assert held(client.get(page))["badge_second"] == "Roma"


def test_the_journal_says_who_did_it_for_whom(cities: Cities, client: FlaskClient, path: str, minji: Delegate) -> None:
    press(client, of(path, minji, "about"), pronunciation="kim min-JEE")
    note = cities.read(lambda: db.session.query(Note).order_by(Note.id.desc()).first())
    assert note is not None
    assert (note.what, note.subject, note.after) == (
        "changed profile",
        f"delegate/{minji.uid}",
        {"fields": "pronunciation, badge first, badge second"},
    )
    assert note.who != minji.signed


def test_a_consent_is_neither_asked_of_the_office_nor_taken_from_it(
    cities: Cities, client: FlaskClient, path: str, minji: Delegate
) -> None:
    page = of(path, minji, "about")
    assert [word in client.get(page).text for word in ("photographed", "recorded", "next edition")] == [False] * 3
    press(client, page, recording="y", contact="y", languages="Korean", name_order="given first", capitals="y")
    told = stored(cities, minji)
    assert told is not None
    assert (told.languages, told.name_order, told.capitals, told.pages) == ("", None, False, "")
    assert cities.read(lambda: service.consents_of(minji.id)) == []


def test_the_office_never_sees_what_is_the_persons_own(
    cities: Cities, client: FlaskClient, path: str, minji: Delegate
) -> None:
    told = {"languages": "Canary language", "second_position": "Canary post"}
    cities.do(lambda: service.tell(minji.id, told, seen=service.mark(None, told), now=NOW))
    for page in ("", "about"):
        assert "Canary" not in client.get(of(path, minji, page)).text


@pytest.mark.parametrize("page", ["about", "photo"])
def test_another_citys_office_finds_nobody(
    cities: Cities, client: FlaskClient, path: str, minji: Delegate, page: str
) -> None:
    milan = took_part(cities, "Milan", Mode.VENUE)
    answer = client.get(of(milan, minji, page))
    assert (answer.status_code, "Your delegation has nobody of this reference." in words(answer)) == (404, True)
    own = client.get(of(path, minji, "about"))
    sent_elsewhere = press(client, of(milan, minji, "about"), own, bio="Mallory")
    assert (sent_elsewhere.status_code, stored(cities, minji)) == (404, None)


def test_what_the_office_changed_meanwhile_is_told_to_the_person(
    cities: Cities, client: FlaskClient, path: str, minji: Delegate
) -> None:
    mine = read(cities.app, lambda: f"/d/{minji.link}/about/badge")
    open_page = client.get(mine)
    press(client, of(path, minji, "about"), badge_second="Roma")
    answer = press(client, mine, open_page, badge_second="Seoul")
    assert (answer.status_code, "This was changed elsewhere" in answer.text) == (422, True)


def test_the_office_tells_needs_only_if_the_person_agrees(
    cities: Cities, client: FlaskClient, path: str, minji: Delegate
) -> None:
    page = of(path, minji, "form")
    form: dict[str, Any] = {
        "mode": "venue",
        "organisation": "City of Rome",
        "mobile": "+39 06 1234 5678",
        "privacy": "y",
    }
    answer = press(client, page, **form | {"dietary": "Halal"})
    assert (answer.status_code, "Tick this, or empty the fields about food and access." in answer.text) == (422, True)
    assert "The person agrees that the organisers store this to look after them" in words(answer)
    assert press(client, page, **form | {"dietary": "Halal", "agreed": "y"}).status_code == 303
    needs = cities.read(lambda: db.session.get_one(Needs, minji.id))
    assert (needs.dietary, needs.agreed_at is None) == ("Halal", False)
