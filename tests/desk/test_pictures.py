"""Pictures of how the cities stand, and the tables behind them."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from app import clock, sheets
from app.db import db
from app.delegations.models import Answer, Delegation
from app.desk.pictures.figures import (
    Group,
    Move,
    Spoken,
    Spot,
    by_day,
    by_mode,
    by_region,
    group_of,
    history,
    minutes_by_kind,
    minutes_by_region,
)
from app.events.models import Deadline, Due, Event, Mode
from app.journal import note
from app.network.models import Kind, Member
from app.network.places import countries
from app.network.regions import AMERICAS, ASIA, EUROPE, region_of
from app.web.kept import KeepingFlask
from tests.desk.office import REHEARSAL, Organiser, begins, words
from tests.desk.test_board import ALL, CAIRO, MILAN, ROME, SAO_PAULO, put
from tests.desk.test_lists import keep_only, of_city
from tests.queries import counted

FIRST_DAY = "the first day of the rehearsal"
PICTURES = f"{REHEARSAL}/board/pictures"
NOW = datetime(2089, 11, 20, tzinfo=UTC)


def at(day: int) -> datetime:
    return datetime(2089, 11, day, tzinfo=UTC)


@pytest.mark.one_database
def test_answers_over_time_are_played_back_from_the_journal() -> None:
    answers = {1: Answer.ACCEPTED, 2: Answer.DECLINED, 3: Answer.APPROVED, 4: Answer.DRAFT}
    moves = [
        Move(1, at(1), Answer.DRAFT, Answer.INVITED),
        Move(2, at(1), Answer.DRAFT, Answer.INVITED),
        Move(1, at(3), Answer.INVITED, Answer.ACCEPTED),
        Move(2, at(5), Answer.INVITED, Answer.DECLINED),
    ]
    assert history(answers, moves, NOW) == {
        "invited": [(at(1), 1), (at(1), 2), (at(1), 3)],
        "accepted": [(at(1), 1), (at(3), 2)],
        "declined": [(at(1), 0), (at(5), 1)],
    }


@pytest.mark.one_database
def test_without_a_journal_the_figures_of_now_hold_since_yesterday() -> None:
    begun = NOW - timedelta(days=1)
    assert history({1: Answer.ACCEPTED}, [], NOW) == {
        "invited": [(begun, 1)],
        "accepted": [(begun, 1)],
        "declined": [(begun, 0)],
    }


@pytest.mark.one_database
def test_every_answer_has_a_group() -> None:
    assert {group_of(answer) for answer in Answer} == set(Group)


@pytest.mark.one_database
def test_a_city_with_two_modes_stands_in_both() -> None:
    people = {Mode.VENUE: 2}
    assert by_mode(ALL, people) == [(Mode.VENUE, 1, 2), (Mode.ONLINE, 1, 0), (Mode.VIDEO, 1, 0)]


@pytest.mark.one_database
def test_cities_are_counted_by_region_and_answer() -> None:
    spots = {row.slug: Spot(country, None, None) for row, country in ((ROME, "IT"), (MILAN, "IT"), (SAO_PAULO, "BR"))}
    found = by_region([ROME, MILAN, SAO_PAULO], spots)
    assert [(region, sum(groups.values())) for region, groups in found] == [(AMERICAS, 1), (EUROPE, 2)]
    assert found[0][1][Group.NOT] == 1


@pytest.mark.one_database
def test_a_place_that_is_no_country_stands_elsewhere() -> None:
    assert [region for region, _groups in by_region([CAIRO], {"cairo": Spot("ZZ", None, None)})] == [""]


@pytest.mark.one_database
def test_every_country_has_a_region_but_antarctica() -> None:
    assert {code for code in countries() if not region_of(code)} == {"AQ"}
    assert (region_of("JP"), region_of("TR"), region_of("BR")) == (ASIA, ASIA, AMERICAS)


def test_the_page_holds_each_picture_with_its_title_and_its_table(tokyo: Organiser) -> None:
    page = tokyo.get(PICTURES)
    assert page.text.count('role="img"') == 11  # seven, speaking time in two, hours in three
    assert page.text.count("<desc ") == 11
    assert page.text.count("<caption") == 8
    assert "Takes part 34" in words(page)
    assert "Cities at the venue" not in page.text
    assert '<title>Tokyo: Takes part</title><circle class="spot comes"' in page.text


def test_a_city_without_a_place_is_named_beside_the_map(desks: KeepingFlask, tokyo: Organiser) -> None:
    def act() -> None:
        mine = Member.id == of_city("Rome").member_id
        db.session.execute(update(Member).where(mine).values(latitude=None, longitude=None))

    put(desks, act)
    page = tokyo.get(PICTURES)
    assert "they are not on the map: Rome." in words(page)
    assert "<title>Rome: Takes part" not in page.text


@pytest.mark.parametrize(
    ("name", "header", "first"),
    [
        ("modes", ("Way of taking part", "Cities", "People"), ("At the venue", "26", "0")),
        ("map", ("City", "Answer", "Region", "Latitude", "Longitude"), ("Abu Dhabi", "Takes part", "Asia")),
        ("regions", ("Region", "Takes part", "Not answered yet"), ("Africa",)),
        ("answers", ("From", "Invited", "Accepted", "Declined or withdrawn", "Answered, foreseen"), None),
        ("days", ("Day", "At the venue", "Online", "By video message", "To be confirmed"), (FIRST_DAY, "0")),
        ("speaking", ("By", "Who speaks", "Minutes"), ("Region", "Africa", "15")),
        ("visits", ("Visit", "Taken", "Free", "Waiting"), ("Where the water comes from (rehearsal)", "0", "24")),
        ("hours", ("City", "Day", "08:00"), ("Delhi", FIRST_DAY, "04:30 at night")),
    ],
)
def test_the_tables_are_had_as_files(
    desks: KeepingFlask, tokyo: Organiser, name: str, header: tuple[str, ...], first: tuple[str, ...] | None
) -> None:
    sheet = sheets.read(tokyo.get(f"{PICTURES}/{name}.csv").data, "x.csv")
    assert sheet.header[: len(header)] == header
    if first:
        day = begins(desks)
        said = tuple(f"{day:%a} {day.day} {day:%b}" if each == FIRST_DAY else each for each in first)
        assert sheet.rows[0][: len(first)] == said
    assert sheets.read(tokyo.get(f"{PICTURES}/{name}.xlsx").data, "x.xlsx") == sheet


@pytest.mark.one_database
def test_a_city_is_counted_once_a_day_and_way() -> None:
    first, last = date(2089, 2, 8), date(2089, 2, 9)
    seen = [(first, Mode.VENUE, 1), (first, Mode.VENUE, 1), (first, Mode.ONLINE, 1), (first, None, 2)]
    nothing = {"venue": 0, "online": 0, "video": 0, "unsure": 0}
    assert by_day(seen, first, last) == [
        (first, nothing | {"venue": 1, "online": 1, "unsure": 1}),
        (last, nothing),
    ]


@pytest.mark.one_database
def test_speaking_time_is_summed_by_region_and_by_kind() -> None:
    said = [Spoken("IT", Kind.CITY, 10), Spoken("FR", Kind.STATE, 5), Spoken("", None, 7), Spoken("BR", Kind.CITY, 2)]
    assert minutes_by_region(said) == [(AMERICAS, 2), (EUROPE, 15), ("", 7)]
    assert minutes_by_kind(said) == [(Kind.CITY, 12), (Kind.STATE, 5), (None, 7)]


def test_the_page_says_how_many_to_expect_by_the_deadline(desks: KeepingFlask, tokyo: Organiser) -> None:
    def act() -> None:
        event = db.session.execute(select(Event).where(Event.slug == "rehearsal")).scalar_one()
        now = clock.now()
        rows = db.session.execute(select(Delegation).where(Delegation.event_id == event.id).order_by(Delegation.id))
        for place, row in enumerate(rows.scalars()):
            row.answer = Answer.ACCEPTED if place < 20 else Answer.INVITED
            row.invited_at = begun = now - timedelta(days=20)
            said: dict[str, Any] = {"who": "Tokyo", "event_id": event.id}
            before, after = {"answer": "draft"}, {"answer": "invited"}
            note("invited", f"delegation/{row.uid}", now=begun, before=before, after=after, **said)
            if place < 20:
                at, came = begun + timedelta(days=place + 0.5), {"answer": "accepted"}
                note("accepted", f"delegation/{row.uid}", now=at, before=after, after=came, **said)
        db.session.add(Deadline(event_id=event.id, kind=Due.ANSWER, at=now + timedelta(days=10), hard=False))

    put(desks, act)
    page = words(tokyo.get(PICTURES))
    found = re.search(r"At this pace (\d+) to (\d+) of 34 will have answered by", page)
    assert found is not None
    low, high = map(int, found.groups())
    assert 20 <= low < high <= 34
    assert "How this is reckoned" in page
    assert re.search(r"At this pace \d+ to \d+ of 34 will have answered by", words(tokyo.get(f"{REHEARSAL}/")))


def test_another_summit_s_pictures_are_not_found(rome: Organiser) -> None:
    assert [rome.get(path).status_code for path in (PICTURES, f"{PICTURES}/map.csv")] == [404, 404]


def test_the_pictures_cost_the_same_for_one_city_and_for_many(desks: KeepingFlask, tokyo: Organiser) -> None:
    costs = []
    for _ in range(2):
        with counted(desks) as statements:
            tokyo.get(PICTURES)
        costs.append(len(statements))
        keep_only(desks, "Rome")
    assert costs[0] == costs[1]
