"""What one release would change of another: the organiser's preview, the comparison, the public's change log.

Pure: two programmes in, frozen differences out, in values rather than words, so that they can be stored with a release
and told later in any language and zone (`wording`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from itertools import product
from typing import Any

from app.events.tongues import FIELDS
from app.publishing.programme import Appearance, Programme, Session

KINDS = ("cancelled", "reinstated", "removed", "added", "retimed", "moved", "renamed", "people", "changed", "reworded")
"""The weightiest first. A session retimed begins or ends at another time; one moved is in another room. What is said of
one reworded is new in another language than the main one, and there alone."""
SUBJECTS = (
    ("session", "session", "title"),
    ("city", "city", "name"),
    ("person", "person", "name"),
    ("theme", "theme", "name"),
    ("visit", "visits", "title"),
    ("outcome", "outcomes", "title"),
)
"""What is compared, where a programme holds it, and by which field it is called."""
SILENT = {"uid", "appearances", "spot"}
"""Fields that are not told by themselves: what stands in addresses or on a map alone, and what is told one by one."""
TIMES = {"day", "starts", "ends"}
"""Fields that are told together where a thing has them all."""
KIND_OF = {
    "time": "retimed",
    "room": "moved",
    "meeting_point": "moved",
    "title": "renamed",
    "name": "renamed",
    "came": "people",
    "went": "people",
    "mode": "people",
    "part": "people",
    "order": "people",
    "as": "people",
    "topic": "people",
}
"""Which kind of change it is when this differs; of anything else the words have changed."""


@dataclass(frozen=True)
class Moment:
    """When something is. `starts` and `ends` are aware, or both None: to be announced. No day: during the summit."""

    day: date | None = None
    starts: datetime | None = None
    ends: datetime | None = None


@dataclass(frozen=True)
class Detail:
    """One thing before and after; empty where there was or is nothing.

    `language`: the words of this other language are meant, not the original.
    "time": `moments` hold it. "came", "went", "mode", "part": `who` is the name of a city or person, and before and
    after are modes or parts as a programme writes them. "order": the names in speaking order. Else a field's text.
    """

    field: str
    before: str = ""
    after: str = ""
    who: str = ""
    moments: tuple[Moment, Moment] | None = None
    language: str = ""


@dataclass(frozen=True)
class Difference:
    """One thing that is not as it was, in all that is different of it."""

    kinds: tuple[str, ...]
    """Of `KINDS`, the weightiest first; never empty."""
    subject: str
    """"session", "city", "person", "visit", "outcome", "theme", "summit"."""
    name: str
    code: str
    details: tuple[Detail, ...] = ()

    @property
    def kind(self) -> str:
        return self.kinds[0]


@dataclass(frozen=True)
class Differences:
    """All of a release, as it is stored with it."""

    found: tuple[Difference, ...] = ()


def differences(before: Programme | None, after: Programme) -> tuple[Difference, ...]:
    """All that a reader of `before` would find different in `after`; everything is added when there was nothing."""
    found: list[Difference] = []
    for subject, attribute, key in SUBJECTS:
        old = _by_code(getattr(before, attribute)) if before else {}
        found += _compare(subject, key, old, _by_code(getattr(after, attribute)), (after, before))
    if before is not None and (details := tuple(_fields(before.summit, after.summit, _teller((after, before))))):
        found.append(Difference(_kinds(details), "summit", after.summit.title, after.summit.slug, details))
    return _with_words(found, reworded(before, after)) if before is not None else tuple(found)


def _with_words(found: Sequence[Difference], words: Sequence[Difference]) -> tuple[Difference, ...]:
    """What differs of a thing and of its words told together."""
    said = {(each.subject, each.code): each for each in words}
    both = []
    for each in found:
        new = said.pop((each.subject, each.code), None)
        details = (*each.details, *(new.details if new else ()))
        both.append(replace(each, kinds=_kinds(details), details=details) if new else each)
    return (*both, *said.values())


def reworded(before: Programme, after: Programme) -> tuple[Difference, ...]:
    """What is new in other languages of things that were there before; and which languages the summit speaks."""
    there = {(kind, key) for kind, key, _thing in before.things}
    old, new = ({each.language: each.by_name for each in one.tongues} for one in (before, after))
    codes = sorted({*old, *new})
    found = []
    for kind, key, thing in after.things:
        details = []
        if kind == "summit" and (was := _languages(before)) != (now := _languages(after)):
            details.append(Detail("languages", was, now))
        for code, field in product(codes, FIELDS[kind]) if (kind, key) in there else ():
            was, now = (words.get(code, {}).get((kind, key, field), "") for words in (old, new))
            if was != now:
                details.append(Detail(field, was, now, language=code))
        if details:
            found.append(Difference(_kinds(details), kind, *_called(kind, key, thing), tuple(details)))
    return tuple(found)


def _languages(programme: Programme) -> str:
    """The main language, then the others, each with those asked after it: "en, fr, ko > ja"."""
    return ", ".join([programme.language, *(" > ".join((each.language, *each.after)) for each in programme.tongues)])


def _called(kind: str, key: str, thing: Any) -> tuple[str, str]:
    """Name and code of a thing, as differences hold them."""
    code = thing.slug if kind == "summit" else thing.code if kind == "session" else key
    return getattr(thing, "title", "") or thing.name, code


def counts(found: Sequence[Difference]) -> list[tuple[int, str]]:
    """How many things there are of each kind, the weightiest first. What is retimed and moved counts in both."""
    kinds = [kind for each in found for kind in each.kinds]
    return [(kinds.count(kind), kind) for kind in KINDS if kind in kinds]


def sessions_changed(found: Sequence[Difference]) -> int:
    """How many sessions are not as they were, words in other languages aside."""
    return sum(each.subject == "session" and each.kind != "reworded" for each in found)


def _by_code(values: Any) -> Mapping[str, Any]:
    return values if isinstance(values, Mapping) else {each.code: each for each in values}


Programmes = tuple[Programme, Programme | None]
"""The later one first: a thing is called as it is called now."""


def _compare(
    subject: str, key: str, old: Mapping[str, Any], new: Mapping[str, Any], programmes: Programmes
) -> Iterator[Difference]:
    for code, value in new.items():
        name = getattr(value, key)
        if code not in old:
            yield Difference(("added",), subject, name, code)
        elif details := tuple(_details(old[code], value, programmes)):
            yield Difference(_kinds(details), subject, name, code, details)
    for code in old:
        if code not in new:
            yield Difference(("removed",), subject, getattr(old[code], key), code)


def _kinds(details: Sequence[Detail]) -> tuple[str, ...]:
    kinds = {_kind(each) for each in details}
    return tuple(kind for kind in KINDS if kind in kinds)


def _kind(detail: Detail) -> str:
    if detail.language:
        return "reworded"
    if detail.field == "cancelled":
        return "cancelled" if detail.after == "yes" else "reinstated"
    return KIND_OF.get(detail.field, "changed")


def _details(old: Any, new: Any, programmes: Programmes) -> Iterator[Detail]:
    if hasattr(new, "starts") and (then := _moment(old)) != (now := _moment(new)):
        yield Detail("time", moments=(then, now))
    yield from _fields(old, new, _teller(programmes))
    if isinstance(new, Session) and old.appearances != new.appearances:
        yield from _people(old.appearances, new.appearances, programmes)


def _moment(value: Any) -> Moment:
    return Moment(value.day, value.starts, value.ends)


def _fields(old: Any, new: Any, say: Callable[[Any], str]) -> Iterator[Detail]:
    silent = SILENT | TIMES if hasattr(new, "starts") else SILENT
    for name in (each.name for each in fields(new) if each.name not in silent):
        before, after = (_linked(name, getattr(each, name)) for each in (old, new))
        if before != after:
            yield Detail(name, say(before), say(after))


@dataclass(frozen=True)
class _Link:
    """A name that stands for another thing of the programme."""

    field: str
    code: str


def _linked(name: str, value: Any) -> Any:
    return _Link(name, value) if name in ("theme", "parent", "city") and value else value


def _teller(programmes: Programmes) -> Callable[[Any], str]:
    """How a value of these programmes is put: links by the name of what they point at."""

    def say(value: Any) -> str:
        match value:
            case None | "" | ():
                return ""
            case bool():
                return "yes" if value else "no"
            case _Link():
                return _pointed(value, programmes)
            case date():
                return value.isoformat()
            case tuple():
                return ", ".join(say(each) for each in value)
        return str(getattr(value, "heading", value))  # a section of an outcome is called by its heading

    return say


def _pointed(link: _Link, programmes: Programmes) -> str:
    for programme in programmes:
        match link.field, programme:
            case "theme", Programme() if link.code in programme.theme:
                return programme.theme[link.code].name
            case "parent", Programme() if link.code in programme.session:
                return programme.session[link.code].title
            case "city", Programme() if link.code in programme.city:
                return programme.city[link.code].name
    return ""


Key = tuple[str, str, int]
"""City, person, and which of their appearances in the session it is: some appear twice."""


def _people(old: Sequence[Appearance], new: Sequence[Appearance], programmes: Programmes) -> Iterator[Detail]:
    """Who came and went, who appears otherwise than before, and the order of those who stayed."""
    then, now = _keyed(old), _keyed(new)
    for key, each in now.items():
        if key not in then:
            yield Detail("came", after=each.mode, who=name_of(each, programmes))
    for key, each in then.items():
        if key not in now:
            yield Detail("went", before=each.mode, who=name_of(each, programmes))
    for key in (key for key in now if key in then):
        who = name_of(now[key], programmes)
        for field in ("mode", "part", "position", "topic"):
            before, after = getattr(then[key], field), getattr(now[key], field)
            if before != after:
                yield Detail("as" if field == "position" else field, before, after, who)
    if [key for key in then if key in now] != [key for key in now if key in then]:
        yield Detail(
            "order",
            ", ".join(name_of(each, programmes) for each in then.values()),
            ", ".join(name_of(each, programmes) for each in now.values()),
        )


def _keyed(appearances: Sequence[Appearance]) -> dict[Key, Appearance]:
    found: dict[Key, Appearance] = {}
    for each in appearances:
        count = sum(key[:2] == (each.city, each.person) for key in found)
        found[each.city, each.person, count] = each
    return found


def name_of(appearance: Appearance, programmes: Programmes) -> str:
    """The name of the city or person who appears."""
    for programme in programmes:
        if programme and appearance.city in programme.city:
            return programme.city[appearance.city].name
        if programme and appearance.person in programme.person:
            return programme.person[appearance.person].called
    return appearance.city or appearance.person
