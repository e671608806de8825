"""What a backup is: one zip archive that tells what it holds and how to see that it is whole."""

from __future__ import annotations

import hashlib
import json
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path, PurePosixPath
from typing import IO, Any

from app.refused import Refused

MANIFEST = "manifest.json"
FORMAT = "plenary backup 1"
KEY = "secret.key"
FOLDERS = ("uploads", "videos")
"""Folders of the instance folder whose files are kept in archives under the same names."""
PIECE = 1024 * 1024


@dataclass
class Part:
    """One file of the archive."""

    size: int
    sha256: str


@dataclass
class Rows(Part):
    """The file of one table."""

    rows: int
    sum: str
    """Of its rows whatever their order (rows.Tally)."""


@dataclass
class Manifest:
    """What stands in the archive."""

    revision: str
    made_at: str
    database: str
    base_url: str
    format: str = FORMAT
    tables: dict[str, Rows] = field(default_factory=dict)
    files: dict[str, Part] = field(default_factory=dict)

    def text(self) -> str:
        return json.dumps(asdict(self), indent=1, ensure_ascii=False)

    @property
    def rows(self) -> int:
        return sum(each.rows for each in self.tables.values())


def member(table: str) -> str:
    """The name of a table's file."""
    return f"tables/{table}.jsonl"


class Measured:
    """Writes through, and knows size and hash of what went."""

    def __init__(self, into: IO[bytes]) -> None:
        self.into, self.size, self.hash = into, 0, hashlib.sha256()

    def write(self, octets: bytes) -> None:
        self.into.write(octets)
        self.size += len(octets)
        self.hash.update(octets)

    @property
    def part(self) -> Part:
        return Part(self.size, self.hash.hexdigest())


@contextmanager
def opened(path: Path) -> Iterator[tuple[zipfile.ZipFile, Manifest]]:
    """An archive and what it says of itself. Refused when it is none, is damaged, or is of a kind not known."""
    try:
        with zipfile.ZipFile(path) as archive:
            yield archive, _manifest(archive.read(MANIFEST))
    except (zipfile.BadZipFile, KeyError, EOFError, NotImplementedError) as fault:
        raise Refused(f"{path.name} is no backup of Plenary, or is damaged: {fault}.") from fault
    except OSError as fault:
        raise Refused(f"{path.name} cannot be read: {fault}.") from fault


def _manifest(octets: bytes) -> Manifest:
    try:
        said: dict[str, Any] = json.loads(octets)
        if said.get("format") != FORMAT:
            raise Refused(f"This archive is {said.get('format')!r}; this Plenary reads {FORMAT!r}.")
        tables = {name: Rows(**each) for name, each in said.pop("tables").items()}
        files = {name: Part(**each) for name, each in said.pop("files").items()}
        return Manifest(**said, tables=tables, files=files)
    except (ValueError, TypeError, AttributeError, KeyError) as fault:
        raise Refused("The archive's manifest cannot be read, so it is damaged or no backup.") from fault


def verify(archive: zipfile.ZipFile, manifest: Manifest) -> None:
    """See that every file is there, as it was written, and stands where it may. Refused otherwise."""
    parts: dict[str, Part] = {member(name): each for name, each in manifest.tables.items()}
    parts |= manifest.files
    for name, part in parts.items():
        if name in manifest.files and not _may_stand(name):
            raise Refused(f"The archive holds a file at {name!r}, where none may be. Nothing was restored.")
        found, size = hashlib.sha256(), 0
        try:
            with archive.open(name) as file:
                while octets := file.read(PIECE):
                    found.update(octets)
                    size += len(octets)
        except (KeyError, zipfile.BadZipFile, EOFError, OSError, ValueError, zlib.error) as fault:
            raise Refused(f"The archive is damaged at {name}: {fault}. Nothing was restored.") from fault
        if Part(size, found.hexdigest()) != Part(part.size, part.sha256):
            raise Refused(f"The archive is damaged at {name}: it is not what was written. Nothing was restored.")


def _may_stand(name: str) -> bool:
    path = PurePosixPath(name)
    inside = len(path.parts) > 1 and path.parts[0] in FOLDERS
    return name == KEY or (inside and ".." not in path.parts and "\\" not in name and str(path) == name)
