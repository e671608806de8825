"""Somebody named by their city completes the form, half now and half elsewhere; and answers an offer."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from flask.testing import FlaskClient
from sqlalchemy import select, update

from app.db import db
from app.events.models import Approval, Deadline, Due, Mode
from app.registration import deciding, nominating
from app.registration.models import Delegate, Draft, State
from app.web.kept import KeepingFlask
from tests.registration.cast import Cast, read, send
from tests.registration.people import (
    OFFICE,
    approval,
    complete,
    do,
    later,
    letters,
    nominate,
    nomination,
    now_of,
    register,
    seats,
    state,
)

FORM = {
    "mode": "venue",
    "name": "Luca Ferri",
    "position": "Head of Mobility",
    "organisation": "City of Rome",
    "email": "luca@rome.example.org",
    "mobile": "+39 06 1234 5678",
    "dietary": "Halal",
    "agreed": "y",
    "privacy": "y",
}


def link(cast: Cast, delegate: Delegate) -> str:
    return read(cast.app, lambda: f"/d/{delegate.link}")


def text(client: FlaskClient, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, path
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.text))


def test_the_page_says_who_gave_the_data_and_both_ways_on(cast: Cast, client: FlaskClient) -> None:
    page = text(client, link(cast, nominate(cast)))
    for said in (
        "You are nominated",
        "Rome has named you",
        "Complete your registration",
        "Object",
        "delegate; official",
    ):
        assert said in page, said


def test_a_form_saved_half_way_is_gone_on_with_on_another_device_and_sent(
    cast: Cast, client: FlaskClient, app: KeepingFlask
) -> None:
    path = link(cast, nominate(cast))
    half = {"mode": "venue", "name": "Luca Ferri", "organisation": "City of Rome", "mobile": "not yet", "save": "later"}
    saved = send(client, f"{path}/complete", half)
    assert (saved.status_code, saved.location) == (303, f"{path}/complete")
    elsewhere = app.test_client()
    page = elsewhere.get(f"{path}/complete").text
    assert ('value="City of Rome"' in page, 'value="not yet"' in page, "Saved on" in page) == (True, True, True)
    sent = send(elsewhere, f"{path}/complete", FORM)
    assert (sent.status_code, sent.location) == (303, f"{path}/registered")
    assert "You are registered" in text(elsewhere, f"{path}/registered")
    assert read(cast.app, lambda: db.session.execute(select(Draft)).all()) == []


def test_what_is_sent_must_be_right_and_nothing_typed_is_lost(cast: Cast, client: FlaskClient) -> None:
    luca = nominate(cast)
    answer = send(client, f"{link(cast, luca)}/complete", FORM | {"mobile": "1234", "privacy": ""})
    assert (answer.status_code, 'value="1234"' in answer.text, state(cast, luca)) == (422, True, State.NOMINATED)
    assert "Read how the data are used, and tick that you have." in answer.text


def test_a_page_that_came_from_elsewhere_saves_nothing(cast: Cast, client: FlaskClient) -> None:
    path = f"{link(cast, nominate(cast))}/complete"
    answer = client.post(path, data={"save": "later", "name": "Mallory", "csrf_token": "forged"})
    assert (answer.status_code, read(cast.app, lambda: db.session.execute(select(Draft)).all())) == (422, [])


def test_the_limit_is_told_by_the_clock_of_where_one_takes_part_first(cast: Cast, client: FlaskClient) -> None:
    luca = nominate(cast)
    at = datetime(2090, 2, 10, 14, 59, tzinfo=UTC)
    do(cast, lambda: db.session.add(Deadline(event_id=cast.event_id, kind=Due.CONFIRMATION, at=at)))
    venue = text(client, f"{link(cast, luca)}/complete")
    do(cast, lambda: db.session.execute(update(Delegate).values(mode=Mode.ONLINE)))
    online = text(client, f"{link(cast, luca)}/complete")
    assert "Please send it by 10 February 2090, 23:59 (Tokyo) = 15:59 your time (Rome)" in venue
    assert "Please send it by 10 February 2090, 15:59 (Rome) = 23:59 (Tokyo)" in online


def test_after_a_hard_deadline_the_form_is_locked_and_its_draft_kept(cast: Cast, client: FlaskClient) -> None:
    path = f"{link(cast, nominate(cast))}/complete"
    send(client, path, FORM | {"save": "later"})
    past = Deadline(event_id=cast.event_id, kind=Due.CONFIRMATION, at=later(-24 * 365 * 80), hard=True)
    do(cast, lambda: db.session.add(past))
    page = text(client, path)
    assert ("This time is past. What you saved is kept" in page, "(Tokyo)" in page) == (True, True)
    assert ("Was due by" in page, "Please send it by" in page, 'value="later"' in page) == (True, False, False)
    for typed in (FORM, FORM | {"save": "later", "organisation": "Another"}):
        assert "they can give your city more time" in send(client, path, typed).text
    assert "Another" not in text(client, path)
    assert len(read(cast.app, lambda: db.session.execute(select(Draft)).all())) == 1


def test_to_object_ends_it(cast: Cast, client: FlaskClient) -> None:
    luca = nominate(cast)
    path = link(cast, luca)
    assert "Once you object, your registration ends" in text(client, f"{path}/withdraw")
    send(client, f"{path}/withdraw", {})
    assert (state(cast, luca), letters(cast)) == (State.WITHDRAWN, ["nominated", "withdrawn"])
    assert "You have withdrawn" in text(client, path)
    assert client.get(f"{path}/complete").status_code == 303


def test_who_came_with_the_code_reads_that_the_city_has_it(cast: Cast, client: FlaskClient) -> None:
    approval(cast, Approval.BOTH)
    anna = register(cast, "Anna Bianchi")
    path = link(cast, anna)
    assert "Your registration is with your city" in text(client, f"{path}/registered")
    send(client, f"{path}/change", {"mode": "online", "position": "Mayor"})
    assert (now_of(cast, anna).state, now_of(cast, anna).mode) == (State.SUBMITTED, Mode.ONLINE)
    do(cast, lambda: nominating.endorse(anna.id, who=OFFICE, now=later(1)))
    assert "Your registration is with the organisers" in text(client, path)


def test_what_was_returned_is_mended_with_its_comment_in_sight(cast: Cast, client: FlaskClient) -> None:
    approval(cast, Approval.BOTH)
    luca = complete(cast, nominate(cast))
    do(cast, lambda: deciding.give_back(luca.id, "Which department?", who="Tokyo", now=later(1)))
    path = link(cast, luca)
    assert "It was returned: Which department?" in text(client, path)
    page = client.get(f"{path}/complete").text
    assert ("It was returned: Which department?" in page, 'value="City of Rome"' in page) == (True, True)
    send(client, f"{path}/complete", FORM | {"position": "Head of Mobility, Department VII"})
    assert state(cast, luca) == State.ENDORSED


def offered(cast: Cast) -> Delegate:
    seats(cast, 0)
    luca = complete(cast, nominate(cast))
    seats(cast, 1)
    return luca


def test_an_offer_is_taken_on_the_page(cast: Cast, client: FlaskClient) -> None:
    luca = offered(cast)
    path = link(cast, luca)
    page = text(client, path)
    for said in ("A place is held for you", "11 January 2090, 18:00 (Tokyo)", "11 January 2090, 10:00 (Rome)"):
        assert said in page, said
    assert send(client, f"{path}/offer", {}).status_code == 422
    send(client, f"{path}/offer", {"decision": "take"})
    assert (state(cast, luca), "You are registered" in text(client, f"{path}/registered")) == (State.APPROVED, True)


def test_an_offer_is_declined_on_the_page(cast: Cast, client: FlaskClient) -> None:
    luca = offered(cast)
    path = link(cast, luca)
    send(client, f"{path}/offer", {"decision": "decline"})
    assert (state(cast, luca), client.get(f"{path}/offer").status_code) == (State.WITHDRAWN, 303)


def test_every_state_has_a_page_of_its_own_words(cast: Cast, client: FlaskClient) -> None:
    luca = nominate(cast)
    path = link(cast, luca)
    headings = set()
    for each in State:

        def become(to: State = each) -> None:
            row = db.session.get_one(Delegate, luca.id)
            row.state, row.offered_until = to, later(24) if to == State.OFFERED else None
            row.organisation = "City of Rome"
            row.participation = {}

        do(cast, become)
        if each != State.APPROVED:
            headings.add(re.findall("<h1>(.*?)</h1>", client.get(path).text)[0])
            assert client.get(f"{path}/links").status_code == 200
    assert len(headings) == len(State) - 1


def test_the_page_of_who_was_replaced_names_no_successor(cast: Cast, client: FlaskClient) -> None:
    luca = complete(cast, nominate(cast))
    do(cast, lambda: nominating.substitute(luca.id, nomination("Mara Villa"), who=OFFICE, now=later(1)))
    page = text(client, link(cast, now_of(cast, luca)))
    assert ("This registration no longer stands" in page, "Mara Villa" in page) == (True, False)


def test_a_successor_at_a_seat_is_asked_for_the_form(cast: Cast, client: FlaskClient) -> None:
    luca = complete(cast, nominate(cast))
    new = do(cast, lambda: nominating.substitute(luca.id, nomination("Mara Villa"), who=OFFICE, now=later(1)))
    path = link(cast, new)
    assert "A place is yours. Please fill in what we still need to know." in text(client, path)
    assert client.get(f"{path}/change").status_code == 303
    send(client, f"{path}/complete", FORM | {"name": "Mara Villa"})
    assert letters(cast)[-1] == "confirmation"


def test_before_anything_is_told_the_calendar_is_empty_and_valid(cast: Cast, client: FlaskClient) -> None:
    luca = nominate(cast)
    feed = read(cast.app, lambda: f"/c/{luca.feed}/agenda.ics")
    answer = client.get(feed)
    assert (answer.status_code, "BEGIN:VEVENT" in answer.text) == (200, False)


def test_who_waits_and_goes_online_on_the_page_is_offered_a_place_there(cast: Cast, client: FlaskClient) -> None:
    seats(cast, 0)
    luca = complete(cast, nominate(cast))
    path = f"{link(cast, luca)}/change"
    stored = {name: value for name, value in FORM.items() if name not in {"privacy", "mobile", "dietary"}}
    send(client, path, stored | {"mode": "online"})
    gone = now_of(cast, luca)
    assert (gone.state, gone.mode) == (State.OFFERED, Mode.ONLINE)
