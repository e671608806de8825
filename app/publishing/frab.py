"""The public programme as conference programs read it: schedule.json and schedule.xml, formats that frab began.

What the format cannot say is left out: sessions without a clock time, cancelled ones, and blocks that only hold others.
"""

from __future__ import annotations

import re
import uuid
import zlib
from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta
from typing import Any
from xml.etree import ElementTree as ET

from app import clock, ical
from app.publishing.programme import Programme, Session
from app.web import absolute

SPACE = uuid.UUID("c7a86ad1-4d2c-5c0e-9d5b-5b0a4f0a8f53")
"""Under which our names become UUIDs; never to be changed, since other programs know sessions by them."""
NOWHERE = "–"
"""The room of a session that has none yet; the format wants one."""
GENERATOR = "Plenary"


def document(programme: Programme) -> dict[str, Any]:
    """All of schedule.json, for a programme as everybody may see it. Times carry the offset of the event's zone."""
    summit = programme.summit
    shown = [each for each in programme.sessions if _shown(each, programme)]
    numbers = _numbers(each.uid for each in shown)
    days = _days(summit.starts_on, summit.ends_on, shown, summit.zone)
    rooms = list(dict.fromkeys(each.room or NOWHERE for each in shown))
    return {
        "generator": {"name": GENERATOR},
        "schedule": {
            "version": f"Release {programme.release}",
            "base_url": absolute("publishing.summit", event=summit.slug),
            "conference": {
                "acronym": acronym(summit.slug),
                "title": summit.title,
                "start": days[0].isoformat(),
                "end": days[-1].isoformat(),
                "daysCount": len(days),
                "timeslot_duration": "00:05",
                "time_zone_name": summit.zone,
                "url": absolute("publishing.agenda", event=summit.slug),
                "tracks": [{"name": each.name} for each in programme.themes],
                "rooms": [{"name": each, "guid": str(uuid.uuid5(SPACE, f"{summit.slug}/{each}"))} for each in rooms],
                "days": [
                    _day(index, day, [each for each in shown if _date(each, summit.zone) == day], programme, numbers)
                    for index, day in enumerate(days, 1)
                ],
            },
        },
    }


def acronym(slug: str) -> str:
    """The event's slug in the letters that the format allows: "gnets_2023"."""
    return re.sub(r"[^a-z0-9_]", "_", slug.lower()).ljust(4, "_")


def _shown(session: Session, programme: Programme) -> bool:
    return session.starts is not None and not session.cancelled and not programme.children[session.code]


def _date(session: Session, zone: str) -> date | None:
    return clock.local(session.starts, zone).date() if session.starts else None


def _days(first: date, last: date, shown: Iterable[Session], zone: str) -> list[date]:
    """All days of the summit, and those beside them on which something is."""
    own = {first + timedelta(days=count) for count in range((last - first).days + 1)}
    return sorted(own | {day for each in shown if (day := _date(each, zone)) is not None})


def _numbers(uids: Iterable[str]) -> dict[str, int]:
    """A number for each session, the same in every release as far as no two come to the same."""
    found: dict[str, int] = {}
    taken: set[int] = set()
    for uid in sorted(uids):
        number = zlib.crc32(uid.encode()) % 2_000_000_000 + 1
        while number in taken:
            number += 1
        taken.add(number)
        found[uid] = number
    return found


def _day(
    index: int, day: date, sessions: Iterable[Session], programme: Programme, numbers: Mapping[str, int]
) -> dict[str, Any]:
    zone = programme.summit.zone
    rooms: dict[str, list[dict[str, Any]]] = {}
    for each in sorted(sessions, key=lambda each: (each.starts or datetime.max, each.code)):  # noqa: DTZ901 (never so)
        rooms.setdefault(each.room or NOWHERE, []).append(_event(each, programme, numbers[each.uid]))
    begins = clock.midnight(day, zone)
    return {
        "index": index,
        "date": day.isoformat(),
        "day_start": begins.isoformat(),
        "day_end": clock.local(datetime.combine(day, time(23, 59), begins.tzinfo), zone).isoformat(),
        "rooms": rooms,
    }


def _event(session: Session, programme: Programme, number: int) -> dict[str, Any]:
    summit = programme.summit
    assert session.starts is not None and session.ends is not None  # noqa: S101, PT018 (only those are shown)
    starts = clock.local(session.starts, summit.zone)
    minutes = int((session.ends - session.starts).total_seconds() // 60)
    block = programme.session.get(session.parent)
    theme = programme.theme.get(session.theme)
    address = absolute("publishing.session", event=summit.slug, code=session.code)
    return {
        "id": number,
        "guid": str(uuid.uuid5(SPACE, session.uid)),
        "date": starts.isoformat(),
        "start": f"{starts:%H:%M}",
        "duration": f"{minutes // 60:02}:{minutes % 60:02}",
        "room": session.room or NOWHERE,
        "slug": _slug(f"{acronym(summit.slug)}-{session.code}"),
        "url": address,
        "title": session.title,
        "subtitle": block.title if block else "",
        "track": theme.name if theme else "",
        "type": session.kind,
        "language": getattr(session.title, "language", programme.language),
        "abstract": session.note,
        "description": "\n".join(filter(None, (session.description, _cities(session, programme)))),
        "persons": [
            {
                "id": zlib.crc32(each.person.encode()) % 2_000_000_000 + 1,
                "name": person.called,
                "public_name": person.called,
            }
            for each in session.appearances
            if (person := programme.person.get(each.person)) is not None
        ],
        "links": [],
        "attachments": [],
    }


def _slug(words: str) -> str:
    return re.sub(r"[^a-z0-9_-]", "-", words.lower()).rstrip("-_")


def _cities(session: Session, programme: Programme) -> str:
    names = [programme.city[each.city].name for each in session.appearances if each.city in programme.city]
    return f"Cities in speaking order: {', '.join(names)}" if names else ""


def xml(programme: Programme) -> bytes:
    """All of schedule.xml: the same events, element by element in the order that its schema wants."""
    told = document(programme)["schedule"]
    conference = told["conference"]
    root = ET.Element("schedule")
    ET.SubElement(root, "generator", {"name": GENERATOR})
    _put(root, "version", told["version"])
    head = ET.SubElement(root, "conference")
    for name in ("acronym", "title", "start", "end"):
        _put(head, name, conference[name])
    _put(head, "days", conference["daysCount"])
    _put(head, "timeslot_duration", conference["timeslot_duration"])
    _put(head, "base_url", told["base_url"])
    _put(head, "time_zone_name", conference["time_zone_name"])
    for day in conference["days"]:
        values = {"index": f"{day['index']}", "date": day["date"], "start": day["day_start"], "end": day["day_end"]}
        element = ET.SubElement(root, "day", values)
        for name, events in day["rooms"].items():
            room = ET.SubElement(element, "room", {"name": ical.clean(name)})
            for event in events:
                _put_event(room, event)
    ET.indent(root)
    octets: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return octets


TEXTS = "room title subtitle type date start duration abstract slug track language description url".split()


def _put_event(room: ET.Element, event: Mapping[str, Any]) -> None:
    element = ET.SubElement(room, "event", {"id": f"{event['id']}", "guid": event["guid"]})
    for name in TEXTS:
        _put(element, name, event[name])
    persons = ET.SubElement(element, "persons")
    for each in event["persons"]:
        ET.SubElement(persons, "person", {"id": f"{each['id']}"}).text = ical.clean(each["name"])
    ET.SubElement(element, "links")


def _put(parent: ET.Element, name: str, value: object) -> None:
    ET.SubElement(parent, name).text = ical.clean(str(value))
