"""Three independent readers of calendar files: PyPI `ical` and `vobject`, npm `ical.js` (run by node).

`instants(octets)` is what most tests need; `read(files)` reads many files with one node process.
"""

import json
import re
import shutil
import subprocess
import sys
import zoneinfo
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import vobject
from ical.calendar_stream import IcsCalendarStream
from vobject import icalendar as vobject_icalendar

Moment = datetime | date
SCRIPT = Path(__file__).with_name("read.mjs")


@dataclass(frozen=True, slots=True)
class Read:
    """What a reader understood of one VEVENT; times in UTC, dates for all-day entries."""

    starts: Moment
    ends: Moment
    title: str
    description: str
    place: str
    status: str


def read(files: Sequence[bytes]) -> list[dict[str, dict[str, Read]]]:
    """For each file, by reader ("ical", "vobject", "ical.js"), the entries by UID."""
    return [
        {"ical": _by_ical(octets), "vobject": _by_vobject(octets), "ical.js": by_js}
        for octets, by_js in zip(files, _by_ical_js(files), strict=True)
    ]


def instants(octets: bytes) -> dict[str, dict[str, tuple[Moment, Moment]]]:
    """By reader, the start and (exclusive) end of each UID: datetimes in UTC, or dates."""
    return instants_of([octets])[0]


def instants_of(files: Sequence[bytes]) -> list[dict[str, dict[str, tuple[Moment, Moment]]]]:
    """`instants` of many files, with one node process."""
    return [
        {name: {uid: (one.starts, one.ends) for uid, one in entries.items()} for name, entries in readers.items()}
        for readers in read(files)
    ]


def _by_ical(octets: bytes) -> dict[str, Read]:
    with _packaged_zones(re.findall(r"^TZID:(\S+)", octets.decode(), re.MULTILINE)):
        found = IcsCalendarStream.calendar_from_ics(octets.decode()).events
    return _once(
        (
            str(event.uid),
            Read(
                _utc(event.dtstart),
                _utc(event.dtend),
                event.summary or "",
                event.description or "",
                event.location or "",
                event.status.value if event.status else "",
            ),
        )
        for event in found
    )


@contextmanager
def _packaged_zones(names: list[str]) -> Iterator[None]:
    """`ical` goes by the name of a zone, and would ask this machine's files, which may be years old."""
    machine = zoneinfo.TZPATH
    zoneinfo.reset_tzpath(to=())
    zoneinfo.ZoneInfo.clear_cache(only_keys=names)
    try:
        yield
    finally:
        zoneinfo.reset_tzpath(to=machine)
        zoneinfo.ZoneInfo.clear_cache(only_keys=names)


def _by_vobject(octets: bytes) -> dict[str, Read]:
    # vobject keeps the first VTIMEZONE of a name for the whole process; each file is to speak for itself
    known: dict[str, Any] = vars(vobject_icalendar)["__tzidMap"]
    for name in set(known) - {"UTC"}:
        del known[name]
    (file,) = vobject.readComponents(octets.decode())
    return _once(
        (
            event.uid.value,
            Read(
                _utc(event.dtstart.value),
                _utc(event.dtend.value),
                event.getChildValue("summary", ""),
                event.getChildValue("description", ""),
                event.getChildValue("location", ""),
                event.getChildValue("status", ""),
            ),
        )
        for event in file.contents.get("vevent", [])
    )


def _by_ical_js(files: Sequence[bytes]) -> list[dict[str, Read]]:
    texts = json.dumps([octets.decode() for octets in files])
    done = subprocess.run(  # its own words are the best account of what it could not read
        [_node(), str(SCRIPT)], input=texts, capture_output=True, encoding="utf-8", timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    return [
        _once((uid, Read(_moment(starts), _moment(ends), *words)) for uid, starts, ends, *words in entries)
        for entries in json.loads(done.stdout)
    ]


@lru_cache(maxsize=1)
def _node() -> str:
    beside = Path(sys.executable).with_name("node")
    found = str(beside) if beside.exists() else shutil.which("node")
    assert found is not None, "node is missing: install requirements/test.txt"
    return found


def _once(pairs: Iterable[tuple[str, Read]]) -> dict[str, Read]:
    listed = list(pairs)
    assert len(dict(listed)) == len(listed), "a UID occurs twice"
    return dict(listed)


def _moment(text: str) -> Moment:
    return datetime.fromisoformat(text).astimezone(UTC) if "T" in text else date.fromisoformat(text)


def _utc(value: Moment | None) -> Moment:
    assert value is not None, "a time is missing"
    if not isinstance(value, datetime):
        return value
    assert value.utcoffset() is not None, f"{value} is in no zone"
    return value.astimezone(UTC)
