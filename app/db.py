"""The database: the base of all models, instants, and the one way to write.

Whoever changes rows does it inside `write(act)`: one short transaction that begins as a writer (BEGIN IMMEDIATE on
SQLite, READ COMMITTED with time-outs on PostgreSQL), is tried again on passing faults, and commits once at its end.
"""

from __future__ import annotations

import fcntl
import itertools
import os
import random
import sqlite3
import time
from collections.abc import Callable, Hashable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any, TypeVar, cast

import psycopg
from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from psycopg.pq import TransactionStatus
from sqlalchemy import (
    ColumnElement,
    CursorResult,
    DateTime,
    Dialect,
    Engine,
    Enum,
    ExceptionContext,
    Executable,
    MetaData,
    Select,
    Update,
    event,
    func,
    literal,
    make_url,
    select,
)
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import DeclarativeBase, Session, registry
from sqlalchemy.types import TypeDecorator

from app import clock
from app.cursors import Cursor

Done = TypeVar("Done")


class Instant(TypeDecorator[datetime]):
    """An instant: aware on the way in, kept in UTC, aware in UTC on the way out, on both databases."""

    impl = DateTime
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> Any:
        return dialect.type_descriptor(DateTime(timezone=dialect.name == "postgresql"))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value} has no time zone; an instant must be aware")
        value = value.astimezone(UTC)
        return value if dialect.name == "postgresql" else value.replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)


class Base(DeclarativeBase):
    registry = registry(
        type_annotation_map={datetime: Instant},
        metadata=MetaData(
            naming_convention={
                "ix": "ix_%(table_name)s_%(column_0_N_name)s",
                "uq": "uq_%(table_name)s_%(column_0_N_name)s",
                "ck": "ck_%(table_name)s_%(constraint_name)s",
                "fk": "fk_%(table_name)s_%(column_0_N_name)s",
                "pk": "pk_%(table_name)s",
            }
        ),
    )


db = SQLAlchemy(model_class=Base, session_options={"expire_on_commit": False})
if TYPE_CHECKING:
    Model = Base
else:
    Model = db.Model


def choice(kind: type[StrEnum], name: str) -> Enum:
    """A column type that holds one of `kind`, as its value, with a CHECK called `name`."""
    return Enum(
        kind,
        name=name,
        native_enum=False,
        create_constraint=True,
        length=32,
        values_callable=lambda each: [member.value for member in each],
    )


class Busy(Exception):
    """The database could not take the change now, though tried several times. Nothing was changed; try again."""


PASSING_SQLSTATES = {"40001", "40P01", "55P03", "57P01", "57P02", "57P03", "57014", "08003", "08006", "53100"}
PATIENCE = 6.0
"""Seconds in which a change must begin to be stored; after them, whoever waits is told to try again."""
BRIEFLY = 0.5
"""The same while nothing at all is stored and somebody was told so: with few threads, a crowd would otherwise wait as
many times as long as it stands deep."""
QUIET = 1.0
"""Seconds without anything stored, after which it is not a crowd before one row that makes people wait."""
_writing: ContextVar[bool] = ContextVar("writing", default=False)


class _Fortune:
    """How this process fared with its last changes, in seconds of the monotonic clock."""

    def __init__(self) -> None:
        self.stored = self.refused = -3600.0

    def patience(self, wished: float) -> float:
        """How long to wait now: as wished, unless somebody has just waited in vain while nothing was stored."""
        stuck = self.refused - self.stored > QUIET and time.monotonic() - self.refused < PATIENCE
        return min(wished, BRIEFLY) if stuck else wished


_fortune = _Fortune()


def write(act: Callable[[], Done], patience: float = PATIENCE) -> Done:
    """Run `act` as one transaction and commit it; its result is returned.

    `act` does the whole unit of work and holds no commit, rendering, mail, hashing or network. It may be run again
    from the start, so it must read what it decides on. Raises `Busy` when passing faults do not pass within
    `patience` seconds, or sooner when somebody else has just waited so long in vain.
    """
    if _writing.get():
        raise RuntimeError("write() inside write(): the inner one would commit half of the outer one's work")
    session = db.session
    if session.new or session.dirty or session.deleted:
        raise RuntimeError("rows were changed outside write(); they would be lost")
    token = _writing.set(True)
    deadline = time.monotonic() + _fortune.patience(patience)
    try:
        for attempt in itertools.count():
            session.rollback()
            session.expire_all()  # forget what was read before: `act` never decides on stale rows
            session.info.pop(READ, None)
            try:
                with _turn(deadline):
                    session.info[HELD] = session.connection(execution_options={"write": True})
                    done = act()
                    session.commit()
                    _fortune.stored = time.monotonic()
                    return done
            except (DBAPIError, sqlite3.OperationalError) as fault:
                if not passing(fault):
                    raise
                session.rollback()
                if time.monotonic() > deadline:
                    raise Busy("The database is busy.") from fault
                time.sleep(random.uniform(0, min(0.03 * 2**attempt, 0.25)))  # noqa: S311 (spreads tries, guards nothing)
        raise AssertionError("unreachable: the loop ends by returning or raising")
    except BaseException as fault:
        if isinstance(fault, Busy) and patience > BRIEFLY:  # else nobody waits for it, and nobody is told
            _fortune.refused = time.monotonic()
        session.rollback()
        raise
    finally:
        _writing.reset(token)
        session.info.pop(HELD, None)
        session.info.pop(READ, None)  # a page that is drawn now shows what stands now


def writing() -> bool:
    """Whether this is inside of `write`."""
    return _writing.get()


READ, HELD, BEGAN = "read once", "connection of this write", "when its transaction began"


def once(key: Hashable, ask: Callable[[], Done]) -> Done:
    """What `ask` reads from the database, asked a single time for a page until something is written.

    For views whose frame, form and body each look at the same rows; inside `write` ask anew.
    """
    known: dict[Hashable, Done] = db.session.info.setdefault(READ, {})
    if key not in known:
        known[key] = ask()
    return known[key]


def passing(fault: Exception) -> bool:
    """Whether the fault is of the kind that goes away by itself: a lock, a deadlock, a lost connection, a full disk."""
    if isinstance(fault, DBAPIError):
        if fault.connection_invalidated:
            return True
        fault = cast(Exception, fault.orig)
    if isinstance(fault, psycopg.OperationalError) and fault.sqlstate is None:
        return True  # no server said it: the line broke, or there was none to be had
    if getattr(fault, "sqlstate", None) in PASSING_SQLSTATES:
        return True
    code = getattr(fault, "sqlite_errorcode", None)
    return code is not None and code & 0xFF in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_FULL}


def claim(update: Update, values: Mapping[str, object] | None = None) -> bool:
    """Carry out one conditional UPDATE and tell whether it took a row: the way to take the last seat.

    `values`: what stands in its blanks, where it has any.
    """
    result = db.session.execute(update, values, execution_options={"synchronize_session": False})
    return cast(CursorResult[Any], result).rowcount == 1


def now() -> datetime:
    """The database's own clock: for leases, expiry and deadlines, so that one machine's wrong clock harms nobody.

    A change is of one moment: within `write` it is the one at which it began, or began again. SQLite runs within this
    process and has no other clock than ours.
    """
    if (held := db.session.info.get(HELD)) is not None:
        return cast(datetime, held.info[BEGAN])
    return clock.now() if db.engine.dialect.name == "sqlite" else cast(datetime, directly(TELLING).scalar_one())


TELLING = select(func.clock_timestamp(type_=Instant()))


def present() -> ColumnElement[datetime]:
    """What `now` says, as a part of a query that is asked anyway."""
    if db.engine.dialect.name == "sqlite":
        return literal(clock.now(), Instant())
    return func.clock_timestamp(type_=Instant())


def glance(query: Select[*tuple[Any, ...]], **values: object) -> tuple[Any, ...] | None:
    """The one row of a query that programs ask all day long, or None.

    By the engine alone, in half the time that a session takes. It sees what is committed, and nothing of what its
    caller has begun to write.
    """
    with db.engine.connect() as connection:
        return cast("tuple[Any, ...] | None", connection.execute(query, values).one_or_none())


def directly(statement: Executable, **values: object) -> CursorResult[Any]:
    """Carry out a statement of columns within the session's transaction, if there is one, by its connection alone.

    In half the time that the session takes, which is not asked: it flushes nothing before, so that the statement sees
    what is stored by then, and knows nothing of what the statement stores.
    """
    session = db.session()
    # A savepoint begins when the session is asked for its connection.
    held = None if session.in_nested_transaction() else session.info.get(HELD)
    connection: Connection = held or session.connection()
    return connection.execute(statement, values)


def address(url: str) -> str:
    """The SQLAlchemy form of a database URL as people write it: PostgreSQL is spoken to by psycopg 3."""
    parsed = make_url(url)
    if parsed.drivername in {"postgresql", "postgres"}:
        parsed = parsed.set(drivername="postgresql+psycopg")
    return parsed.render_as_string(hide_password=False)


@contextmanager
def _turn(deadline: float) -> Iterator[None]:
    """On SQLite, queue for a lock of ours before the write lock: SQLite's own growing pauses let some starve."""
    url = db.engine.url
    if url.get_backend_name() != "sqlite" or not url.database or url.database == ":memory:":
        yield
        return
    queue = os.open(f"{url.database}.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        _wait(queue, deadline)
        yield
    finally:
        os.close(queue)


def _wait(queue: int, deadline: float) -> None:
    """Wait for one's turn. Raises Busy when whoever has it does not end in time."""
    while True:
        try:
            fcntl.flock(queue, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as fault:
            if time.monotonic() > deadline:
                raise Busy("Another process holds the database.") from fault
            time.sleep(0.002)
        else:
            return


def init_app(app: Flask) -> None:
    db.init_app(app)
    with app.app_context():
        _keep_private(db.engine)
        prepare(db.engine)


def prepare(engine: Engine) -> None:
    """Set an engine up for `write`: once per engine, right after it is made."""
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _connect_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    else:
        event.listen(engine, "connect", _connect_postgresql)
        event.listen(engine, "begin", _begin_postgresql)
        event.listen(engine, "handle_error", _let_go)


def _keep_private(engine: Engine) -> None:
    """Make a SQLite file readable by its owner alone; what SQLite puts beside it inherits that."""
    if engine.dialect.name == "sqlite" and (path := engine.url.database) and path != ":memory:":
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))


def _connect_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # the driver must not guess when to begin
    for pragma in ("busy_timeout=1500", "journal_mode=WAL", "foreign_keys=ON", "secure_delete=ON", "synchronous=FULL"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    if connection.get_execution_options().get("write"):
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        connection.info[BEGAN] = clock.now()
    else:
        cast(Any, connection.connection.driver_connection).execute("BEGIN")  # waits for nobody, so it cannot fail


def _connect_postgresql(connection: psycopg.Connection[Any], _record: Any) -> None:
    connection.autocommit = True  # the driver must not guess when to begin, nor ask for it in an exchange of its own
    connection.cursor_factory = Cursor


def _let_go(context: ExceptionContext) -> None:
    """Give up a line whose prepared statements a migration has outdated: it refuses them for as long as it lasts.

    They last as long, since readers end no transaction with which they would be cleared away.
    """
    fault = context.original_exception
    if isinstance(fault, psycopg.errors.FeatureNotSupported) and fault.diag.source_function == "RevalidateCachedQuery":
        context.is_disconnect, context.invalidate_pool_on_disconnect = True, False


BEGINNING = "BEGIN; SET LOCAL lock_timeout = '3s'; SET LOCAL statement_timeout = '8s'; SELECT clock_timestamp()"


def _begin_postgresql(connection: Connection) -> None:
    """Whoever writes begins, says for how long it waits, and asks for the time in one exchange.

    Who only reads needs no transaction: each statement sees what is committed, within one too (READ COMMITTED).

    A row that they lock is free again at once: whoever wants to hold one does it inside `write`.
    """
    options = connection.get_execution_options()
    if options.get("write"):
        connection.info[BEGAN] = connection.exec_driver_sql(BEGINNING).scalar_one().astimezone(UTC)
    elif options.get("snapshot"):
        connection.exec_driver_sql("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")


@event.listens_for(Session, "before_flush")
def _upgrade(session: Session, _context: Any, _instances: Any) -> None:
    """Code that is not ours and commits by itself must begin as a writer too, or SQLite fails it at once and PostgreSQL
    stores each statement alone."""
    connection = session.connection()
    if connection.get_execution_options().get("write"):
        return
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("ROLLBACK")
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    elif cast(Any, connection.connection.driver_connection).info.transaction_status == TransactionStatus.IDLE:
        connection.exec_driver_sql("BEGIN")
