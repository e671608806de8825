"""A37: Plenary listens at one address, and leaves no other door open."""

from __future__ import annotations

import os
import socket
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.browser.conftest import Running, plenary
from tests.trust.figures import Figures

pytestmark = pytest.mark.one_database

__all__ = ["plenary"]
LISTENS, ACCEPTS = "0A", "00010000"
"""How Linux writes that a TCP socket listens (proc_pid_net), and that a Unix socket takes connections."""


def ours(folder: Path) -> set[int]:
    """The processes that run on this folder."""
    found = set()
    for each in Path("/proc").iterdir():
        if each.name.isdigit():
            with suppress(OSError):
                if f"PLENARY_INSTANCE={folder}".encode() in (each / "environ").read_bytes().split(b"\0"):
                    found.add(int(each.name))
    return found


def listening(processes: set[int]) -> set[str]:
    """Where they listen: host:port of TCP, the path of a Unix socket."""
    inodes = set()
    for process in processes:
        with suppress(OSError):
            for handle in Path(f"/proc/{process}/fd").iterdir():
                with suppress(OSError):
                    inodes.add(str(handle.readlink()).removeprefix("socket:[").removesuffix("]"))
    found = set()
    for file in ("tcp", "tcp6"):
        for line in Path(f"/proc/net/{file}").read_text().splitlines()[1:]:
            words = line.split()
            if words[3] == LISTENS and words[9] in inodes:
                host, port = words[1].split(":")
                octets = bytes.fromhex(host)
                name = socket.inet_ntoa(octets[::-1]) if file == "tcp" else host
                found.add(f"{name}:{int(port, 16)}")
    for line in Path("/proc/net/unix").read_text().splitlines()[1:]:
        words = line.split()
        if words[3] == ACCEPTS and words[6] in inodes:
            found.add(words[7] if len(words) > 7 else f"unnamed {words[6]}")
    return found


def test_plenary_listens_where_it_says_and_nowhere_else(plenary: Running, figures: Figures) -> None:
    processes = ours(plenary.folder)
    assert len(processes) >= 3  # the parent, the server, the worker
    expected = {urlsplit(plenary.url).netloc}
    found = listening(processes)
    assert found >= expected
    figures.hold("A37", "sockets that listen beside the one expected", len(found - expected), exactly=0)


def test_another_socket_would_be_seen(tmp_path: Path) -> None:
    """The control: one of each kind, opened by this process."""
    with socket.socket() as door, socket.socket(socket.AF_UNIX) as hatch:
        door.bind(("127.0.0.1", 0))
        door.listen()
        hatch.bind(str(tmp_path / "control"))
        hatch.listen()
        assert listening({os.getpid()}) >= {f"127.0.0.1:{door.getsockname()[1]}", str(tmp_path / "control")}


ECHO = "what-a-cookie-would-hold"


@pytest.mark.parametrize("asks", ["TRACE /", "TRACE /sign-in", "TRACK /", "CONNECT elsewhere.example:443", "BREW /"])
def test_the_server_itself_sends_nothing_back_and_connects_nobody(plenary: Running, asks: str) -> None:
    """As octets on the line, so that nothing stands between: cross-site tracing, and a proxy for others."""
    place = urlsplit(plenary.url)
    said = f"{asks} HTTP/1.1\r\nHost: {place.netloc}\r\nCookie: plenary={ECHO}\r\nConnection: close\r\n\r\n"
    with socket.create_connection((place.hostname, place.port), timeout=10) as line:
        line.sendall(said.encode())
        told = b"".join(iter(lambda: line.recv(65536), b"")).decode()
    assert 400 <= int(told.split(" ", 2)[1]) < 500
    assert ECHO not in told
