"""Browsers without a screen: they keep cookies, open a form, send it with its token and submit key, press twice, and
try again with the same form when nothing came back, as people, browsers and proxies do.

Each says in X-Forwarded-For from where it comes, so the server is told TRUSTED_PROXY_COUNT=1.
"""

from __future__ import annotations

import itertools
import math
import random
import secrets
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from urllib.parse import urlencode, urlsplit

from tests.registration.cast import Cast, hidden, typed
from tests.trust.invariants import Acknowledged

PAUSE = 0.05, 0.4
"""Seconds between two tries of the same form."""


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    """By their names in small letters."""
    text: str
    seconds: float

    @property
    def location(self) -> str:
        """Where a redirect leads, as a path."""
        return urlsplit(self.headers.get("location", "")).path


class Browser:
    """One visitor at the address `comes_from`, of 127.0.0.1:`port`; not to be shared by threads but for `again`."""

    def __init__(self, port: int, comes_from: str, patience: float = 30.0) -> None:
        self.port = port
        self.comes_from = comes_from
        self.patience = patience
        """Seconds to wait for an answer."""
        self.cookies: dict[str, str] = {}

    def get(self, path: str, **headers: str) -> Answer:
        return self._ask("GET", path, b"", headers)

    def post(self, path: str, fields: Mapping[str, str]) -> Answer:
        """Send a form. Raises OSError or HTTPException when no whole answer comes back."""
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        return self._ask("POST", path, urlencode(fields).encode(), kind)

    def twin(self) -> Browser:
        """The same visitor in a second tab, or pressing twice: with the same cookies, on a line of its own."""
        other = Browser(self.port, self.comes_from, self.patience)
        other.cookies = dict(self.cookies)
        return other

    def _ask(self, method: str, path: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        said = {"X-Forwarded-For": self.comes_from, "Host": f"localhost:{self.port}", "Connection": "close"}
        said |= {name.replace("_", "-"): value for name, value in headers.items()}
        if self.cookies:
            said["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        begun = time.monotonic()
        with closing(HTTPConnection("127.0.0.1", self.port, timeout=self.patience)) as line:
            line.request(method, path, body or None, said)
            answer = line.getresponse()
            text = answer.read().decode("utf-8", "replace")
            for name, value in answer.getheaders():
                if name.lower() == "set-cookie":
                    cookie, _equals, held = value.split(";")[0].partition("=")
                    self.cookies[cookie] = held
        named = {name.lower(): value for name, value in answer.getheaders()}
        return Answer(answer.status, named, text, time.monotonic() - begun)


def online(cast: Cast, name: str, city: str = "Rome", **changes: str) -> dict[str, str]:
    """The register's form as somebody fills it in who takes part from afar."""
    return typed(cast, city, name=name, **({"mode": "online", "mobile": "", "dietary": "", "agreed": ""} | changes))


@dataclass
class Tally:
    """What a crowd met with; threads write into it."""

    told: list[Acknowledged] = field(default_factory=list)
    answers: Counter[int] = field(default_factory=Counter)
    broken: int = 0
    """Lines that ended without an answer."""
    gone: list[str] = field(default_factory=list)
    """Who was neither told that it is done nor that it is not, in time; or was refused, with the answer."""
    lost_forms: int = 0
    """Answers other than a redirect in which what was typed does not stand."""
    seconds: list[float] = field(default_factory=list)
    """How long each press that was answered by a redirect took."""
    done_at: list[float] = field(default_factory=list)
    """When each of these came, by the monotonic clock."""
    longest: float = 0.0
    """Seconds until the slowest answer, of whatever kind."""
    twice: int = 0
    """How many pressed twice."""
    lock: threading.Lock = field(default_factory=threading.Lock)

    def p99(self, since: float = 0.0, until: float = math.inf) -> float:
        """Of those presses that were answered between these times of the monotonic clock."""
        with self.lock:
            found = [took for took, at in zip(self.seconds, self.done_at, strict=True) if since <= at < until]
        return percentile(found, 0.99)


def percentile(seconds: Iterable[float], part: float) -> float:
    """The smallest of these that is not exceeded by `part` of them."""
    ordered = sorted(seconds)
    return ordered[min(len(ordered) - 1, int(part * len(ordered)))] if ordered else 0.0


def address(number: int) -> str:
    """Another network for each number: no two share a brake."""
    return f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"


NUMBERS = itertools.count(1)
"""People get a number, a name and an address that nobody of this process has had before."""


class Crowd:
    """People who register for the summit of a cast, so many at once, one in ten of them pressing twice."""

    def __init__(self, cast: Cast, port: int, *, at_once: int = 32, patience: float = 90.0) -> None:
        self.cast = cast
        self.port = port
        self.at_once = at_once
        self.patience = patience
        """Seconds in which a person tries again."""
        self.tally = Tally()
        self._open = threading.local()

    def register(self, people: int) -> Tally:
        """So many people register, whom nobody has seen before; returns when each has an answer or has given up."""
        with ThreadPoolExecutor(self.at_once) as pool:
            list(pool.map(lambda number: self.one(number, f"Person {number}"), (next(NUMBERS) for _ in range(people))))
        return self.tally

    @contextmanager
    def coming(self) -> Iterator[None]:
        """People go on to register meanwhile, so many at once; those who began are waited for."""
        over = threading.Event()

        def come() -> None:
            while not over.is_set():
                self.register(self.at_once)

        thread = threading.Thread(target=come)
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()

    def some(self, more: int) -> None:
        """Wait until so many more are told that they are registered. AssertionError when they are not in time."""
        wanted, until = len(self.tally.told) + more, time.monotonic() + 2 * self.patience
        while len(self.tally.told) < wanted:
            assert time.monotonic() < until, (len(self.tally.told), self.tally.answers)
            time.sleep(0.01)

    def one(self, number: int, name: str) -> None:
        """One person: a form that is open in a browser, filled in, sent, and sent again until it is answered."""
        until = time.monotonic() + self.patience
        browser, page = self._form(address(number), until)
        if page is None:
            self._give_up(f"{name}: no form")
            return
        own = online(self.cast, name, email=f"person-{number}@rome.example.org")
        fields = page | own | {"submit_key": secrets.token_urlsafe(16)}
        pressing = [lambda: self._press(browser, fields, name, until)]
        if number % 10 == 0:
            self.tally.twice += 1
            twin = browser.twin()
            pressing.append(lambda: self._press(twin, fields, name, until))
        threads = [threading.Thread(target=each) for each in pressing]
        for each in threads:
            each.start()
        for each in threads:
            each.join()

    def _form(self, comes_from: str, until: float) -> tuple[Browser, dict[str, str] | None]:
        """The form as this thread's browser opened it; each further person takes a key of their own."""
        if (there := getattr(self._open, "there", None)) is not None:
            browser = Browser(self.port, comes_from)
            browser.cookies = dict(there[0])
            return browser, dict(there[1])
        browser = Browser(self.port, comes_from)
        page = self._persist(lambda: browser.get("/summit/register"), until, "")
        if page is None or page.status != 200:
            return browser, None
        self._open.there = browser.cookies, hidden(page)
        return browser, hidden(page)

    def _press(self, browser: Browser, fields: dict[str, str], name: str, until: float) -> None:
        answer = self._persist(lambda: browser.post("/summit/register", fields), until, name)
        if answer is None:
            self._give_up(f"{name}: no answer")
        elif answer.status == 303:
            secret = answer.location.split("/")[2]
            with self.tally.lock:
                self.tally.told.append(Acknowledged(fields["submit_key"], secret))
                self.tally.seconds.append(answer.seconds)
                self.tally.done_at.append(time.monotonic())
        else:
            self._give_up(f"{name}: {answer.status} {answer.text[-3000:]}")

    def _persist(self, ask: Callable[[], Answer], until: float, name: str) -> Answer | None:
        """Ask until there is an answer that says more than "try again"; None when patience ends."""
        while time.monotonic() < until:
            try:
                answer = ask()
            except (OSError, HTTPException):
                with self.tally.lock:
                    self.tally.broken += 1
            else:
                with self.tally.lock:
                    self.tally.answers[answer.status] += 1
                    self.tally.longest = max(self.tally.longest, answer.seconds)
                    self.tally.lost_forms += (
                        bool(name) and answer.status != 303 and f'value="{name}"' not in answer.text
                    )
                if answer.status < 500:
                    return answer
            time.sleep(random.uniform(*PAUSE))
        return None

    def _give_up(self, said: str) -> None:
        with self.tally.lock:
            self.tally.gone.append(said)
