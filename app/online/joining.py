"""Who may join a session from afar, when, and where: asked anew whenever somebody comes, so that a link which
organisers replace works at once, and stands in no page, calendar or letter."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import Boolean, and_, bindparam, exists, false, func, or_, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import joinedload

from app import ical, tokens
from app.agenda import models as agenda
from app.db import db, directly
from app.delegations.models import Delegation
from app.events.models import Event, Mode, Person, Room
from app.online.models import OPENS, Joined, OnlineRoom, OnlineSettings, StageLink
from app.publishing import personal
from app.publishing.calendars.models import CalendarLink
from app.publishing.models import Release, Told
from app.publishing.personal import Reader
from app.publishing.programme import Session
from app.publishing.service import told
from app.publishing.shown import Published
from app.refused import Refused
from app.registration import rows
from app.registration.models import Capacity, Delegate, State
from app.web.wording import language

LINGERS = timedelta(minutes=15)
"""How long after its end a session can still be joined: they run over."""
SPEAKERS_FIRST = timedelta(minutes=30)
"""How long before the start speakers can come at the latest, to be seen and heard (3.5 of the domain)."""
SPEAKS_NOT = frozenset({agenda.Part.OBSERVER, agenda.Part.PARTICIPANT})
"""Parts in which one only looks on."""


@dataclass(frozen=True)
class Guest:
    """Whoever has a secret to join: a delegate, or a person of the programme."""

    event: Event
    reader: Reader
    zone: str
    """Where they are; the summit's own for people of the programme."""
    delegate: Delegate | None = None
    person: Person | None = None

    @property
    def own_first(self) -> bool:
        """Whether their own clock leads: it does for who is not at the venue."""
        return self.delegate is not None and self.delegate.mode != Mode.VENUE


class Stand(StrEnum):
    """How a session stands for who wants to join it."""

    CANCELLED = "cancelled"
    UNTIMED = "untimed"
    NOT_YOURS = "not yours"
    """They may know of it, and do not join it from afar."""
    OVER = "over"
    BEFORE = "before"
    UNLINKED = "unlinked"
    OPEN = "open"


@dataclass(frozen=True)
class Moment:
    """When something is; instants."""

    starts: datetime
    ends: datetime


@dataclass(frozen=True)
class Ways:
    """Where a room is joined at present; empty where it is not. `channels`: (language, link)."""

    link: str = ""
    speaker_link: str = ""
    channels: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Door:
    """One session as whoever wants to join it finds it. It holds no provider's link but in `ways`."""

    code: str
    uid: str
    title: str
    stand: Stand
    when: Moment | None
    opens: datetime | None
    phone: str
    ways: Ways
    speaks: bool = False
    moved_from: Moment | None = None

    def target(self, channel: str = "") -> str:
        """The provider's address behind a button: that of a language, or else of the session."""
        if channel:
            return next((link for language, link in self.ways.channels if language == channel), "")
        return (self.speaks and self.ways.speaker_link) or self.ways.link


def by_secret(token: str) -> Guest:
    """Whoever has this secret. Raises LookupError when nobody has, or has it no more. At most two queries."""
    digest = tokens.digest(token)
    delegate = db.session.execute(rows.whole().where(Delegate.join_hash == digest)).scalar_one_or_none()
    if delegate is not None:
        if delegate.state != State.APPROVED:
            raise LookupError("this person takes part no more")
        return guest_of(delegate)
    found = db.session.execute(
        select(Person, Event)
        .join(CalendarLink, CalendarLink.person_id == Person.id)
        .join(Event, CalendarLink.event_id == Event.id)
        .where(CalendarLink.join_hash == digest, CalendarLink.active)
    ).one_or_none()
    if found is None:
        raise LookupError("nobody has this secret")
    person, event = found
    return Guest(event, personal.of_person(person.code), event.zone, person=person)


def guest_of(delegate: Delegate) -> Guest:
    """A delegate with event and city loaded."""
    member = delegate.delegation.member
    reader = personal.of_delegate(member.slug, delegate.mode, delegate.role)
    return Guest(delegate.event, reader, delegate.zone or member.zone, delegate=delegate)


def door(guest: Guest, uid: str, now: datetime) -> Door:
    """How the session with this uid stands for this guest. Raises LookupError for one they may not know of.

    A fixed number of queries.
    """
    shown = told(guest.event.id, guest.event.release)
    for code, (entry, seen_by) in shown.entries.items():
        if entry.item.uid == f"{uid}@plenary" and personal.has(guest.reader, entry, seen_by):
            settings, rooms = _arranged(guest.event.id)
            ways = _of_room(shown, code, rooms)
            mine = _spoken(guest)
            return _stands(guest, code, entry, settings, ways, mine, now, _moved(guest.event.id, code, entry))
    raise LookupError("they know of no such session")


def doors(guest: Guest, now: datetime, spoken: Iterable[str] | None = None) -> list[Door]:
    """All that this guest joins from afar, in order of time. A fixed number of queries.

    `spoken`: what `spoken_in` says of them, where it was asked already.
    """
    shown = told(guest.event.id, guest.event.release)
    mine = _spoken(guest) if spoken is None else frozenset(spoken)
    settings, ways = _arranged(guest.event.id)
    found = []
    for code, (entry, seen_by) in shown.entries.items():
        if personal.has(guest.reader, entry, seen_by) and _joins(guest, entry, settings):
            here = _of_room(shown, code, ways)
            if here.link or entry.item.joinable or code_speaks(mine, entry):
                found.append(_stands(guest, code, entry, settings, here, mine, now, None))
    return sorted(found, key=lambda each: (each.when is None, each.when.starts if each.when else now, each.title))


def press(guest: Guest, uid: str, channel: str, now: datetime) -> str:
    """Note that they join, the first time, and tell the provider's address. Refused in words when the door is shut.

    Raises LookupError for a session they may not know of.
    """
    found = door(guest, uid, now)
    if found.stand != Stand.OPEN or not (target := found.target(channel)):
        raise Refused(_("This cannot be joined now. Read on this page how it stands."))
    whose = {"delegate_id": guest.delegate.id} if guest.delegate else {"person_id": guest.person and guest.person.id}
    values = {"event_id": guest.event.id, "session_uid": uid, "speaks": found.speaks, "at": now, **whose}
    dialect = postgresql if db.engine.dialect.name == "postgresql" else sqlite
    db.session.execute(dialect.insert(Joined).values(**values).on_conflict_do_nothing())
    return target


def joins_anything(guest: Guest) -> bool:
    """Whether somebody who is not online may have to do with any session afar: their city joins one or moderates one,
    or the organisers let all people join. One query."""
    if directly(MAY_JOIN, of=guest.event.id, who=guest.reader.who).scalar_one():
        return True
    shown = told(guest.event.id, guest.event.release)
    entries = [each for each, _seen_by in shown.entries.values()]
    return any(Mode.ONLINE in (each.item.circle.how(guest.reader.who) or "").split() for each in entries)


MAY_JOIN = select(
    or_(
        exists().where(StageLink.event_id == bindparam("of"), StageLink.who == bindparam("who"), StageLink.active),
        exists().where(OnlineSettings.event_id == bindparam("of"), OnlineSettings.venue_joins),
    )
)


def settings_of(event_id: int) -> OnlineSettings:
    """How this summit is joined; the defaults where nothing was set. One query."""
    return _arranged(event_id)[0]


def spoken_in(delegate: Delegate) -> list[str]:
    """The uids of the sessions of the draft in which this person speaks live: named, or as the head of the delegation
    where nobody is. One query."""
    return list(db.session.execute(SPOKEN, speaker(delegate)).scalars())


def speaker(delegate: Delegate) -> dict[str, object]:
    """What stands in the blanks of `SPOKEN` for this person."""
    return {"city": delegate.delegation_id, "person": delegate.id, "head": delegate.role == Capacity.HEAD}


_NAMED = agenda.Appearance.speaker_id == bindparam("person")
_AS_HEAD = and_(bindparam("head", type_=Boolean()), agenda.Appearance.speaker_id.is_(None))
SPOKEN = (
    select(agenda.Session.uid)
    .join(agenda.Appearance, agenda.Appearance.session_id == agenda.Session.id)
    .where(agenda.Appearance.delegation_id == bindparam("city"), agenda.Session.cancelled.is_(False))
    .where(or_(agenda.Appearance.mode.is_(None), agenda.Appearance.mode != Mode.VIDEO))
    .where(agenda.Appearance.part.not_in(SPEAKS_NOT), or_(_NAMED, _AS_HEAD))
)
"""Made once: making it anew takes longer than asking it."""


def code_speaks(mine: frozenset[str] | None, entry: ical.Entry) -> bool:
    """Whether one speaks in it; who leads sessions (`mine` is None) does in all of theirs."""
    return mine is None or entry.item.uid.removesuffix("@plenary") in mine


def _spoken(guest: Guest) -> frozenset[str] | None:
    return frozenset(spoken_in(guest.delegate)) if guest.delegate else None


def _joins(guest: Guest, entry: ical.Entry, settings: OnlineSettings) -> bool:
    """Whether they join it from afar: who is online does, or whose city appears there online, or who leads it; who is
    at the venue where the organisers let them."""
    if guest.delegate is None or guest.delegate.mode == Mode.ONLINE:
        return True
    if Mode.ONLINE in (entry.item.circle.how(guest.reader.who) or "").split():
        return True
    return settings.venue_joins and guest.delegate.mode == Mode.VENUE and not entry.item.circle.on_site


def _stands(
    guest: Guest,
    code: str,
    entry: ical.Entry,
    settings: OnlineSettings,
    ways: Ways,
    mine: frozenset[str] | None,
    now: datetime,
    moved_from: Moment | None,
) -> Door:
    item = entry.item
    speaks = code_speaks(mine, entry)
    before = timedelta(minutes=settings.opens)
    opens = None if item.all_day else item.begins - (max(before, SPEAKERS_FIRST) if speaks else before)
    joins = _joins(guest, entry, settings)
    return Door(
        code=code,
        uid=item.uid.removesuffix("@plenary"),
        title=entry.spoken(language()).item.title,
        stand=_stand(item, joins, bool(ways.link or (speaks and ways.speaker_link)), opens, now),
        when=None if item.all_day else Moment(item.begins, item.finishes),
        opens=opens,
        phone=settings.phone,
        ways=ways if joins else Ways(),
        speaks=speaks and joins,
        moved_from=moved_from,
    )


def _stand(item: ical.Item, joins: bool, linked: bool, opens: datetime | None, now: datetime) -> Stand:
    if item.cancelled:
        return Stand.CANCELLED
    if not joins:
        return Stand.NOT_YOURS
    if opens is None:
        return Stand.UNTIMED
    if now >= item.finishes + LINGERS:
        return Stand.OVER
    if now < opens:
        return Stand.BEFORE
    return Stand.OPEN if linked else Stand.UNLINKED


Rooms = Sequence[tuple[int, str, Ways]]


def all_ways(event_id: int) -> Rooms:
    """(id, name, ways) of every room, in order. One query."""
    return _arranged(event_id)[1]


def _arranged(event_id: int) -> tuple[OnlineSettings, Rooms]:
    """How a summit and its rooms are joined. One query."""
    found = directly(ARRANGED, of=event_id).all()
    first = found[0]
    settings = OnlineSettings(event_id=event_id, opens=first.opens, venue_joins=first.venue_joins, phone=first.phone)
    return settings, [(each.id, each.name, _ways(each)) for each in found if each.id is not None]


def _ways(row: Any) -> Ways:
    channels = tuple((each["language"], each["link"]) for each in row.channels or ())
    return Ways(row.link, row.speaker_link or "", channels)


ARRANGED = (
    select(
        func.coalesce(OnlineSettings.opens, OPENS).label("opens"),
        func.coalesce(OnlineSettings.venue_joins, false()).label("venue_joins"),
        func.coalesce(OnlineSettings.phone, "").label("phone"),
        Room.id,
        Room.name,
        Room.link,
        OnlineRoom.speaker_link,
        OnlineRoom.channels,
    )
    .select_from(Event)
    .outerjoin(OnlineSettings, OnlineSettings.event_id == Event.id)
    .outerjoin(Room, Room.event_id == Event.id)
    .outerjoin(OnlineRoom, OnlineRoom.room_id == Room.id)
    .where(Event.id == bindparam("of"))
    .order_by(Room.position, Room.id)
)


def _of_room(shown: Published, code: str, rooms: Rooms) -> Ways:
    """Of the room where the released session is; one that was renamed since is known by its key."""
    session: Session | None = shown.programme.session.get(code)
    if session is None or not session.room:
        return Ways()
    keys = {each.key for each in shown.programme.rooms if each.name == session.room}
    by_name: Mapping[str, Ways] = {name: ways for _key, name, ways in rooms}
    return next((ways for key, _name, ways in rooms if key in keys), by_name.get(session.room, Ways()))


def _moved(event_id: int, code: str, entry: ical.Entry) -> Moment | None:
    """When it was to be before the release that last changed it, if that was at another time. One query."""
    if entry.item.all_day or not entry.sequence:
        return None
    asked = (
        select(Release.programme)
        .join(Told, and_(Told.event_id == Release.event_id, Release.number == Told.release - 1))
        .where(Told.event_id == event_id, Told.code == code)
    )
    stored = db.session.execute(asked).scalar_one_or_none()
    for each in stored["sessions"] if stored else ():
        if each["code"] == code and each.get("starts"):
            starts, ends = (datetime.fromisoformat(each[name]) for name in ("starts", "ends"))
            return Moment(starts, ends) if starts != entry.item.begins else None
    return None


def joined(event_id: int) -> list[Joined]:
    """Who joined what, the latest first. One query."""
    asked = select(Joined).where(Joined.event_id == event_id).order_by(Joined.at.desc(), Joined.id.desc())
    return list(db.session.execute(asked).scalars())


def people_of(found: Sequence[Joined]) -> tuple[dict[int, Delegate], dict[int, Person]]:
    """Who these are, by their ids. Two queries."""
    delegates = (
        select(Delegate)
        .where(Delegate.id.in_([each.delegate_id for each in found if each.delegate_id]))
        .options(joinedload(Delegate.delegation).joinedload(Delegation.member))
    )
    people = select(Person).where(Person.id.in_([each.person_id for each in found if each.person_id]))
    return (
        {each.id: each for each in db.session.execute(delegates).scalars()},
        {each.id: each for each in db.session.execute(people).scalars()},
    )
