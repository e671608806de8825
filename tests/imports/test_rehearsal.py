"""The rehearsal: the same summit some weeks ahead, plainly marked and open."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from app.agenda.models import Session
from app.db import db
from app.delegations.models import Delegation
from app.events.models import Event, Mode, Person, Room
from app.imports import next_rehearsal, rehearse
from app.network.models import Member
from app.registration.models import Places
from app.visits.models import Visit
from app.web.kept import KeepingFlask
from tests.imports.cast import NOW, days, document, loaded, order, rows, session

SLUG = "rehearsal"
TODAY = NOW.date()
MONDAY = date(2027, 2, 1)


def put(app: KeepingFlask) -> None:
    loaded(app, rehearse(TODAY), timetable=True)


@pytest.mark.one_database
@pytest.mark.parametrize("day", range(7))
def test_it_begins_on_a_monday_ten_weeks_ahead(day: int) -> None:
    today = date(2026, 11, 16) + timedelta(days=day)
    begins = next_rehearsal(today)
    assert begins.strftime("%A") == "Monday"
    assert timedelta(weeks=10) <= begins - today < timedelta(weeks=11)


def test_all_of_it_moves_by_the_same_days(app: KeepingFlask) -> None:
    put(app)
    assert rows(app, lambda event: (event.starts_on, event.ends_on), SLUG) == (MONDAY, date(2027, 2, 3))
    assert rows(app, days, SLUG) == {MONDAY, date(2027, 2, 2), date(2027, 2, 3)}


def test_its_times_are_those_of_the_timetable_and_none_is_a_fact(app: KeepingFlask) -> None:
    put(app)
    assert rows(app, lambda event: event.times_note, SLUG) == "The clock times are invented for a demonstration."
    span = rows(app, lambda event: session(event, "session-6").span(event.zone), SLUG)
    assert span == (datetime(2027, 2, 2, 8, 30, tzinfo=UTC), datetime(2027, 2, 2, 9, 50, tzinfo=UTC))


def test_it_says_in_title_and_note_that_it_is_a_rehearsal(app: KeepingFlask) -> None:
    put(app)
    title, note = rows(app, lambda event: (event.title, event.note), SLUG)
    assert title == "Rehearsal of the 1st G-NETS Leaders Summit"
    assert note.startswith("This is a rehearsal: ")


def test_invented_people_visits_and_rooms_are_marked(app: KeepingFlask) -> None:
    put(app)

    def ask(event: Event) -> tuple[list[str], list[str], list[str]]:
        people = select(Person.name).where(Person.event_id == event.id).order_by(Person.position)
        visits = select(Visit.title).where(Visit.event_id == event.id).order_by(Visit.position)
        rooms = select(Room.name).where(Room.event_id == event.id).order_by(Room.position)
        return tuple(list(db.session.execute(each).scalars()) for each in (people, visits, rooms))  # type: ignore[return-value]

    people, visits, rooms = rows(app, ask, SLUG)
    assert people[6:] == ["Alex Example (rehearsal)", "SAMPLE Robin (rehearsal)", "Kim Trial (rehearsal)"]
    assert visits == [
        "Where the water comes from (rehearsal)",
        "The harbour that makes its own power (rehearsal)",
        "A park that shelters a district (rehearsal)",
    ]
    assert rooms == ["Rehearsal Hall", "Rehearsal Studio", "Rehearsal Press Room"]


def test_visits_take_place_on_its_first_day_with_limited_seats(app: KeepingFlask) -> None:
    put(app)

    def ask(event: Event) -> list[tuple[date | None, int | None]]:
        visits = db.session.execute(select(Visit).where(Visit.event_id == event.id).order_by(Visit.position)).scalars()
        return [(each.day, each.seats) for each in visits]

    assert rows(app, ask, SLUG) == [(MONDAY, 24), (MONDAY, 30), (MONDAY, 18)]


def test_sessions_have_rooms_and_the_printed_speaking_order(app: KeepingFlask) -> None:
    put(app)

    def ask(event: Event) -> list[str]:
        found = select(Room.name).join(Session, Session.room_id == Room.id).where(Session.event_id == event.id)
        return list(db.session.execute(found.order_by(Session.position)).scalars())

    assert rows(app, ask, SLUG) == ["Rehearsal Hall"] * 10 + ["Rehearsal Press Room"]
    assert rows(app, lambda event: order(event, "session-4"), SLUG) == [
        ("Los Angeles", "venue"),
        ("Miami", "venue"),
        ("Seoul", "venue"),
        ("Tel Aviv", "venue"),
    ]


@pytest.mark.parametrize(
    ("when", "open_"),
    [
        (NOW - timedelta(seconds=1), False),
        (NOW, True),
        (datetime(2027, 1, 31, 14, 59, 59, tzinfo=UTC), True),  # 23:59:59 in Tokyo, the day before
        (datetime(2027, 1, 31, 15, tzinfo=UTC), False),
    ],
)
def test_registration_is_open_until_the_end_of_the_day_before(app: KeepingFlask, when: datetime, open_: bool) -> None:
    put(app)
    assert rows(app, lambda event: event.open_for_registration(when), SLUG) is open_


def test_the_venue_has_120_places_and_the_others_no_limit(app: KeepingFlask) -> None:
    put(app)

    def ask(event: Event) -> set[tuple[Mode, int | None]]:
        places = select(Places.mode, Places.seats).where(Places.event_id == event.id)
        return set(db.session.execute(places))

    assert rows(app, ask, SLUG) == {(Mode.VENUE, 120), (Mode.ONLINE, None), (Mode.VIDEO, None)}


def test_it_shows_the_code_of_seoul(app: KeepingFlask) -> None:
    put(app)

    def ask(event: Event) -> tuple[str, str]:
        found = select(Delegation).join(Member).where(Delegation.event_id == event.id, Member.slug == "seoul")
        return event.code_shown, db.session.execute(found).scalar_one().code

    shown, code = rows(app, ask, SLUG)
    assert shown == f"In this rehearsal anybody may register for Seoul, with the city code {code}."


def test_loaded_again_days_later_it_keeps_its_dates_and_its_opening(app: KeepingFlask) -> None:
    put(app)
    later = NOW + timedelta(days=9)
    report = loaded(app, rehearse(later.date()), later, timetable=True)
    assert report.changed == 0
    assert rows(app, lambda event: (event.starts_on, event.registration_opens), SLUG) == (MONDAY, NOW)


def test_it_stands_beside_the_archive_and_changes_nothing_there(app: KeepingFlask) -> None:
    loaded(app, document())
    put(app)
    assert loaded(app, document()).changed == 0
