"""The desk of an event in which nothing is yet: every page opens, and says what to do next."""

from __future__ import annotations

import pytest

from app.web.kept import KeepingFlask
from tests.desk.office import Organiser, words
from tests.desk.test_founding import SUMMIT, network_slug

DESK = "/organise/tokyo-2090"
PAGES = (
    *("", "board", "board/pictures", "participants", "invitations", "deadlines", "registrations", "approvals"),
    *("agenda", "schedule", "schedule/cities", "schedule/wishes", "schedule/hours", "schedule/clashes"),
    *("schedule/proposals", "schedule/absences", "schedule/file", "visits", "videos", "playlist", "publish"),
    *("releases", "outbox", "announcements", "reminders", "letters", "online", "online/rooms", "online/checks"),
    *("online/joined", "calendars", "calendars/doctor", "staff", "settings", "together", "together/acts"),
)


@pytest.fixture
def empty(desks: KeepingFlask, tokyo: Organiser) -> Organiser:
    made = tokyo.send(
        f"/organise/networks/{network_slug(desks)}/events/new", SUMMIT, {"modes": ["venue", "online"], "host": ""}
    )
    assert made.status_code == 303
    return tokyo


def test_every_page_of_an_empty_event_opens(empty: Organiser) -> None:
    assert {page: code for page in PAGES if (code := empty.get(f"{DESK}/{page}").status_code) != 200} == {}


@pytest.mark.parametrize(
    ("page", "said"),
    [
        ("", "Choose whom to invite"),
        ("board", "No city is invited yet."),
        ("publish", "The draft is empty, so there is nothing to publish yet."),
        ("online", "This event has no rooms yet. Name them in its settings"),
        ("schedule", "The draft has no session yet. Add the first one above"),
        ("schedule/wishes", "Once one has accepted its invitation"),
        ("outbox", "Invite the cities, and the first ones stand here."),
    ],
)
def test_an_empty_place_says_what_to_do_next(empty: Organiser, page: str, said: str) -> None:
    assert said in words(empty.get(f"{DESK}/{page}"))


def test_the_public_finds_nothing_of_it(empty: Organiser) -> None:
    assert empty.client.get("/tokyo-2090/").status_code == 404
