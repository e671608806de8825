"""What a release would change, in words: the organiser's preview and the public's "what changed"."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any

from app import clock
from app.publishing.programme import Appearance, Programme

WORDS = {
    "starts": "start",
    "ends": "end",
    "day": "day",
    "room": "room",
    "title": "title",
    "appearances": "who appears",
    "parent": "block",
    "cancelled": "cancelled",
    "modes": "modes",
    "positions": "positions",
    "meeting_point": "meeting point",
}
SILENT = {"uid"}


@dataclass(frozen=True)
class Detail:
    """One field before and after, in words."""

    field: str
    before: str
    after: str


@dataclass(frozen=True)
class Difference:
    """One thing that was added, removed, moved, cancelled, reinstated or changed."""

    kind: str
    subject: str
    """"session", "city", "person", "visit", "outcome", "theme", "summit"."""
    name: str
    code: str
    details: tuple[Detail, ...] = ()


def differences(before: Programme | None, after: Programme) -> tuple[Difference, ...]:
    """All that a reader of `before` would find different in `after`; everything is added when there was nothing."""
    found: list[Difference] = []
    for subject, attribute, key in (
        ("session", "session", "title"),
        ("city", "city", "name"),
        ("person", "person", "name"),
        ("theme", "theme", "name"),
        ("visit", "visits", "title"),
        ("outcome", "outcomes", "title"),
    ):
        old = _by_code(getattr(before, attribute)) if before else {}
        found += _compare(subject, key, old, _by_code(getattr(after, attribute)), after, before)
    if before is not None and before.summit != after.summit:
        found.append(
            Difference(
                "changed", "summit", after.summit.title, after.summit.slug, _details(before.summit, after.summit, str)
            )
        )
    return tuple(found)


def _by_code(values: Any) -> Mapping[str, Any]:
    return values if isinstance(values, Mapping) else {each.code: each for each in values}


def _compare(
    subject: str, key: str, old: Mapping[str, Any], new: Mapping[str, Any], after: Programme, before: Programme | None
) -> list[Difference]:
    say = _teller(after, before)
    found = []
    for code, value in new.items():
        if code not in old:
            found.append(Difference("added", subject, getattr(value, key), code))
        elif details := _details(old[code], value, say):
            found.append(Difference(_kind(details), subject, getattr(value, key), code, details))
    found += [Difference("removed", subject, getattr(old[code], key), code) for code in old if code not in new]
    return found


def _kind(details: Sequence[Detail]) -> str:
    names = {each.field for each in details}
    if "cancelled" in names:
        return (
            "cancelled" if next(each.after for each in details if each.field == "cancelled") == "yes" else "reinstated"
        )
    return "moved" if names & {"start", "end", "day", "room"} else "changed"


def _details(old: Any, new: Any, say: Callable[[Any], str]) -> tuple[Detail, ...]:
    return tuple(
        Detail(WORDS.get(each.name, each.name), say(getattr(old, each.name)), say(getattr(new, each.name)))
        for each in fields(new)
        if each.name not in SILENT and getattr(old, each.name) != getattr(new, each.name)
    )


def _teller(after: Programme, before: Programme | None) -> Callable[[Any], str]:
    """How a value of these programmes is told in words."""
    zone = after.summit.zone

    def say(value: Any) -> str:
        match value:
            case None | "" | ():
                return "–"
            case bool():
                return "yes" if value else "no"
            case datetime():
                return f"{clock.local(value, zone):%H:%M}"
            case date():
                return f"{value:%A} {value.day} {value:%B}"
            case Appearance():
                return f"{_name(value, after, before)} ({value.mode or 'to be confirmed'})"
            case tuple():
                return ", ".join(say(each) for each in value)
        return str(value)

    return say


def _name(appearance: Appearance, *programmes: Programme | None) -> str:
    for programme in programmes:
        if programme and appearance.city in programme.city:
            return programme.city[appearance.city].name
        if programme and appearance.person in programme.person:
            return programme.person[appearance.person].name
    return appearance.city or appearance.person
