"""`flask worker` as it runs, but with short pauses, a wrong clock if need be and, for controls, without a guard.

`python -m tests.trust.faults.worker '{"settings": ..., "speed": 60, ...}'`: what it does otherwise is the product's.
Guards are taken away here, in this process alone; the product holds no switch for it.
"""

from __future__ import annotations

import json
import os
import secrets
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from app import clock, create_app, jobs
from app import db as database
from app.announcing import letters as reminders
from app.announcing import reminding
from app.desk.reminders.views import remind_due
from app.outbox import Letter, State, claims, delivery, pauses, renderers, transport
from app.outbox.claims import Claimed
from app.outbox.delivery import Batch
from app.outbox.transport import Carrier, Down
from tests.outbox.cast import greeting

ROOT = Path(__file__).resolve().parents[3]
LEASE = timedelta(seconds=12)
"""Of workers whose pauses are short: longer than a process is kept waiting on a loaded machine."""


class Workers:
    """Real worker processes on one database; whoever is killed has a successor."""

    def __init__(self, told: dict[str, Any], number: int) -> None:
        self.told = json.dumps(told)
        self.alive = [self._born() for _ in range(number)]
        self.killed = 0

    def _born(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen([sys.executable, "-m", "tests.trust.faults.worker", self.told], cwd=ROOT)

    def kill(self) -> None:
        """End the one that lives longest, whatever it is doing, and begin another."""
        oldest = self.alive.pop(0)
        assert oldest.poll() is None, "a worker ended by itself"
        oldest.kill()
        oldest.wait()
        self.killed += 1
        self.alive.append(self._born())

    def stop(self) -> None:
        """Ask all to finish the letter in hand and end."""
        for each in self.alive:
            each.send_signal(signal.SIGTERM)
        for each in self.alive:
            try:
                each.wait(timeout=40)
            except subprocess.TimeoutExpired:
                each.kill()
                each.wait()


@contextmanager
def workers(
    settings: dict[str, Any],
    number: int = 2,
    *,
    speed: float = 1,
    ahead: Sequence[float] = (),
    without: str = "",
    patience: float = 0,
    seen: Path | None = None,
) -> Iterator[Workers]:
    """So many workers; their pauses are over `speed` times sooner, and `without` names a guard to take away.

    `ahead` is for workers whose machine's clock is wrong by so many seconds, one worker for each. `patience`: seconds
    that they give a mail server for each reply, where it is not what the product gives. In the folder `seen` each
    leaves its number once it has looked for reminders.
    """
    told = {"settings": settings, "speed": speed, "without": without, "patience": patience}
    told["seen"] = str(seen) if seen else ""
    if ahead:
        groups = [Workers({**told, "ahead": each}, 1) for each in ahead]
    else:
        groups = [Workers({**told, "ahead": 0.0}, number)]
    try:
        yield groups[0]
    finally:
        for each in groups:
            each.stop()


def hurry(times: float) -> None:
    """Let pauses be over so many times sooner: a minute's in a second at 60. A dead worker's letters wait for LEASE."""
    delivery.PAUSES = tuple(each / times for each in delivery.PAUSES)
    pauses.GROWING = tuple(each / times for each in pauses.GROWING)
    delivery.SURE = max(delivery.SURE / times, LEASE)  # nobody waits for it, and five refusals must come sooner
    for name in ("SHORT", "LONG"):
        _set(name, getattr(pauses, name) / times)
    _set("LEASE", LEASE)


def _set(name: str, value: timedelta) -> None:
    """In every module of the outbox that knows this name."""
    for module in (pauses, claims, delivery):
        if hasattr(module, name):
            setattr(module, name, value)


def shift(seconds: float) -> None:
    """Set this machine's clock wrong, as far as the product reads it."""
    real = clock.now
    clock.now = lambda: real() + timedelta(seconds=seconds)


def _no_lease() -> None:
    _set("LEASE", timedelta(0))


def _noted_before() -> None:
    """Note that a letter went before it goes: the way that loses those in hand when a worker dies."""
    begin = delivery._begin

    def early(letter: Claimed, batch: Batch, way: Carrier) -> bool:
        begun = begin(letter, batch, way)
        if begun:
            delivery._settle(batch, letter, state=State.SENT, sent_at=batch.now())
        return begun

    delivery._begin = early


def _blamed() -> None:
    """Take it for the letters' fault that there is no way to the server."""

    def blame(batch: Batch, letters: Sequence[Claimed], fault: Down) -> None:
        for each in letters:
            delivery._settle(batch, each, state=State.FAILED, error=str(fault))

    delivery._down = blame


def _impatient() -> None:
    delivery.PAUSES = ()


def _credulous() -> None:
    delivery.IN_A_ROW = 10**9


def _stubborn() -> None:
    delivery.CUTS = 10**9


def _own_clock() -> None:
    database.now = lambda: clock.now()


def _no_time_outs() -> None:
    waits(None)


def _reminded_again() -> None:
    """Nobody notes which moment is dealt with, and letters have no key by which they are one."""
    reminding._dealt_with = lambda *told: True
    reminder = reminders.reminder

    def keyless(*told: Any) -> Letter:
        return replace(reminder(*told), key=secrets.token_hex())

    reminders.reminder = keyless  # type: ignore[assignment]


def waits(seconds: float | None) -> None:
    """Give a mail server so long for each reply; None: for ever."""
    transport.Smtp.__init__.__defaults__ = (seconds,)


def tell(folder: Path) -> None:
    """Leave this process's number in the folder whenever it has looked for reminders."""

    def told(duty: jobs.Duty) -> jobs.Duty:
        def act(stop: threading.Event) -> int:
            done = duty.act(stop)
            Path(folder, str(os.getpid())).touch()
            return done

        return replace(duty, act=act) if duty.act is remind_due else duty

    jobs.duties[:] = [told(each) for each in jobs.duties]


GUARDS: dict[str, Callable[[], None]] = {
    "lease": _no_lease,
    "octets before, note after": _noted_before,
    "no way is nobody's fault": _blamed,
    "patience": _impatient,
    "refused for everybody": _credulous,
    "cut lines": _stubborn,
    "database's clock": _own_clock,
    "time-outs": _no_time_outs,
    "reminded once": _reminded_again,
}


def main(told: dict[str, Any]) -> None:
    renderers["greeting"] = greeting
    if told["ahead"]:
        shift(told["ahead"])
    if told["speed"] != 1:
        hurry(told["speed"])
    if told["patience"]:
        waits(told["patience"])
    if told["seen"]:
        tell(Path(told["seen"]))
    if told["without"]:
        GUARDS[told["without"]]()
    jobs.run(create_app(told["settings"]))


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
    os._exit(0)  # as its parent waits for it; what was in hand is done
