"""F15, F16: thousands of programs ask for calendars at full speed, while the agenda changes and people register."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bench.load import family, spent
from tests.trust.calendars import Asking, Polled, asking, subscribed, through_a_change
from tests.trust.faults.conftest import Storm, broken
from tests.trust.figures import Figures


@pytest.fixture(scope="module")
def programs(storm: Storm, full: bool) -> Iterator[Asking]:
    """Each has asked once and got its calendar."""
    with subscribed(storm.ground, 10_000 if full else 240) as paths, asking([storm.house.port], paths) as found:
        first = found.once(anew=True)
        assert set(first.statuses) == {200}
        yield found


def test_calendars_are_told_of_a_change_at_the_next_poll(
    storm: Storm, programs: Asking, figures: Figures, full: bool
) -> None:
    through_a_change(programs, storm.ground, 10.0 if full else 0.3).hold(figures)
    same, cost = costing(storm, programs.once)
    figures.hold("F15", "unchanged calendars that were sent again", same.count - same.statuses[304], exactly=0)
    figures.measure("F15", "304s while nothing changes", round(same.rate), least=1000, unit="a second")
    figures.measure("F15", "CPU of the server for one of them", round(cost), most=500, unit="µs")
    figures.measure("F15", "CPU of the programs themselves for one of them", round(same.own), most=100, unit="µs")
    whole, cost = costing(storm, lambda: programs.once(anew=True))
    assert set(whole.statuses) == {200}
    figures.measure(
        "F15", "CPU of the server for a whole calendar, most of them personal", round(cost), most=2000, unit="µs"
    )
    kept = [each for each in programs.paths if not each.startswith("/c/")]
    with asking([storm.house.port], kept) as others:
        others.once(anew=True)
        whole, cost = costing(storm, lambda: others.once(anew=True))
    assert set(whole.statuses) == {200}
    figures.measure("F15", "kept calendars sent whole", round(whole.rate), least=500, unit="a second")
    figures.measure("F15", "CPU of the server for one of those", round(cost), most=1000, unit="µs")


def costing(storm: Storm, ask: Callable[[], Polled]) -> tuple[Polled, float]:
    """What came of it, and the microseconds of CPU that each answer cost the server."""
    assert storm.house.server is not None
    pids = family(storm.house.server.pid)
    before = spent(pids)
    found = ask()
    return found, (spent(pids) - before) / found.count * 1e6


@pytest.mark.trust
def test_what_is_kept_without_asking_would_be_told_too_long(request: pytest.FixtureRequest, tmp_path: Path) -> None:
    """The control: each process believes what it keeps for ever."""
    with (
        broken(request, tmp_path, "marks") as storm,
        subscribed(storm.ground, 60) as paths,
        asking([storm.house.port], paths) as programs,
    ):
        programs.once(anew=True)
        programs.once()
        found = through_a_change(programs, storm.ground, 0.5)
    assert found.late >= sum(each.startswith("/c/") for each in paths)


def test_registering_while_calendars_are_polled(storm: Storm, programs: Asking, figures: Figures, full: bool) -> None:
    crowd, seconds = storm.crowd(at_once=8), 30.0 if full else 2.0
    with programs.on() as polled:
        until = time.monotonic() + seconds
        while time.monotonic() < until or not crowd.tally.told:
            crowd.register(8)
        took = time.monotonic() - until + seconds
    figures.hold("F16", "polls answered by anything but 304", polled.count - polled.statuses[304], exactly=0)
    figures.hold("F16", "people who got no answer while calendars were polled", len(crowd.tally.gone), exactly=0)
    figures.measure("F16", "p99 of a registration while calendars are polled", crowd.tally.p99(), most=1, unit="s")
    figures.measure("F16", "registrations meanwhile", len(crowd.tally.told) / took, least=5, unit="/s")
    figures.measure("F16", "polls answered meanwhile", polled.rate, least=1000, unit="/s")


@pytest.mark.trust
def test_calendars_made_for_each_poll_would_be_noticed(request: pytest.FixtureRequest, tmp_path: Path) -> None:
    """The control: nothing is kept, and nobody is told that they have it already."""
    with (
        broken(request, tmp_path, "answers_anew") as storm,
        subscribed(storm.ground, 60) as paths,
        asking([storm.house.port], paths) as programs,
    ):
        programs.once(anew=True)
        found = programs.once()
    assert (found.statuses[304], found.repeated) == (0, len(paths))
