"""A real server on the test's own database and store, and lines to it that break."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from app.web.kept import KeepingFlask

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 120.0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def environment(app: KeepingFlask) -> dict[str, str]:
    """Of another process of the product on the test's own database and store."""
    settings = ("INSTANCE", "DATABASE_URL", "BASE_URL", "SECRET_KEY")
    ours = {name: value for name, value in os.environ.items() if not name.startswith("PLENARY_")}
    return ours | {f"PLENARY_{name}": str(app.config[name]) for name in settings}


@dataclass
class Server:
    """Granian as `make run` starts it; it can be killed and started again."""

    app: KeepingFlask
    workers: int = 1
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        words = [sys.executable, "-m", "granian", "--interface", "wsgi", "--blocking-threads", "4"]
        words += ["--workers", str(self.workers)]
        words += ["--log-level", "warning", "--host", "127.0.0.1", "--port", str(self.port), "wsgi:application"]
        self.process = subprocess.Popen(words, cwd=ROOT, env=environment(self.app), start_new_session=True)
        until = time.monotonic() + PATIENCE
        while not self._answers():
            assert time.monotonic() < until, "the server does not answer"
            time.sleep(0.1)

    def kill(self) -> None:
        """As a machine that loses its power, for all that the program can do about it."""
        assert self.process is not None
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def _answers(self) -> bool:
        with suppress(OSError, HTTPException), closing(HTTPConnection("127.0.0.1", self.port, timeout=1)) as line:
            line.request("GET", "/healthz")
            return line.getresponse().status == 200
        return False


@contextmanager
def serving(app: KeepingFlask, workers: int = 1) -> Iterator[Server]:
    server = Server(app, workers)
    try:
        server.start()
        yield server
    finally:
        server.kill()


def open_line(port: int) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)


def begin_patch(line: socket.socket, path: str, offset: int, length: int) -> None:
    """The head of a request whose body is still to come."""
    head = (
        f"PATCH {path} HTTP/1.1\r\nHost: localhost\r\nTus-Resumable: 1.0.0\r\nUpload-Offset: {offset}\r\n"
        f"Content-Type: application/offset+octet-stream\r\nContent-Length: {length}\r\n\r\n"
    )
    line.sendall(head.encode())


def ask(port: int, method: str, path: str, body: bytes = b"", **headers: str) -> tuple[int, dict[str, str]]:
    """One request to the end: status and headers."""
    said = {"Tus-Resumable": "1.0.0"} | {name.replace("_", "-"): value for name, value in headers.items()}
    with closing(HTTPConnection("127.0.0.1", port, timeout=PATIENCE)) as line:
        line.request(method, path, body, said)
        answer = line.getresponse()
        answer.read()
        return answer.status, dict(answer.getheaders())


class Cutter:
    """A line in between that breaks each connection once so many octets went through it."""

    def __init__(self, to: int, after: int) -> None:
        self.to, self.after, self.cuts = to, after, 0
        self.door = socket.create_server(("127.0.0.1", 0))
        self.port: int = self.door.getsockname()[1]
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        with suppress(OSError):
            while True:
                near, _address = self.door.accept()
                threading.Thread(target=self._carry, args=(near,), daemon=True).start()

    def _carry(self, near: socket.socket) -> None:
        with near, open_line(self.to) as far, suppress(OSError):
            threading.Thread(target=self._back, args=(far, near), daemon=True).start()
            went = 0
            while octets := near.recv(65536):
                went += len(octets)
                if went > self.after:
                    self.cuts += 1
                    break
                far.sendall(octets)
            for end in (near, far):
                end.shutdown(socket.SHUT_RDWR)

    def _back(self, far: socket.socket, near: socket.socket) -> None:
        with suppress(OSError):
            while octets := far.recv(65536):
                near.sendall(octets)

    def close(self) -> None:
        self.door.close()
