"""Who has which calendar, what is in it and what changed since it was last fetched; and the links of the rooms."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import select

from app.db import db
from app.delegations.models import Delegation
from app.events.models import Event, Person, Room
from app.ical.doctor import Found, Seen
from app.mypage import service as mypage
from app.network.models import Member
from app.publishing.calendars import fetches, links
from app.publishing.calendars import service as calendars
from app.publishing.calendars.links import Owner
from app.publishing.calendars.models import CalendarLink, Fetch
from app.publishing.calendars.service import Link, Offer
from app.publishing.feeds import Feed, Part
from app.publishing.models import Release, Told
from app.publishing.service import told
from app.publishing.shown import Published


@dataclass(frozen=True)
class Kind:
    """The public calendars of one kind, each with its last fetch."""

    heading: str
    offers: Sequence[tuple[Offer, Fetch | None]]


@dataclass(frozen=True)
class Speaker:
    """A person of the programme, in how many sessions they are, and their link if they have one."""

    person: Person
    sessions: int
    link: CalendarLink | None
    fetch: Fetch | None


def public(shown: Published) -> list[Kind]:
    """All public calendars. One query."""
    offered = list(calendars.offers(shown.public))
    keys = [each.part.key for _heading, found in offered for each in found]
    noted = fetches.latest(shown.event_id, keys)
    return [Kind(heading, [(each, noted.get(each.part.key)) for each in found]) for heading, found in offered]


def speakers(shown: Published) -> list[Speaker]:
    """All people of the programme, in the order of the organisers. Three queries."""
    rows = select(Person).where(Person.event_id == shown.event_id).order_by(Person.position, Person.id)
    made = links.of_people(shown.event_id)
    noted = fetches.latest(shown.event_id, [each.feed for each in made.values()])
    found = []
    for person in db.session.execute(rows).scalars():
        who, link = f"person/{person.code}", made.get(person.id)
        count = sum(entry.item.circle.how(who) is not None for entry, _seen_by in shown.entries.values())
        found.append(Speaker(person, count, link, noted.get(link.feed) if link else None))
    return found


def rooms(event_id: int) -> list[Room]:
    """The rooms of the summit, in order. One query."""
    found = select(Room).where(Room.event_id == event_id).order_by(Room.position, Room.id)
    return list(db.session.execute(found).scalars())


def person_of(event_id: int, code: str) -> Owner:
    """A person of the programme as the owner of a calendar. Raises LookupError."""
    asked = select(Person.id).where(Person.event_id == event_id, Person.code == code)
    found = db.session.execute(asked).scalar_one_or_none()
    if found is None:
        raise LookupError(f"nobody of this programme has the code {code!r}")
    return Owner(event_id, person_id=found)


Choices = Sequence[tuple[str, Sequence[tuple[str, str]]]]


def choices(shown: Published) -> Choices:
    """What the doctor can be asked for, by kind: (key, name) of each."""
    offered, programme = calendars.offers(shown.public), shown.programme
    return [
        *((heading, [(each.part.key, each.name) for each in found]) for heading, found in offered),
        (_("A session"), [(f"session/{each.code}", each.title) for each in shown.public.sessions if each.day]),
        (_("A city’s office"), [(f"office/{each.slug}", each.name) for each in programme.cities]),
        (_("A moderator or speaker"), [(f"moderator/{each.code}", each.name) for each in programme.people]),
    ]


def feed(event: Event, key: str, now: datetime) -> Feed:
    """The calendar of this key (as in `choices`, or "person/<reference>"). Raises LookupError when there is none."""
    shown = told(event.id, event.release)
    kind, _slash, value = key.partition("/")
    match kind:
        case "person":
            return mypage.calendar_of(event.id, value.upper(), now)
        case "office":
            return calendars.of_office(shown, value, shown.programme.city[value].name, now, _office(event.id, value))
        case "moderator":
            called = shown.programme.person[value].name
            return calendars.of_moderator(shown, value, called, now, _link(person_of(event.id, value)))
    part = Part(kind, value)
    return calendars.public(shown, part, now, source=calendars.address(event.slug, part))


def _office(event_id: int, slug: str) -> Link:
    whose = select(Delegation.id).join(Member).where(Delegation.event_id == event_id, Member.slug == slug)
    return _link(Owner(event_id, delegation_id=db.session.execute(whose).scalar_one()))


def _link(owner: Owner) -> Link:
    """The link in use, without its secret; none where there is none."""
    row = links.of(owner)
    return Link(row.uid, row.generation) if row else Link()


@dataclass(frozen=True)
class Since:
    """What happened since a calendar was last fetched."""

    fetch: Fetch
    releases: Sequence[Release]
    changed: Sequence[Seen]


def since(found: Found, chosen: Feed) -> Since | None:
    """The last fetch of this calendar and what is new in it since; None when none was noted. Three queries."""
    fetch = fetches.last(chosen.event_id, chosen.key)
    if fetch is None:
        return None
    newer = select(Release.number, Release.published_at, Release.note)
    newer = newer.where(Release.event_id == chosen.event_id, Release.number > fetch.release).order_by(Release.number)
    rows = [Release(number=number, published_at=at, note=said) for number, at, said in db.session.execute(newer)]
    told = select(Told.entry["item"]["uid"].as_string()).where(
        Told.event_id == chosen.event_id, Told.release > fetch.release
    )
    later = set(db.session.execute(told).scalars())  # by release: a second may hold a fetch and a release
    changed = [
        each
        for each in found.events
        if each.uid in later or (each.changed.at is not None and each.changed.at > fetch.at)
    ]
    return Since(fetch, rows, changed)


def outdated(event_id: int, found: Found) -> dict[str, int]:
    """Which events of a file we have told otherwise since: UID -> the release that last changed it. One query."""
    rows = db.session.execute(select(Told.entry, Told.release).where(Told.event_id == event_id))
    ours = {entry["item"]["uid"]: (datetime.fromisoformat(entry["changed_at"]), release) for entry, release in rows}
    return {each.uid: ours[each.uid][1] for each in _older(found, ours)}


def _older(found: Found, ours: dict[str, tuple[datetime, int]]) -> Iterator[Seen]:
    for each in found.events:
        at = each.changed.at
        if at is not None and each.uid in ours and at < ours[each.uid][0].replace(microsecond=0):
            yield each
