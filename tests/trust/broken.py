"""Guards taken away, in a process of tests alone: each as the code would be that one finds in other products.

A proof is worth something only if it fails when the guard it is about is gone.
"""

from __future__ import annotations

import json
import os
import random
import sys
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from contextvars import ContextVar
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any, cast

from sqlalchemy import Connection, Engine, NullPool, Table, Update, create_engine, event, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm.attributes import set_committed_value

from app import db as database
from app.agenda import acts
from app.agenda import service as agenda
from app.db import db
from app.outbox import letter
from app.outbox.letter import Letter
from app.registration import service
from app.schedule import arranging
from app.visits import editing, signing
from app.visits.models import Visit
from app.web import kept, new_key


def everywhere(old: object, new: object, put: Callable[[Any, str, object], None] = setattr) -> None:
    """Put `new` in the place of `old` under whatever name any of our modules knows it; a test that goes on without it
    gives monkeypatch.setattr as `put`."""
    for name, module in list(sys.modules.items()):
        if name == "app" or name.startswith("app."):
            for word, held in list(vars(module).items()):
                if held is old:
                    put(module, word, new)


TOLD = "SERVED_BY_TESTS"
"""The environment variable in which a served application finds what it is told."""
_seen: ContextVar[dict[tuple[str, int], int] | None] = ContextVar("seen", default=None)
"""What was read of each count before the transaction began: (table, id) -> taken."""


def capacity_guard() -> None:
    """Places are read first and written later, in another transaction, and nobody looks again: whoever saw a free place
    takes it."""
    write, claim = database.write, database.claim

    def read_then_write(act: Callable[[], Any], *more: Any, **named: Any) -> Any:
        seen = {(each.name, key): taken for each in _counted() for key, taken in db.session.execute(_counts(each))}
        db.session.rollback()
        time.sleep(random.uniform(0.05, 0.15))  # as long as a page takes to render
        token = _seen.set(seen)
        try:
            return write(act, *more, **named)
        finally:
            _seen.reset(token)

    def unconditional(update: Update, values: Mapping[str, object] | None = None) -> bool:
        """The condition is asked of what was read before, and the number written is that number and one."""
        seen = _seen.get()
        if seen is None or not _takes(update):
            return claim(update, values)
        table = db.metadata.tables[cast(Table, update.table).name]
        own = [part for part in update._where_criteria if "taken" not in str(part)]
        key = db.session.execute(select(table.c.id).where(*own), values).scalars().first()
        if key is None:
            return False
        there = db.session.execute(select(table).where(table.c.id == key)).one()
        before = seen.get((table.name, key), there.taken)
        seats = None if there.seats is None else there.seats + (there.granted if "granted" in table.c else 0)
        if seats is not None and before >= seats:
            return False
        return claim(table.update().where(table.c.id == key).values(taken=before + 1))

    everywhere(write, read_then_write)
    everywhere(claim, unconditional)
    turn = signing._turn

    def free_as_seen(visit: Any, party: Any) -> Any:
        seen = (_seen.get() or {}).get(("visits", visit.id))
        set_committed_value(visit, "taken", visit.taken if seen is None else seen)
        found = turn(visit, party)
        db.session.expire(visit, ["taken"])
        return found

    signing._turn = free_as_seen


def _counted() -> list[Table]:
    return [db.metadata.tables[name] for name in ("places", "quotas", "visits")]


def _counts(table: Table) -> Any:
    return select(table.c.id, table.c.taken)


def _takes(update: Update) -> bool:
    """Whether the statement raises the number of what is taken."""
    return any(" + " in str(value) for name, value in _values(update) if name == "taken")


def _values(update: Update) -> Any:
    return ((getattr(each, "name", str(each)), value) for each, value in (update._values or {}).items())


def idempotency() -> None:
    """The key of a form is ignored, so each press is a form of its own."""
    register = service.register

    def careless(event: Any, application: service.Application, now: datetime) -> Any:
        return register(event, replace(application, submit_key=new_key()), now)

    service.register = careless


def outbox_tx() -> None:
    """Letters are posted in a second transaction, once the first is stored."""
    write, post_all = database.write, letter.post_all
    later: ContextVar[list[tuple[list[Letter], datetime]] | None] = ContextVar("later", default=None)

    def in_two(act: Callable[[], Any], *more: Any, **named: Any) -> Any:
        def anew() -> Any:
            waiting.clear()
            return act()

        waiting: list[tuple[list[Letter], datetime]] = []
        token = later.set(waiting)
        try:
            done = write(anew, *more, **named)
        finally:
            later.reset(token)
        if waiting:
            time.sleep(random.uniform(0.01, 0.05))
            write(lambda: [post_all(letters, now) for letters, now in waiting])
        return done

    def remember(letters: Any, now: datetime) -> None:
        waiting = later.get()
        if waiting is None:
            post_all(letters, now)
        else:
            waiting.append((list(letters), now))

    everywhere(write, in_two)
    everywhere(post_all, remember)


def version_check() -> None:
    """Whatever version was looked at, it counts as the present one: the last who saves wins in silence."""
    change, place, change_visit = agenda.change, arranging.place, editing.change

    def change_blindly(event: Any, code: str, details: Any, version: int, **named: Any) -> Any:
        return change(event, code, details, _session_version(event, code), **named)

    def place_blindly(event: Any, code: str, version: int, target: Any, **named: Any) -> Any:
        return place(event, code, _session_version(event, code), target, **named)

    def change_visit_blindly(visit_id: int, facts: Any, version: int, **named: Any) -> Any:
        present = db.session.execute(select(Visit.version).where(Visit.id == visit_id)).scalar_one()
        return change_visit(visit_id, facts, present, **named)

    agenda.change, arranging.place = change_blindly, place_blindly
    editing.change = change_visit_blindly
    service.seen = lambda delegate, version: None


def _session_version(event: Any, code: str) -> int:
    acts.hold(event.id)
    found = acts.rows(event.id, {code}).get(code)
    return found[0].version if found else 0


def disk() -> None:
    """While a file "full" lies in the folder of this server, no file of SQLite may grow, as on a disk without room."""
    flag = Path(json.loads(os.environ[TOLD])["folder"], "full")

    def begin(connection: Any) -> None:
        pages = 1 if flag.exists() else 1 << 30  # of fewer than there are SQLite makes as many as there are
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")

    event.listen(Engine, "begin", begin)


def marks() -> None:
    """What a process keeps stands for ever: nobody asks the database whether it is still so."""
    kept.Shelf.mark_of = lambda self, path: "for ever"  # type: ignore[method-assign]


def lost_lines() -> None:
    """A line to the database that broke, a lock that another process holds and a full disk are faults like any other:
    nothing is tried again, and nobody is told so."""
    everywhere(database.passing, lambda fault: False)


def answers_first() -> None:
    """The answer leaves before what it tells of is stored, which is done a moment later beside it."""

    def later() -> None:
        session = db.session()
        session.flush()
        db.session.registry.clear()  # whoever asked goes on with a session of their own

        def store() -> None:
            time.sleep(random.uniform(0.05, 0.15))
            with suppress(SQLAlchemyError):  # there is nobody left to be told
                session.commit()
            session.close()

        threading.Thread(target=store).start()

    db.session.commit = later  # type: ignore[method-assign]


def answers_anew() -> None:
    """Every poll of a calendar gets all of it, made for this one alone."""
    everywhere(kept.has_it, lambda environ, etag, modified: False)
    kept.Shelf.find = lambda self, environ: None  # type: ignore[method-assign]


LEFT_OPEN = 10
"""How many reads each process never ends."""


def reads_left_open() -> None:
    """A request begins to read and never says that it is done: its connection, its files and its view of the rows
    stay."""
    url = json.loads(os.environ[TOLD])["settings"]["DATABASE_URL"]
    engine = create_engine(database.address(url), poolclass=NullPool)

    def left() -> Connection:
        line = engine.connect()
        line.exec_driver_sql("BEGIN")
        line.exec_driver_sql("SELECT count(*) FROM delegates")
        return line

    _leaks(left, LEFT_OPEN)


def memory_kept() -> None:
    """What a request was given stays for ever, a megabyte each."""
    _leaks(lambda: b"x" * 2**20, 200)


def files_left_open() -> None:
    """A request opens a file and never closes it."""
    _leaks(lambda: os.open(os.devnull, os.O_RDONLY), 500)


def _leaks(left: Callable[[], object], most: int) -> None:
    """While a file "leaks" lies in the folder of this server, each request for a page that is kept leaves something
    behind, until a process holds `most` of them."""
    held: list[object] = []
    flag, find = Path(json.loads(os.environ[TOLD])["folder"], "leaks"), kept.Shelf.find

    def begin(shelf: kept.Shelf, environ: Any) -> Any:
        if len(held) < most and flag.exists():
            held.append(left())
        return find(shelf, environ)

    kept.Shelf.find = begin  # type: ignore[method-assign,assignment]


BREAKS: dict[str, Callable[[], None]] = {
    "capacity": capacity_guard,
    "idempotency": idempotency,
    "outbox_tx": outbox_tx,
    "version_check": version_check,
    "disk": disk,
    "marks": marks,
    "lost_lines": lost_lines,
    "answers_anew": answers_anew,
    "answers_first": answers_first,
    "reads_left_open": reads_left_open,
    "memory_kept": memory_kept,
    "files_left_open": files_left_open,
}
