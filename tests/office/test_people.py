"""A city's people at its office: named, filled in for, decided on, put in order, replaced, taken off the list."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from app.db import db
from app.delegations.models import Category, Quota
from app.events.models import Approval, Deadline, Due, Event, Mode
from app.journal import Note
from app.registration import deciding, nominating
from app.registration import service as registration
from app.registration.models import Capacity, Delegate, Needs, Places, Rank, State
from app.registration.nominating import Nomination
from app.registration.service import Application, Details
from tests.delegations.cities import NOW, Cities
from tests.desk.office import held
from tests.office.test_pages import PAST, follow, press, took_part, words
from tests.queries import counted

DUE = datetime(2090, 1, 12, 22, 59, 59, 999999, tzinfo=UTC)
"""23:59 in Rome."""
MINJI = {
    "name": "KIM Minji",
    "role": "delegate",
    "rank": "official",
    "position": "Head of Climate",
    "email": "minji@rome.example.org",
    "mode": "venue",
    "knows": "y",
}
FORM = {"mode": "venue", "organisation": "City of Rome", "mobile": "+39 06 1234 5678", "privacy": "y"}


@pytest.fixture
def client(cities: Cities) -> FlaskClient:
    return cities.app.test_client()


@pytest.fixture
def path(cities: Cities) -> str:
    """Rome's page; its people come to the venue or join online."""
    return took_part(cities, "Rome", Mode.VENUE, Mode.ONLINE)


def name(cities: Cities, called: str, role: Capacity = Capacity.DELEGATE, city: str = "Rome", **more: Any) -> Delegate:
    """Somebody whom the city has named."""
    key = cities.id(city)
    values = {"rank": Rank.OFFICIAL, "position": "Official", "email": f"{called.split()[0].lower()}@example.org"} | more
    nomination = Nomination(name=called, role=role, knows=True, **values)
    return cities.do(lambda: nominating.nominate(key, nomination, who="Gaia Romani", now=NOW))


def came(cities: Cities, called: str = "Marco Rossi", **more: Any) -> Delegate:
    """Somebody who registered with the code of Rome."""
    key = cities.id("Rome")
    details = Details(
        Mode.VENUE, called, "Adviser", "City of Rome", "marco@example.org", mobile="+390612345678", **more
    )

    def act() -> Delegate:
        event = db.session.get_one(Event, cities.event_id)
        return registration.register(event, Application(f"key-of-{called}-0123456789", key, details), NOW)

    return cities.do(act)


def asks(cities: Cities, approval: Approval) -> None:
    cities.do(lambda: db.session.execute(update(Event).values(approval=approval)))


def stored(cities: Cities, called: str) -> Delegate:
    return cities.read(lambda: db.session.execute(select(Delegate).where(Delegate.name == called)).scalar_one())


def quota(cities: Cities, category: Category, seats: int, taken: int = 0) -> None:
    row = {"delegation_id": cities.id("Rome"), "category": category, "mode": Mode.VENUE}
    cities.do(lambda: db.session.add(Quota(**row, seats=seats, taken=taken)))


def due(cities: Cities, kind: Due, at: datetime, hard: bool = False) -> None:
    cities.do(lambda: db.session.add(Deadline(event_id=cities.event_id, kind=kind, at=at, hard=hard)))


def of(path: str, person: Delegate, page: str = "") -> str:
    return f"{path}people/{person.reference}/{page}"


def refused(answer: TestResponse, sentence: str) -> str:
    assert answer.status_code == 422, answer.status_code
    page = words(answer)
    assert sentence in page, page
    return page


def test_a_person_is_named_once_and_the_list_says_who_owes_what_by_when(
    cities: Cities, client: FlaskClient, path: str
) -> None:
    due(cities, Due.CONFIRMATION, DUE)
    quota(cities, Category.DELEGATES, 4, 2)
    values = held(client.get(f"{path}people/name")) | MINJI
    for _again in range(2):
        said = follow(client, client.post(f"{path}people/name", data=values))
    assert "KIM Minji still has to fill in the form by 12 January 2090, 23:59 (Rome)." in said
    assert "Fill in the form for this person" in said
    assert "Delegates at the venue 3 of 4" in said
    assert cities.letters()[-1] == ("nominated", "KIM Minji")
    assert (stored(cities, "KIM Minji").rank, stored(cities, "KIM Minji").endorsed) == (Rank.OFFICIAL, True)
    (note,) = cities.notes("nominated")
    assert note.who == "Gaia Romani (focal point of Rome)"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"name": ""}, "Enter a name."),
        ({"rank": ""}, "Choose the rank."),
        ({"rank": "emperor"}, "Choose one of these."),
        ({"role": "emperor"}, "Choose one of these."),
        ({"mode": "video"}, "Choose one of these."),
        ({"mode": None}, "Choose one."),
        ({"position": ""}, "Enter the position."),
        ({"email": ""}, "or tick that your office fills in the form."),
        ({"email": "minji"}, "Email:"),
        ({"knows": None}, "Tell the person first"),
    ],
)
def test_what_is_missing_is_said_and_what_was_typed_is_kept(
    cities: Cities, client: FlaskClient, path: str, change: dict[str, Any], said: str
) -> None:
    answer = press(client, f"{path}people/name", **MINJI | {"relation": "Professor"} | change)
    refused(answer, said)
    assert held(answer)["relation"] == "Professor"
    assert cities.read(lambda: db.session.execute(select(Delegate.id)).all()) == []


def test_a_used_up_quota_refuses_with_the_way_on(cities: Cities, client: FlaskClient, path: str) -> None:
    quota(cities, Category.DELEGATES, 1, 1)
    assert "Delegates at the venue 1 of 1 used up" in words(client.get(path))
    answer = press(client, f"{path}people/name", **MINJI)
    refused(answer, "used up: 1 of 1 (delegates, at the venue). Ask the organisers for another place")
    assert held(answer)["name"] == "KIM Minji"
    follow(client, press(client, f"{path}people/name", **MINJI | {"mode": "online"}))


def test_after_a_hard_deadline_nobody_is_named(cities: Cities, client: FlaskClient, path: str) -> None:
    due(cities, Due.NOMINATION, PAST, hard=True)
    refused(press(client, f"{path}people/name", **MINJI), "Please ask the organisers")


def test_on_behalf_no_address_is_needed_and_the_form_opens(cities: Cities, client: FlaskClient, path: str) -> None:
    answer = press(client, f"{path}people/name", **MINJI | {"email": "", "behalf": "y"})
    assert "Fill in the form for KIM Minji" in follow(client, answer)
    letters = cities.letters()
    assert "Your office still has to fill in the form." in words(client.get(path))
    said = follow(client, press(client, answer.location, **FORM))
    assert "KIM Minji is approved." in said
    assert "City of Rome" in said
    assert stored(cities, "KIM Minji").state == State.APPROVED
    assert letters[-1] == ("passed on", "Gaia Romani")
    assert cities.letters() == [*letters, ("passed on", "Gaia Romani")]


def test_a_wrong_form_on_behalf_is_kept(cities: Cities, client: FlaskClient, path: str) -> None:
    person = name(cities, "KIM Minji")
    answer = press(client, of(path, person, "form"), **FORM | {"mobile": "12"})
    refused(answer, "Begin with + and the code of the country")
    assert held(answer)["organisation"] == "City of Rome"
    assert stored(cities, "KIM Minji").state == State.NOMINATED


def test_what_was_told_in_confidence_is_never_shown_and_stays(cities: Cities, client: FlaskClient, path: str) -> None:
    asks(cities, Approval.BOTH)
    person = came(cities, dietary="halal meals", access="wheelchair", listed=True)

    def back() -> None:
        nominating.endorse(person.id, who="Gaia Romani", now=NOW)
        deciding.give_back(person.id, "Which department?", who="KOIKE Yuriko", now=NOW)

    cities.do(back)
    for page in ("", "form", "role", "head", "replace", "remove"):
        shown = client.get(of(path, person, page)).text
        assert "halal meals" not in shown, page
        assert "wheelchair" not in shown, page
    assert "It was returned: “Which department?”. Marco Rossi still has to fill in the form." in words(client.get(path))
    follow(client, press(client, of(path, person, "form"), mode="venue", privacy="y"))
    needs = cities.read(lambda: db.session.get_one(Needs, person.id))
    assert (needs.dietary, needs.access) == ("halal meals", "wheelchair")
    assert (stored(cities, "Marco Rossi").listed, stored(cities, "Marco Rossi").state) == (True, State.ENDORSED)


def test_a_persons_page_holds_what_the_office_may_know(cities: Cities, client: FlaskClient, path: str) -> None:
    asks(cities, Approval.FOCAL_POINT)
    person = came(cities)
    page = client.get(of(path, person))
    for said in ("Marco Rossi", "Waits for you", "Adviser", "City of Rome", "marco@example.org", "+390612345678"):
        assert said in words(page), said
    assert cities.read(lambda: person.link) not in page.text
    assert page.headers["Cache-Control"] == "no-store"


def test_who_came_with_the_code_is_approved_once(cities: Cities, client: FlaskClient, path: str) -> None:
    asks(cities, Approval.FOCAL_POINT)
    person = came(cities)
    assert "You still have to approve or refuse." in words(client.get(path))
    refused(press(client, of(path, person, "decide"), decision=None), "Choose one of the two.")
    values = held(client.get(of(path, person, "decide"))) | {"decision": "approve"}
    for _again in range(2):
        assert "Marco Rossi is approved." in follow(client, client.post(of(path, person, "decide"), data=values))
    assert cities.letters()[-1] == ("confirmation", "Marco Rossi")


def test_where_both_decide_the_organisers_come_next(cities: Cities, client: FlaskClient, path: str) -> None:
    asks(cities, Approval.BOTH)
    said = follow(client, press(client, of(path, came(cities), "decide"), decision="approve"))
    assert "The organisers still have to decide." in said


def test_without_a_place_the_approved_one_waits(cities: Cities, client: FlaskClient, path: str) -> None:
    asks(cities, Approval.FOCAL_POINT)
    person = came(cities)
    cities.do(lambda: db.session.execute(update(Places).values(seats=0)))
    said = follow(client, press(client, of(path, person, "decide"), decision="approve"))
    assert "Marco Rossi is on the waiting list" in said


def test_refusing_needs_a_reason_that_the_person_reads(cities: Cities, client: FlaskClient, path: str) -> None:
    asks(cities, Approval.FOCAL_POINT)
    person = came(cities)
    values = held(client.get(of(path, person, "decide"))) | {"decision": "approve"}
    refused(press(client, of(path, person, "decide"), decision="refuse"), "Say why")
    said = follow(client, press(client, of(path, person, "decide"), decision="refuse", comment="Not of our staff"))
    assert "Reason: Not of our staff" in said
    assert cities.letters()[-1] == ("refused", "Marco Rossi")
    refused(client.post(of(path, person, "decide"), data=values), "does not wait for the city any more")
    assert "1 person no longer on the list" in words(client.get(path))


def test_a_missing_head_is_said_and_the_deputy_promoted_once(cities: Cities, client: FlaskClient, path: str) -> None:
    mayor = name(cities, "Mayor One", Capacity.HEAD)
    name(cities, "Deputy One", Capacity.DEPUTY)
    name(cities, "Deputy Two", Capacity.DEPUTY)
    assert "Your delegation has no head." not in words(client.get(path))
    said = follow(client, press(client, of(path, mayor, "remove"), sure="y"))
    assert "Your delegation has no head." in said
    link = re.search(r'href="([^"]+/head)"', client.get(path).text)
    assert link is not None
    values = held(client.get(link[1]))
    for _again in range(2):
        assert "Deputy One is the head of your delegation." in follow(client, client.post(link[1], data=values))
    assert (stored(cities, "Deputy One").role, stored(cities, "Deputy Two").deputy_place) == (Capacity.HEAD, 1)


def test_another_head_makes_the_present_one_a_deputy(cities: Cities, client: FlaskClient, path: str) -> None:
    name(cities, "Mayor One", Capacity.HEAD)
    other = name(cities, "Marta Verdi")
    assert "The head is Mayor One at present." in words(client.get(of(path, other, "head")))
    said = follow(client, press(client, of(path, other, "head"), former="deputy head"))
    assert "Deputy head, number 1" in said
    assert (stored(cities, "Mayor One").role, stored(cities, "Marta Verdi").role) == (Capacity.DEPUTY, Capacity.HEAD)


def test_a_second_head_is_refused_in_words(cities: Cities, client: FlaskClient, path: str) -> None:
    name(cities, "Mayor One", Capacity.HEAD)
    answer = press(client, f"{path}people/name", **MINJI | {"role": "head"})
    refused(answer, "Mayor One is the head of this delegation already.")


def test_a_role_is_changed_and_a_full_one_refused(cities: Cities, client: FlaskClient, path: str) -> None:
    person = name(cities, "Marta Verdi")
    quota(cities, Category.MEDIA, 0)
    refused(press(client, of(path, person, "role"), role="media officer"), "used up: 0 of 0 (media")
    assert "The role is stored." in follow(client, press(client, of(path, person, "role"), role="deputy head"))
    assert stored(cities, "Marta Verdi").deputy_place == 1


def test_deputies_are_put_in_order_and_twice_is_once(cities: Cities, client: FlaskClient, path: str) -> None:
    people = [name(cities, f"Deputy {word}", Capacity.DEPUTY) for word in ("One", "Two", "Three")]
    page = client.get(f"{path}people/deputies")
    assert len(re.findall(r'name="order" value="', page.text)) == 4
    wanted = ",".join(people[at].reference for at in (1, 0, 2))
    assert f'value="{wanted}"' in page.text
    for _again in range(2):
        follow(client, client.post(f"{path}people/deputies", data=held(page) | {"order": wanted}))
    assert [stored(cities, each.name).deputy_place for each in people] == [2, 1, 3]
    stale = client.post(f"{path}people/deputies", data=held(page) | {"order": people[0].reference})
    refused(stale, "The deputies have changed meanwhile.")


def test_a_person_is_replaced_and_the_newcomer_owes_the_form(cities: Cities, client: FlaskClient, path: str) -> None:
    old = name(cities, "Mayor One", Capacity.HEAD)
    answer = press(client, of(path, old, "replace"), **MINJI | {"role": "head", "mode": None})
    assert "KIM Minji still has to fill in the form." in follow(client, answer)
    new = stored(cities, "KIM Minji")
    assert (new.role, stored(cities, "Mayor One").state) == (Capacity.HEAD, State.REPLACED)
    page = words(client.get(of(path, old)))
    assert "In their place comes KIM Minji" in page
    assert "Make head" not in page


def test_removing_says_what_ends_and_is_done_once(cities: Cities, client: FlaskClient, path: str) -> None:
    person = name(cities, "Marta Verdi")
    page = client.get(of(path, person, "remove"))
    assert "A letter tells Marta Verdi." in words(page)
    answer = client.post(of(path, person, "remove"), data=held(page) | {"reason": "Ill"})
    refused(answer, "Tick this to take the person off the list.")
    assert held(answer)["reason"] == "Ill"
    for _again in range(2):
        said = follow(client, client.post(of(path, person, "remove"), data=held(page) | {"sure": "y"}))
        assert "Marta Verdi is no longer on your list" in said
    assert [kind for kind, _to in cities.letters()].count("removed") == 1


def test_somebody_of_another_city_is_nobody_here(cities: Cities, client: FlaskClient, path: str) -> None:
    took_part(cities, "Milan")
    theirs = name(cities, "Luca Bianchi", city="Milan")
    assert "Luca Bianchi" not in words(client.get(path))
    for page in ("", "form", "decide", "head", "role", "replace", "remove"):
        answer = client.get(of(path, theirs, page))
        assert answer.status_code == 404, page
        assert "Luca Bianchi" not in answer.text
        if page:
            values = MINJI | {"decision": "approve", "sure": "y"}
            assert client.post(of(path, theirs, page), data=values).status_code == 404, page
    assert stored(cities, "Luca Bianchi").state == State.NOMINATED
    assert client.get("/f/wrong/people/name").status_code == 404


def test_opening_pages_changes_nothing(cities: Cities, client: FlaskClient, path: str) -> None:
    asks(cities, Approval.FOCAL_POINT)
    people = [name(cities, "Marta Verdi"), came(cities)]
    before = cities.read(lambda: len(db.session.execute(select(Note.id)).all())), cities.letters()
    pages = [f"{path}people/name", f"{path}people/deputies"]
    for person in people:
        pages += [of(path, person, page) for page in ("", "form", "decide", "head", "role", "replace", "remove")]
    for page in pages:
        assert client.get(page).status_code in {200, 303}, page
        assert client.head(page).status_code in {200, 303}, page
    assert (cities.read(lambda: len(db.session.execute(select(Note.id)).all())), cities.letters()) == before


def test_after_a_hard_deadline_the_head_stays_and_the_organisers_are_asked(
    cities: Cities, client: FlaskClient, path: str
) -> None:
    person = name(cities, "Marta Verdi")
    due(cities, Due.HEAD, PAST, hard=True)
    said = follow(client, press(client, of(path, person, "head")))
    assert "The organisers must agree first, and were asked." in said
    assert "Head of delegation: Marta Verdi (now: nobody)" in said
    assert stored(cities, "Marta Verdi").role == Capacity.DELEGATE


def test_a_city_that_has_withdrawn_names_nobody(cities: Cities, client: FlaskClient, path: str) -> None:
    page = held(client.get(f"{path}people/name"))
    person = name(cities, "Marta Verdi")
    press(client, f"{path}withdraw", reason="A strike", sure="y")
    assert client.get(f"{path}people/name").status_code == 303
    refused(client.post(f"{path}people/name", data=page | MINJI), "Your city does not take part")
    shown = words(client.get(of(path, person)))
    assert "Withdrawn" in shown
    assert "Put another person" not in shown


def test_a_possible_double_is_pointed_out(cities: Cities, client: FlaskClient, path: str) -> None:
    for _again in range(2):
        name(cities, "Marta Verdi")
    assert "Possible duplicate: Marta Verdi stands here twice." in words(client.get(path))


def test_names_are_shown_as_text(cities: Cities, client: FlaskClient, path: str) -> None:
    person = name(cities, "<script>alert(1)</script>", position="<b>bold</b>", email="x@example.org")
    for page in (path, *(of(path, person, page) for page in ("", "form", "head", "remove"))):
        assert "<script>alert(1)" not in client.get(page).text
        assert "<b>bold" not in client.get(page).text


def test_the_page_asks_as_often_for_many_as_for_few(cities: Cities, client: FlaskClient, path: str) -> None:
    name(cities, "Person 0")
    with counted(cities.app) as few:
        client.get(path)
    for number in range(1, 6):
        name(cities, f"Person {number}")
    with counted(cities.app) as many:
        client.get(path)
    assert len(many) == len(few)


def test_a_form_from_elsewhere_is_not_taken_and_nothing_typed_is_lost(
    cities: Cities, client: FlaskClient, path: str
) -> None:
    person = name(cities, "Marta Verdi")
    values = MINJI | {"relation": "Professor"}
    answer = client.post(f"{path}people/name", data=values)
    refused(answer, "please press the button again")
    assert held(answer)["relation"] == "Professor"
    for page in ("form", "head", "role", "replace", "remove"):
        sent = client.post(of(path, person, page), data=MINJI | FORM | {"sure": "y", "former": "delegate"})
        refused(sent, "please press the button again")
    refused(client.post(f"{path}people/deputies", data={"order": ""}), "please press the button again")
    assert stored(cities, "Marta Verdi").state == State.NOMINATED


def test_a_character_that_no_database_takes_is_no_fault_of_ours(cities: Cities, client: FlaskClient, path: str) -> None:
    answer = press(client, f"{path}people/together", apart="a\0b")
    assert (answer.status_code, answer.location) == (303, f"{path}people/together")
