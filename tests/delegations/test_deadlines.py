"""Deadlines: the last minute belongs to them, one city may have longer, and clocks that jump are told of."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest

from app.db import db
from app.delegations import answering
from app.delegations.deadlines import Limit, last_instant, limits, set_deadlines
from app.events.models import Due, Event
from app.refused import Refused
from tests.delegations.cities import ANSWER_BY, MODE_BY, NOW, Cities


def put(cities: Cities, wanted: dict[Due, Limit | None]) -> int:
    def act() -> int:
        event = db.session.get_one(Event, cities.event_id)
        return set_deadlines(event, wanted, who="KOIKE Yuriko", now=NOW)

    return cities.do(act)


def longer(cities: Cities, city: str, until: datetime, kind: Due = Due.ANSWER) -> bool:
    key = cities.id(city)
    return cities.do(lambda: answering.give_longer(key, kind, until, "A holiday", who="KOIKE Yuriko", now=NOW))


def test_the_last_minute_is_in_time() -> None:
    assert last_instant(date(2089, 12, 15), time(23, 59), "Asia/Tokyo") == ANSWER_BY
    assert (Limit(ANSWER_BY).over(ANSWER_BY), Limit(ANSWER_BY).over(ANSWER_BY + timedelta(microseconds=1))) == (
        False,
        True,
    )


def test_a_time_that_the_clocks_leave_out_is_refused() -> None:
    with pytest.raises(Refused, match="the clocks in Europe/Rome go forward and 02:30 is left out") as no:
        last_instant(date(2026, 3, 29), time(2, 30), "Europe/Rome")
    assert no.value.field == "time"


def test_setting_the_same_again_changes_nothing(cities: Cities) -> None:
    wanted: dict[Due, Limit | None] = {Due.HEAD: Limit(MODE_BY, hard=True), Due.MODE: None}
    assert (put(cities, wanted), put(cities, wanted)) == (2, 0)
    assert cities.read(lambda: list(limits(cities.event_id))) == [Due.ANSWER, Due.HEAD]
    assert [each.subject for each in cities.notes("deadline")] == ["deadline/head", "deadline/mode"]


def test_one_city_has_longer_and_no_other(cities: Cities) -> None:
    until = ANSWER_BY + timedelta(days=2)
    assert longer(cities, "Rome", until) is True
    rome, milan = cities.id("Rome"), cities.id("Milan")
    found = cities.read(lambda: [answering.deadline(cities.event_id, Due.ANSWER, key) for key in (rome, milan, None)])
    assert found == [(until, False), (ANSWER_BY, False), (ANSWER_BY, False)]
    (note,) = cities.notes("extended deadline")
    assert (note.who, note.subject) == ("KOIKE Yuriko", "delegation/summit-rome")


def test_a_common_deadline_moved_past_an_extension_counts_for_all(cities: Cities) -> None:
    longer(cities, "Rome", ANSWER_BY + timedelta(days=2))
    later = ANSWER_BY + timedelta(days=9)
    put(cities, {Due.ANSWER: Limit(later)})
    rome = cities.id("Rome")
    assert cities.read(lambda: answering.deadline(cities.event_id, Due.ANSWER, rome)) == (later, False)


@pytest.mark.parametrize(
    ("until", "kind", "said"),
    [
        (datetime(2089, 1, 1, tzinfo=UTC), Due.ANSWER, "This moment is past"),
        (ANSWER_BY, Due.ANSWER, "no later than the deadline"),
        (ANSWER_BY, Due.HEAD, "There is no such deadline"),
    ],
)
def test_more_time_is_more_time(cities: Cities, until: datetime, kind: Due, said: str) -> None:
    with pytest.raises(Refused, match=said):
        longer(cities, "Rome", until, kind)


def test_there_may_be_no_deadline_at_all(cities: Cities) -> None:
    assert cities.read(lambda: answering.deadline(cities.event_id, Due.CONFIRMATION)) == (None, False)
