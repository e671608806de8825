"""F23: others are served while hundreds of clients hold their lines and say nothing."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from http.client import HTTPException
from pathlib import Path

import pytest

from tests.trust.clients import Browser, address, percentile
from tests.trust.faults.conftest import Storm
from tests.trust.figures import Figures
from tests.trust.nginx import behind_nginx
from tests.trust.served import PATIENCE


@contextmanager
def beside(number: int, act: Callable[[int], None]) -> Iterator[None]:
    """So many threads do this again and again meanwhile."""
    over = threading.Event()

    def work(mine: int) -> None:
        while not over.is_set():
            act(mine)

    threads = [threading.Thread(target=work, args=(each,)) for each in range(number)]
    for each in threads:
        each.start()
    try:
        yield
    finally:
        over.set()
        for each in threads:
            each.join()


HEAD = b"GET /summit/agenda HTTP/1.1\r\nHost: localhost\r\nX-Forwarded-For: 10.9.9.9\r\n"


def slow_senders(port: int, number: int, lines: ExitStack) -> list[socket.socket]:
    """Lines on which a request is never finished; what is to be said next comes one letter at a time."""
    opened = [
        lines.enter_context(socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)) for _ in range(number)
    ]
    for each in opened:
        each.sendall(HEAD)
    return opened


def slow_readers(port: int, number: int, lines: ExitStack) -> list[socket.socket]:
    """Lines on which a whole page was asked for and is read by one octet a second."""
    opened = []
    for _each in range(number):
        line = lines.enter_context(socket.socket())
        line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1024)  # the kernel shall hold little of it for us
        line.settimeout(PATIENCE)
        line.connect(("127.0.0.1", port))
        line.sendall(HEAD + b"\r\n")
        opened.append(line)
    return opened


@pytest.mark.parametrize("full_size", [False, pytest.param(True, marks=pytest.mark.trust)])
def test_lines_that_are_held_and_slow_cost_others_nothing(storm: Storm, figures: Figures, full_size: bool) -> None:
    senders, readers, seconds = (200, 50, 40.0) if full_size else (40, 10, 2.0)
    took: list[float] = []
    seen: list[int] = []
    with ExitStack() as lines:
        sending = slow_senders(storm.house.port, senders, lines)
        reading = slow_readers(storm.house.port, readers, lines)

        def drip(_number: int) -> None:
            for each in sending:
                with suppress(OSError):  # the server has hung up, as it may
                    each.send(b"X", socket.MSG_DONTWAIT)
            for each in reading:
                with suppress(OSError):  # or there is nothing to read yet
                    each.recv(1, socket.MSG_DONTWAIT)
            time.sleep(1)

        with beside(1, drip):
            until = time.monotonic() + seconds
            while time.monotonic() < until or not seen:
                answer = storm.browser(address(7)).get("/summit/agenda")
                took.append(answer.seconds)
                seen.append(answer.status)
        crowd = storm.crowd(at_once=8)
        crowd.register(40 if full_size else 8)
    of = f"beside {senders} lines that send and {readers} that read a letter a second"
    figures.hold("F23", f"pages that did not come {of}", len(seen) - seen.count(200), exactly=0)
    figures.hold("F23", f"people who got no answer {of}", len(crowd.tally.gone), exactly=0)
    figures.measure("F23", f"p99 of a page {of}", percentile(took, 0.99), most=1, unit="s")
    figures.measure("F23", f"p99 of a registration {of}", crowd.tally.p99(), most=1, unit="s")


FORM = (
    HEAD.replace(b"GET /summit/agenda", b"POST /summit/register")
    + b"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 1000\r\n\r\nname="
)


def half_forms(port: int, number: int, lines: ExitStack) -> None:
    """Lines on which a form has begun to come, and goes no further."""
    for _each in range(number):
        lines.enter_context(socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)).sendall(FORM)


def coming(port: int, number: int, patience: float) -> int:
    """How many pages of so many come, each asked for after the other."""
    found = 0
    for each in range(number):
        with suppress(OSError, HTTPException):
            found += Browser(port, address(each), patience).get("/summit/agenda").status == 200
    return found


@pytest.mark.parametrize(
    "full_size", [pytest.param(False, marks=pytest.mark.one_database), pytest.param(True, marks=pytest.mark.trust)]
)
def test_half_sent_forms_behind_the_proxy_cost_others_nothing(
    storm: Storm, figures: Figures, tmp_path: Path, full_size: bool
) -> None:
    forms, pages = (200, 40) if full_size else (120, 6)
    file = tmp_path / "server.conf"
    file.write_text(f"server 127.0.0.1:{storm.house.port};\n", encoding="utf-8")
    with behind_nginx(tmp_path, file) as (port, _reload), ExitStack() as lines:
        half_forms(port, forms, lines)
        came = coming(port, pages, PATIENCE)
    figures.hold("F23", f"pages that did not come behind nginx beside {forms} half-sent forms", pages - came, exactly=0)


@pytest.mark.trust
def test_half_sent_forms_without_a_proxy_would_hold_everybody_up(storm: Storm) -> None:
    """The control: nobody reads requests whole before the server gets them, as docs/operations.md asks of proxies."""
    with ExitStack() as lines:
        half_forms(storm.house.port, 120, lines)
        came = coming(storm.house.port, 6, 3.0)
    assert came < 6
    assert coming(storm.house.port, 6, PATIENCE) == 6
