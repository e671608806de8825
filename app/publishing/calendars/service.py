"""Each calendar of a summit: what it is called, where it stands, and what is in it at present."""

from __future__ import annotations

import re
from collections.abc import Iterator, Set
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import blake2b
from typing import Any

from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy import Select, bindparam, select

from app import ical, tokens
from app.db import glance
from app.delegations.models import Delegation
from app.events.models import Event, Person
from app.marks import asking
from app.network.models import Member
from app.publishing import feeds, personal, saying
from app.publishing.calendars.models import CalendarLink
from app.publishing.feeds import Feed, Part
from app.publishing.personal import Reader
from app.publishing.programme import Programme
from app.publishing.service import told
from app.publishing.shown import Published
from app.registration.models import join_blank, join_secret
from app.web import absolute
from app.web.kept import KeepingFlask
from app.web.wording import day_full

ALL, ONLINE = Part(), Part("online")


@dataclass(frozen=True)
class Offer:
    """One public calendar, as pages offer it."""

    name: str
    part: Part
    address: str
    """The whole address, as programs want it."""


def address(slug: str, part: Part, **more: Any) -> str:
    """Where the calendar of a part stands."""
    names = {"day": "day", "theme": "slug", "room": "key", "session": "code", "city": "member"}
    values = {names[part.kind]: part.value} if part.kind in names else {}
    return absolute(f"calendars.{part.kind}", event=slug, **values, **more)


def name(programme: Programme, part: Part) -> str:
    """What a part is called; nothing for the whole. Raises LookupError when the programme has no such part."""
    match part.kind:
        case "day":
            return str(day_full(_day(programme, part.value)))
        case "theme":
            return programme.theme[part.value].name
        case "room":
            return next(iter([each for each, key in programme.room_keys if key == part.value] or _nothing()))
        case "session":
            return programme.session[part.value].title
        case "city":
            return programme.city[part.value].name
        case "online":
            return saying.online()
    return ""


def _day(programme: Programme, value: str) -> date:
    """A day of the summit. Raises LookupError for any other."""
    summit = programme.summit
    span = (summit.ends_on - summit.starts_on).days + 1
    days = {summit.starts_on + timedelta(days=number) for number in range(span)}
    days |= {each.day for each in programme.sessions if each.day}
    found = [each for each in days if each.isoformat() == value]
    return found[0] if found else next(iter(_nothing()))


def _nothing() -> Any:
    raise LookupError("the programme has no such part")


def public(shown: Published, part: Part, now: datetime, *, language: str = "en", source: str) -> Feed:
    """The calendar of a part of the public programme, which stands at `source`. Raises LookupError for no such part."""
    programme = shown.public.spoken(language)
    summit = programme.summit
    with force_locale(language):
        called = name(programme, part)
    mark = {"all": summit.slug, "session": f"{summit.slug}-{part.value}"}.get(part.kind)
    mark = mark or "-".join(filter(None, (summit.slug, part.kind, part.value)))
    chosen = feeds.sheaf(shown, part, language, now)
    if part.kind == "session" and not chosen.leaves:
        raise LookupError("the session is on no day yet")
    file = ical.File(feeds.head(summit, f"{mark}@plenary", called, language, source), chosen)
    return Feed(
        part.key,
        shown.event_id,
        programme.release,
        file,
        feeds.modified(shown, file, now),
        changes_at=shown.removed_next(now),
        filename=f"{re.sub('[^A-Za-z0-9.-]+', '-', mark)}.ics",
    )


def picked(shown: Published, codes: Set[str], now: datetime, *, language: str = "en") -> Feed:
    """A file of the public sessions with these codes. Raises LookupError when there are none."""
    summit = shown.programme.summit
    chosen = feeds.picked(shown, codes, language, now)
    if not chosen.leaves:
        raise LookupError("the programme has none of these sessions")
    with force_locale(language):
        called = _("chosen sessions")
    mark = f"{summit.slug}-chosen"
    file = ical.File(feeds.head(summit, f"{mark}@plenary", called, language), chosen)
    modified = feeds.modified(shown, file, now)
    return Feed("chosen", shown.event_id, shown.programme.release, file, modified, f"{mark}.ics")


def offers(programme: Programme) -> Iterator[tuple[str, list[Offer]]]:
    """The public calendars of a programme by their kinds, each kind with its heading."""
    entries = [each for each in programme.sessions if each.day and not programme.children[each.code]]
    days = sorted({each.day for each in entries if each.day})
    codes = {each.code for each in entries} | {each.parent for each in entries}
    themes = {each.theme for each in programme.sessions if each.code in codes}
    rooms = {each.room for each in entries}
    cities = {seen.city for each in entries for seen in each.appearances}
    kinds = [
        (_("All of the summit"), [ALL, ONLINE]),
        (_("One day"), [Part("day", each.isoformat()) for each in days]),
        (_("One theme"), [Part("theme", each.slug) for each in programme.themes if each.slug in themes]),
        (_("One room"), [Part("room", str(each.key)) for each in programme.rooms if each.name in rooms]),
        (_("One city"), [Part("city", each.slug) for each in programme.cities if each.slug in cities]),
    ]
    slug = programme.summit.slug
    for heading, parts in kinds:
        if parts:
            names = [name(programme, part) or _("The whole agenda") for part in parts]
            made = zip(names, parts, strict=True)
            yield heading, [Offer(each[:1].upper() + each[1:], part, address(slug, part)) for each, part in made]


_LINKED = (
    select(CalendarLink.uid, CalendarLink.generation, Event.id, Event.release)
    .join(Event, CalendarLink.event_id == Event.id)
    .where(CalendarLink.secret_hash == bindparam("hash"), CalendarLink.active)
)
OF_OFFICE = (
    _LINKED.add_columns(Member.slug, Member.name)
    .join(Delegation, CalendarLink.delegation_id == Delegation.id)
    .join(Member, Delegation.member_id == Member.id)
)
OF_PERSON = _LINKED.add_columns(Person.code, Person.name).join(Person, CalendarLink.person_id == Person.id)
"""Made once: making them anew takes as long as asking them."""


def init_app(app: KeepingFlask) -> None:
    """Tell by which mark answers behind the secrets of offices and people of the programme are kept."""
    keep_by(app, "city.ics", OF_OFFICE)
    keep_by(app, "programme.ics", OF_PERSON)


def keep_by(app: KeepingFlask, name: str, query: Select[*tuple[Any, ...]]) -> None:
    """Keep what validates the calendars of this name as long as this query of the secret finds the same."""
    ask = asking(app, query)

    def mark(secret: str) -> bytes | None:
        found = ask(tokens.digest(secret))
        return blake2b(repr(found).encode(), digest_size=16).digest() if found else None

    app.shelf.own[name] = mark


def by_office(secret: str, source: str, now: datetime, language: str = "en") -> Feed:
    """The calendar that this secret of an office opens, which stands at `source`. Raises LookupError. One query."""
    row = glance(OF_OFFICE, hash=tokens.digest(secret))
    if row is None:
        raise LookupError("no office has this secret")
    uid, generation, event_id, release, slug, city = row
    return of_office(told(event_id, release), slug, city, now, Link(uid, generation, source, language))


def by_moderator(secret: str, source: str, now: datetime, language: str = "en") -> Feed:
    """The calendar that this secret of a person of the programme opens. Raises LookupError. One query."""
    row = glance(OF_PERSON, hash=tokens.digest(secret))
    if row is None:
        raise LookupError("no person of the programme has this secret")
    uid, generation, event_id, release, code, called = row
    return of_moderator(told(event_id, release), code, called, now, Link(uid, generation, source, language))


@dataclass(frozen=True)
class Link:
    """The link by which a calendar is asked for: by which its fetches are noted, where it stands, what it speaks."""

    uid: str = ""
    generation: int = 0
    source: str = ""
    language: str = "en"

    @property
    def join(self) -> str:
        """The secret that stands in it; where there is no link, or an organiser looks on, as many dots."""
        return join_secret(self.uid, self.generation) if self.source else "." * 24


def of_office(shown: Published, slug: str, city: str, now: datetime, link: Link) -> Feed:
    """All that concerns one city."""
    known = shown.programme.spoken(link.language).city.get(slug)
    with force_locale(link.language):
        called = saying.delegation(known.name if known else city)
    return _linked(shown, personal.of_office(slug), called, now, f"office/{link.uid}/{link.generation}", link)


def of_moderator(shown: Published, code: str, called: str, now: datetime, link: Link) -> Feed:
    """Where a person of the programme appears."""
    return _linked(shown, personal.of_person(code), called, now, f"moderator/{link.uid}/{link.generation}", link)


def _linked(shown: Published, reader: Reader, called: str, now: datetime, key: str, link: Link) -> Feed:
    summit = shown.programme.spoken(link.language).summit
    file = ical.File(
        feeds.head(summit, f"{link.uid or reader.who}-agenda@plenary", called, link.language, link.source),
        feeds.sheaf(shown, reader, link.language, now),
        fill=ical.Fill(join_blank(), link.join),
    )
    filename = f"{summit.slug}-{key.split('/')[0]}-{reader.who.split('/')[1]}.ics"
    modified = feeds.modified(shown, file, now)
    told = shown.programme.release
    return Feed(key, shown.event_id, told, file, modified, filename, private=True, changes_at=shown.removed_next(now))
