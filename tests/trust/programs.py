"""Calendar programs in a process of their own, so that making requests holds up nobody else: `python -m
tests.trust.programs` reads orders as lines of JSON (tests/trust/calendars.py gives them) and answers each with a line.

Each program is a client with an address of its own, keeps what it was last told of its calendar (one in three the
ETag, one the date, one both) and says so when it asks again. They ask on lines that stay open, without a pause.
"""

from __future__ import annotations

import json
import re
import selectors
import sys
import time
from array import array
from collections import Counter
from collections.abc import Iterator
from typing import Any

from bench.load import Line, request

TAG = re.compile(rb"(?i)\r\netag: *([^\r]+)")
DATE = re.compile(rb"(?i)\r\nlast-modified: *([^\r]+)")
ENDS = re.compile(rb"(?i)\r\nconnection: *close")


class Program:
    """One client of a calendar."""

    def __init__(self, number: int, path: str) -> None:
        self.number, self.path = number, path
        self.from_where = {"X-Forwarded-For": f"10.{100 + (number >> 16)}.{number >> 8 & 255}.{number & 255}"}
        self.octets = self.bare = request(path, self.from_where)
        """What it asks next, and what it asked when it had nothing."""
        self.holds = 0
        """The version of its calendar that it was told last."""

    def keep(self, head: bytes, versions: dict[bytes, int]) -> None:
        """Take over what a whole answer says of itself."""
        tag, date = _said(TAG, head), _said(DATE, head)
        self.holds = versions.setdefault(tag, len(versions) + 1)
        said = dict(self.from_where)
        if self.number % 3 != 1:
            said["If-None-Match"] = tag.decode()
        if self.number % 3 != 0:
            said["If-Modified-Since"] = date.decode()
        self.octets = request(self.path, said)


class Caller:
    """A line on which some of the programs ask, one after the other."""

    def __init__(self, port: int, programs: list[Program]) -> None:
        self.port, self.programs = port, programs
        self.turn = self.left = 0
        """How many more are to ask; less than 0: all, again and again."""
        self.anew = False
        self.line: Line
        """The open one."""

    def begin(self, left: int, *, anew: bool) -> None:
        """Open a line, for a server ends one on which nothing was asked for long, and ask."""
        self.left, self.anew = left, anew
        self.line = Line(self.port, self._asking())
        self.line.ask()

    @property
    def one(self) -> Program:
        """Whose turn it is."""
        return self.programs[self.turn % len(self.programs)]

    def _asking(self) -> Iterator[bytes]:
        while True:
            yield self.one.bare if self.anew else self.one.octets

    def after(self) -> int:
        """It is the next one's turn; how many are left to ask."""
        self.turn += 1
        self.left -= self.left > 0
        return self.left


class Round:
    """What came of a time of asking."""

    def __init__(self, all_of_them: list[Program]) -> None:
        self.before = [each.holds for each in all_of_them]
        self.statuses: Counter[int] = Counter()
        self.repeated = 0
        """Whole answers with what was there already, though that had been said."""
        self.asked, self.who, self.holds = array("d"), array("L"), array("L")
        """Of each answer: when it was asked for, by whom, and which version they have since."""
        self.begun, self.used = time.perf_counter(), time.process_time()
        self.seconds = self.client = 0.0
        self.changed: float | None = None
        """When it was stored that every calendar is another; what was asked for later must be answered with it."""

    def over(self) -> None:
        self.seconds, self.client = time.perf_counter() - self.begun, time.process_time() - self.used

    def report(self) -> dict[str, Any]:
        """What to tell of it."""
        found: dict[str, Any] = {name: getattr(self, name) for name in ("statuses", "repeated", "seconds", "client")}
        if self.changed is not None:
            first: dict[int, float] = {}
            found["late"] = 0
            for asked, who, holds in zip(self.asked, self.who, self.holds, strict=True):
                if asked > self.changed:
                    found["late"] += holds == self.before[who]
                    first.setdefault(who, asked)
            found["unheard"] = len(self.before) - len(first)
            found["told"] = max(first.values(), default=self.changed) - self.changed
        return found


class Programs:
    def __init__(self, ports: list[int], paths: list[str], at_once: int) -> None:
        self.all = [Program(number, path) for number, path in enumerate(paths)]
        self.versions: dict[bytes, int] = {}
        self.callers = [Caller(ports[each % len(ports)], self.all[each::at_once]) for each in range(at_once)]
        self.waiting = selectors.DefaultSelector()
        self.waiting.register(sys.stdin, selectors.EVENT_READ)

    def once(self, *, anew: bool) -> Round:
        """Each asks once, `anew` as one that has nothing."""
        found = Round(self.all)
        for each in self.callers:
            self._open(each, len(each.programs), anew=anew)
        self._finish(found)
        return found

    def on(self, orders: Iterator[dict[str, Any]]) -> Round:
        """All ask again and again until the next order, and each once more after it."""
        found = Round(self.all)
        for each in self.callers:
            self._open(each, -1, anew=False)
        while not self._step(found):
            pass
        found.changed = next(orders)["changed"]
        for each in self.callers:
            each.left = len(each.programs) + 1  # and one that has asked before the order
        self._finish(found)
        return found

    def _open(self, caller: Caller, left: int, *, anew: bool) -> None:
        caller.begin(left, anew=anew)
        self.waiting.register(caller.line.socket, selectors.EVENT_READ, caller)

    def _finish(self, found: Round) -> None:
        while any(each.left for each in self.callers):
            self._step(found)
        found.over()

    def _step(self, found: Round) -> bool:
        """Take what has come; whether an order has."""
        ordered = False
        for key, _events in self.waiting.select():
            if key.data is None:
                ordered = True
            elif key.data.line.take():
                self._answered(key.data, found)
        return ordered

    def _answered(self, caller: Caller, found: Round) -> None:
        one, line = caller.one, caller.line
        found.statuses[line.status] += 1
        if line.status == 200:
            before = one.holds
            one.keep(line.said, self.versions)
            found.repeated += one.holds == before and not caller.anew
        found.asked.append(line.begun)
        found.who.append(one.number)
        found.holds.append(one.holds)
        left, anew = caller.after(), caller.anew
        if left and not ENDS.search(line.said):
            line.ask()
            return
        self.waiting.unregister(line.socket)
        line.socket.close()
        if left:  # the server ends the line, as proxies do after a thousand answers
            self._open(caller, left, anew=anew)


def _said(what: re.Pattern[bytes], head: bytes) -> bytes:
    found = what.search(head)
    assert found is not None, head
    return found[1]


def main() -> None:
    orders = (json.loads(line) for line in iter(sys.stdin.readline, ""))
    programs = Programs(**next(orders))
    for order in orders:
        found = programs.on(orders) if order["do"] == "on" else programs.once(anew=order["do"] == "anew")
        sys.stdout.write(json.dumps(found.report()) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
