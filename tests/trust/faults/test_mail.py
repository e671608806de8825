"""F2 to F7: mail servers fail and workers are killed, yet everybody gets a letter, and twice only if a worker died.

The workers are real processes; their pauses are 60 times shorter than in truth, or as many times as is said. Each guard
is taken away once, and the same proof then shows what it guards from. Beside these: single faults, and chance faults
of one letter in three while workers are killed, in tests/outbox/test_hazards.py; people who register while there is no
mail server in test_mail_away.py.
"""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from app.outbox import State
from app.outbox.delivery import CUTS, IN_A_ROW, PAUSES
from tests.outbox.servers import Sink, free_port, listening, silent
from tests.trust.faults.mail import (
    PATIENCE,
    WAITS,
    Outcome,
    fill,
    judged,
    most_tried,
    paused,
    replies,
    settings,
    standing,
    storm,
)
from tests.trust.faults.worker import workers
from tests.trust.figures import Figures

SAMPLE, WHOLE = 60, 1500
WINDOW = 6.0
"""Seconds for which a server is at fault."""


def judge(figures: Figures, of: str, found: Outcome, *, doubled: int, after: str = "") -> None:
    """Nobody without a letter, so many twice at most, and each time the same one."""
    figures.hold(of, f"letters lost of {found.people}{after}", found.lost, exactly=0)
    figures.hold(of, f"letters marked as failed{after}", found.states[State.FAILED], exactly=0)
    figures.hold(of, f"letters that came twice{after}", found.doubled, most=doubled)
    figures.hold(of, f"letters that came twice and differed{after}", found.strange, exactly=0)
    drained = f"until nothing waited, once all was well, at short pauses{after}"
    figures.measure(of, drained, found.drained, most=60, unit="s")


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


FAST = 600.0
"""A minute's pause is over in a tenth of a second."""


def test_everything_goes_wrong_in_turn(app: Flask, figures: Figures) -> None:
    """Nobody listens; then somebody who never says a word; one who refuses everybody; who asks for patience; who hangs
    up after each letter; and at last one as it should be. Two workers, and the same letters all the time."""
    fill(app, SAMPLE)
    sink, port = Sink(at_rcpt="550 5.7.1 relaying denied"), free_port()
    with workers(settings(app, port), speed=FAST, patience=2.0):
        until(lambda: paused(app))
        with hangs_up(port) as hung_up:
            figures.hold("F7", "workers that wait for ever for a server's first word", 1 - hung_up(PATIENCE), exactly=0)
        with listening(sink, port):
            until(lambda: replies(app)["550"] >= IN_A_ROW)
            sink.at_rcpt = "421 4.7.0 too many"
            until(lambda: replies(app)["421"] > 0)
            sink.at_rcpt, sink.drops, dropping = "", True, time.monotonic()
            until(lambda: len(sink.taken) > CUTS)
            sink.drops, dropped = False, time.monotonic() - dropping
            drained = until(lambda: not any(standing(app)[each] for each in WAITS))
    found = judged(app, SAMPLE, sink.taken, 0, (dropped, drained, dropped + drained))
    probes = round(dropped * FAST / 60) + 2  # one letter a minute
    judge(figures, "F6", found, doubled=2 * CUTS + probes, after=" after each fault in turn")


@pytest.mark.trust
def test_server_down(app: Flask, figures: Figures) -> None:
    """For two hours: as many seconds as make them at such short pauses."""
    seconds = 8
    speed = 2 * 3600 / seconds
    found = storm(app, WHOLE, Sink(), faulty=seconds, down=True, speed=speed)
    figures.hold("F3", "hours without a mail server, at short pauses", found.faulty * speed / 3600, least=2)
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


HIGH = 24
"""So many tries are made in 39 of the 47 hours after which a letter is given up."""


@pytest.mark.trust
def test_server_says_later_for_days(app: Flask, figures: Figures) -> None:
    """Nearly up the whole ladder of tries, of each letter by itself; an hour's pause is over in a second."""
    more: dict[str, Any] = {"enough": lambda: most_tried(app) >= HIGH, "speed": 3600.0}
    found = storm(app, SAMPLE, Sink(at_rcpt="450 4.2.0 not now"), mend=_patient, **more)
    hours = sum(PAUSES[: HIGH - 1], timedelta()) / timedelta(hours=1)
    figures.hold("F4", "hours of tries until a server took letters, at short pauses", hours, least=39)
    judge(figures, "F4", found, doubled=0)


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


@contextmanager
def hangs_up(port: int) -> Iterator[Callable[[float], bool]]:
    """A server that takes a line and never says a word; what is yielded tells whether who opened it hangs up in so many
    seconds."""
    with socket.create_server(("127.0.0.1", port)) as door:
        door.settimeout(PATIENCE)
        line, _address = door.accept()
        with line:

            def found(seconds: float) -> bool:
                line.settimeout(seconds)
                with suppress(TimeoutError):
                    return line.recv(1) == b""
                return False

            yield found


@pytest.mark.trust
def test_control_without_time_outs_a_worker_waits_for_ever(app: Flask) -> None:
    fill(app, 1)
    port = free_port()
    with (
        workers(settings(app, port), number=1, speed=FAST, patience=1.0, without="time-outs"),
        hangs_up(port) as hung_up,
    ):
        assert not hung_up(5.0)
        assert standing(app)[State.INFLIGHT] == 1


def until(met: Callable[[], bool], patience: float = PATIENCE) -> float:
    """Seconds until it was so; AssertionError when it was not in `patience` seconds."""
    begun = time.monotonic()
    while not met():
        assert time.monotonic() - begun < patience
        time.sleep(0.1)
    return time.monotonic() - begun
