"""Several machines behind a proxy: servers with an instance folder each, which share a database and nothing else."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random

from deploy.take_over import gets_quiet
from tests.trust.clients import Crowd
from tests.trust.grounds import Ground
from tests.trust.invariants import Found, examine
from tests.trust.nginx import behind_nginx, found
from tests.trust.served import PATIENCE, ROOT, Served, free_port, served

DRAINED = 1.0
"""Seconds without an open line after which a machine has no answer in hand."""


@dataclass
class Machines:
    """Machines behind a proxy at `port`."""

    ground: Ground
    houses: list[Served]
    port: int
    file: Path
    """The ports of those that the proxy hands lines to."""

    def show(self, houses: list[Served]) -> None:
        """Let the proxy hand lines to these alone."""
        fresh = self.file.with_suffix(".new")
        fresh.write_text(" ".join(str(each.port) for each in houses))
        fresh.replace(self.file)

    def kill(self, chance: Random) -> bool:
        """End a web process of one machine by SIGKILL, though never of the last that answers; whether it was done."""
        well = [each for each in self.houses if each.alive()]
        return len(well) > 1 and chance.choice(well).kill(chance)

    def come_back(self) -> None:
        """Wait until every machine answers, whatever was killed before."""
        until = time.monotonic() + PATIENCE
        while not all(each.alive() and each.answers() for each in self.houses):
            assert time.monotonic() < until, "a machine did not come back"
            time.sleep(0.1)

    def replace(self, house: Served, by: signal.Signals = signal.SIGTERM) -> None:
        """Take one machine out of the proxy, end its server, start it anew, and put it back once it answers."""
        assert house.server is not None
        self.show([each for each in self.houses if each is not house])
        assert gets_quiet(house.port, DRAINED, PATIENCE)
        old = house.server
        os.killpg(old.pid, by) if by == signal.SIGKILL else old.send_signal(by)
        old.wait()
        until = time.monotonic() + PATIENCE
        while house.server is old or not house.answers():
            if time.monotonic() > until:
                raise AssertionError(f"a machine did not come back:\n{house.said()[-2000:]}")
            time.sleep(0.1)
        self.show(self.houses)

    @contextmanager
    def front(self, folder: Path) -> Iterator[list[int]]:
        """The ports that lead to all machines and hold nobody up: nginx where there is one, else those of the machines,
        to be taken in turn. The little proxy is slower than they are."""
        ports = [each.port for each in self.houses]
        if not found():
            yield ports
            return
        file = folder / "servers.conf"
        file.write_text("".join(f"server 127.0.0.1:{each};\n" for each in ports), encoding="utf-8")
        with behind_nginx(folder, file) as (port, _reload):
            yield [port]

    @property
    def kills(self) -> int:
        return sum(each.kills for each in self.houses)

    def crowd(self, at_once: int = 16) -> Crowd:
        return Crowd(self.ground.cast, self.port, at_once=at_once, patience=120.0)

    def examine(self, crowd: Crowd) -> Found:
        return examine(self.ground.url, self.ground.cast.event_id, crowd.tally.told)


@contextmanager
def machines(ground: Ground, folder: Path, *, web: int = 3, broken: tuple[str, ...] = ()) -> Iterator[Machines]:
    """So many web machines, without workers."""
    file, port = folder / "ports", free_port()
    with ExitStack() as stack:
        houses = []
        for number in range(web):
            own = folder / f"machine-{number}"
            own.mkdir()
            settings = ground.settings | {"INSTANCE": str(own / "instance")}
            houses.append(stack.enter_context(served(settings, own, workers=1, broken=broken)))
        made = Machines(ground, houses, port, file)
        made.show(houses)
        proxy = subprocess.Popen([sys.executable, "-m", "tests.trust.balancer", str(port), str(file)], cwd=ROOT)
        try:
            _await(port)
            yield made
        finally:
            proxy.terminate()
            proxy.wait()


def _await(port: int) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise AssertionError("the proxy does not answer")
