"""Requests over loopback HTTP, as cheap to make as Python can: octets prepared once, lines that stay open, one thread.

What a server spends is read from /proc rather than from the clock, so that a busy machine and the makers of the load
do not count.
"""

from __future__ import annotations

import os
import re
import selectors
import socket
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

TICK = 1 / os.sysconf("SC_CLK_TCK")
LENGTH = re.compile(rb"(?i)\r\ncontent-length: *(\d+)")
ROOM = 1 << 20


def request(path: str, headers: Mapping[str, str] | None = None) -> bytes:
    """The octets of a GET on a line that stays open."""
    told = {"Host": "localhost"} | dict(headers or {})
    return (f"GET {path} HTTP/1.1\r\n" + "".join(f"{k}: {v}\r\n" for k, v in told.items()) + "\r\n").encode()


@dataclass
class Poured:
    """What a load met with, and what it cost."""

    statuses: Counter[int] = field(default_factory=Counter)
    seconds: float = 0.0
    server: float = 0.0
    """Seconds of CPU of all processes of the server."""
    client: float = 0.0
    """Those of the makers of the load."""
    waits: list[float] = field(default_factory=list)

    @property
    def count(self) -> int:
        return sum(self.statuses.values())

    @property
    def each(self) -> float:
        """Seconds of the server's CPU for one request."""
        return self.server / max(1, self.count)

    @property
    def rate(self) -> float:
        """Requests a second by the clock."""
        return self.count / max(self.seconds, 1e-9)


class Line:
    """One client, which asks one thing after the other."""

    def __init__(self, port: int, asked: Iterator[bytes]) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=60)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.asked = asked
        self.head = b""
        self.left = -1
        """Octets of the body that are still to come; -1: the head is not complete."""
        self.status = 0
        self.said = b""
        """The head of the last answer."""
        self.begun = 0.0

    def ask(self) -> bool:
        """Send the next request; whether there was one."""
        if (octets := next(self.asked, None)) is None:
            return False
        self.begun = time.perf_counter()
        self.socket.sendall(octets)
        return True

    def take(self) -> bool:
        """Read what has come; whether the answer is whole. Raises OSError when the line ends before that."""
        came = self.socket.recv(ROOM)
        if not came:
            raise ConnectionError("the server hung up")
        if self.left < 0:
            self.head += came
            head, found, rest = self.head.partition(b"\r\n\r\n")
            if not found:
                return False
            self.status, self.said, self.head = int(head[9:12]), head, b""
            length = LENGTH.search(head)
            self.left = (int(length[1]) if length and self.status != 304 else 0) - len(rest)
        else:
            self.left -= len(came)
        if self.left <= 0:
            self.left = -1
            return True
        return False


def pour(port: int, asked: Sequence[Iterator[bytes]], pids: Sequence[int], most: float = 1e9) -> Poured:
    """Let so many clients ask, each its own requests, until these or `most` seconds are over."""
    found, lines = Poured(), [Line(port, each) for each in asked]
    before, client, begun = spent(pids), time.process_time(), time.perf_counter()
    with selectors.DefaultSelector() as waiting:
        for line in lines:
            if line.ask():
                waiting.register(line.socket, selectors.EVENT_READ, line)
        while waiting.get_map():
            for key, _events in waiting.select():
                line = key.data
                if line.take():
                    now = time.perf_counter()
                    found.statuses[line.status] += 1
                    found.waits.append(now - line.begun)
                    if now - begun > most or not line.ask():
                        waiting.unregister(line.socket)
    found.seconds, found.client = time.perf_counter() - begun, time.process_time() - client
    found.server = spent(pids) - before
    for line in lines:
        line.socket.close()
    return found


def spent(pids: Sequence[int]) -> float:
    """Seconds of CPU that these processes have used so far."""
    return sum(sum(map(int, _stat(pid)[11:13])) for pid in pids) * TICK


def parent(pid: int) -> int:
    """The process that began this one; 0 for one that is gone."""
    return int(_stat(pid)[1])


def family(pid: int) -> list[int]:
    """A process and all that descend from it."""
    parents = {int(each.name): parent(int(each.name)) for each in Path("/proc").glob("[0-9]*")}
    found = [pid]
    for each in found:
        found += [child for child, parent in parents.items() if parent == each]
    return found


def memory(pid: int) -> float:
    """Megabytes of a process that are its own or its share of what it has in common with others."""
    rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
    return int(rollup.partition("Pss:")[2].split()[0]) / 1024


def _stat(pid: int) -> list[str]:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return ["Z", "0", *["0"] * 40]
