"""What is wrong with an installation, and what to do about it."""

from __future__ import annotations

import smtplib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import func, select, text
from sqlalchemy.exc import SQLAlchemyError

from app import clock
from app.care import backup, beat, disk, fitness, revisions
from app.care.mail import Mail
from app.db import db
from app.outbox.models import WAITING, Message

OFF = timedelta(seconds=5)
"""By which clocks may differ."""
STALE = timedelta(hours=48)
"""After which a backup is missed."""
LATE = timedelta(minutes=10)
"""For how long a letter may be due while a worker is at work."""
ROOMY = 2 * 1024**3
"""Octets of free disk below which somebody should look; what videos leave alone is as much (docs/operations.md)."""
TIGHT = ("", "-wal", "-shm", ".lock")
"""Endings of the files of a SQLite database."""


class Level(StrEnum):
    OK = "ok"
    WARNING = "warning"
    FAULT = "fault"


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at."""

    level: Level
    what: str
    said: str
    """What was found and, unless it is well, what to do."""

    def __str__(self) -> str:
        return f"{self.level:8} {self.what}: {self.said}"


@dataclass(frozen=True)
class House:
    """What is looked at, and through what: settings, the clock of this machine, the mail server and the DNS."""

    settings: dict[str, Any]
    now: Callable[[], datetime]
    mail: Mail

    @property
    def instance(self) -> Path:
        return Path(self.settings["INSTANCE"])

    @property
    def public(self) -> bool:
        return bool(self.settings["BASE_URL"].startswith("https://"))


def examine(house: House) -> Iterator[Finding]:
    """Look at everything; needs the application's context. Nothing raises: what cannot be looked at is a fault."""
    for look in (_base, _key, _files, _pages, _database, _clock, _disk, _worker, _letters, _backup, _mail, _records):
        name = look.__name__.removeprefix("_")
        try:
            yield from look(house)
        except (SQLAlchemyError, OSError, smtplib.SMTPException) as fault:
            yield Finding(Level.FAULT, name, f"It could not be looked at ({type(fault).__name__}). Mend it first.")
        db.session.rollback()


def _ok(what: str, said: str) -> Finding:
    return Finding(Level.OK, what, said)


def _warn(what: str, said: str) -> Finding:
    return Finding(Level.WARNING, what, said)


def _fault(what: str, said: str) -> Finding:
    return Finding(Level.FAULT, what, said)


def _base(house: House) -> Iterator[Finding]:
    url, proxies = house.settings["BASE_URL"], house.settings["TRUSTED_PROXY_COUNT"]
    if not house.public:
        local = urlsplit(url).hostname in {"127.0.0.1", "localhost", "::1"}
        level = _warn if local else _fault
        yield level("base url", f"{url} is not https: right to try things out; set PLENARY_BASE_URL for the public.")
    elif not proxies:
        yield _warn("base url", f"{url}, and PLENARY_TRUSTED_PROXY_COUNT is 0: with a proxy in front set it to 1.")
    else:
        yield _ok("base url", f"{url}, behind {proxies} proxies of yours")


def _key(house: House) -> Iterator[Finding]:
    if wrong := fitness.weak_key(house.settings["SECRET_KEY"]):
        yield from (_fault("key", each) for each in wrong)
    else:
        yield _ok("key", "long enough, and no sample")


def _files(house: House) -> Iterator[Finding]:
    files = [house.instance / "secret.key", house.instance / "plenary.toml"]
    if (database := fitness.database_file(house.settings)) is not None:
        files += [database.with_name(database.name + end) for end in TIGHT]
    loose = [each for each in (house.instance, *files) if fitness.open_to_others(each)]
    for path in loose:
        yield _fault("files", f"{path} can be read by others than its owner. Say: chmod go= {path}")
    if not loose:
        yield _ok("files", f"{house.instance} is its owner's alone")


def _pages(_house: House) -> Iterator[Finding]:
    wrong = [_fault("pages", each) for each in fitness.unfetched()]
    yield from wrong or [_ok("pages", "what they stand on is there")]


def _database(house: House) -> Iterator[Finding]:
    kind = db.engine.dialect.name
    if missing := revisions.pending(db.engine):
        told = ", ".join(missing)
        yield _fault("database", f"{kind}: migrations are pending ({told}). Run `db upgrade` (docs/operations.md)")
        return
    yield _ok("database", f"{kind}, at revision {revisions.known()[-1]} or later")
    if kind == "sqlite" and (found := db.session.execute(text("PRAGMA quick_check(1)")).scalar_one()) != "ok":
        yield _fault("database", f"The file is malformed ({found}). Restore the last backup into an empty instance.")


def _clock(house: House) -> Iterator[Finding]:
    others: list[tuple[str, datetime]] = []
    if db.engine.dialect.name != "sqlite":
        others.append(("the database", db.session.execute(select(func.clock_timestamp())).scalar_one()))
    if (said := house.mail.clock()) is not None:
        others.append(("what answers over the web", said))
    for name, theirs in others:
        if (apart := abs(house.now() - theirs)) > OFF:
            told = f"{apart.total_seconds():.0f} s apart from {name}"
            yield _fault("clock", f"{told}. Let both follow NTP: timedatectl set-ntp true")
        else:
            yield _ok("clock", f"as that of {name}")
    if not others:
        yield _ok("clock", f"{house.now():%Y-%m-%d %H:%M:%S} UTC; SQLite has no other")


def _disk(house: House) -> Iterator[Finding]:
    left = disk.free(house.instance)
    if fault := disk.writable(house.instance):
        yield _fault("disk", f"{house.instance} takes nothing: {fault}. Make room, or see who owns it.")
    elif left < disk.LEAST:
        yield _fault("disk", f"{left >> 20} MB are free. Make room: a full disk stores nothing.")
    elif left < ROOMY:
        yield _warn("disk", f"{left >> 20} MB are free. Make room before videos come.")
    else:
        yield _ok("disk", f"{left >> 30} GB are free")


def _worker(house: House) -> Iterator[Finding]:
    seen = beat.last(house.instance)
    if seen is None:
        yield _warn("worker", "None has worked on this machine. Start one by `worker`")
    elif (silent := house.now() - seen) > beat.SILENT:
        minutes = int(silent.total_seconds() // 60)
        yield _fault("worker", f"Silent for {minutes} minutes: letters do not leave. Start it again, and read its log.")
    else:
        yield _ok("worker", "at work")


def _letters(house: House) -> Iterator[Finding]:
    waits = Message.state.in_(WAITING) & (Message.due_at <= house.now() - LATE)
    late = db.session.execute(select(func.count()).select_from(Message).where(waits)).scalar_one()
    if late:
        yield _warn("letters", f"{late} could have gone ten minutes ago. The page Letters says what holds them up.")
    else:
        yield _ok("letters", "none is late")


def _backup(house: House) -> Iterator[Finding]:
    made = backup.last(house.instance)
    if made is None:
        yield _warn("backup", "None was made here yet. Say `backup FILE`, and let a timer do so daily.")
    elif (age := house.now() - made) > STALE:
        yield _warn("backup", f"The last one is {age.days} days old. See why the timer makes none.")
    else:
        yield _ok("backup", f"made {made:%Y-%m-%d %H:%M} UTC")


def _mail(house: House) -> Iterator[Finding]:
    server = house.settings["MAIL_SERVER"]
    if not server:
        level = _fault if house.public else _warn
        yield level("mail", "Letters are written to mail/*.eml and reach nobody. Set PLENARY_MAIL_SERVER.")
    elif fault := house.mail.greets():
        yield _fault("mail", f"{server}: {fault}. See PLENARY_MAIL_SERVER, _PORT, _USERNAME, _PASSWORD and _USE_TLS.")
    else:
        yield _ok("mail", f"{server} takes our letters' sign-in")


def _records(house: House) -> Iterator[Finding]:
    """What receivers ask the DNS about the domain that letters come from."""
    if not house.settings["MAIL_SERVER"]:
        return
    for name, found, wanted in house.mail.records():
        if found:
            yield _ok(name, found)
        else:
            yield _warn(name, wanted)


def house_of(settings: dict[str, Any], mail: Mail) -> House:
    return House(settings, clock.now, mail)
