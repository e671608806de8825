"""How far off a summit is, what is on now, and what comes next."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from app import clock
from app.publishing import present
from app.publishing.present import Standing
from app.publishing.programme import Programme
from app.web.kept import KeepingFlask
from tests.publishing.great import tell
from tests.publishing.summits import PROGRAMME, SESSION_2, SESSION_5, at


@pytest.mark.parametrize(
    ("now", "stands"),
    [
        (datetime(2023, 2, 15, 9, tzinfo=UTC), Standing("ahead", until=12, days=3)),
        (datetime(2023, 2, 26, 14, 59, tzinfo=UTC), Standing("ahead", until=1, days=3)),
        (datetime(2023, 2, 26, 15, 0, tzinfo=UTC), Standing("running", day=1, days=3)),
        (datetime(2023, 2, 28, 3, tzinfo=UTC), Standing("running", day=2, days=3)),
        (datetime(2023, 3, 1, 14, 59, tzinfo=UTC), Standing("running", day=3, days=3)),
        (datetime(2023, 3, 1, 15, 0, tzinfo=UTC), Standing("over", days=3)),
    ],
)
def test_days_are_counted_by_the_clocks_of_the_summit(now: datetime, stands: Standing) -> None:
    assert present.standing(PROGRAMME.summit, now) == stands


@pytest.mark.parametrize(
    ("now", "on", "coming"),
    [
        (at(11, 49), [], ["session-2"]),
        (at(11, 50), ["session-2"], ["session-5"]),
        (at(13, 10), [], ["session-5"]),
        (at(15, 59), ["session-5"], []),
        (at(16), [], []),
        (at(11, 50) - timedelta(days=1, minutes=1), [], []),
    ],
)
def test_what_is_on_and_what_is_next(now: datetime, on: list[str], coming: list[str]) -> None:
    going = present.going(PROGRAMME, now)
    assert ([each.code for each in going.on], [each.code for each in going.next]) == (on, coming)


def test_what_is_cancelled_or_untimed_is_neither_on_nor_next() -> None:
    dropped = replace(SESSION_2, cancelled=True)
    untimed = replace(SESSION_5, starts=None, ends=None)
    assert not present.going(replace(PROGRAMME, sessions=(dropped, untimed)), at(12))


def test_all_that_begin_together_are_next() -> None:
    beside = replace(SESSION_5, code="beside", uid="0" * 31 + "7", room="Hall B")
    going = present.going(replace(PROGRAMME, sessions=(SESSION_2, SESSION_5, beside)), at(12))
    assert [each.code for each in going.next] == ["session-5", "beside"]


def moved(days: int, minutes: int) -> Programme:
    """The programme as it would be if Session 2 had begun so many minutes ago; its first day is so many days off."""
    now = clock.now()
    today = clock.local(now, "Asia/Tokyo").date()
    summit = replace(PROGRAMME.summit, starts_on=today + timedelta(days=days), ends_on=today + timedelta(days=days + 2))
    starts = now - timedelta(minutes=minutes)
    there = replace(SESSION_2, day=today, starts=starts, ends=starts + timedelta(minutes=80))
    after = replace(SESSION_5, day=today, starts=starts + timedelta(hours=2), ends=starts + timedelta(hours=3))
    return replace(PROGRAMME, summit=summit, sessions=(there, after))


def front(app: KeepingFlask) -> str:
    answer = app.test_client().get("/gnets-2023/")
    assert answer.status_code == 200
    return re.sub(r"\s+", " ", answer.text)


@pytest.mark.parametrize(
    ("days", "words"),
    [(12, "Begins in 12 days"), (1, "Begins in 1 day"), (-1, "Today: day 2 of 3"), (-9, "The summit is over.")],
)
def test_the_front_page_counts_the_days(gnets: KeepingFlask, days: int, words: str) -> None:
    tell(gnets, moved(days, 10))
    countdown = front(gnets).split("data-countdown", 1)[1].split("</p>")[0]
    assert countdown.endswith(f">{words}")


def test_the_front_page_says_what_is_on_while_the_summit_runs(gnets: KeepingFlask) -> None:
    tell(gnets, moved(-1, 10))
    panel = front(gnets).split("data-going-panel>")[1].split("</section>")[0]
    on, coming = re.findall(r"<li ([^>]*)>(.*?)</li>", panel)
    assert ('class="is-now"' in on[0], "On now" in on[1], "Session 2" in on[1]) == (True, True, True)
    assert ("hidden" in coming[0], "Next" in coming[1], "Session 5" in coming[1]) == (False, True, True)


@pytest.mark.parametrize("days", [5, -9])
def test_the_front_page_says_nothing_of_it_on_other_days(gnets: KeepingFlask, days: int) -> None:
    tell(gnets, moved(days, 10))
    assert "data-going-panel" not in front(gnets)
