"""A copy of everything, made while all of it runs."""

from __future__ import annotations

import json
import os
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Engine
from sqlalchemy.engine import Connection

from app.care import revisions, rows
from app.care.archive import KEY, MANIFEST, PIECE, Manifest, Measured, Part, Rows, member
from app.refused import Refused

LAST = "plenary.backup"
"""The file of the instance folder that tells when the last backup was made, for who looks after the house."""


@dataclass(frozen=True)
class Asked:
    """What goes into an archive beside the rows and the uploads."""

    key: str
    """Empty: the key stays out."""
    videos: bool
    base_url: str


def named(target: Path, now: datetime) -> Path:
    """Where the archive goes: `target`, or in it under the time of its making if it is a folder."""
    return target / f"plenary-{now:%Y%m%dT%H%M%SZ}.zip" if target.is_dir() else target


def back_up(engine: Engine, instance: Path, target: Path, asked: Asked, now: datetime) -> Manifest:
    """Write the archive `target`, which its owner alone can read; it is there whole or not at all.

    Rows are read in one snapshot, so nobody waits for it. Refused when there is something at `target` already, or no
    table to copy.
    """
    if target.exists():
        raise Refused(f"{target} is there already; a backup overwrites nothing.")
    draft = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        with os.fdopen(os.open(draft, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600), "w+b") as file:
            with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive, rows.snapshot(engine) as connection:
                manifest = _write(archive, connection, instance, asked, now)
            file.flush()
            os.fsync(file.fileno())
        os.link(draft, target)  # unlike a rename it takes nobody's place
    except OSError as fault:
        raise Refused(f"The backup could not be written: {fault}.") from fault
    finally:
        with suppress(FileNotFoundError):
            draft.unlink()
    _remember(instance, target, now)
    return manifest


def last(instance: Path) -> datetime | None:
    """When the last backup of this instance was made, by what this machine knows."""
    with suppress(OSError, ValueError, KeyError):
        return datetime.fromisoformat(json.loads((instance / LAST).read_text())["made_at"])
    return None


def _write(archive: zipfile.ZipFile, connection: Connection, instance: Path, asked: Asked, now: datetime) -> Manifest:
    revision = rows.revision(connection)
    if revision is None:
        raise Refused("The database has no tables yet, so there is nothing to back up.")
    if revision not in revisions.known():
        raise Refused(f"The database is of a newer Plenary (revision {revision}); let that one make the backup.")
    manifest = Manifest(revision, now.isoformat(), connection.dialect.name, asked.base_url)
    for table in rows.tables(connection):
        tally = rows.Tally()
        with archive.open(member(table.name), "w", force_zip64=True) as into:
            measured = Measured(into)
            for line in rows.lines(connection, table):
                tally.add(line)
                measured.write(line + b"\n")
        manifest.tables[table.name] = Rows(measured.size, measured.hash.hexdigest(), tally.rows, tally.sum)
    if asked.key:
        manifest.files[KEY] = _put(archive, KEY, [asked.key.encode()])
    for folder in ("uploads", "videos") if asked.videos else ("uploads",):
        for path in sorted((instance / folder).rglob("*")):
            with suppress(FileNotFoundError):  # deleted since: no row needs it
                if path.is_file() and not path.is_symlink():
                    name = path.relative_to(instance).as_posix()
                    manifest.files[name] = _put(archive, name, _pieces(path))
    archive.writestr(MANIFEST, manifest.text())
    return manifest


def _pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while octets := file.read(PIECE):
            yield octets


def _put(archive: zipfile.ZipFile, name: str, pieces: Iterator[bytes] | list[bytes]) -> Part:
    """Files come packed already, as pictures and films are, so they are stored as they are."""
    source = iter(pieces)
    first = next(source, b"")  # so that a file which is gone leaves no empty one in the archive
    about = zipfile.ZipInfo(name)
    about.external_attr = 0o600 << 16
    with archive.open(about, "w", force_zip64=True) as into:
        measured = Measured(into)
        measured.write(first)
        for octets in source:
            measured.write(octets)
    return measured.part


def _remember(instance: Path, target: Path, now: datetime) -> None:
    path = instance / LAST
    draft = path.with_name(f"{LAST}.{os.getpid()}")
    draft.write_text(json.dumps({"made_at": now.isoformat(), "file": str(target.resolve())}))
    draft.replace(path)
