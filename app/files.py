"""Private uploads: kept outside of every public folder, known by their content and not by what they call themselves.

The octets are written to the instance folder before the row is, so a row never points at nothing; octets whose row was
never committed are swept away by the worker a day later.
"""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from flask import current_app
from flask_babel import gettext as _
from sqlalchemy import String, select
from sqlalchemy.orm import Mapped, mapped_column

from app import clock, jobs
from app.db import Model, db
from app.refused import Refused

KINDS = {
    b"%PDF-": ("application/pdf", "pdf"),
    b"\x89PNG\r\n\x1a\n": ("image/png", "png"),
    b"\xff\xd8\xff": ("image/jpeg", "jpg"),
}
"""First octets -> type and ending of the kinds that are taken."""
MEGABYTE = 1024 * 1024
ORPHANS = timedelta(days=1)


class File(Model):
    """A file that somebody entrusted to the organisers, in confidence."""

    __tablename__ = "files"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(64), unique=True)
    """The random name under which the octets lie in the instance folder."""
    name: Mapped[str] = mapped_column(String(200))
    """What the sender called it, for reading only."""
    mimetype: Mapped[str] = mapped_column(String(60))
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    stored_at: Mapped[datetime]
    stored_by: Mapped[str] = mapped_column(String(200))


@dataclass(frozen=True)
class Kept:
    """Octets that lie in the store and wait for their row."""

    key: str
    name: str
    mimetype: str
    size: int
    sha256: str


def keep(octets: bytes, name: str, *, megabytes: int, field: str | None = None) -> Kept:
    """Write the octets to the store; call it before the transaction. Refused on `field` for size and kind."""
    if not octets:
        raise Refused(_("The file is empty."), field)
    if len(octets) > megabytes * MEGABYTE:
        raise Refused(_("The file is larger than %(size)s MB.", size=megabytes), field)
    found = next((kind for first, kind in KINDS.items() if octets.startswith(first)), None)
    if found is None:
        raise Refused(_("Only PDF, JPG and PNG files are taken, whatever the name says."), field)
    key = f"{secrets.token_hex(16)}.{found[1]}"
    path = _path(key)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(octets)
        os.fsync(file.fileno())
    shown = "".join(each for each in Path(name).name if each.isprintable())[:200] or key
    return Kept(key, shown, found[0], len(octets), hashlib.sha256(octets).hexdigest())


def record(kept: Kept, *, who: str, now: datetime) -> File:
    """The row of octets that were kept, in the transaction of the act."""
    row = File(**vars(kept), stored_at=now, stored_by=who)
    db.session.add(row)
    db.session.flush()
    return row


def octets(row: File) -> bytes:
    """What was stored. Raises FileNotFoundError when the store lost it."""
    return _path(row.key).read_bytes()


def drop(keys: Collection[str]) -> None:
    """Delete octets at once whose rows are gone; call it after the transaction. Those that have a row stay."""
    known = set(db.session.execute(select(File.key).where(File.key.in_(keys))).scalars())
    for key in set(keys) - known:
        _path(key).unlink(missing_ok=True)


def sweep(now: datetime) -> int:
    """Delete octets that no row speaks of and that are older than a day; how many."""
    known = set(db.session.execute(select(File.key)).scalars())
    old = (now - ORPHANS).timestamp()
    stale = [path for path in _store().glob("*/*") if path.name not in known and path.stat().st_mtime < old]
    for path in stale:
        path.unlink(missing_ok=True)
    return len(stale)


def _store() -> Path:
    return Path(current_app.config["INSTANCE"]) / "uploads"


def _path(key: str) -> Path:
    return _store() / key[:2] / key


jobs.duties.append(jobs.Duty("uploads", lambda _stop: sweep(clock.now()), every=timedelta(hours=1)))
