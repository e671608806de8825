"""F25: ten minutes at ten times the load of a congress: memory, open files and the database's log stay as they are.

A congress of 300 registers, looks and polls at less than this: 300 registrations in ten minutes at its busiest, two
pages and a third of a poll a second.
"""

from __future__ import annotations

import itertools
import threading
import time
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.trust.clients import address
from tests.trust.faults.conftest import Storm
from tests.trust.faults.test_crowded import FEED, beside
from tests.trust.figures import Figures

MINUTES = 10.0
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


@pytest.mark.trust
def test_a_long_load_leaves_the_processes_as_they_were(storm: Storm, figures: Figures) -> None:
    crowd, turns = storm.crowd(), itertools.cycle(PATHS)
    paces = Pace(REGISTRATIONS), Pace(PAGES), Pace(POLLS)
    etag = storm.browser(address(1)).get(FEED).headers["etag"]
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
        status = storm.browser(address(number)).get(FEED, If_None_Match=etag).status
        wrong.extend([status] if status != 304 else [])

    pids = storm.house.alive()
    with ExitStack() as stack:
        for number, act in ((8, register), (6, look), (2, poll)):
            stack.enter_context(beside(number, act))
        time.sleep(MINUTES * 60 / 10)
        rss, handles, logs = memory(pids), files(pids), [0.0]
        until = time.monotonic() + MINUTES * 60 * 0.9
        while time.monotonic() < until:
            time.sleep(1)
            logs.append(log_size(storm.ground.url))
    time.sleep(2)
    ended = set(pids) - set(storm.house.alive())
    said = f"in {MINUTES:g} minutes"
    figures.hold("F25", f"web processes that ended {said}", len(ended), exactly=0)
    figures.hold("F25", f"answers that were not as they should {said}", len(wrong) + len(crowd.tally.gone), exactly=0)
    figures.measure("F25", f"growth of memory {said}", (memory(pids) / rss - 1) * 100, most=10, unit="%")
    figures.measure("F25", f"more open files {said}", files(pids) - handles, most=8, unit="")
    figures.measure("F25", f"greatest write-ahead log of SQLite {said}", max(logs), most=64, unit="MB")
    rate = len(crowd.tally.told) / MINUTES / 60
    figures.measure("F25", f"registrations {said}", rate, least=REGISTRATIONS, unit="/s")
    storm.examine(crowd).hold(figures, "F25")
