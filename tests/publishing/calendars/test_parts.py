"""What stands in the calendar of a part, and the page that offers all of them."""

from __future__ import annotations

import re
from datetime import date

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update

from app.agenda.models import Session
from app.db import db, write
from app.events.models import Room
from app.ical import doctor
from tests.publishing.calendars.kinds import LINK, edit, furnish, public
from tests.registration.cast import NOW, Cast, read

pytestmark = pytest.mark.one_database


def titles(client: FlaskClient, path: str) -> set[str]:
    return {each.title for each in doctor.examine(client.get(path).data, NOW).events}


@pytest.mark.parametrize(
    ("kind", "found"),
    [
        ("theme", {"Session 2: Water, and; waste", "Cancelled: Cancelled one: Water, and; waste"}),
        ("session", {"Session 2: Water, and; waste"}),
        ("city", {"Session 2: Water, and; waste"}),
        ("city without a session", set()),
    ],
)
def test_a_part_holds_what_belongs_to_it_and_nothing_else(
    cast: Cast, client: FlaskClient, kind: str, found: set[str]
) -> None:
    furnish(cast)
    assert titles(client, public(cast)[kind]) == found


def test_a_day_holds_what_begins_on_it_by_the_clocks_of_the_summit(cast: Cast, client: FlaskClient) -> None:
    furnish(cast, "America/New_York")
    edit(cast, "visit", day=date(2027, 7, 11))
    assert "A visit" not in titles(client, "/summit/days/2027-07-10.ics")
    assert titles(client, "/summit/days/2027-07-11.ics") == {"A visit"}
    assert titles(client, "/summit/days/2027-07-12.ics") == set()


def test_a_room_keeps_its_address_whatever_it_is_called(cast: Cast, client: FlaskClient) -> None:
    furnish(cast)
    path = public(cast)["room"]
    before = titles(client, path)

    def rename() -> None:
        db.session.execute(update(Room).values(name="Sala 2"))

    read(cast.app, lambda: write(rename))
    edit(cast, "visit", room_id=None)
    assert titles(client, path) == before - {"A visit"}


def test_online_is_what_has_a_link_or_a_city_that_joins(cast: Cast, client: FlaskClient) -> None:
    furnish(cast)
    edit(cast, "visit", room_id=None)
    everything = titles(client, "/summit/agenda.ics")
    assert titles(client, "/summit/online.ics") == everything - {"A visit"}

    def unlink() -> None:
        db.session.execute(update(Session).values(room_id=None))

    read(cast.app, lambda: write(unlink))
    edit(cast, "visit", note="Moved")
    kept = {"Session 2: Water, and; waste", "Cancelled: Cancelled one: Water, and; waste"}
    assert titles(client, "/summit/online.ics") == kept  # who had the cancelled one in their calendar is told


def test_a_block_holds_its_sessions(rehearsal_client: FlaskClient) -> None:
    blocks = re.findall(r"/rehearsal/sessions/(block-[a-z0-9-]+)", rehearsal_client.get("/rehearsal/agenda").text)
    found = titles(rehearsal_client, f"/rehearsal/sessions/{blocks[0]}.ics")
    assert found == {"Session 1: Environment", "Session 2: Environment"}


def test_the_page_offers_each_kind_and_every_address_works(cast: Cast, client: FlaskClient) -> None:
    furnish(cast)
    page = client.get("/summit/calendars").text
    addresses = re.findall(r'value="http://localhost(/summit/[^"]+\.ics)"', page)
    expected = {path for kind, path in public(cast).items() if kind not in ("session", "city without a session")}
    assert expected <= set(addresses)
    assert [client.get(each).status_code for each in addresses] == [200] * len(addresses)
    assert f"webcal://localhost{addresses[0]}" in page
    assert "Google looks for changes only every 8 to 24 hours" in page


@pytest.mark.parametrize("path", ["/summit/agenda", "/summit/sessions/session-2", "/summit/cities/rome"])
def test_the_pages_that_show_a_part_offer_its_calendar(cast: Cast, client: FlaskClient, path: str) -> None:
    furnish(cast)
    page = client.get(path).text
    wanted = f"{path.removesuffix('agenda')}agenda.ics" if path.endswith("agenda") else f"{path}.ics"
    assert f'href="webcal://localhost{wanted}"' in page
    assert f'value="http://localhost{wanted}"' in page
    assert f'href="{wanted}?download=1"' in page
    assert "From URL" in page
    assert LINK not in page


def test_the_link_to_join_shows_on_no_public_page(cast: Cast, client: FlaskClient) -> None:
    furnish(cast)
    edit(cast, "session-2", room_id=None)
    key = read(cast.app, lambda: db.session.execute(select(Room.id)).scalar_one())
    edit(cast, "session-2", room_id=key)
    paths = ["agenda", "agenda.json", "changes", "changes.atom", "schedule.json", "schedule.xml", "calendars"]
    paths += ["sessions/session-2", "cities/rome", "people", ""]
    for path in paths:
        answer = client.get(f"/summit/{path}")
        assert (answer.status_code, "meet.example" in answer.text) == (200, False), path


def test_the_data_of_the_programme_do_not_say_that_nothing_can_be_joined(cast: Cast, client: FlaskClient) -> None:
    furnish(cast)
    told = client.get("/summit/agenda.json").json
    assert told is not None
    assert [each for each in told["sessions"] if {"online", "joinable"} & each.keys()] == []
    assert [each["name"] for each in told["rooms"]] == ["Hall, große; \\ 1"]
