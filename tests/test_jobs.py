"""The worker's loop: duties in turn, faults survived, and an end when asked."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask, has_app_context

from app import jobs
from app.jobs import Duty, work

pytestmark = pytest.mark.one_database

ROOT = Path(__file__).resolve().parent.parent
DAY = timedelta(days=1)


def bare() -> Flask:
    return Flask("worker")


def test_a_duty_that_finds_work_is_done_again_at_once_and_one_that_finds_none_is_left_alone() -> None:
    stop, left, calls = threading.Event(), [3, 2, 1, 0], []

    def busy(_stop: threading.Event) -> int:
        calls.append("busy")
        return left.pop(0)

    def idle(_stop: threading.Event) -> int:
        calls.append("idle")
        return 0

    def last(_stop: threading.Event) -> int:
        if not left:
            stop.set()
        return 1

    work(stop, bare(), [Duty("busy", busy, DAY), Duty("idle", idle, DAY), Duty("last", last, DAY)])
    assert calls == ["busy", "idle", "busy", "busy", "busy"]


def test_a_duty_that_raises_is_logged_and_stops_no_other(caplog: pytest.LogCaptureFixture) -> None:
    stop, done = threading.Event(), []

    def faulty(_stop: threading.Event) -> int:
        raise LookupError("no such table")

    def sound(_stop: threading.Event) -> int:
        done.append(1)
        if len(done) == 3:
            stop.set()
        return 1

    work(stop, bare(), [Duty("faulty", faulty, timedelta()), Duty("sound", sound, DAY)])
    assert (len(done), [each.getMessage() for each in caplog.records]) == (
        3,
        ["The duty 'faulty' failed; it is tried again in 2 s."],
    )


def test_the_pause_after_faults_grows_to_five_minutes_and_success_forgets_them() -> None:
    faults = [True] * 9 + [False, True]

    def sometimes(_stop: threading.Event) -> int:
        if faults.pop(0):
            raise LookupError
        return 0

    turn, pauses = jobs.Turn(Duty("sometimes", sometimes, timedelta(seconds=7))), []
    for _ in range(11):
        turn.take(bare(), threading.Event())
        pauses.append(turn.pause)
    assert pauses == [9, 11, 15, 23, 39, 71, 135, 263, 300, 7, 9]


def test_each_duty_has_an_application_context_of_its_own_and_knows_when_to_end() -> None:
    stop, seen = threading.Event(), []

    def look(asked: threading.Event) -> int:
        seen.append((has_app_context(), asked is stop))
        stop.set()
        return 0

    work(stop, bare(), [Duty("look", look, DAY)])
    assert (seen, has_app_context()) == ([(True, True)], False)


def test_letters_are_a_duty() -> None:
    assert [duty.name for duty in jobs.duties].count("letters") == 1


PROGRAM = """
import datetime, signal, sys, threading, time
from flask import Flask
from app import jobs

def act(stop):
    print("begun", flush=True)
    if sys.argv[1] == "idle":
        return 0
    if sys.argv[1] == "elsewhere":
        time.sleep(0.5)  # by now the main thread waits
        signal.pthread_kill(threading.get_ident(), signal.SIGTERM)
    stop.wait(20)
    time.sleep(0.2)
    print("finished", flush=True)
    return 1

jobs.duties[:] = [jobs.Duty("piece", act, datetime.timedelta(days=1))]
jobs.run(Flask("worker"))
print("ended", flush=True)
"""


@pytest.mark.parametrize(
    ("number", "kind", "said"),
    [(signal.SIGINT, "idle", "ended\n"), (signal.SIGTERM, "busy", "finished\nended\n")],
    ids=["idle", "busy"],
)
def test_a_signal_ends_the_worker_after_the_piece_in_hand(number: int, kind: str, said: str) -> None:
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM, kind], stdout=subprocess.PIPE, text=True, env=environment, cwd=ROOT
    ) as worker:
        assert worker.stdout is not None
        assert worker.stdout.readline() == "begun\n"
        worker.send_signal(number)
        rest, _ = worker.communicate(timeout=15)
    assert (rest, worker.returncode) == (said, 0)


def test_a_signal_that_another_thread_is_given_ends_the_worker_too() -> None:
    """It does not wake the main thread, which alone can act on it."""
    command = [sys.executable, "-c", PROGRAM, "elsewhere"]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, capture_output=True, text=True, env=environment, cwd=ROOT, timeout=60, check=True)
    assert done.stdout == "begun\nfinished\nended\n"
