"""Thousands of calendars that programs ask for, from a process of their own (tests/trust/programs.py).

    with subscribed(ground, 10_000) as paths, asking([house.port], paths) as programs:
        programs.once(anew=True)     # each fetches its calendar
        through_a_change(programs, ground, 10).hold(figures)

"Late" is an answer with the old calendar to what was asked after the change had been acknowledged: by perf_counter,
which on Linux is one clock for all processes.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import cycle, islice
from typing import Any

from sqlalchemy import delete, func, select

from app.agenda.models import Session
from app.db import db, write
from app.events.models import Event
from app.outbox.tongues import TONGUES
from app.publishing import service as publishing
from app.publishing.models import Release
from app.registration import service as registration
from app.registration.models import Delegate
from bench.growing import joined
from tests.registration.cast import NOW, application, read
from tests.trust.clients import NUMBERS
from tests.trust.figures import Figures
from tests.trust.grounds import Ground
from tests.trust.served import ROOT

AT_ONCE = 24
"""Lines on which programs ask."""
PUBLIC = [f"/summit/{name}.ics" for name in ("agenda", "days/2090-02-28", "sessions/session-2", "cities/milan")]
"""Public calendars that hold the session which changes."""


@dataclass
class Polled:
    """What a time of asking came to."""

    statuses: Counter[int] = field(default_factory=Counter)
    repeated: int = 0
    """Calendars sent again to who has them."""
    seconds: float = 0.0
    client: float = 0.0
    """Seconds of CPU that the programs took themselves."""
    late: int = 0
    """Answers with what no longer stood when it was asked for."""
    unheard: int = 0
    """Programs that did not ask after the change."""
    told: float = 0.0
    """Seconds from the change until the last program had asked for it."""
    changed: float | None = None
    """When the change was acknowledged; None: there was none."""

    @property
    def count(self) -> int:
        return self.statuses.total()

    @property
    def others(self) -> int:
        """Answers that are neither a calendar nor 304."""
        return self.count - self.statuses[200] - self.statuses[304]

    @property
    def rate(self) -> float:
        """Answers a second, by the clock."""
        return self.count / max(self.seconds, 1e-9)

    @property
    def own(self) -> float:
        """Microseconds of CPU that asking took the client, of each answer."""
        return self.client / max(self.count, 1) * 1e6

    def hold(self, figures: Figures, where: str = "") -> None:
        """Note that a change was told to everybody at once, and to nobody else than those."""
        figures.hold("F15", f"answers other than a calendar or 304{where}", self.others, exactly=0)
        figures.hold("F15", f"calendars sent again to who has them{where}", self.repeated, exactly=0)
        figures.hold("F15", f"polls after a change that were answered as before it{where}", self.late, exactly=0)
        figures.hold("F15", f"programs that were not told of the change{where}", self.unheard, exactly=0)
        figures.measure("F15", f"all were told of the change{where}", round(self.told, 1), most=30, unit="s")

    def fill(self, told: dict[str, Any]) -> None:
        self.statuses = Counter({int(status): count for status, count in told.pop("statuses").items()})
        for name, value in told.items():
            setattr(self, name, value)


class Asking:
    """The programs; `asking` starts and ends their process."""

    def __init__(self, process: subprocess.Popen[str], paths: Sequence[str]) -> None:
        self.process = process
        self.paths = paths

    def once(self, *, anew: bool = False) -> Polled:
        """Each asks once; `anew`: as one that has nothing."""
        self._order({"do": "anew" if anew else "once"})
        return self._report(Polled())

    @contextmanager
    def on(self) -> Iterator[Polled]:
        """Meanwhile all ask again and again, and each once more at the end. What came of it is filled in then."""
        found = Polled()
        self._order({"do": "on"})
        try:
            yield found
        finally:
            self._order({"changed": found.changed})
            self._report(found)

    def _order(self, order: dict[str, Any]) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(order) + "\n")
        self.process.stdin.flush()

    def _report(self, found: Polled) -> Polled:
        assert self.process.stdout is not None
        said = self.process.stdout.readline()
        assert said, "the programs have ended"
        found.fill(json.loads(said))
        return found


@contextmanager
def asking(ports: Sequence[int], paths: Sequence[str], at_once: int = AT_ONCE) -> Iterator[Asking]:
    """Programs that ask for these calendars on so many lines, handed to the ports in turn."""
    words = [sys.executable, "-m", "tests.trust.programs"]
    with subprocess.Popen(words, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            found = Asking(process, paths)
            found._order({"ports": list(ports), "paths": list(paths), "at_once": at_once})
            yield found
        finally:
            process.kill()


@contextmanager
def subscribed(ground: Ground, count: int) -> Iterator[list[str]]:
    """The paths of so many calendars: three in four of people with a secret of their own, of whom all but one are gone
    afterwards, the others public ones in every language."""
    cast, own = ground.cast, count - count // 4

    def come() -> list[str]:
        who = f"Reader {next(NUMBERS)}"
        first = registration.register(db.session.get_one(Event, cast.event_id), application(cast, who, name=who), NOW)
        return [f"/c/{first.feed}/agenda.ics", *joined(first, own - 1)]

    def go() -> None:
        db.session.execute(delete(Delegate).where(Delegate.email.endswith("@measures.example")))

    personal = read(cast.app, lambda: write(come, patience=60))
    public = [f"{path}?lang={language}" for path in PUBLIC for language in TONGUES]
    try:
        yield [*personal, *islice(cycle(public), count - own)]
    finally:
        read(cast.app, lambda: write(go, patience=60))


def through_a_change(programs: Asking, ground: Ground, seconds: float) -> Polled:
    """All poll, and so many seconds later an organiser publishes another agenda."""
    with programs.on() as found:
        time.sleep(seconds)
        found.changed = change(ground)
    return found


def change(ground: Ground) -> float:
    """An organiser describes a session anew and publishes; the moment at which that was acknowledged."""

    def act() -> None:
        row = db.session.execute(select(Session).where(Session.title == "Session 2")).scalar_one()
        row.description += "Now with more of it. "
        db.session.flush()
        # Of the summit of the cast the first release is of a day to come.
        last = db.session.execute(select(func.max(Release.published_at)).where(Release.event_id == row.event_id))
        now = last.scalar_one() + timedelta(seconds=1)
        publishing.publish(row.event_id, who="test", now=now, minor=True)

    read(ground.cast.app, lambda: write(act, patience=60))
    return time.perf_counter()
