"""A marker in each private field, and everything that anybody can reach: each is found only where it may be."""

from __future__ import annotations

import json
import re
import sqlite3
from datetime import date
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import inspect, select

from app.accounts.models import Role
from app.db import db
from app.delegations import focal
from app.delegations.focal import Contact
from app.delegations.models import Answer, Delegation
from app.journal import Note
from app.outbox import Message, empty
from app.registration.models import Delegate
from app.travel import service
from tests.registration.cast import NOW, Cast, read
from tests.registration.people import do
from tests.travel.guests import JOURNEY, PASSPORT, TRIP, guest, link, staff, tell

LOGISTICS = {
    "arrival_flight": "QZ 9471",
    "arrival_port": "canaryarrivalport",
    "departure_flight": "QZ 9472",
    "departure_port": "canarydepartureport",
    "hotel_name": "canaryhotel",
    "emergency_name": "canarycontact",
    "emergency_phone": "+819099994711",
    "emergency_relation": "canaryrelation",
    "companions": "canarycompanion",
    "gifts": "canarygifts",
    "faith": "canaryfaith",
}
VISA = {
    "surname": "CANARYSURNAME",
    "given_names": "CANARYGIVEN",
    "birth_place": "canarybirthplace",
    "number": "CANARY471",
    "embassy": "canaryembassy",
    "payer": "canarypayer",
}
NEEDS = {"dietary": "canaryfood", "access": "canaryramp"}
CITIES_ANSWER = Answer.APPROVED


def fill(cast: Cast, client: FlaskClient) -> Delegate:
    anna = guest(cast, **NEEDS)
    base = link(cast, anna)
    travel = LOGISTICS | {"hotel": "own", "officers": "yes", "weapons": "yes"}
    for part in ("journey", "stay", "emergency", "company", "notes"):
        assert tell(client, f"{base}/travel/{part}", (JOURNEY if part == "journey" else {}) | travel).status_code == 303
    assert tell(client, f"{base}/visa", {"needed": "y"}).status_code == 303
    assert tell(client, f"{base}/visa/passport", PASSPORT | VISA).status_code == 303
    assert tell(client, f"{base}/visa/trip", TRIP | VISA).status_code == 303
    tell(client, f"{base}/visa/code", {"send": "yes"})
    return anna


def crawl(client: FlaskClient, *starts: str) -> dict[str, str]:
    """Every page and file that links lead to from here, by its address; downloads as text where they are text."""
    found: dict[str, str] = {}
    waiting = list(starts)
    while waiting:
        path = waiting.pop()
        if path in found:
            continue
        answer = client.get(path)
        found[path] = answer.get_data().decode("utf-8", "replace") if answer.status_code == 200 else ""
        if answer.status_code in range(300, 400) and answer.location.startswith("/"):
            waiting.append(answer.location)
        if answer.mimetype == "text/html":
            links = re.findall(r'(?:href|action)="(/[^"#]*)', found[path])
            waiting += [each.replace("&amp;", "&") for each in links if not each.startswith(("/static", "/sign"))]
    return found


def markers(pages: dict[str, str], *of: dict[str, str]) -> set[str]:
    text = "\n".join(pages.values()).casefold()
    return {marker for group in of for marker in group.values() if marker.casefold() in text}


def office(cast: Cast, city: str) -> str:
    """The address of the page of who speaks for this city."""

    def act() -> str:
        delegation = db.session.execute(
            select(Delegation).where(Delegation.uid == f"summit-{city.lower()}")
        ).scalar_one()
        delegation.answer = CITIES_ANSWER
        db.session.flush()
        contact = Contact("Paola Conti", f"office@{city.lower()}.example.org")
        return f"/f/{focal.appoint(delegation.id, contact, who='a test', now=NOW).link}/"

    return do(cast, act)


def test_the_public_sees_none_of_it(cast: Cast, client: FlaskClient) -> None:
    fill(cast, client)
    pages = crawl(cast.app.test_client(), "/", "/summit/", "/summit/register", "/summit/agenda.json")
    assert (len(pages) > 10, markers(pages, LOGISTICS, VISA, NEEDS)) == (True, set())


def test_the_link_shows_the_food_that_the_person_corrects_there_and_nothing_else(
    cast: Cast, client: FlaskClient
) -> None:
    pages = crawl(cast.app.test_client(), link(cast, fill(cast, client)))
    assert (len(pages) > 15, markers(pages, LOGISTICS, VISA)) == (True, set())


def test_no_office_sees_any_of_it_its_own_citys_either(cast: Cast, client: FlaskClient) -> None:
    anna = fill(cast, client)
    pages = crawl(cast.app.test_client(), office(cast, "Rome"), office(cast, "Milan"))
    assert any(path.endswith(f"/people/{anna.reference}/travel") for path in pages)
    assert markers(pages, LOGISTICS, VISA, NEEDS) == set()


def test_an_organiser_sees_none_of_it(cast: Cast, client: FlaskClient) -> None:
    anna = fill(cast, client)
    pages = crawl(
        staff(cast, "tokyo", Role.ORGANISER), "/organise/", f"/organise/summit/registrations/{anna.reference}"
    )
    assert (len(pages) > 30, markers(pages, LOGISTICS, VISA, NEEDS)) == (True, set())


def test_who_looks_after_travel_sees_all_of_that_and_no_passport(cast: Cast, client: FlaskClient) -> None:
    fill(cast, client)
    pages = crawl(staff(cast, "rome", Role.LOGISTICS), "/organise/")
    assert markers(pages, LOGISTICS, VISA, NEEDS) == {*LOGISTICS.values(), *NEEDS.values()}


def test_who_writes_visa_letters_sees_passports_and_nothing_else(cast: Cast, client: FlaskClient) -> None:
    fill(cast, client)
    pages = crawl(staff(cast, "rome", Role.VISA), "/organise/")
    assert markers(pages, LOGISTICS, VISA, NEEDS) == set(VISA.values())


def test_staff_of_another_event_see_none_of_it(cast: Cast, client: FlaskClient) -> None:
    anna = fill(cast, client)
    other = staff(cast, "seoul", *Role, slug="congress")
    paths = [
        f"/organise/{slug}/{kind}/{anna.reference}" for slug in ("summit", "congress") for kind in ("travel", "visa")
    ]
    assert {other.get(path).status_code for path in paths} == {404}
    assert markers(crawl(other, "/organise/"), LOGISTICS, VISA, NEEDS) == set()


def test_no_letter_and_no_line_of_the_journal_holds_any_of_it(cast: Cast, client: FlaskClient) -> None:
    fill(cast, client)

    def ask() -> dict[str, str]:
        empty()
        rows = db.session.execute(select(Message.id, Message.facts, Message.octets)).all()
        told = {f"letter {key}": json.dumps(facts) + (octets or b"").decode() for key, facts, octets in rows}
        notes = db.session.execute(select(Note)).scalars()
        return told | {f"note {each.id}": f"{each.what} {each.before} {each.after} {each.who}" for each in notes}

    found = read(cast.app, ask)
    assert (len(found) > 10, markers(found, LOGISTICS, VISA, NEEDS)) == (True, set())


def test_nothing_is_stored_outside_of_its_own_table(cast: Cast, client: FlaskClient) -> None:
    fill(cast, client)

    def ask() -> dict[str, set[str]]:
        found = {}
        with db.engine.connect() as connection:
            for name in inspect(db.engine).get_table_names():
                rows = connection.exec_driver_sql(f'SELECT * FROM "{name}"').fetchall()
                if seen := markers({"": str(rows)}, LOGISTICS, VISA, NEEDS):
                    found[name] = seen
        return found

    assert read(cast.app, ask) == {
        "logistics": set(LOGISTICS.values()),
        "visa_data": set(VISA.values()),
        "needs": set(NEEDS.values()),
    }


@pytest.mark.one_database
def test_what_was_deleted_is_overwritten_in_the_file(cast: Cast, client: FlaskClient) -> None:
    fill(cast, client)
    with cast.app.app_context():
        path = db.engine.url.database
        if path is None or db.engine.dialect.name != "sqlite":
            pytest.skip("another database keeps its own files")
    assert _file(cast, path) & {"CANARY471", "canaryhotel"} == {"CANARY471", "canaryhotel"}
    assert do(cast, lambda: service.forget_over(date(2090, 12, 1), NOW)) == 2
    assert _file(cast, path) & {"CANARY471", "canaryhotel"} == set()


def _file(cast: Cast, path: str) -> set[str]:
    """The markers that the octets of the database file hold, once all is written there."""
    with cast.app.app_context():
        db.session.remove()
        db.engine.dispose()
        with sqlite3.connect(path) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.close()
    octets = Path(path).read_bytes()
    return {marker for marker in (*LOGISTICS.values(), *VISA.values()) if marker.encode() in octets}
