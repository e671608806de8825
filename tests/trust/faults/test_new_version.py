"""F24: a new version takes over while people register: its server starts beside the old one, new lines go to it, and
the old one is asked to end (SIGTERM). Nobody notices."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from tests.trust.clients import Crowd
from tests.trust.faults.conftest import Storm
from tests.trust.figures import Figures
from tests.trust.proxy import Proxy, passing_on
from tests.trust.served import Served, served


@contextmanager
def registering(crowd: Crowd) -> Iterator[None]:
    """People go on to register meanwhile, sixteen at once."""
    over = threading.Event()

    def register() -> None:
        while not over.is_set():
            crowd.register(16)

    thread = threading.Thread(target=register)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def take_over(proxy: Proxy, old: Served, new: Served, *, waits: bool) -> None:
    """Lead new lines to `new` and end `old`, once its lines are through if `waits`."""
    proxy.to = new.port
    if waits:
        assert proxy.drained(old.port)
    old.terminate()
    assert old.server is not None
    assert old.server.wait(30) == 0


def turned(storm: Storm, folder: Path, turns: int, *, waits: bool) -> tuple[int, Crowd]:
    """How many requests failed while so many new versions took over one from the other, and the people who came."""
    with ExitStack() as stack:
        old = stack.enter_context(served(storm.ground.settings, folder / "0"))
        proxy = stack.enter_context(passing_on(old.port))
        crowd = Crowd(storm.ground.cast, proxy.port, at_once=16)
        for turn in range(1, turns + 1):
            with registering(crowd):
                new = stack.enter_context(served(storm.ground.settings, folder / str(turn)))
                take_over(proxy, old, new, waits=waits)
            old = new
    answers = crowd.tally.answers
    return crowd.tally.broken + sum(answers[each] for each in answers if each >= 500), crowd


@pytest.mark.trust
def test_a_new_version_takes_over_and_nobody_notices(storm: Storm, figures: Figures, tmp_path: Path) -> None:
    turns = 3
    failed, crowd = turned(storm, tmp_path, turns, waits=True)
    figures.hold("F24", "people who registered while new versions took over", len(crowd.tally.told), least=16)
    figures.hold("F24", f"requests that failed while {turns} new versions took over", failed, exactly=0)
    storm.examine(crowd).hold(figures, "F24")


@pytest.mark.trust
def test_a_server_that_is_ended_with_lines_still_open(storm: Storm, figures: Figures, tmp_path: Path) -> None:
    failed, crowd = turned(storm, tmp_path, 1, waits=False)
    figures.measure("F24", "requests that failed when the old server was not waited for", failed, most=0, unit="")
    storm.examine(crowd).hold(figures, "F24", " when the old server was not waited for")
