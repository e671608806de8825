"""What the calendars should say of a programme: one item for each session that has a day."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from app.ical import Circle, Entry, Item, Words
from app.publishing import saying
from app.publishing.programme import Appearance, Programme, Session, Summit


def items(programme: Programme) -> dict[str, Item]:
    """Session code -> item. Without a clock time it lasts all day and says so; without a day there is none.

    A block that holds sessions has none of its own: its sessions have theirs. Addresses are left out, since they
    depend on where the product stands; the feed adds them. Descriptions wait to be worded for each reader
    (`saying.spoken`), and so do the words of other languages that the programme speaks.
    """
    found = _items(programme)
    others = {each.language: _items(programme.spoken(each.language)) for each in programme.tongues}
    return {code: replace(item, words=_words(item, code, others)) for code, item in found.items()}


def _words(item: Item, code: str, others: Mapping[str, Mapping[str, Item]]) -> tuple[Words, ...]:
    """What is said otherwise in other languages: language -> code -> the item as it is in that language."""
    told = ((language, items[code]) for language, items in others.items())
    return tuple(
        Words(language, other.title, other.place, other.said)
        for language, other in told
        if (other.title, other.place, other.said) != (item.title, item.place, item.said)
    )


def _items(programme: Programme) -> dict[str, Item]:
    return {
        session.code: _item(session, session.day, programme)
        for session in programme.sessions
        if session.day and not programme.children[session.code]
    }


def _item(session: Session, day: date, programme: Programme) -> Item:
    summit, elsewhere = programme.summit, _elsewhere(session)
    return Item(
        uid=f"{session.uid}@plenary",
        title=_title(session, programme),
        starts=session.starts or day,
        ends=session.ends or day + timedelta(days=1),
        zone=summit.zone,
        place=place(session, summit),
        said=tuple(_lines(session, programme)),
        geo=None if elsewhere else summit.geo,
        joinable=session.joinable,
        cancelled=session.cancelled,
        circle=Circle(programme.visibility_of(session), _members(session, programme), on_site=elsewhere),
    )


def told_of(stored: Mapping[str, Any]) -> Entry:
    """The entry as it was stored. What was stored of old may hold the address of a provider: that goes no further."""
    entry = Entry.from_json(stored)
    if not entry.item.online:
        return entry
    return replace(entry, item=replace(entry.item, online="", joinable=True))


def place(session: Session, summit: Summit) -> str:
    """Room and venue, as far as they are known."""
    return ", ".join(filter(None, (session.room, "" if _elsewhere(session) else summit.venue)))


def _elsewhere(session: Session) -> bool:
    """A visit leaves the venue, and where to is for its own page to say."""
    return session.kind == "visit"


def _members(session: Session, programme: Programme) -> tuple[tuple[str, str], ...]:
    """Who appears in it, and how: cities, its people, and those of the block it stands in.

    A city whose mode is to be confirmed may come in any that it takes part in.
    """
    block = programme.session.get(session.parent)
    modes: dict[str, set[str]] = {}
    for each in session.appearances:
        if each.city:
            found = modes.setdefault(f"city/{each.city}", set())
            found.update({each.mode} if each.mode else programme.city[each.city].modes)
    for each in (*(block.appearances if block else ()), *session.appearances):
        if each.person:
            modes.setdefault(f"person/{each.person}", set()).update({each.mode} if each.mode else ())
    return tuple((who, " ".join(sorted(found))) for who, found in modes.items())


def _title(session: Session, programme: Programme) -> str:
    theme = programme.theme[session.theme].name if session.theme else ""
    return f"{session.title}: {theme}" if theme and theme not in session.title else session.title


def _lines(session: Session, programme: Programme) -> Iterator[saying.Line]:
    parent, summit = programme.session.get(session.parent), programme.summit
    if not session.starts:
        yield saying.untimed()
    yield saying.text(summit.title)
    for each in (*(parent.appearances if parent else ()), *session.appearances):
        if each.person:
            yield _person(each, programme)
    cities = [(programme.city[each.city].name, each.mode) for each in session.appearances if each.city]
    if cities:
        yield saying.order(cities)
    notes = [parent.note if parent else "", session.note, session.description, summit.note]
    yield from (saying.text(each) for each in (*notes, summit.times_note if session.starts else "") if each)


def _person(appearance: Appearance, programme: Programme) -> saying.Line:
    person = programme.person[appearance.person]
    position = appearance.position or (person.positions[0] if person.positions else "")
    return saying.person(appearance.part, person.called, position, appearance.mode)
