"""A person chooses visits on their own pages: what is shown, what a press does, and to whom it opens."""

from __future__ import annotations

import re
from datetime import date, time
from typing import Any

import pytest
from flask.testing import FlaskClient
from icalendar import Calendar

from app.publishing import service as publishing
from app.registration.models import Delegate
from app.visits import signing
from app.web.kept import KeepingFlask
from tests.publishing.said import say, speak
from tests.queries import counted
from tests.registration.cast import NOW, Cast, assemble, hidden, read
from tests.registration.people import later, refusal
from tests.visits.cast import act, bus, change, guests, letters, roomy, row, sign_up, state, states, visit


@pytest.fixture
def cast(app: KeepingFlask) -> Cast:
    return roomy(assemble(app))


def publish(cast: Cast) -> None:
    act(cast, lambda: publishing.publish(cast.event_id, who="test", now=NOW))


def link(cast: Cast, who: Delegate, path: str = "") -> str:
    return read(cast.app, lambda: f"/d/{who.link}/visits{path}")


def text(client: FlaskClient, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, path
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.text))


def fill(client: FlaskClient, path: str, **values: object) -> int:
    """Open the page, fill in its form, press the button."""
    told = hidden(client.get(path)) | {"mobile": "+39061234567", "understood": "y"} | values
    return client.post(path, data={name: value for name, value in told.items() if value}).status_code


def test_a_visit_is_shown_once_it_was_announced(cast: Cast, client: FlaskClient) -> None:
    anna = guests(cast, 1)[0]
    visit(cast)
    before = text(client, link(cast, anna))
    publish(cast)
    after = text(client, link(cast, anna))
    assert ("Harbour by boat" in before, "Harbour by boat" in after) == (False, True)
    assert client.get(link(cast, anna, "/harbour")).status_code == 200


def test_somebody_signs_up_with_two_of_their_city(cast: Cast, client: FlaskClient) -> None:
    boat = visit(cast)
    publish(cast)
    anna, luca, paola = guests(cast, 3)
    milan = guests(cast, 1, "Milan")[0]
    page = link(cast, anna, "/harbour")
    assert milan.reference not in client.get(page).text
    assert fill(client, page, people=[luca.reference, paola.reference, milan.reference]) == 303
    assert set(states(cast, boat).values()) == {"allocated"}
    assert len({row(cast, boat, each).party for each in (anna, luca, paola)}) == 1
    assert "Rome 0, Rome 1, and Rome 2" in text(client, link(cast, luca, "/harbour"))


def test_without_the_tick_that_the_rules_are_understood_nothing_is_stored(cast: Cast, client: FlaskClient) -> None:
    boat = visit(cast)
    publish(cast)
    anna = guests(cast, 1)[0]
    page = link(cast, anna, "/harbour")
    assert fill(client, page, understood="") == 422
    assert states(cast, boat) == {}


def test_a_need_is_stored_by_a_tick_of_their_own_alone(cast: Cast, client: FlaskClient) -> None:
    boat = visit(cast)
    publish(cast)
    anna, luca = guests(cast, 2)
    page = link(cast, anna, "/harbour")
    fill(client, page, people=luca.reference, step_free=[anna.reference, luca.reference])
    assert (row(cast, boat, anna).step_free, row(cast, boat, luca).step_free) == (True, False)


def test_a_need_is_taken_back_and_told_later_where_a_place_is_left(cast: Cast, client: FlaskClient) -> None:
    boat = visit(cast)
    bus(cast, boat, 2, 1)
    publish(cast)
    anna, luca = guests(cast, 2)
    sign_up(cast, boat, anna, step_free=(anna,))
    sign_up(cast, boat, luca)
    token = {"csrf_token": hidden(client.get(link(cast, luca, "/harbour")))["csrf_token"]}
    full = client.post(link(cast, luca, "/harbour/need"), data=token | {"wanted": "y"})
    assert (full.status_code, "No step-free place is left in your vehicle" in full.text) == (422, True)
    client.post(link(cast, anna, "/harbour/need"), data=token | {"wanted": ""})
    client.post(link(cast, luca, "/harbour/need"), data=token | {"wanted": "y"})
    assert (row(cast, boat, anna).step_free, row(cast, boat, luca).step_free) == (False, True)


def test_the_place_on_the_list_is_shown_and_an_offer_taken(cast: Cast, client: FlaskClient) -> None:
    boat = visit(cast, seats=1)
    publish(cast)
    one, two, three = guests(cast, 3)
    first = sign_up(cast, boat, one)[0]
    sign_up(cast, boat, two)
    sign_up(cast, boat, three, now=later(1))
    assert "place 2 on the list" in text(client, link(cast, three, "/harbour"))
    act(cast, lambda: signing.give_back(first.id, whole=False, who="Rome", now=later(2)))
    page = client.get(link(cast, two, "/harbour"))
    assert "It is your turn" in page.text
    client.post(link(cast, two, "/harbour/answer"), data=hidden(page) | {"decision": "take"})
    assert state(cast, boat, two) == "allocated"
    assert letters(cast, two)[-1] == "visit allocated"


def test_giving_back_asks_the_next(cast: Cast, client: FlaskClient) -> None:
    boat = visit(cast, seats=1)
    publish(cast)
    one, two = guests(cast, 2)
    sign_up(cast, boat, one)
    sign_up(cast, boat, two)
    page = client.get(link(cast, one, "/harbour"))
    client.post(link(cast, one, "/harbour/give-back"), data={"csrf_token": hidden(page)["csrf_token"]})
    assert states(cast, boat) == {"Rome 0": "cancelled", "Rome 1": "offered"}


def test_a_session_of_the_city_at_the_same_time_is_told(cast: Cast, client: FlaskClient) -> None:
    """Session 2 is at 09:00 on the 28th; the boat returns at 08:50 and takes 15 minutes more."""
    visit(cast, day=date(2090, 2, 28), leaves=time(7), returns=time(8, 50))
    visit(cast, "early", day=date(2090, 2, 28), leaves=time(6), returns=time(8, 45))
    publish(cast)
    anna = guests(cast, 1)[0]
    said = "“Session 2” is at 09:00–10:00, and the visit takes you from 06:45 to 09:05."
    assert said in text(client, link(cast, anna, "/harbour"))
    assert "Session 2" not in text(client, link(cast, anna, "/early"))


def test_the_list_of_visits_costs_the_same_for_one_and_for_three(cast: Cast, client: FlaskClient) -> None:
    anna = guests(cast, 1)[0]
    visit(cast)
    publish(cast)
    with counted(cast.app) as one:
        client.get(link(cast, anna))
    for number in range(2):
        sign_up(cast, visit(cast, f"boat-{number}", day=None, leaves=None, returns=None), anna)
    publish(cast)
    with counted(cast.app) as three:
        client.get(link(cast, anna))
    assert len(one) == len(three)


def events(client: FlaskClient, cast: Cast, who: Delegate) -> dict[str, Any]:
    """The VEVENTs of a person's calendar by their titles."""
    feed = read(cast.app, lambda: f"/c/{who.feed}/agenda.ics")
    found = Calendar.from_ical(client.get(feed).data).walk("VEVENT")
    return {str(each["SUMMARY"]).removeprefix("Cancelled: "): each for each in found}


def told(event: Any) -> tuple[str, int, str]:
    return f"{event['DTSTART'].dt:%H:%M}", int(event["SEQUENCE"]), str(event.get("STATUS", ""))


def test_the_visit_is_in_the_calendar_moves_with_it_and_is_cancelled_when_given_back(
    cast: Cast, client: FlaskClient
) -> None:
    boat = visit(cast)
    anna = guests(cast, 1)[0]
    assert "Harbour by boat" not in events(client, cast, anna)
    mine = sign_up(cast, boat, anna)[0]
    seen = [told(events(client, cast, anna)["Harbour by boat"])]
    change(cast, boat, now=later(1), leaves=time(8))
    seen.append(told(events(client, cast, anna)["Harbour by boat"]))
    act(cast, lambda: signing.give_back(mine.id, whole=False, who="Rome", now=later(2)))
    seen.append(told(events(client, cast, anna)["Harbour by boat"]))
    assert seen == [("09:00", 0, "CONFIRMED"), ("08:00", 1, "CONFIRMED"), ("08:00", 2, "CANCELLED")]


def test_whoever_waits_has_nothing_in_the_calendar(cast: Cast, client: FlaskClient) -> None:
    boat = visit(cast, seats=0)
    anna = guests(cast, 1)[0]
    sign_up_refused = refusal(lambda: sign_up(cast, boat, anna))
    assert sign_up_refused == "So many people find no room together. Sign up in smaller parties."
    change(cast, boat, seats=1)
    luca = guests(cast, 1, start=1)[0]
    sign_up(cast, boat, luca)
    sign_up(cast, boat, anna)
    assert ["Harbour by boat" in events(client, cast, each) for each in (anna, luca)] == [False, True]


def test_a_calendar_with_a_visit_is_not_written_again_while_nothing_changed(cast: Cast, client: FlaskClient) -> None:
    anna = guests(cast, 1)[0]
    sign_up(cast, visit(cast), anna)
    feed = read(cast.app, lambda: f"/c/{anna.feed}/agenda.ics")
    tag = client.get(feed).headers["ETag"]
    with counted(cast.app) as statements:
        assert client.get(feed, headers={"If-None-Match": tag}).status_code == 304
    assert len(statements) <= 2


def test_a_visit_is_told_in_the_readers_language(cast: Cast, client: FlaskClient) -> None:
    anna = guests(cast, 1)[0]
    change(cast, visit(cast), rules="Mind the step.")
    publish(cast)

    def say_it() -> None:
        speak(cast.event_id, {"fr": []})
        say(cast.event_id, "fr", "visit", "harbour", "title", "Le <port> en bateau")
        say(cast.event_id, "fr", "visit", "harbour", "rules", "Attention à la marche.")

    act(cast, say_it)
    found = {code: client.get(link(cast, anna, f"/harbour?lang={code}")).text for code in ("fr", "es")}
    assert "<h1>Le &lt;port&gt; en bateau</h1>" in found["fr"]
    assert ("Attention à la marche." in found["fr"], "Mind the step." in found["fr"]) == (True, False)
    assert '<bdi lang="en">Mind the step.</bdi>' in found["es"]
    assert "Le &lt;port&gt; en bateau" in client.get(link(cast, anna, "?lang=fr")).text
