"""A person's own pages: what they show, what they change, and to whom they open."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update

from app.db import db, write
from app.events.models import Event, Mode
from app.outbox import Message
from app.registration import service
from app.registration.models import Delegate, State
from tests.queries import counted
from tests.registration.cast import NOW, Cast, application, delegates, hidden, needs, read, send, taken


def register(cast: Cast, key: str = "the first form of all", **changes: Any) -> Delegate:
    def act() -> Delegate:
        event = db.session.get_one(Event, cast.event_id)
        return service.register(event, application(cast, key, **changes), NOW)

    return read(cast.app, lambda: write(act))


def link(cast: Cast, delegate: Delegate) -> str:
    return read(cast.app, lambda: f"/d/{delegate.link}")


def text(client: FlaskClient, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, path
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.text))


def changed(**changes: str) -> dict[str, str]:
    told = {
        "mode": "venue",
        "honorific": "Hon.",
        "name": "Anna Bianchi",
        "position": "Deputy Mayor",
        "organisation": "City of Rome",
        "email": "office@rome.example.org",
        "mobile": "+819012345678",
        "dietary": "No shellfish",
        "agreed": "y",
    }
    return {name: value for name, value in (told | changes).items() if value}


def letters(cast: Cast) -> list[str]:
    return read(cast.app, lambda: list(db.session.execute(select(Message.kind).order_by(Message.id)).scalars()))


def test_the_page_shows_what_stands_and_the_citys_sessions(cast: Cast, client: FlaskClient) -> None:
    anna = register(cast)
    page = text(client, link(cast, anna))
    for said in (
        "Your registration",
        anna.reference,
        "Hon. Anna Bianchi",
        "Rome",
        "At the venue",
        "stored; this page does not show it",
    ):
        assert said in page, said
    assert ("Session 2" in page, "Closed talk" in page, "Reception" in page) == (True, True, False)


def test_a_session_that_is_not_public_has_no_link_to_a_page(cast: Cast, client: FlaskClient) -> None:
    page = client.get(link(cast, register(cast))).text
    assert ("/summit/sessions/session-2" in page, "/summit/sessions/closed-talk" in page) == (True, False)


def test_somebody_online_reads_their_own_hour_and_date_beside_the_summits(cast: Cast, client: FlaskClient) -> None:
    lancaster = register(cast, city="Lancaster", mode=Mode.ONLINE, zone="")
    page = text(client, link(cast, lancaster))
    assert "16:00–17:00 Mon 27 Feb, Los Angeles" in page
    assert "09:00–10:00 Tokyo, Tue 28 Feb" in page


def test_a_city_in_no_session_is_told_so(cast: Cast, client: FlaskClient) -> None:
    assert "Queensland stands in no session of its own" in text(client, link(cast, register(cast, city="Queensland")))


def test_right_after_registering_the_page_says_that_it_worked(cast: Cast, client: FlaskClient) -> None:
    anna = register(cast)
    page = text(client, link(cast, anna) + "/registered")
    assert ("You are registered" in page, "office@rome.example.org" in page) == (True, True)


def test_the_calendar_is_offered_in_three_ways(cast: Cast, client: FlaskClient) -> None:
    anna = register(cast)
    page = client.get(link(cast, anna) + "/registered").text
    feed = read(cast.app, lambda: anna.feed)
    for address in (
        f'href="webcal://localhost/c/{feed}/agenda.ics"',
        f'value="http://localhost/c/{feed}/agenda.ics"',
        f'href="/c/{feed}/agenda.ics?download=1"',
    ):
        assert address in page, address


@pytest.mark.parametrize("path", ["", "/", "/registered", "/change", "/withdraw", "/links"])
def test_a_person_s_pages_are_kept_by_no_cache_and_no_search_engine(cast: Cast, client: FlaskClient, path: str) -> None:
    answer = client.get(link(cast, register(cast)) + path)
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store")
    assert (answer.headers["X-Robots-Tag"], answer.headers["Referrer-Policy"]) == ("noindex", "same-origin")


@pytest.mark.parametrize("path", ["", "/registered", "/change", "/withdraw", "/links"])
def test_a_wrong_secret_opens_nothing_and_shows_a_way_on(cast: Cast, client: FlaskClient, path: str) -> None:
    anna = register(cast)
    for token in ("wrong", read(cast.app, lambda: anna.feed)):
        answer = client.get(f"/d/{token}{path}")
        assert (answer.status_code, "This link opens no registration." in answer.text, 'href="/"' in answer.text) == (
            404,
            True,
            True,
        )


def test_opening_pages_changes_nothing(cast: Cast, client: FlaskClient) -> None:
    anna = register(cast)
    for path in ("", "/registered", "/change", "/withdraw", "/links"):
        client.get(link(cast, anna) + path)
        client.head(link(cast, anna) + path)
    (after,) = delegates(cast.app)
    assert (after.version, after.state, letters(cast)) == (anna.version, State.APPROVED, ["confirmation"])


def test_a_delegate_never_sees_another(cast: Cast, client: FlaskClient) -> None:
    register(cast, "another form altogether", name="Canary Person", email="canary@rome.example.org")
    anna = register(cast)
    for path in ("", "/registered", "/change", "/withdraw", "/links"):
        page = client.get(link(cast, anna) + path).text
        assert ("Canary Person" in page, "canary@" in page) == (False, False)


def test_what_is_corrected_is_stored_and_told(cast: Cast, client: FlaskClient) -> None:
    anna = register(cast)
    answer = send(client, link(cast, anna) + "/change", changed(position="Mayor", listed="y", dietary="Halal"))
    assert (answer.status_code, answer.location) == (303, link(cast, anna) + "/")
    (after,) = delegates(cast.app)
    assert (after.position, after.listed, needs(cast.app)) == ("Mayor", True, [("Halal", "")])
    assert letters(cast) == ["confirmation", "changed"]


def test_food_and_access_are_shown_to_no_link_again_and_kept_until_they_are_to_be_deleted(
    cast: Cast, client: FlaskClient
) -> None:
    path = link(cast, register(cast))
    for page in ("/", "/change", "/registered"):
        assert "shellfish" not in client.get(path + page).text
    blank = changed(position="Mayor", dietary="")
    send(client, f"{path}/change", blank)
    assert needs(cast.app) == [("No shellfish", "")]
    send(client, f"{path}/change", blank | {"access": "Step-free ways"})
    assert needs(cast.app) == [("No shellfish", "Step-free ways")]
    refused = send(client, f"{path}/change", {name: value for name, value in blank.items() if name != "agreed"})
    assert (refused.status_code, "shellfish" in refused.text) == (422, False)
    assert "have deleted what is stored of food and access" in refused.text
    send(client, f"{path}/change", blank | {"agreed": "", "forget": "y"})
    assert needs(cast.app) == []


def test_going_online_asks_for_what_online_needs_and_frees_the_seat(cast: Cast, client: FlaskClient) -> None:
    anna = register(cast)
    send(client, link(cast, anna) + "/change", changed(mode="online", zone="Europe/Rome"))
    assert taken(cast.app) == {"venue": 0, "online": 1, "video": 0}
    assert "Online" in text(client, link(cast, anna))


def test_going_to_a_full_venue_is_refused_and_keeps_what_was_typed(cast: Cast, client: FlaskClient) -> None:
    rome = register(cast, mode=Mode.ONLINE)
    for number in range(3):
        register(cast, f"form number {number:08}")
    path = link(cast, rome) + "/change"
    assert "No place is left." in client.get(path).text
    answer = send(client, path, changed(position="Mayor of all"))
    assert (answer.status_code, "The venue is full." in answer.text, 'value="Mayor of all"' in answer.text) == (
        422,
        True,
        True,
    )
    assert taken(cast.app) == {"venue": 3, "online": 1, "video": 0}


def test_a_change_from_an_old_page_shows_what_is_stored_and_can_be_sent_again(cast: Cast, client: FlaskClient) -> None:
    path = link(cast, register(cast)) + "/change"
    old = hidden(client.get(path))
    send(client, path, changed(position="Mayor"))
    answer = client.post(path, data=old | changed(position="Aide"))
    assert answer.status_code == 422
    assert "This registration was changed elsewhere" in answer.text
    assert re.search(r"<dt>Position</dt><dd>Mayor</dd>", answer.text)
    assert 'value="Aide"' in answer.text
    client.post(path, data=changed(position="Aide") | hidden(answer))
    assert [each.position for each in delegates(cast.app)] == ["Aide"]


@pytest.mark.parametrize("path", ["/change", "/withdraw", "/links"])
def test_a_form_without_its_token_changes_nothing_and_says_why(cast: Cast, client: FlaskClient, path: str) -> None:
    anna = register(cast)
    answer = client.post(link(cast, anna) + path, data=changed(position="Mayor", which="page", version="1"))
    assert (answer.status_code, "Nothing is lost" in answer.text) == (422, True)
    (after,) = delegates(cast.app)
    assert (after.version, after.state) == (1, State.APPROVED)


def test_withdrawing_asks_first_and_then_says_what_happened(cast: Cast, client: FlaskClient) -> None:
    anna = register(cast)
    path = link(cast, anna)
    assert "It cannot be held for you." in client.get(path + "/withdraw").text
    assert send(client, path + "/withdraw", {}).location == path + "/"
    page = text(client, path)
    assert ("You have withdrawn" in page, "Register again" in page, "Change something" in page) == (True, True, False)
    assert (taken(cast.app)["venue"], letters(cast)) == (0, ["confirmation", "withdrawn"])


@pytest.mark.parametrize("path", ["/change", "/withdraw"])
def test_after_withdrawing_there_is_nothing_left_to_do(cast: Cast, client: FlaskClient, path: str) -> None:
    anna = register(cast)
    send(client, link(cast, anna) + "/withdraw", {})
    assert client.get(link(cast, anna) + path).location == link(cast, anna) + "/"


def test_a_replaced_page_link_dies_and_the_new_one_opens(cast: Cast, client: FlaskClient) -> None:
    anna = register(cast)
    old = link(cast, anna)
    answer = send(client, old + "/links", {"which": "page"})
    assert answer.location != old + "/"
    assert (client.get(old).status_code, client.get(answer.location).status_code) == (404, 200)
    assert letters(cast) == ["confirmation", "changed"]


def test_a_replaced_calendar_link_leaves_the_page_where_it_is(cast: Cast, client: FlaskClient) -> None:
    anna = register(cast)
    old = read(cast.app, lambda: anna.feed)
    answer = send(client, link(cast, anna) + "/links", {"which": "calendar"})
    assert (answer.location, client.get(f"/c/{old}/agenda.ics").status_code) == (link(cast, anna) + "/", 404)


def test_replacing_no_link_in_particular_is_asked_about(cast: Cast, client: FlaskClient) -> None:
    answer = send(client, link(cast, register(cast)) + "/links", {})
    assert (answer.status_code, "Choose one of these links." in answer.text) == (422, True)


def test_after_the_summit_nobody_withdraws_but_details_can_be_taken_back(cast: Cast, client: FlaskClient) -> None:
    anna = register(cast, listed=True)
    moved = update(Event).values(starts_on=date(2021, 2, 27), ends_on=date(2021, 3, 1))
    read(cast.app, lambda: write(lambda: db.session.execute(moved)))
    assert send(client, link(cast, anna) + "/withdraw", {}).status_code == 422
    send(client, link(cast, anna) + "/change", changed())
    (after,) = delegates(cast.app)
    assert (after.state, after.listed) == (State.APPROVED, False)


def test_the_page_asks_the_database_six_things_when_the_release_is_known(cast: Cast, client: FlaskClient) -> None:
    path = link(cast, register(cast))
    client.get(path)
    with counted(cast.app) as statements:
        client.get(path)
    assert len(statements) == 6
