"""What the programme and the calendar say to one delegate."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from flask_babel import gettext as _

from app import ical
from app.events.models import Event, Mode
from app.publishing.programme import Programme, Session, Summit
from app.publishing.service import Published, published
from app.registration.models import Delegate, State
from app.web import absolute

EVERYBODYS = frozenset({"public", "delegates"})
"""The visibilities of sessions that every delegate may know of."""
OWN = frozenset({*EVERYBODYS, "invited"})
"""Those of sessions that a delegate may know of when their own city appears there."""


def shown_to(delegate: Delegate) -> Published:
    """The release that is current for the delegate's event; an empty one while nothing is published."""
    event = delegate.event
    if event.release:
        return published(event.id, event.release)
    return Published(Programme(0, delegate.registered_at, _summit(event)), {})


def own_sessions(delegate: Delegate, programme: Programme) -> tuple[Session, ...]:
    """The sessions in which the delegate's city appears and that its people may know of, in order."""
    slug = delegate.delegation.member.slug
    return tuple(
        each
        for each in programme.sessions
        if programme.visibility_of(each) in OWN and any(seen.city == slug for seen in each.appearances)
    )


def entries(delegate: Delegate, shown: Published, now: datetime) -> list[ical.Entry]:
    """The delegate's calendar at `now`: the participation, everybody's sessions, and those of their own city.

    Who has withdrawn keeps the cancelled participation alone; who is not at the venue goes on no visit. Sessions
    take place where the delegate does, so each change of mode raises their SEQUENCE and moves their last change.
    """
    if delegate.state != State.APPROVED:
        return ical.live([_participation(delegate)], now)
    own = {session.code for session in own_sessions(delegate, shown.programme)}
    away = (
        set()
        if delegate.mode == Mode.VENUE
        else {each.code for each in shown.programme.sessions if each.kind == "visit"}
    )
    told = [
        entry
        for code, (entry, seen_by) in shown.entries.items()
        if code not in away and (seen_by in EVERYBODYS or code in own)
    ]
    return ical.live([_participation(delegate), *(_here(delegate, entry) for entry in told)], now)


def changed_at(delegate: Delegate) -> datetime:
    """When the delegate's own list of entries last changed, other than by a release."""
    return max(delegate.mode_changed_at, ical.Entry.from_json(delegate.participation).changed_at)


def _participation(delegate: Delegate) -> ical.Entry:
    entry = ical.Entry.from_json(delegate.participation)
    return replace(entry, item=replace(entry.item, url=absolute("publishing.summit", event=delegate.event.slug)))


def _here(delegate: Delegate, entry: ical.Entry) -> ical.Entry:
    """The entry as it is for somebody who takes part in this delegate's mode (RFC 5546 2.1.4).

    Who sends a video message goes nowhere and gives no time of their own.
    """
    item = entry.item
    if delegate.mode != Mode.VENUE:
        video = delegate.mode == Mode.VIDEO
        item = replace(item, place="" if video else _("Online"), geo=None, free=video)
    if not delegate.mode_changes:
        return replace(entry, item=item)
    newest = max(entry.changed_at, delegate.mode_changed_at)
    return replace(entry, item=item, sequence=entry.sequence + delegate.mode_changes, changed_at=newest)


def _summit(event: Event) -> Summit:
    return Summit(
        slug=event.slug,
        title=event.title,
        network=event.network.name,
        network_name=event.network.full_name,
        edition=event.edition,
        motto=event.motto,
        starts_on=event.starts_on,
        ends_on=event.ends_on,
        zone=event.zone,
        place=event.host.name if event.host else "",
        venue=event.venue,
        format=event.format,
        note=event.note,
    )
