"""What the office fills in by halves and corrects, and what it is told of people without an address."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from sqlalchemy import insert, select, update

from app.db import db
from app.delegations.focal import Contact, appoint
from app.events.models import Approval, Due, Mode
from app.journal import Note
from app.outbox import Message
from app.outbox.models import Mark, Why
from app.outbox.models import State as Sent
from app.outbox.rendering import render
from app.registration import deciding, drafts, nominating
from app.registration import service as registration
from app.registration.models import Capacity, Draft, Needs, OfficeDraft, State
from tests.delegations.cities import NOW, Cities
from tests.desk.office import held
from tests.office.test_pages import PAST, follow, press, took_part, words
from tests.office.test_people import FORM, asks, came, due, name, of, refused, stored
from tests.queries import counted

HALF = FORM | {"name": "KIM Minji", "mobile": "not yet", "dietary": "Halal", "listed": "y", "save": "later"}


@pytest.fixture
def client(cities: Cities) -> FlaskClient:
    return cities.app.test_client()


@pytest.fixture
def path(cities: Cities) -> str:
    return took_part(cities, "Rome", Mode.VENUE, Mode.ONLINE)


def office_drafts(cities: Cities) -> list[OfficeDraft]:
    return cities.read(lambda: list(db.session.execute(select(OfficeDraft)).scalars()))


def told(cities: Cities, kind: str = "passed on") -> list[str]:
    """The text of every letter of this kind, as it is sent."""
    with cities.app.app_context():
        found = db.session.execute(select(Message).where(Message.kind == kind).order_by(Message.id)).scalars().all()
        return [render(each.kind, each.facts, "en").text for each in found]


def fail(cities: Cities, to: str) -> None:
    cities.do(lambda: db.session.execute(update(Message).where(Message.to == to).values(state=Sent.FAILED)))


def test_the_office_saves_the_form_half_way_and_a_colleague_goes_on(
    cities: Cities, client: FlaskClient, path: str
) -> None:
    minji = name(cities, "KIM Minji")
    page = of(path, minji, "form")
    answer = press(client, page, **HALF)
    assert (answer.status_code, answer.location) == (303, page)
    key = cities.id("Rome")
    anna = cities.do(lambda: appoint(key, Contact("Anna Bianchi", "anna@rome.example.org"), who="Gaia", now=NOW))
    colleague = cities.app.test_client().get(of(cities.read(lambda: f"/f/{anna.link}/"), minji, "form"))
    assert "by Gaia Romani (focal point of Rome)" in words(colleague)
    assert (held(colleague)["organisation"], held(colleague)["mobile"]) == ("City of Rome", "not yet")
    assert stored(cities, "KIM Minji").state == State.NOMINATED


def test_after_a_hard_deadline_the_offices_draft_is_kept_and_locked(
    cities: Cities, client: FlaskClient, path: str
) -> None:
    page = of(path, name(cities, "KIM Minji"), "form")
    press(client, page, **HALF)
    due(cities, Due.CONFIRMATION, PAST, hard=True)
    assert "they can give your city more time" in words(press(client, page, **HALF | {"organisation": "Another"}))
    shown = client.get(page)
    assert ("cannot be changed for now" in words(shown), 'value="later"' in shown.text) == (True, False)
    assert held(shown)["organisation"] == "City of Rome"


def test_a_half_filled_form_holds_no_needs_and_no_consent(cities: Cities, client: FlaskClient, path: str) -> None:
    press(client, of(path, name(cities, "KIM Minji"), "form"), **HALF | {"shared": "y", "access": "A ramp"})
    (draft,) = office_drafts(cities)
    assert set(draft.values) == {"mode", "name", "position", "organisation", "email", "mobile", "language"}


def test_the_persons_own_draft_and_the_offices_never_meet(cities: Cities, client: FlaskClient, path: str) -> None:
    minji = name(cities, "KIM Minji")
    cities.do(lambda: drafts.save_draft(minji.id, {"name": "Minji", "dietary": "Vegan"}, NOW))
    press(client, of(path, minji, "form"), **HALF)
    mine = client.get(cities.read(lambda: f"/d/{minji.link}/complete"))
    assert (held(mine)["name"], held(mine)["dietary"]) == ("Minji", "Vegan")
    assert held(client.get(of(path, minji, "form")))["name"] == "KIM Minji"


def test_both_drafts_are_forgotten_when_the_form_is_sent_or_the_person_leaves(
    cities: Cities, client: FlaskClient, path: str
) -> None:
    for called, ends in (("KIM Minji", False), ("Luca Ferri", True)):
        person = name(cities, called)
        cities.do(lambda: drafts.save_draft(person.id, {"name": called}, NOW))  # noqa: B023
        press(client, of(path, person, "form"), **HALF)
        if ends:
            cities.do(lambda: nominating.remove(person.id, who="Gaia", now=NOW))  # noqa: B023
        else:
            press(client, of(path, person, "form"), **FORM)
        assert office_drafts(cities) == []
        assert cities.read(lambda: db.session.execute(select(Draft)).all()) == []


def test_nothing_is_saved_for_a_form_that_is_complete(cities: Cities, client: FlaskClient, path: str) -> None:
    minji = name(cities, "KIM Minji")
    values = held(client.get(of(path, minji, "form"))) | HALF
    press(client, of(path, minji, "form"), **FORM)
    refused(client.post(of(path, minji, "form"), data=values), "There is nothing to fill in any more")
    assert office_drafts(cities) == []


def test_the_office_corrects_details_and_the_person_is_told(cities: Cities, client: FlaskClient, path: str) -> None:
    marco = came(cities, dietary="Halal", listed=True, shared=True)
    page = of(path, marco, "correct")
    assert f'href="{page}"' in client.get(of(path, marco)).text
    answer = press(client, page, position="Deputy Mayor", name="Marco ROSSI", mobile="+39 06 7654 3210")
    assert "Stored." in follow(client, answer)
    row = stored(cities, "Marco ROSSI")
    assert (row.position, row.mobile, row.listed, row.shared) == ("Deputy Mayor", "+390676543210", True, True)
    needs = cities.read(lambda: db.session.execute(select(Needs.dietary)).scalars().all())
    assert list(needs) == ["Halal"]
    assert cities.letters()[-1] == ("changed", "Marco ROSSI")
    (note,) = cities.notes("changed")
    assert note.who == "Gaia Romani (focal point of Rome)"
    assert note.after == {"name": "Marco ROSSI", "position": "Deputy Mayor", "mobile": "(private)"}


def test_needs_and_consents_are_neither_shown_nor_changed_by_a_forged_form(
    cities: Cities, client: FlaskClient, path: str
) -> None:
    marco = came(cities, dietary="Halal")
    page = client.get(of(path, marco, "correct"))
    assert "Halal" not in page.text
    forged = {"listed": "y", "shared": "y", "dietary": "None", "mode": "online", "role": "head", "state": "approved"}
    client.post(of(path, marco, "correct"), data=held(page) | forged)
    row = stored(cities, "Marco Rossi")
    assert (row.listed, row.shared, row.mode, row.role) == (False, False, Mode.VENUE, Capacity.DELEGATE)
    assert cities.notes("changed") == []


def test_a_new_address_is_told_to_the_former_one_and_none_is_taken_away(
    cities: Cities, client: FlaskClient, path: str
) -> None:
    marco = came(cities)
    refused(press(client, of(path, marco, "correct"), email=""), "a person who has one keeps getting their letters")
    refused(press(client, of(path, marco, "correct"), mobile=""), "Enter a number")
    refused(press(client, of(path, marco, "correct"), position="x" * 201), "At most 200 characters")
    press(client, of(path, marco, "correct"), email="rossi@rome.example.org")
    assert [kind for kind, _name in cities.letters()][-2:] == ["changed", "address changed"]


def test_what_was_changed_meanwhile_is_shown_and_replaced_only_at_the_next_press(
    cities: Cities, client: FlaskClient, path: str
) -> None:
    marco = came(cities)
    page = client.get(of(path, marco, "correct"))
    press(client, of(path, marco, "correct"), position="Mayor")
    answer = client.post(of(path, marco, "correct"), data=held(page) | {"position": "Adviser on water"})
    said = refused(answer, "This registration was changed elsewhere")
    assert "Position Mayor" in said
    assert client.post(of(path, marco, "correct"), data=held(answer)).status_code == 303
    assert stored(cities, "Marco Rossi").position == "Adviser on water"


def test_another_citys_person_and_an_empty_form_are_not_corrected(
    cities: Cities, client: FlaskClient, path: str
) -> None:
    took_part(cities, "Milan")
    luca = name(cities, "Luca Ferri", city="Milan")
    assert client.get(of(path, luca, "correct")).status_code == 404
    assert client.post(of(path, luca, "correct")).status_code == 404
    minji = name(cities, "KIM Minji")
    assert client.get(of(path, minji, "correct")).location == of(path, minji)


def test_what_somebody_without_an_address_is_told_comes_to_the_office_without_their_links(
    cities: Cities, client: FlaskClient, path: str
) -> None:
    minji = name(cities, "KIM Minji", email="")
    press(client, of(path, minji, "form"), **FORM | {"dietary": "Halal", "agreed": "y"})
    nominated, confirmed = told(cities)
    assert "For KIM Minji: You are nominated" in nominated
    assert "KIM Minji has no address of their own with us" in nominated
    assert "For KIM Minji: You are registered" in confirmed
    secrets = cities.read(lambda: (minji.link, minji.feed, "Halal"))
    assert [each in letter for letter in (nominated, confirmed) for each in secrets] == [False] * 6
    assert [path in letter for letter in (nominated, confirmed)] == [True, True]
    press(client, of(path, minji, "correct"), position="Mayor")
    cities.do(lambda: deciding.cancel(minji.id, "The venue burned down", who="Tokyo", now=NOW))
    changed, cancelled = told(cities)[2:]
    assert "Mayor (it was: Official)" in changed
    assert "The venue burned down" in cancelled


def test_a_change_of_what_is_private_alone_is_told_to_no_office(cities: Cities, client: FlaskClient, path: str) -> None:
    minji = name(cities, "KIM Minji", email="")
    press(client, of(path, minji, "form"), **FORM)
    before = len(told(cities))
    cities.do(lambda: registration.renew(minji.id, "page", NOW))
    assert len(told(cities)) == before


def test_the_office_is_told_once_of_each_step_of_somebody_without_an_address(
    cities: Cities, client: FlaskClient, path: str
) -> None:
    asks(cities, Approval.BOTH)
    minji = name(cities, "KIM Minji", email="")
    press(client, of(path, minji, "form"), **FORM)
    cities.do(lambda: deciding.reject(minji.id, "No room", who="Tokyo", now=NOW))
    kinds = [kind for kind, _name in cities.letters()]
    assert (kinds.count("passed on"), kinds.count("person moved")) == (3, 0)


def test_a_letter_that_failed_is_shown_until_one_arrives_or_the_address_is_new(
    cities: Cities, client: FlaskClient, path: str
) -> None:
    marco = came(cities)
    assert "could not be delivered" not in words(client.get(path))
    fail(cities, marco.email)
    assert "A letter to Marco Rossi at marco@example.org could not be delivered." in words(client.get(path))
    press(client, of(path, marco, "correct"), email="rossi@rome.example.org")
    assert "could not be delivered" not in words(client.get(path))


def test_a_letter_that_came_back_is_shown_and_so_is_an_address_known_from_elsewhere(
    cities: Cities, client: FlaskClient, path: str
) -> None:
    marco = came(cities)
    back = update(Message).where(Message.to == marco.email).values(state=Sent.BOUNCED)
    cities.do(lambda: db.session.execute(back))
    assert "A letter to Marco Rossi at marco@example.org could not be delivered." in words(client.get(path))
    told = {"address": "marco@example.org", "why": Why.BOUNCED, "at": NOW, "code": "5.1.1", "message_id": 1}
    cities.do(lambda: db.session.execute(back.values(state=Sent.SENT, sent_at=NOW)))
    assert "could not be delivered" not in words(client.get(path))
    cities.do(lambda: db.session.execute(insert(Mark).values(**told)))
    assert "A letter to Marco Rossi at marco@example.org could not be delivered." in words(client.get(path))


def test_letters_of_another_city_at_the_same_address_are_not_shown(
    cities: Cities, client: FlaskClient, path: str
) -> None:
    marco = came(cities)
    milan = took_part(cities, "Milan")
    name(cities, "Luca Ferri", city="Milan", email=marco.email)

    def act() -> None:
        mine = Message.facts["uid"].as_string() == marco.uid
        db.session.execute(update(Message).where(mine).values(state=Sent.FAILED))

    cities.do(act)
    assert "could not be delivered" in words(client.get(path))
    assert "could not be delivered" not in words(client.get(milan))


def test_an_office_whose_own_letter_failed_reads_it_when_it_comes(
    cities: Cities, client: FlaskClient, path: str
) -> None:
    fail(cities, "gaia@rome.example.org")
    assert "A letter to Gaia Romani at gaia@rome.example.org could not be delivered." in words(client.get(path))


def test_the_offices_page_costs_the_same_for_one_and_for_three(cities: Cities, client: FlaskClient, path: str) -> None:
    costs = []
    for people in (("KIM Minji",), ("Luca Ferri", "Carla Neri")):
        for called in people:
            name(cities, called)
        with counted(cities.app) as statements:
            client.get(path)
        costs.append(len(statements))
    assert costs[0] == costs[1]


def test_the_journal_says_of_a_correction_who_did_it_and_nothing_private(
    cities: Cities, client: FlaskClient, path: str
) -> None:
    marco = came(cities)
    press(client, of(path, marco, "correct"), email="rossi@rome.example.org")
    query = select(Note).where(Note.subject == f"delegate/{marco.uid}").order_by(Note.id.desc())
    note = cities.read(lambda: db.session.execute(query).scalars().first())
    assert note is not None
    assert (note.before, note.after) == ({"email": "(private)"}, {"email": "(private)"})
