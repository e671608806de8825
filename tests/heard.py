"""Which tests PostgreSQL is asked to run: of all that a database concerns, those that together send every statement.

The run on SQLite notes what each test sends: each statement with the door it is sent from, whether it locks, the kinds
of its values, and how many rows it changed, as far as the driver knows, or which fault came of it; and each answer by
door and status. The run on PostgreSQL then takes tests that together send all of this, in as few seconds as can quickly
be found. So it finds what PostgreSQL refuses; what it answers otherwise is judged by the tests that are taken, and by
all of them in `make trust`.

Always taken are tests whose statements come from several threads or that start processes, hostile words and doors that
are tried, the proofs of tests/trust/faults, the ground (files that lie in tests itself), and what was not heard at all.
"""

from __future__ import annotations

import json
import os
import re
import sys
import time
from collections import Counter
from collections.abc import Generator
from functools import cache
from hashlib import blake2b
from heapq import heapify, heappop, heapreplace
from pathlib import Path
from threading import get_ident
from typing import Any

import pytest
from flask import Flask, Response, has_request_context, request
from flask.signals import request_finished
from sqlalchemy import event
from sqlalchemy.engine import Engine, ExceptionContext

ALWAYS = re.compile(r"tests/(trust/faults/|test_|\S*test_hostile|\S*test_guard)")
STARTS = {"subprocess.Popen", "os.fork", "os.posix_spawn"}
"""What Python tells an auditor when another process is started."""
ODD = re.compile("[\0\ud800-\udfff]")
"""Characters that PostgreSQL takes nowhere."""
NARROW, WIDE = 2**31, 2**63
"""Numbers that its columns of 4 and of 8 octets no longer hold."""


class Hearing:
    """Listens to each test of this process, and writes into a file of its own in `folder` how long each took, in
    seconds, and marks of what it sent."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / f"{os.environ.get('PYTEST_XDIST_WORKER', 'alone')}.json"
        self.now: set[str] = set()
        self.threads: set[int] = set()
        self.processes = 0
        self.heard: dict[str, tuple[float, list[str]]] = {}
        event.listen(Engine, "after_cursor_execute", self._sent)
        event.listen(Engine, "handle_error", self._refused)
        request_finished.connect(self._answered)
        sys.addaudithook(self._audit)

    def _sent(
        self, _connection: object, cursor: Any, statement: str, values: Any, context: Any, _many: object = None
    ) -> None:
        self._note(statement, values, context, str(min(cursor.rowcount, 2)))
        self.threads.add(get_ident())

    def _refused(self, told: ExceptionContext) -> None:
        self._note(str(told.statement), told.parameters, told.execution_context, type(told.original_exception).__name__)

    def _note(self, statement: str, values: Any, context: Any, became: str) -> None:
        self.now.add(mark(door(), statement, lock(context), *kinds(values), became))

    def _answered(self, _app: Flask, response: Response) -> None:
        self.now.add(mark(door(), response.status))

    def _audit(self, what: str, _facts: object) -> None:
        if what in STARTS:
            self.processes += 1

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, object, object]:
        self.now, self.threads, self.processes, begun = set(), set(), 0, time.perf_counter()
        done = yield
        if len(self.threads) > 1 or self.processes:
            self.now.add(item.nodeid)  # a mark that no other test has
        self.heard[item.nodeid] = time.perf_counter() - begun, sorted(self.now)
        return done

    def pytest_sessionfinish(self) -> None:
        event.remove(Engine, "after_cursor_execute", self._sent)
        event.remove(Engine, "handle_error", self._refused)
        request_finished.disconnect(self._answered)
        self.file.write_text(json.dumps(self.heard), encoding="utf-8")


@cache
def mark(*told: str) -> str:
    return blake2b("|".join(told).encode(), digest_size=8).hexdigest()


def door() -> str:
    """The address and method of the request that is being answered; "" outside of any."""
    return f"{request.method} {request.url_rule}" if has_request_context() else ""


def lock(context: Any) -> str:
    """How a question locks the rows that it reads, which SQLite has no words for."""
    asked = getattr(getattr(context, "invoked_statement", None), "_for_update_arg", None)
    if asked is None:
        return ""
    return f"{asked.read} {asked.key_share} {asked.nowait} {asked.skip_locked} {[str(each) for each in asked.of or ()]}"


def kinds(values: Any) -> list[str]:
    """What each value of a statement is, or of its rows."""
    rows = values if isinstance(values, list) else [values or ()]
    return sorted({" ".join(kind(each) for each in row) for row in rows})


def kind(value: object) -> str:
    """Its type, and whether it is one that SQLite takes and PostgreSQL may not."""
    name = type(value).__name__
    if isinstance(value, str) and ODD.search(value):
        return f"odd {name}"
    if isinstance(value, int) and not -NARROW <= value < NARROW:
        return f"wide {name}" if -WIDE <= value < WIDE else f"huge {name}"
    return name


def needed(names: list[str], folder: Path) -> set[str]:
    """Of the tests of these names those to run, by what was heard of them in `folder`. The same whoever asks."""
    heard: dict[str, tuple[float, list[str]]] = {}
    for file in sorted(folder.glob("*.json")):
        heard |= json.loads(file.read_text(encoding="utf-8"))
    said = {name: frozenset(heard[name][1]) if name in heard else frozenset() for name in names}
    senders = Counter(each for told in said.values() for each in told)
    alone = {each for each, many in senders.items() if many == 1}
    found = {name for name in names if ALWAYS.match(name) or not said[name] or said[name] & alone}
    sent = frozenset[str]().union(*(said[name] for name in found))
    # What a test adds only falls while others are taken, so it is counted anew only for the one that comes first.
    waiting = [(-len(said[name]) / heard[name][0], name) for name in names if name not in found]
    heapify(waiting)
    while waiting:
        was, name = waiting[0]
        adds = -len(said[name] - sent) / heard[name][0]
        if not adds:
            heappop(waiting)
        elif adds > was:
            heapreplace(waiting, (adds, name))
        else:
            found.add(heappop(waiting)[1])
            sent |= said[name]
    return found
