"""Creating an event, and changing what it is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import exists, func, select

from app import clock, ical, tokens
from app.accounts import Role, staffing
from app.accounts import service as accounts
from app.agenda.models import Session
from app.db import db
from app.events.models import RESERVED, Approval, Event, Mode, Room, Theme
from app.journal import note
from app.network.founding import check_slug, made_by, take_address
from app.network.models import Member, Network, folded
from app.refused import Refused
from app.registration.models import Delegate, Places, State

CREATED = "event created"
CHANGED = "event settings changed"
TONES = 6


@dataclass(frozen=True)
class Settings:
    """What an event is, as the form says it. Days are days on the clocks of its zone."""

    title: str
    motto: str
    starts_on: date
    ends_on: date
    zone: str
    venue: str
    host: str
    """The slug of a member; empty: none yet."""
    reply_to: str
    approval: Approval
    opens_on: date | None
    closes_on: date | None


@dataclass(frozen=True)
class Beginning:
    """What is said only once, or only added to."""

    slug: str
    modes: tuple[Mode, ...]
    copy_of: str = ""
    """The slug of an earlier event of the network, whose rooms, themes and rules this one takes over."""


def earlier(network: Network) -> list[Event]:
    """The events of a network, latest first. One query."""
    query = select(Event).where(Event.network_id == network.id).order_by(Event.starts_on.desc(), Event.slug)
    return list(db.session.execute(query).scalars())


def hosts(network_id: int) -> dict[str, str]:
    """Slug -> name of the members who may host, by name. One query."""
    query = select(Member.slug, Member.name).where(Member.network_id == network_id, Member.until == "")
    return dict(db.session.execute(query.order_by(Member.folded, Member.slug)).all())


def create(
    network: Network,
    settings: Settings,
    beginning: Beginning,
    rooms: Sequence[str],
    themes: Sequence[str],
    key: str,
    *,
    user: tuple[int, str],
    who: str,
    now: datetime,
) -> Event:
    """A new event of a network, which its maker (`user`: id, address) organises. The same form (`key`) makes one.

    Refused beside the field that is wrong.
    """
    check_slug(beginning.slug, RESERVED)
    mark = tokens.digest(f"event/{key}")
    first = db.session.execute(select(Event).where(Event.slug == beginning.slug)).scalar_one_or_none()
    if first is not None:
        if made_by(f"event/{first.uid}", CREATED) == mark:
            return first
        raise Refused(_("There is an event of this address already: %(title)s.", title=first.title), "slug")
    check(settings)
    event = Event(slug=beginning.slug, network_id=network.id, stated={}, planning={}, release=0)
    _put(event, settings)
    model = _model(network, beginning.copy_of)
    if model is not None:
        event.approval, event.planning = model.approval, dict(model.planning)
        event.reply_to = settings.reply_to or model.reply_to
    take_address(event)
    for mode in Mode:
        seats = None if mode in beginning.modes else 0
        db.session.add(Places(event_id=event.id, mode=mode, taken=0, granted=0, lowered=0, seats=seats))
    if model is not None:
        _copy(model.id, event.id)
        db.session.flush()
    _add(event, rooms, themes)
    note(CREATED, f"event/{event.uid}", who=who, now=now, event_id=event.id, after=_told(event) | {"form": mark})
    key_of, address = user
    if Role.ORGANISER not in accounts.roles(key_of, event.slug):
        staffing.entrust(event.id, address, (Role.ORGANISER,), who=who, now=now)
    return event


def change(
    event_id: int,
    settings: Settings,
    rooms: Sequence[str],
    themes: Sequence[str],
    seen: str,
    *,
    who: str,
    now: datetime,
) -> bool:
    """Bring an event to these settings, and add rooms and themes; whether anything differs.

    Refused beside the field that is wrong, and on "seen" when somebody changed the settings since the form was opened.
    """
    query = select(Event).where(Event.id == event_id).with_for_update()
    event = db.session.execute(query.execution_options(populate_existing=True)).scalar_one()
    if seen != mark_of(event):
        raise Refused(
            _("Somebody has changed these settings meanwhile. They stand here now; look at them again."), "seen"
        )
    check(settings)
    _check_days(event, settings)
    before = _told(event)
    _put(event, settings)
    added = _add(event, rooms, themes)
    after = _told(event)
    if before == after and not added:
        return False
    changed = {name: value for name, value in after.items() if value != before[name]}
    note(
        CHANGED, f"event/{event.uid}", who=who, now=now, event_id=event.id,
        before={name: before[name] for name in changed}, after=changed | added,
    )  # fmt: skip
    return True


def check(settings: Settings) -> None:
    """Whether the settings may stand by themselves. Refused beside the field that is wrong."""
    if not clock.is_zone(settings.zone):
        raise Refused(_("Choose a time zone, written as Area/City: “Asia/Tokyo”."), "zone")
    if settings.ends_on < settings.starts_on:
        raise Refused(_("The last day is before the first."), "ends_on")
    if (settings.ends_on - settings.starts_on).days > 60:
        raise Refused(_("An event lasts at most two months."), "ends_on")
    if settings.closes_on and not settings.opens_on:
        raise Refused(_("From which day on can people register?"), "opens_on")
    if settings.opens_on and settings.closes_on and settings.closes_on < settings.opens_on:
        raise Refused(_("Registration would close before it opens."), "closes_on")


def mark_of(event: Event) -> str:
    """What a form carries of what it was opened on."""
    return tokens.digest(repr(sorted(_told(event).items())))


def rooms_of(event_id: int) -> list[str]:
    """The names of the rooms, in order. One query."""
    query = select(Room.name).where(Room.event_id == event_id).order_by(Room.position, Room.id)
    return list(db.session.execute(query).scalars())


def themes_of(event_id: int) -> list[str]:
    """The names of the themes, in order. One query."""
    query = select(Theme.name).where(Theme.event_id == event_id).order_by(Theme.position, Theme.id)
    return list(db.session.execute(query).scalars())


def host_of(event: Event) -> str:
    """The slug of the host; empty: none yet. One query."""
    return str(db.session.execute(select(Member.slug).where(Member.id == event.host_id)).scalar_one_or_none() or "")


def days_of(event: Event) -> tuple[date | None, date | None]:
    """From which day to which people register by themselves, on the clocks of the event."""
    opens, closes = (
        clock.local(at, event.zone).date() if at else None
        for at in (event.registration_opens, event.registration_closes)
    )
    return opens, closes


def _check_days(event: Event, settings: Settings) -> None:
    """What stands on the agenda keeps its day and its clock: neither may be taken from under it."""
    mine = (Session.event_id == event.id, Session.day.is_not(None), Session.cancelled.is_(False))
    outside = (Session.day < settings.starts_on) | (Session.day > settings.ends_on)
    left = db.session.execute(select(func.count()).select_from(Session).where(*mine, outside)).scalar_one()
    if left and (settings.starts_on, settings.ends_on) != (event.starts_on, event.ends_on):
        said = ngettext(
            "One session would lie outside these days. Move it first.",
            "%(num)s sessions would lie outside these days. Move them first.",
            left,
        )
        raise Refused(said, "ends_on")
    same = (settings.starts_on, settings.ends_on, settings.zone) == (event.starts_on, event.ends_on, event.zone)
    told = (Delegate.event_id == event.id, Delegate.state == State.APPROVED)
    if not same and db.session.execute(select(exists().where(*told))).scalar_one():
        said = _("People have these days in their calendars already, so days and time zone stay as they are.")
        raise Refused(said, "starts_on")
    if settings.zone != event.zone and db.session.execute(select(exists().where(*mine))).scalar_one():
        raise Refused(_("Sessions have times already, and all of them would move. The zone stays as it is."), "zone")


def _put(event: Event, settings: Settings) -> None:
    event.title, event.motto, event.venue = settings.title, settings.motto, settings.venue
    event.starts_on, event.ends_on = settings.starts_on, settings.ends_on
    event.reply_to, event.approval = settings.reply_to, settings.approval
    before = days_of(event) if event.zone else (None, None)
    moved = event.zone != settings.zone
    event.zone = settings.zone
    event.host_id = _host(event.network_id, settings.host)
    if moved or settings.opens_on != before[0]:
        event.registration_opens = _at(settings.opens_on, time(), settings.zone)
    if moved or settings.closes_on != before[1]:
        last = _at(settings.closes_on, time(23, 59), settings.zone)
        event.registration_closes = last + timedelta(minutes=1, microseconds=-1) if last else None


def _at(day: date | None, at: time, zone: str) -> datetime | None:
    return ical.wall(day, at, zone) if day else None


def _host(network_id: int, slug: str) -> int | None:
    if not slug:
        return None
    found = select(Member.id).where(Member.network_id == network_id, Member.slug == slug)
    key = db.session.execute(found).scalar_one_or_none()
    if key is None:
        raise Refused(_("This member is not in the register any more. Choose again."), "host")
    return key


def _model(network: Network, slug: str) -> Event | None:
    if not slug:
        return None
    found = select(Event).where(Event.network_id == network.id, Event.slug == slug)
    event = db.session.execute(found).scalar_one_or_none()
    if event is None:
        raise Refused(_("This event of the network is not there any more. Choose again."), "copy_of")
    return event


def _copy(model_id: int, event_id: int) -> None:
    """Rooms and themes of the earlier event; where one joins online is not taken over."""
    for room in db.session.execute(select(Room).where(Room.event_id == model_id).order_by(Room.position)).scalars():
        own = {name: getattr(room, name) for name in ("name", "seats", "changeover", "building", "position")}
        db.session.add(Room(event_id=event_id, equipment=list(room.equipment), **own))
    for theme in db.session.execute(select(Theme).where(Theme.event_id == model_id).order_by(Theme.position)).scalars():
        own = {name: getattr(theme, name) for name in ("slug", "name", "tone", "position")}
        db.session.add(Theme(event_id=event_id, **own))


def _add(event: Event, rooms: Sequence[str], themes: Sequence[str]) -> dict[str, Any]:
    """Rooms and themes that are not there yet; what was added."""
    halls = _new(rooms, rooms_of(event.id))
    count = len(rooms_of(event.id))
    for place, name in enumerate(halls, count):
        db.session.add(Room(event_id=event.id, name=name, equipment=[], position=place))
    subjects, known = _new(themes, themes_of(event.id)), _slugs(event.id)
    for place, name in enumerate(subjects, len(known)):
        slug = _slug(name, known)
        known.add(slug)
        db.session.add(Theme(event_id=event.id, slug=slug, name=name, tone=place % TONES + 1, position=place))
    db.session.flush()
    return ({"rooms": halls} if halls else {}) | ({"themes": subjects} if subjects else {})


def _new(wanted: Iterable[str], known: Iterable[str]) -> list[str]:
    seen = {each.casefold() for each in known}
    found = []
    for name in wanted:
        if name.casefold() not in seen:
            seen.add(name.casefold())
            found.append(name)
    return found


def _slugs(event_id: int) -> set[str]:
    return set(db.session.execute(select(Theme.slug).where(Theme.event_id == event_id)).scalars())


def _slug(name: str, taken: set[str]) -> str:
    """A word for addresses, of the letters of the name that can stand there."""
    plain = "-".join(word for word in map(folded, name.split()) if word.isascii() and word)
    base = plain[:50].strip("-") or "theme"
    return next(word for n in range(1, 1000) if (word := base if n == 1 else f"{base}-{n}") not in taken)


def _told(event: Event) -> dict[str, Any]:
    """The settings as the journal holds them."""
    opens, closes = days_of(event)
    return {
        "title": event.title,
        "motto": event.motto,
        "first day": event.starts_on.isoformat(),
        "last day": event.ends_on.isoformat(),
        "zone": event.zone,
        "venue": event.venue,
        "host": event.host_id,
        "answers go to": event.reply_to,
        "approval": event.approval.value,
        "registration from": opens.isoformat() if opens else "",
        "registration until": closes.isoformat() if closes else "",
    }
