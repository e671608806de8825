"""F8, F9: the database goes away, or another process holds it, while people register.

Whoever was told "you are registered" is; whoever could not be stored reads so in words, with all that was typed kept,
and gets through with the same form once the database is back.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.trust.clients import Crowd
from tests.trust.faults.conftest import Storm, broken
from tests.trust.faults.test_mail import until
from tests.trust.figures import Figures
from tests.trust.served import PATIENCE


def keeps_all(storm: Storm, figures: Figures, fault: str, crowd: Crowd, people: int, after: str) -> None:
    """What holds after the database was away: nobody lost, nothing typed lost, no answer that is a fault of ours."""
    tally = crowd.tally
    figures.hold(fault, f"people who registered{after}", len(tally.told), least=people)
    figures.hold(fault, f"people who gave up{after}", len(tally.gone), exactly=0)
    figures.hold(fault, f"answers that were a fault of ours (500){after}", tally.answers[500], exactly=0)
    figures.hold(fault, f"answers without what was typed{after}", tally.lost_forms, exactly=0)
    storm.examine(crowd).hold(figures, fault, after)


@pytest.mark.parametrize("way", ["fast", "immediate"])
def test_a_restart_of_postgresql_loses_nothing(storm: Storm, figures: Figures, full: bool, way: str) -> None:
    if storm.ground.server is None:
        pytest.skip("SQLite has no server to restart")
    people = 1000 if full else 60
    crowd = storm.crowd()
    with crowd.coming():
        crowd.some(people // 4)
        storm.ground.pg_ctl("-m", way, "stop")
        time.sleep(2 if full else 0.5)
        storm.ground.pg_ctl("start")
        up = time.monotonic()
        crowd.some(people - people // 4)
    waited = min(each for each in crowd.tally.done_at if each > up) - up
    after = f" after a restart of PostgreSQL ({way})"
    figures.measure("F8", f"first success{after}", waited, most=2, unit="s")
    keeps_all(storm, figures, "F8", crowd, people, after)


@pytest.mark.trust
def test_a_line_that_breaks_would_be_a_fault_of_ours(request: pytest.FixtureRequest, tmp_path: Path) -> None:
    """The control: faults of the database that pass are taken for any other."""
    if request.config.getoption("--database") == "sqlite":
        pytest.skip("SQLite has no server to restart")
    with broken(request, tmp_path, "lost_lines") as storm:
        crowd = storm.crowd(at_once=8, patience=30)
        with crowd.coming():
            crowd.some(4)
            before = crowd.tally.answers[500]
            storm.ground.pg_ctl("-m", "immediate", "stop")
            until = time.monotonic() + PATIENCE
            while crowd.tally.answers[500] == before and time.monotonic() < until:
                time.sleep(0.05)
            storm.ground.pg_ctl("start")
    assert crowd.tally.answers[500] > before


@contextmanager
def locked(storm: Storm) -> Iterator[None]:
    """Another process holds the write lock of the file, as a careless backup or somebody's shell would."""
    path = storm.ground.url.removeprefix("sqlite:///")
    hold = (
        "import sqlite3, sys; c = sqlite3.connect(sys.argv[1], timeout=30, isolation_level=None);"
        " c.execute('BEGIN IMMEDIATE'); print('held', flush=True); sys.stdin.read()"
    )
    words = [sys.executable, "-c", hold, path]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        yield


@pytest.mark.one_database
def test_a_lock_that_is_not_waited_for_would_be_a_fault_of_ours(
    request: pytest.FixtureRequest, unforgiving: Storm
) -> None:
    """The control: what passes is not tried again, and nobody is told that it may."""
    if request.config.getoption("--database") != "sqlite":
        pytest.skip("PostgreSQL has no such lock")
    crowd = unforgiving.crowd(at_once=4)
    with crowd.coming():
        crowd.some(1)
        with locked(unforgiving):
            until(lambda: crowd.tally.lost_forms > 0)
    assert (crowd.tally.answers[500] > 0, crowd.tally.lost_forms > 0) == (True, True)


@pytest.mark.one_database
@pytest.mark.parametrize("seconds", [5, pytest.param(20, marks=pytest.mark.trust)])
def test_a_lock_of_another_process_is_waited_for_or_said(
    storm: Storm, figures: Figures, full: bool, seconds: int
) -> None:
    if storm.ground.server is not None:
        pytest.skip("PostgreSQL has no such lock")
    people = 400 if full else 40
    crowd = storm.crowd()
    with crowd.coming():
        crowd.some(people // 4)
        with locked(storm):
            time.sleep(seconds)
        crowd.some(people - people // 4)
    after = f" while another process held SQLite for {seconds} s"
    figures.measure("F9", f"longest answer{after}", crowd.tally.longest, most=8, unit="s")
    if seconds == 5:
        figures.measure("F9", f"answers that said to try again{after}", crowd.tally.answers[503], most=0, unit="")
    keeps_all(storm, figures, "F9", crowd, people, after)
