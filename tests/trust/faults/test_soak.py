"""F25: ten minutes at ten times the load of a congress: memory, open files and the database's log stay as they are.

A congress of 300 registers, looks and polls at less than this: 300 registrations in ten minutes at its busiest, two
pages and a third of a poll a second.
"""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.trust.calendars import PUBLIC
from tests.trust.clients import Crowd, address
from tests.trust.faults.conftest import Storm, broken
from tests.trust.faults.test_crowded import beside
from tests.trust.faults.test_mail import until
from tests.trust.figures import Figures
from tests.trust.invariants import engine_of

MINUTES = 10.0
MORE = 8
"""How many more files and lines may be open at the end than at the beginning."""
GROWTH = 10
"""By how many per cent memory may grow."""
REGISTRATIONS, PAGES, POLLS = 5.0, 20.0, 3.0
"""A second: ten times a congress."""
PATHS = ("/summit/", "/summit/agenda", "/summit/register", "/")


def memory(pids: list[int]) -> float:
    """MB that these processes hold."""
    said = [Path(f"/proc/{each}/status").read_text() for each in pids]
    return sum(int(text.split("VmRSS:")[1].split()[0]) for text in said) / 1024


def files(pids: list[int]) -> int:
    """How many files and lines these processes have open."""
    return sum(len(list(Path(f"/proc/{each}/fd").iterdir())) for each in pids)


def log_size(url: str) -> float:
    """MB of SQLite's write-ahead log; 0 on PostgreSQL, which minds its own."""
    log = Path(url.removeprefix("sqlite:///") + "-wal")
    return log.stat().st_size / 1e6 if log.exists() else 0.0


class Pace:
    """Lets so many through in a second, whoever asks."""

    def __init__(self, rate: float) -> None:
        self.rate, self.next, self.lock = rate, time.monotonic(), threading.Lock()

    def wait(self) -> None:
        with self.lock:
            mine = self.next = max(self.next + 1 / self.rate, time.monotonic() - 1)
        time.sleep(max(0.0, mine - time.monotonic()))


def left_open(url: str) -> int:
    """How many read what the database was a minute ago and never said that they are done: on SQLite, whether there is
    any, which keeps its log from being put back into the file."""
    with engine_of(url).connect() as line:
        if line.dialect.name == "sqlite":
            return int(line.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").scalar_one())
        asked = "SELECT count(*) FROM pg_stat_activity WHERE left(state, 19) = 'idle in transaction'"
        return int(line.exec_driver_sql(asked).scalar_one())


@dataclass(frozen=True)
class Soaked:
    """What a long load left behind."""

    crowd: Crowd
    ended: int
    """Web processes."""
    wrong: int
    """Answers that were not as they should be."""
    growth: float
    """Of memory, in per cent."""
    handles: int
    """Files and lines that are open and were not."""
    log: float
    """MB, at its greatest."""
    left_open: int


def soak(storm: Storm, seconds: float, then: Callable[[], object] = int) -> Soaked:
    """Ten times a congress for so long; what the processes hold at its end is compared with what
    they held after a tenth of it, when `then` is called."""
    crowd, turns = storm.crowd(), itertools.cycle(PATHS)
    paces = Pace(REGISTRATIONS), Pace(PAGES), Pace(POLLS)
    etag = storm.browser(address(1)).get(PUBLIC[0]).headers["etag"]
    wrong: list[int] = []

    def register(_number: int) -> None:
        paces[0].wait()
        crowd.register(1)

    def look(number: int) -> None:
        paces[1].wait()
        status = storm.browser(address(number)).get(next(turns)).status
        wrong.extend([status] if status != 200 else [])

    def poll(number: int) -> None:
        paces[2].wait()
        status = storm.browser(address(number)).get(PUBLIC[0], If_None_Match=etag).status
        wrong.extend([status] if status != 304 else [])

    pids = storm.house.alive()
    with ExitStack() as stack:
        for number, act in ((8, register), (6, look), (2, poll)):
            stack.enter_context(beside(number, act))
        time.sleep(seconds / 10)
        rss, handles, logs = memory(pids), files(pids), [0.0]
        then()
        until = time.monotonic() + seconds * 0.9
        while time.monotonic() < until:
            time.sleep(1)
            logs.append(log_size(storm.ground.url))
        more = files(pids) - handles
    ended = set(pids) - set(storm.house.alive())
    until = time.monotonic() + 10
    while (reads := left_open(storm.ground.url)) and time.monotonic() < until:
        time.sleep(0.2)  # whoever reads at this moment will be done
    growth = (memory(pids) / rss - 1) * 100
    return Soaked(crowd, len(ended), len(wrong), growth, more, max(logs), reads)


@pytest.mark.trust
def test_a_long_load_leaves_the_processes_as_they_were(storm: Storm, figures: Figures) -> None:
    found, said = soak(storm, MINUTES * 60), f"in {MINUTES:g} minutes"
    tally = found.crowd.tally
    figures.hold("F25", f"web processes that ended {said}", found.ended, exactly=0)
    figures.hold("F25", f"answers that were not as they should {said}", found.wrong + len(tally.gone), exactly=0)
    figures.hold("F25", f"reads that never ended {said}", found.left_open, exactly=0)
    figures.measure("F25", f"growth of memory {said}", found.growth, most=GROWTH, unit="%")
    figures.measure("F25", f"more open files {said}", found.handles, most=MORE, unit="")
    figures.measure("F25", f"greatest write-ahead log of SQLite {said}", found.log, most=64, unit="MB")
    figures.measure("F25", f"registrations {said}", len(tally.told) / MINUTES / 60, least=REGISTRATIONS, unit="/s")
    storm.examine(found.crowd).hold(figures, "F25")


@pytest.mark.trust
def test_reads_that_are_left_open_would_be_noticed(request: pytest.FixtureRequest, tmp_path: Path) -> None:
    """The control: each process keeps some connections on which it began to read."""
    with broken(request, tmp_path, "reads_left_open") as storm:
        found = soak(storm, 10.0, (storm.house.folder / "leaks").touch)
    assert (found.left_open > 0, found.handles > MORE) == (True, True)


@pytest.mark.trust
def test_memory_that_is_kept_would_be_noticed(request: pytest.FixtureRequest, tmp_path: Path) -> None:
    """The control: each process keeps something of each request."""
    with broken(request, tmp_path, "memory_kept") as storm:
        found = soak(storm, 10.0, (storm.house.folder / "leaks").touch)
    assert found.growth > GROWTH


LOOKS = 250
"""Requests of a sample; one more file or line for every fifth of them would be noticed."""


def after_a_crowd(storm: Storm) -> int:
    """How many more files and lines the processes have open than before so many requests, once they rest.

    What they open once and keep, such as lines to the database, is opened before.
    """

    def crowd() -> int:
        with ThreadPoolExecutor(16) as pool:
            for path in (PUBLIC[0], *PATHS):
                of = pool.map(lambda each, path=path: storm.browser(address(each)).get(path).status, range(LOOKS // 5))
                assert set(of) == {200}
        storm.crowd(at_once=8).register(16)
        return files(storm.house.alive())

    before = crowd()
    (storm.house.folder / "leaks").touch()  # where nothing leaks nobody looks for it
    crowd()
    (storm.house.folder / "leaks").unlink()
    with suppress(AssertionError):
        until(lambda: files(storm.house.alive()) <= before + LOOKS // 5, 5)  # lines that were just closed
    return files(storm.house.alive()) - before


def test_a_crowd_leaves_no_files_open(storm: Storm, figures: Figures) -> None:
    what = f"more open files than for every fifth of {LOOKS} requests"
    figures.hold("F25", what, max(0, after_a_crowd(storm) - LOOKS // 5), exactly=0)


@pytest.mark.trust
def test_files_that_are_left_open_would_be_noticed(request: pytest.FixtureRequest, tmp_path: Path) -> None:
    with broken(request, tmp_path, "files_left_open") as storm:
        assert after_a_crowd(storm) > LOOKS // 5
