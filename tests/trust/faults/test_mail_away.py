"""F3, from the form to the letter: there is no mail server for hours and people register all the time. They notice
nothing of it, and each gets their letter once there is one."""

from __future__ import annotations

import time
from collections import Counter
from email.parser import BytesHeaderParser
from pathlib import Path

import pytest
from sqlalchemy import select

from app.db import db
from app.outbox import Message, State
from tests.outbox.servers import Sink, free_port, listening
from tests.trust.faults.conftest import Storm
from tests.trust.faults.mail import WAITS, paused, settings, standing
from tests.trust.faults.test_crowded import beside
from tests.trust.faults.test_mail import until
from tests.trust.faults.test_soak import Pace
from tests.trust.faults.worker import workers
from tests.trust.figures import Figures
from tests.trust.grounds import ground
from tests.trust.served import documented, served

SECONDS, HOURS = 8.0, 2.0
"""For so long there is none; with pauses so much shorter that it is as if it were hours."""
SPEED = HOURS * 3600 / SECONDS
RATE = 5.0
"""Registrations a second: ten times a congress."""


def unlike(storm: Storm, sink: Sink) -> tuple[int, int]:
    """Letters that nobody got or that are not noted as sent, and letters that came twice."""
    came = Counter(str(BytesHeaderParser().parsebytes(raw)["Message-ID"]) for _to, raw in sink.taken)
    with storm.ground.cast.app.app_context():
        stored = db.session.execute(select(Message.message_id, Message.state)).all()
    missing = sum(each.state != State.SENT or not came[each.message_id] for each in stored)
    return missing, came.total() - len(came)


@pytest.mark.trust
def test_people_register_and_notice_nothing(request: pytest.FixtureRequest, figures: Figures, tmp_path: Path) -> None:
    sink, port = Sink(), free_port()
    with ground(request.config.getoption("--database"), tmp_path) as made:
        app = made.cast.app
        with (
            served(made.settings, tmp_path / "house", **documented()) as house,
            workers(settings(app, port), speed=SPEED),
        ):
            storm, pace = Storm(made, house), Pace(RATE)
            crowd = storm.crowd()

            def register(_number: int) -> None:
                pace.wait()
                crowd.register(1)

            with beside(8, register):
                with listening(sink, port):
                    until(lambda: len(sink.taken) >= 40)
                    before = crowd.tally.p99()
                until(lambda: paused(app))
                away, letters = time.monotonic(), len(sink.taken)
                crowd.some(20)
                time.sleep(max(0.0, away + SECONDS - time.monotonic()))
                meanwhile = crowd.tally.p99(away)
                hours = (time.monotonic() - away) * SPEED / 3600
                figures.hold("F3", "letters that left while there was no server", len(sink.taken) - letters, exactly=0)
            with listening(sink, port):
                drained = until(lambda: not any(standing(app)[each] for each in WAITS))
        missing, twice = unlike(storm, sink)
        of = " who registered while there was no mail server"
        figures.hold("F3", f"hours without a mail server, at short pauses, for people{of}", hours, least=HOURS)
        figures.hold("F3", f"people{of} and got no answer", len(crowd.tally.gone), exactly=0)
        figures.hold("F3", f"letters lost of people{of}", missing, exactly=0)
        figures.hold("F3", f"letters that came twice to people{of}", twice, most=2)  # in hand as the server went away
        figures.measure("F3", "p99 of a registration with a mail server", before, most=1, unit="s")
        figures.measure("F3", "p99 of a registration without a mail server", meanwhile, most=1, unit="s")
        figures.measure("F3", f"until nothing waited for people{of}", drained, most=60, unit="s")
        storm.examine(crowd).hold(figures, "F3", " while there was no mail server")
