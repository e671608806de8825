"""The application as it is served in earnest: granian processes as `make run` starts them, beside mail workers.

    with served(settings_of(app), workers=3, mailers=1) as house:
        house.kill(chance)        # a web process that answers, ended by SIGKILL
        browser = Browser(house.port, "192.0.2.7")

A server that ends is started again, as `make run` or systemd does. `broken` names guards that tests/trust/wsgi.py takes
away, for the controls: the product itself has no switches. What the processes say stands in `house.said()`.
"""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from random import Random
from typing import Any

from flask import Flask

from tests.trust.broken import TOLD
from tests.trust.wsgi import WORKING

ROOT = Path(__file__).resolve().parents[2]
UNIT = ROOT / "deploy" / "plenary-web@.service"
PATIENCE = 300.0
"""Seconds until a server must answer; a shared machine may take long to start it."""
NAMES = ("INSTANCE", "DATABASE_URL", "BASE_URL", "SECRET_KEY")


def documented() -> dict[str, Any]:
    """How deploy/ has systemd start the server: its `workers` and `threads`, and its further `options`."""
    text = UNIT.read_text(encoding="utf-8")
    _program, *words, _application = text.partition("ExecStart=")[2].partition("\n")[0].split()
    told: dict[str, Any] = {}
    for name, option in (("workers", "--workers"), ("threads", "--blocking-threads")):
        at = words.index(option)
        told[name] = int(words[at + 1])
        del words[at : at + 2]
    for option in ("--interface", "--host", "--port"):
        at = words.index(option)
        del words[at : at + 2]
    return told | {"options": words}


def settings_of(app: Flask, **more: Any) -> dict[str, Any]:
    """The settings of a second process on the same database and instance, behind one proxy of ours."""
    return {name: app.config[name] for name in NAMES} | {"TRUSTED_PROXY_COUNT": 1} | more


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def as_a_service() -> dict[str, str]:
    """What the unit of an installation adds to the environment of its workers."""
    return dict(re.findall(r"^Environment=(\w+)=(\S+)$", UNIT.read_text(encoding="utf-8"), re.MULTILINE))


class Served:
    """A server with its processes; `served` starts and ends it."""

    def __init__(
        self,
        settings: Mapping[str, Any],
        folder: Path,
        *,
        workers: int = 2,
        threads: int = 4,
        mailers: int = 0,
        broken: Sequence[str] = (),
        options: Sequence[str] = (),
        port: int | None = None,
        root: Path = ROOT,
    ) -> None:
        self.port = port or free_port()
        self.root = root
        self.folder = folder
        self.workers = workers
        self.kills = 0
        (folder / WORKING).mkdir(parents=True, exist_ok=True)
        self.log = folder / "said"
        told = {"settings": dict(settings), "broken": list(broken), "folder": str(folder)}
        ours = {name: value for name, value in os.environ.items() if not name.startswith("PLENARY_")}
        self.environment = ours | {TOLD: json.dumps(told), "PYTHONUNBUFFERED": "1"} | as_a_service()
        self.words = [sys.executable, "-m", "tests.trust.serving", "--interface", "wsgi", "--workers", str(workers)]
        self.words += ["--blocking-threads", str(threads), "--workers-kill-timeout", "3", "--respawn-failed-workers"]
        self.words += ["--log-level", "warning", "--host", "127.0.0.1", "--port", str(self.port), *options]
        self.words += ["tests.trust.wsgi:application"]
        self.flask = [sys.executable, "-m", "flask", "--app", "tests.trust.wsgi"]
        self.mailer = [*self.flask, "worker"]
        self.mailers = mailers
        self.server: subprocess.Popen[bytes] | None = None
        self.mail: list[subprocess.Popen[bytes]] = []
        self.stopping = threading.Event()
        self.keeper = threading.Thread(target=self._keep, daemon=True)

    def start(self) -> None:
        """Start all processes and wait until each web process has loaded the application."""
        self.server = self._begin(self.words)
        self.mail = [self._begin(self.mailer) for _each in range(self.mailers)]
        until = time.monotonic() + PATIENCE
        while len(self.alive()) < self.workers or not self.answers():
            if time.monotonic() > until:
                raise AssertionError(f"the server does not answer:\n{self.said()[-2000:]}")
            time.sleep(0.05)
        self.keeper.start()

    def alive(self) -> list[int]:
        """The web processes that have loaded the application, by process id."""
        found = []
        for each in (self.folder / WORKING).iterdir():
            if _runs(int(each.name)):
                found.append(int(each.name))
            else:
                each.unlink(missing_ok=True)
        return sorted(found)

    def kill(self, chance: Random) -> bool:
        """End one of the web processes by SIGKILL, as a crash or the kernel's want of memory would; whether there was
        one."""
        if not (there := self.alive()):
            return False
        with suppress(ProcessLookupError):
            os.kill(chance.choice(there), signal.SIGKILL)
            self.kills += 1
        return True

    def kill_mailer(self, number: int = 0) -> None:
        """End one of the mail workers by SIGKILL; it is started again."""
        self.mail[number].kill()

    def run(self, *words: str) -> None:
        """A command of the product, such as `backup FILE`, as a process of its own. AssertionError when it fails."""
        asked = [*self.flask, *words]
        done = subprocess.run(asked, cwd=ROOT, env=self.environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr

    def answers(self) -> bool:
        with suppress(OSError, HTTPException), closing(HTTPConnection("127.0.0.1", self.port, timeout=2)) as line:
            line.request("GET", "/healthz")
            return line.getresponse().status == 200
        return False

    def terminate(self) -> None:
        """Ask the server to finish what it has in hand and to end (SIGTERM); it is not started again."""
        self.stopping.set()
        assert self.server is not None
        self.server.terminate()

    def said(self) -> str:
        """What the processes wrote: warnings, and the traceback of each fault."""
        return self.log.read_text(errors="replace") if self.log.exists() else ""

    def faults(self) -> int:
        """How many requests ended in a fault of ours: each is logged by the pattern of its address."""
        return self.said().count("Exception on ")

    def stop(self) -> None:
        """End every process: first asked, then by force."""
        self.stopping.set()
        there = [each for each in (self.server, *self.mail) if each is not None]
        for each in there:
            each.terminate()
        until = time.monotonic() + 5
        for each in there:
            with suppress(subprocess.TimeoutExpired):
                each.wait(max(0.1, until - time.monotonic()))
            _end_rest(each)

    def _keep(self) -> None:
        """Start again what ends by itself."""
        while not self.stopping.wait(0.05):
            if self.server is not None and self.server.poll() is not None:
                _end_rest(self.server)
                self.server = self._begin(self.words)
            for number, each in enumerate(self.mail):
                if each.poll() is not None:
                    self.mail[number] = self._begin(self.mailer)

    def _begin(self, words: list[str]) -> subprocess.Popen[bytes]:
        with self.log.open("ab") as log:
            return subprocess.Popen(
                words, cwd=self.root, env=self.environment, stdout=log, stderr=log, start_new_session=True
            )


@contextmanager
def served(settings: Mapping[str, Any], folder: Path, **more: Any) -> Iterator[Served]:
    """The application with these settings on a free port; `folder` takes what the processes say. `more`: how many
    `workers`, `threads`, `mailers`; `broken` guards; further `options` of granian; a `port`; the `root` of other
    code."""
    house = Served(settings, folder, **more)
    try:
        house.start()
        yield house
    finally:
        house.stop()


def _runs(pid: int) -> bool:
    """Whether a process is there and no corpse."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def _end_rest(child: subprocess.Popen[bytes]) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(child.pid, signal.SIGKILL)
    child.wait()
