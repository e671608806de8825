"""F2 to F7: mail servers fail and workers are killed, yet everybody gets a letter, and twice only if a worker died.

The workers are real processes; their pauses are 60 times shorter than in truth. Each guard is taken away once, and the
same proof then shows what it guards from. Single faults and a storm of all of them: tests/outbox/test_hazards.py.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from app.outbox import State
from app.outbox.delivery import CUTS
from tests.outbox.servers import Sink, listening, silent
from tests.trust.faults.mail import Outcome, fill, paused, settings, standing, storm
from tests.trust.faults.worker import workers
from tests.trust.figures import Figures

SAMPLE, WHOLE = 60, 1500
WINDOW = 6.0
"""Seconds for which a server is at fault."""


def judge(figures: Figures, of: str, found: Outcome, *, doubled: int) -> None:
    """Nobody without a letter, so many twice at most, and each time the same one."""
    figures.hold(of, f"letters lost of {found.people}", found.lost, exactly=0)
    figures.hold(of, "letters marked as failed", found.states[State.FAILED], exactly=0)
    figures.hold(of, "letters that came twice", found.doubled, most=doubled)
    figures.hold(of, "letters that came twice and differed", found.strange, exactly=0)
    figures.measure(of, "until nothing waited, once all was well, at short pauses", found.drained, most=60, unit="s")


def test_workers_killed_in_the_middle(app: Flask, figures: Figures, full: bool) -> None:
    people, kills = (WHOLE, 12) if full else (SAMPLE, 1)
    found = storm(app, people, Sink(slow=0.002), kills=kills)
    figures.hold("F2", "workers killed", found.killed, least=kills)
    judge(figures, "F2", found, doubled=found.killed)


@pytest.mark.trust
def test_control_a_letter_noted_before_it_goes_is_lost(app: Flask) -> None:
    found = storm(app, SAMPLE, Sink(slow=0.5), kills=6, without="octets before, note after")
    assert found.lost > 0


@pytest.mark.trust
def test_control_without_a_lease_two_workers_send_the_same(app: Flask) -> None:
    found = storm(app, SAMPLE, Sink(slow=0.3), without="lease")
    assert found.doubled > found.killed == 0


@pytest.mark.trust
def test_server_down(app: Flask, figures: Figures) -> None:
    found = storm(app, WHOLE, Sink(), faulty=8, down=True)
    judge(figures, "F3", found, doubled=0)
    figures.hold("F3", "tries counted against a letter meanwhile", found.attempts - 1, exactly=0)


@pytest.mark.trust
def test_control_a_server_that_is_down_is_blamed_on_the_letters(app: Flask) -> None:
    found = storm(app, SAMPLE, Sink(), faulty=4, down=True, without="no way is nobody's fault")
    assert found.states[State.FAILED] > 0


def _patient(sink: Sink) -> None:
    sink.at_rcpt = ""


@pytest.mark.trust
@pytest.mark.parametrize("says", ["421 4.7.0 too many", "451 4.7.1 try later"], ids=["421", "451"])
def test_server_asks_for_patience(app: Flask, figures: Figures, says: str) -> None:
    found = storm(app, WHOLE, Sink(at_rcpt=says), faulty=WINDOW, mend=_patient)
    judge(figures, "F4", found, doubled=0)
    figures.hold("F4", f"tries that {says[:3]} cost one letter at most", found.attempts - 1, most=3)


@pytest.mark.trust
def test_control_without_patience_letters_fail_at_once(app: Flask) -> None:
    more: dict[str, Any] = {"enough": lambda: standing(app)[State.FAILED] > 0, "without": "patience"}
    found = storm(app, SAMPLE, Sink(at_rcpt="451 4.7.1 try later"), mend=_patient, **more)
    assert found.states[State.FAILED] > 0


@pytest.mark.trust
def test_server_refuses_everybody(app: Flask, figures: Figures) -> None:
    alarms: list[bool] = []

    def mend(sink: Sink) -> None:
        alarms.append(paused(app))  # what the page of letters shows with the server's words
        sink.at_rcpt = ""

    found = storm(
        app, WHOLE, Sink(at_rcpt="550 5.7.1 relaying denied"), faulty=WINDOW, enough=lambda: paused(app), mend=mend
    )
    judge(figures, "F5", found, doubled=0)
    figures.hold("F5", "pauses of everything, shown to organisers", sum(alarms), exactly=1)


@pytest.mark.trust
def test_control_without_the_breaker_hundreds_are_marked_as_failed(app: Flask, figures: Figures) -> None:
    sink = Sink(at_rcpt="550 5.7.1 relaying denied")
    more: dict[str, Any] = {"enough": lambda: standing(app)[State.REFUSED] >= 100, "without": "refused for everybody"}
    found = storm(app, WHOLE, sink, faulty=WINDOW, mend=_patient, **more)
    figures.hold("F5", "marked as failed without the breaker (control)", found.states[State.FAILED], least=100)


def _speaks(sink: Sink) -> None:
    sink.drops = False


@pytest.mark.trust
def test_server_hangs_up_after_it_took_the_letter(app: Flask, figures: Figures) -> None:
    found = storm(app, WHOLE, Sink(drops=True), faulty=WINDOW, mend=_speaks)
    probes = round(found.faulty) + 2  # one letter a minute, which here is a second
    judge(figures, "F6", found, doubled=2 * CUTS + probes)


@pytest.mark.trust
def test_control_without_the_breaker_nearly_all_come_twice(app: Flask, figures: Figures) -> None:
    sink = Sink(drops=True)
    more: dict[str, Any] = {"enough": lambda: len(sink.taken) >= 110, "without": "cut lines"}
    found = storm(app, WHOLE, sink, faulty=WINDOW, mend=_speaks, **more)
    figures.hold("F6", "came twice without the breaker (control)", found.doubled, least=100)


@pytest.mark.trust
def test_slow_server(app: Flask, figures: Figures) -> None:
    found = storm(app, 200, Sink(slow=0.4))
    judge(figures, "F7", found, doubled=0)
    figures.measure("F7", "from a server that takes 0.4 s a letter", 100 / found.drained, least=2, unit="/s a worker")


@pytest.mark.trust
def test_server_that_never_says_a_word(app: Flask, figures: Figures) -> None:
    """A tarpit costs one time-out and no try; what waits goes as soon as there is a server that speaks."""
    fill(app, SAMPLE)
    with silent() as port, workers(settings(app, port), number=1):
        waited = until(lambda: standing(app)[State.RETRY] > 0, 60)
    figures.measure("F7", "a server that never says a word costs, with the worker's start", waited, most=25, unit="s")
    figures.hold("F7", "letters given up for it", standing(app)[State.FAILED], exactly=0)
    sink = Sink()
    with listening(sink) as port, workers(settings(app, port)):
        until(lambda: standing(app)[State.SENT] == SAMPLE, 240)
    assert len(sink.taken) == SAMPLE


def until(met: Callable[[], bool], patience: float) -> float:
    """Seconds until it was so."""
    begun = time.monotonic()
    while not met() and time.monotonic() - begun < patience:
        time.sleep(0.1)
    return time.monotonic() - begun
