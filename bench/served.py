"""What the product costs when it is served: over loopback HTTP, beside bare Flask on the same server (granian), on both
databases, with 1, 2 and 4 workers, for a summit of 20 sessions and for one of 1,000 sessions with 1,000 speakers.

`make bench ARGS="served sqlite 2"` measures one database with so many workers. A line is the server's CPU for one
request, read from /proc, and its ratio to bare Flask; then requests a second by the clock, with 8 clients, and the part
of all CPU that making the requests took.
"""

from __future__ import annotations

import itertools
import re
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

from sqlalchemy import select, update

from app import cli, create_app, db
from app.delegations.models import Delegation
from app.events.models import Event, Mode
from app.registration.models import Places
from bench import board, calls, feeds
from bench.load import Poured, family, memory, pour, request, spent
from tests.databases import States, open_database
from tests.registration.cast import hidden
from tests.trust.clients import Browser, address
from tests.trust.figures import Figures
from tests.trust.served import ROOT, Served, free_port, served

DATABASES = ("sqlite", "postgresql")
WORKERS = (1, 2, 4)
CLIENTS = 8
WHILE = 0.8
"""Seconds for which each line is measured."""
SPEAKERS = 1_000
WARM = 5
"""What each client asks before it is measured."""
ROUNDS = 5
"""Of registrations: what else the machine does shows in one of them, and only in that."""


@dataclass(frozen=True)
class Filled:
    """A database with both summits, and what their addresses need."""

    settings: dict[str, Any]
    own: str
    """A personal feed of the great summit."""
    cookie: str
    """An organiser's, signed in."""
    code: str
    """A city's, for registering."""


@dataclass(frozen=True)
class Row:
    name: str
    found: Poured
    ratio: float

    def __str__(self) -> str:
        share = self.found.client / max(1e-9, self.found.client + self.found.server)
        took = f"{self.found.each * 1e6:12.0f}{self.ratio:9.2f}{self.found.rate:11.0f}{share:9.0%}"
        return f"{self.name:46}{took}"


REGISTERING = "registration in three requests, 8 at once"
WISHES = (
    ("S1", "agenda of 20 sessions", 1),
    ("S1", "agenda of 1,000 sessions", 1),
    ("S2", "agenda of 1,000 sessions, 304", 1),
    ("S3", "feed of 1,000 sessions", 3),
    ("S4", "feed of 1,000 sessions, 304", 1),
    ("S4", "personal feed of 1,000 sessions, 304", 1),
)
"""Of which figure, which line, at most so many times what bare Flask takes."""
HEAD = f"{'':46}{'µs of CPU':>12}{'× bare':>9}{'a second':>11}{'client':>9}"


@contextmanager
def filled(database: str) -> Iterator[Filled]:
    """Both summits on "sqlite" or "postgresql", published and with people."""
    with tempfile.TemporaryDirectory() as folder, open_database(database, Path(folder)) as states:
        yield _fill(folder, states)


def _fill(folder: str, states: States) -> Filled:
    base = {"INSTANCE": folder, "BASE_URL": "http://localhost", "SECRET_KEY": "bench" * 8}
    settings = base | {"DATABASE_URL": states.url}
    app = create_app(settings)
    states.attach(app)
    with app.app_context():
        from_empty(app)
        db.write(lambda: feeds.summit("twenty", 20, 20, 20), patience=60)
        own = db.write(lambda: feeds.summit("thousand", 1_000, 1_000, SPEAKERS), patience=60)
        db.write(board.crowd, patience=60)
        db.write(lambda: db.db.session.execute(update(Places).values(seats=None)))
        taking = select(Delegation).join(Event).where(Event.slug == board.SLUG).order_by(Delegation.id).limit(1)
        code = db.db.session.execute(taking).scalar_one().code
    cookie = board.cookie(app)
    with app.app_context():
        db.db.engine.dispose()
    return Filled(settings | {"TRUSTED_PROXY_COUNT": 1}, own, cookie, code)


def from_empty(app: Any) -> None:
    """The tables, the archive, and the rehearsal that is published."""
    app.test_cli_runner().invoke(args=["db", "upgrade"])
    cli.demo("gnets-2023")
    cli.demo("rehearsal")


@contextmanager
def bare(workers: int) -> Iterator[tuple[int, int]]:
    """Bare Flask on the same server: its port and process."""
    port = free_port()
    words = [sys.executable, "-m", "granian", "--interface", "wsgi", "--workers", str(workers)]
    words += ["--blocking-threads", "4", "--log-level", "warning", "--host", "127.0.0.1", "--port", str(port)]
    server = subprocess.Popen([*words, "bench.bare:application"], cwd=ROOT)
    try:
        _await(port, "/")
        yield port, server.pid
    finally:
        server.terminate()
        server.wait()


def _await(port: int, path: str) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        try:
            line = HTTPConnection("127.0.0.1", port, timeout=5)
            line.request("GET", path)
            line.getresponse().read()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise TimeoutError("the server does not answer")


def steady(port: int, pid: int, octets: bytes, status: int, clients: int = CLIENTS) -> Poured:
    """One request again and again, after some to get every worker warm. AssertionError at another answer."""
    pids = family(pid)
    pour(port, [itertools.repeat(octets, WARM) for _each in range(CLIENTS)], pids)
    found = pour(port, [itertools.repeat(octets) for _each in range(clients)], pids, WHILE)
    assert set(found.statuses) == {status}, (octets, found.statuses)
    return found


def middle(tries: int, measure: Callable[[], Poured]) -> Poured:
    """Of an odd number of tries the one in the middle, by what a request costs."""
    return sorted((measure() for _each in range(tries)), key=lambda tried: tried.each)[tries // 2]


def etag(port: int, path: str, headers: dict[str, str]) -> str:
    line = HTTPConnection("127.0.0.1", port, timeout=60)
    line.request("GET", path, headers=headers)
    answer = line.getresponse()
    answer.read()
    return answer.headers["ETag"]


def pages(house: Served, given: Filled) -> Iterator[tuple[str, Poured]]:
    """What the public and its programs ask for, and the organisers' board."""
    assert house.server is not None
    pid, packed = house.server.pid, {"Accept-Encoding": "gzip", "X-Forwarded-For": "192.0.2.1", "Host": "localhost"}
    for said, slug in (("20 sessions", "twenty"), ("1,000 sessions", "thousand")):
        for name, path in (("agenda", "agenda"), ("feed", "agenda.ics"), ("JSON", "agenda.json")):
            path = f"/{slug}/{path}"
            known = packed | {"If-None-Match": etag(house.port, path, packed)}
            yield f"{name} of {said}", steady(house.port, pid, request(path, packed), 200)
            yield f"{name} of {said}, 304", steady(house.port, pid, request(path, known), 304)
    known = packed | {"If-None-Match": etag(house.port, given.own, packed)}
    yield "personal feed of 1,000 sessions", steady(house.port, pid, request(given.own, packed), 200, 2)
    yield "personal feed of 1,000 sessions, 304", steady(house.port, pid, request(given.own, known), 304)
    desk = packed | {"Cookie": given.cookie}
    path = f"/organise/{board.SLUG}/board"
    yield "organisers' board, 131 cities, 1,000 people", steady(house.port, pid, request(path, desk), 200, 2)


NUMBERS = itertools.count(1)


def registrations(house: Served, given: Filled, clients: int, each: int) -> Poured:
    """People register, each from a network of their own: the form, what they typed, the page that confirms it."""
    assert house.server is not None
    found, lock, pids = Poured(), threading.Lock(), family(house.server.pid)

    def one() -> None:
        for number in (next(NUMBERS) for _each in range(each)):
            browser, begun = Browser(house.port, address(number)), time.perf_counter()
            page = browser.get(f"/{board.SLUG}/register")
            answer = browser.post(f"/{board.SLUG}/register", hidden(page) | _typed(given.code, number))
            told = browser.get(answer.location)
            with lock:
                found.statuses[told.status if answer.status == 303 else answer.status] += 1
                found.waits.append(time.perf_counter() - begun)

    before, client, begun = spent(pids), time.process_time(), time.perf_counter()
    threads = [threading.Thread(target=one) for _each in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found.seconds, found.client = time.perf_counter() - begun, time.process_time() - client
    found.server = spent(pids) - before
    assert set(found.statuses) == {200}, found.statuses
    return found


def _typed(code: str, number: int) -> dict[str, str]:
    told = {"code": code, "mode": Mode.ONLINE.value, "name": f"Person {number}", "position": "Adviser"}
    return told | {"organisation": "City hall", "email": f"p{number}@measures.example", "privacy": "y"}


def measured(
    given: Filled, workers: int, folder: Path, tell: Callable[[Row], None] = lambda _row: None
) -> tuple[dict[str, Row], float]:
    """Every line with so many workers, by name, each told once it is there; and megabytes of a worker at the end."""
    with bare(workers) as (port, pid):
        yardstick = middle(3, lambda: steady(port, pid, request("/"), 200))
    rows: dict[str, Row] = {}

    def note(name: str, found: Poured) -> None:
        rows[name] = Row(name, found, found.each / yardstick.each)
        tell(rows[name])

    note("bare Flask, a short text", yardstick)
    with served(given.settings, folder, workers=workers) as house:
        for name, found in pages(house, given):
            note(name, found)
        registrations(house, given, CLIENTS, 2 * WARM)
        for clients, people in ((1, 64), (CLIENTS, 16)):
            flow = partial(registrations, house, given, clients, people)
            note(f"registration in three requests, {clients} at once", middle(ROUNDS, flow))
        return rows, max(memory(each) for each in house.alive())


def cold(given: Filled, folder: Path) -> tuple[float, float, float]:
    """Until one worker has answered: seconds of CPU, seconds by the clock; and megabytes of it then."""
    begun = time.perf_counter()
    with served(given.settings, folder, workers=1) as house:
        took = time.perf_counter() - begun
        assert house.server is not None
        return spent(family(house.server.pid)), took, max(memory(each) for each in house.alive())


def main(*chosen: str) -> None:
    databases = [each for each in DATABASES if each in chosen] or DATABASES
    numbers = [int(each) for each in chosen if re.fullmatch("[0-9]+", each)] or WORKERS
    for database in databases:
        with filled(database) as given:
            for workers in numbers:
                with tempfile.TemporaryDirectory() as folder:
                    print(f"\n{database}, {workers} workers of 4 threads\n{HEAD}")
                    _rows, megabytes = measured(given, workers, Path(folder), partial(print, flush=True))
                    print(f"  memory of a worker: {megabytes:.0f} MB")


def alone(given: Filled) -> Iterator[tuple[str, str, float, float]]:
    """The same without server and network: of which figure, which line, what is wished for, and how often what bare
    Flask takes."""
    app = create_app(given.settings | {"TRUSTED_PROXY_COUNT": 0})
    yardstick = calls.per_call(calls.request(calls.bare(), "/"))
    paths = {"agenda": "/thousand/agenda", "feed": "/thousand/agenda.ics", "personal feed": given.own}
    whole = {f"{name} of 1,000 sessions": (path, {"Accept-Encoding": "gzip"}) for name, path in paths.items()}
    tags = {f"{name}, 304": (path, {"If-None-Match": calls.etag(app, path)}) for name, (path, _said) in whole.items()}
    asked = whole | tags
    for of, name, most in WISHES:
        if name in asked:
            yield of, name, most, calls.per_call(calls.request(app, *asked[name])) / yardstick


def trust(file: Path) -> None:
    """Add the figures of speed to those of the proofs: S1 to S9, on both databases, with 2 workers."""
    for database in DATABASES:
        figures = Figures(database, file)
        with filled(database) as given, tempfile.TemporaryDirectory() as folder:
            rows, whole = measured(given, 2, Path(folder))
            for of, name, most, ratio in alone(given):
                told = f"CPU of the whole call within the process beside bare Flask: {name}"
                figures.measure(of, told, round(ratio, 2), most=most, unit="×")
            for of, name, most in WISHES:
                told = f"server's CPU beside bare Flask over HTTP: {name}"
                figures.measure(of, told, round(rows[name].ratio, 2), most=most, unit="×")
            polled = rows["personal feed of 1,000 sessions, 304"].found
            figures.measure("S5", "304s of calendars", round(polled.rate), least=1_000, unit="a second")
            flow = rows[REGISTERING].found
            figures.measure("S6", "CPU of a whole registration", round(flow.each * 1e3, 1), most=10, unit="ms")
            seconds, took, megabytes = cold(given, Path(folder, "cold"))
            figures.measure("S7", "CPU of a cold start", round(seconds, 1), most=3, unit="s")
            figures.measure("S7", "from a cold start to the first answer", round(took, 1), most=3, unit="s")
            figures.measure("S8", "memory of a worker after its first answer", round(megabytes), most=200, unit="MB")
            figures.measure("S8", "memory of a worker that answered all of this", round(whole), most=200, unit="MB")
