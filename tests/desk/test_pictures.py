"""Pictures of how the cities stand, and the tables behind them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from app import sheets
from app.db import db
from app.delegations.models import Answer
from app.desk.pictures.figures import Group, Move, Spot, by_mode, by_region, group_of, history
from app.events.models import Mode
from app.network.models import Member
from app.network.places import countries
from app.network.regions import AMERICAS, ASIA, EUROPE, region_of
from app.web.kept import KeepingFlask
from tests.desk.office import REHEARSAL, Organiser, words
from tests.desk.test_board import ALL, CAIRO, MILAN, ROME, SAO_PAULO, put
from tests.desk.test_lists import keep_only, of_city
from tests.queries import counted

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
    assert page.text.count('role="img"') == 4
    assert page.text.count("<desc ") == 4
    assert page.text.count("<caption") == 4
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
    assert "<title>Rome: " not in page.text


@pytest.mark.parametrize(
    ("name", "header", "first"),
    [
        ("modes", ("Way of taking part", "Cities", "People"), ("At the venue", "26", "0")),
        ("map", ("City", "Answer", "Region", "Latitude", "Longitude"), ("Abu Dhabi", "Takes part", "Asia")),
        ("regions", ("Region", "Takes part", "Not answered yet"), ("Africa",)),
        ("answers", ("From", "Invited", "Accepted"), None),
    ],
)
def test_the_tables_are_had_as_files(
    tokyo: Organiser, name: str, header: tuple[str, ...], first: tuple[str, ...] | None
) -> None:
    sheet = sheets.read(tokyo.get(f"{PICTURES}/{name}.csv").data, "x.csv")
    assert sheet.header[: len(header)] == header
    if first:
        assert sheet.rows[0][: len(first)] == first
    assert sheets.read(tokyo.get(f"{PICTURES}/{name}.xlsx").data, "x.xlsx") == sheet


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
