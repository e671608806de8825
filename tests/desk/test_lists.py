"""Delegations and registrations as organisers read them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import delete, select

from app import clock
from app.agenda.models import Appearance
from app.db import db, write
from app.delegations.models import Delegation, DelegationMode
from app.events.models import Event, Mode
from app.network.models import Member
from app.registration import service as registration
from app.registration.models import Delegate
from app.registration.service import Application, Details
from app.videos.models import VideoMessage
from app.web.kept import KeepingFlask
from tests.desk.office import ARCHIVE, REHEARSAL, Organiser, rows, words
from tests.queries import counted

DELEGATIONS = f"{REHEARSAL}/delegations"
REGISTRATIONS = f"{REHEARSAL}/registrations"
NAMES = {"Rome": "Gaia Romani", "Seoul": "Kim Haneul", "New York": "Robin Doe", "Milan": "Luca Milani"}


def of_city(city: str) -> Delegation:
    return db.session.execute(
        select(Delegation)
        .join(Member)
        .join(Event, Event.id == Delegation.event_id)
        .where(Event.slug == "rehearsal", Member.name == city)
    ).scalar_one()


def register(app: KeepingFlask, city: str, mode: Mode = Mode.ONLINE, **more: Any) -> str:
    """One person of the city registers for the rehearsal; the reference."""

    def act() -> str:
        event = db.session.execute(select(Event).where(Event.slug == "rehearsal")).scalar_one()
        details = Details(
            mode=mode,
            name=NAMES[city],
            position="Adviser",
            organisation="City hall",
            email=f"{NAMES[city].split()[0].lower()}@example.org",
            **more,
        )
        asked = Application(f"form of {NAMES[city]}", of_city(city).id, details)
        return registration.register(event, asked, clock.now()).reference

    with app.app_context():
        return write(act)


def withdraw(app: KeepingFlask, reference: str) -> None:
    def act() -> None:
        row = db.session.execute(select(Delegate.id).where(Delegate.reference == reference)).scalar_one()
        registration.withdraw(row, clock.now())

    with app.app_context():
        write(act)


def keep_only(app: KeepingFlask, *cities: str) -> None:
    """Take all other delegations off the rehearsal, with all that hangs on them."""

    def act() -> None:
        gone = (
            select(Delegation.id)
            .join(Member)
            .join(Event, Event.id == Delegation.event_id)
            .where(Event.slug == "rehearsal", Member.name.not_in(cities))
        )
        ids = list(db.session.execute(gone).scalars())
        for table in (Appearance, DelegationMode, Delegate, VideoMessage):
            db.session.execute(delete(table).where(table.delegation_id.in_(ids)))
        db.session.execute(delete(Delegation).where(Delegation.id.in_(ids)))

    with app.app_context():
        write(act)


def names(page_rows: dict[str, str]) -> list[str]:
    return sorted(name.removesuffix("Adviser") for name in page_rows)


def test_an_organiser_sees_their_own_events(tokyo: Organiser, rome: Organiser) -> None:
    assert "Rehearsal of the 1st G-NETS Leaders Summit" in words(tokyo.get("/organise/"))
    assert "Rehearsal" not in words(rome.get("/organise/"))


def test_an_edited_draft_is_told_on_the_front_page(desks: KeepingFlask, tokyo: Organiser) -> None:
    assert "Draft edited since" not in words(tokyo.get("/organise/"))
    tokyo.send(f"{REHEARSAL}/agenda/session-2", {"title": "Air and water"})
    assert "Draft edited since" in words(tokyo.get("/organise/"))
    tokyo.send(f"{REHEARSAL}/publish")
    assert "Draft edited since" not in words(tokyo.get("/organise/"))


def test_whoever_runs_nothing_has_no_front_page(desks: KeepingFlask) -> None:
    assert Organiser(desks, "milan").get("/organise/").status_code == 404


def test_the_old_list_of_delegations_leads_to_the_board(tokyo: Organiser) -> None:
    answer = tokyo.get(DELEGATIONS)
    assert (answer.status_code, answer.location) == (301, f"{REHEARSAL}/board")


def test_the_code_and_the_link_stand_on_the_page_of_the_city(desks: KeepingFlask, tokyo: Organiser) -> None:
    page = tokyo.get(f"{REHEARSAL}/invitations/city/seoul").text
    with desks.app_context():
        code, link = of_city("Seoul").code, of_city("Seoul").link
    assert f'value="{code}"' in page
    assert f'value="http://localhost/rehearsal/register/{link}"' in page


def test_registrations_cost_the_same_for_one_and_for_three(desks: KeepingFlask, tokyo: Organiser) -> None:
    costs = []
    for cities in (("Seoul",), ("Rome", "Milan")):
        for city in cities:
            register(desks, city)
        with counted(desks) as statements:
            found = rows(tokyo.get(REGISTRATIONS))
        costs.append((len(statements), len(found)))
    assert costs == [(costs[0][0], 1), (costs[0][0], 3)]


def test_a_registration_is_listed_with_its_city_and_reference(desks: KeepingFlask, tokyo: Organiser) -> None:
    reference = register(desks, "Seoul")
    row = rows(tokyo.get(REGISTRATIONS))["Kim HaneulAdviser"]
    assert row.startswith(f"Seoul | Online | Approved | {reference} |")
    assert "kim@example.org" in row


def test_registrations_narrow_by_mode_state_and_city(desks: KeepingFlask, tokyo: Organiser) -> None:
    register(desks, "Seoul", Mode.VENUE)
    register(desks, "Rome")
    withdraw(desks, register(desks, "New York"))
    found = {
        query: names(rows(tokyo.get(f"{REGISTRATIONS}?{query}")))
        for query in ("mode=venue", "state=withdrawn", "city=rome", "mode=online&state=approved", "mode=by+sea")
    }
    assert found == {
        "mode=venue": ["Kim Haneul"],
        "state=withdrawn": ["Robin Doe"],
        "city=rome": ["Gaia Romani"],
        "mode=online&state=approved": ["Gaia Romani"],
        "mode=by+sea": ["Gaia Romani", "Kim Haneul", "Robin Doe"],
    }


def test_people_are_found_by_any_spelling_and_by_their_reference(desks: KeepingFlask, tokyo: Organiser) -> None:
    reference = register(desks, "Seoul")
    register(desks, "Rome")
    found = [
        names(rows(tokyo.get(f"{REGISTRATIONS}?q={q}")))
        for q in ("GAÏA", "haneul+kim", reference.lower(), "---", "%25")
    ]
    assert found == [["Gaia Romani"], ["Kim Haneul"], ["Kim Haneul"], [], []]


def test_needs_are_not_shown_to_an_organiser_as_such(desks: KeepingFlask, tokyo: Organiser) -> None:
    reference = register(desks, "Seoul", Mode.VENUE, dietary="No shellfish", access="A ramp")
    pages = tokyo.get(REGISTRATIONS).text + tokyo.get(f"{REGISTRATIONS}/{reference}").text
    assert [told in pages for told in ("No shellfish", "A ramp")] == [False, False]


def test_the_journal_of_a_person_stands_on_their_page(desks: KeepingFlask, tokyo: Organiser) -> None:
    reference = register(desks, "Seoul")
    withdraw(desks, reference)
    page = words(tokyo.get(f"{REGISTRATIONS}/{reference}"))
    assert f"{reference} (Kim Haneul)withdrewstate: approvedstate: withdrawn" in page.replace("\n", "")


def test_a_person_of_another_summit_is_not_found(desks: KeepingFlask, tokyo: Organiser, rome: Organiser) -> None:
    reference = register(desks, "Seoul")
    assert tokyo.get(f"{REGISTRATIONS}/{reference}").status_code == 200
    assert rome.get(f"{ARCHIVE}/registrations/{reference}").status_code == 404


def test_a_reference_of_nonsense_is_not_found(tokyo: Organiser) -> None:
    paths = [f"{REGISTRATIONS}/%00", f"{REHEARSAL}/agenda/%00"]
    assert [tokyo.get(path).status_code for path in paths] == [404, 404]


def test_strangers_find_no_lists(rome: Organiser) -> None:
    found = [rome.get(path).status_code for path in (DELEGATIONS, REGISTRATIONS, f"{REGISTRATIONS}/7K4M9Q")]
    assert found == [404, 404, 404]
