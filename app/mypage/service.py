"""What the programme and the calendar say to one delegate."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from flask_babel import gettext as _

from app import ical
from app.events.models import Mode
from app.planning import hours
from app.publishing.composing import summit_of
from app.publishing.programme import Programme, Session
from app.publishing.service import Published, published
from app.registration.models import Delegate, State
from app.web import absolute

EVERYBODYS = frozenset({"public", "delegates"})
"""The visibilities of sessions that every delegate may know of."""
OWN = frozenset({*EVERYBODYS, "invited"})
"""Those of sessions that a delegate may know of when their own city appears there."""


@dataclass(frozen=True)
class Standing:
    """Where a registration stands, as its person reads it."""

    heading: str
    sentence: str
    tone: str


def standing(delegate: Delegate) -> Standing:
    """The heading of the page and what it means for the person; an approved registration needs no sentence."""
    city = delegate.delegation.member.name
    reason = _("The reason given: %(reason)s", reason=delegate.comment) if delegate.comment else ""
    said = {
        State.APPROVED: (_("Your registration"), "", "good"),
        State.NOMINATED: (
            _("You are nominated"),
            _(
                "%(city)s has named you for its delegation. Please complete your registration. If you do not want to"
                " take part, or that we hold what stands here, object.",
                city=city,
            ),
            "warn",
        ),
        State.SUBMITTED: (
            _("Your registration is with your city"),
            _("The office of %(city)s has to agree to it. Please book nothing before a letter confirms it.", city=city),
            "info",
        ),
        State.ENDORSED: (
            _("Your registration is with the organisers"),
            _("%(city)s stands for it. Please book nothing before a letter confirms it.", city=city),
            "info",
        ),
        State.RETURNED: (
            _("Please look at your registration again"),
            _("It was returned: %(comment)s", comment=delegate.comment),
            "warn",
        ),
        State.WAITLISTED: (
            _("You are on the waiting list"),
            _("No place is left at present. We write when it is your turn; the order of the list is kept strictly."),
            "info",
        ),
        State.OFFERED: (
            _("A place is held for you"),
            _("It is your turn. Take the place or decline it before the time is over."),
            "warn",
        ),
        State.WITHDRAWN: (
            _("You have withdrawn"),
            _("Your place is free for somebody else, and the days in your calendar are cancelled."),
            "warn",
        ),
        State.REFUSED: (_("Your city did not agree to this registration"), reason, "warn"),
        State.REJECTED: (_("This registration was rejected"), reason, "warn"),
        State.CANCELLED: (
            _("This registration was cancelled"),
            reason or _("The organisers had to cancel it. Please write to them if you have questions."),
            "warn",
        ),
        State.REPLACED: (
            _("This registration no longer stands"),
            _("Questions are best put to the office of your city."),
            "warn",
        ),
        State.EXPIRED: (
            _("You are no longer on the waiting list"),
            _("Two offers of a place stayed without an answer. Please write to the organisers if you want to come."),
            "warn",
        ),
    }
    return Standing(*said[delegate.state])


def shown_to(delegate: Delegate) -> Published:
    """The release that is current for the delegate's event; an empty one while nothing is published."""
    event = delegate.event
    if event.release:
        return published(event.id, event.release)
    return Published(Programme(0, delegate.registered_at, summit_of(event)), {})


def own_sessions(delegate: Delegate, programme: Programme) -> tuple[Session, ...]:
    """The sessions in which the delegate's city appears and that its people may know of, in order."""
    return sessions_of(delegate.delegation.member.slug, programme)


def sessions_of(city: str, programme: Programme) -> tuple[Session, ...]:
    """The sessions in which this city (its slug) appears and that its people may know of, in order."""
    return tuple(
        each
        for each in programme.sessions
        if programme.visibility_of(each) in OWN and any(seen.city == city for seen in each.appearances)
    )


def hours_of(delegate: Delegate, programme: Programme) -> dict[str, hours.Hours]:
    """How the hours of the own sessions are, by code, where the delegate joins them from (rule 9.7); online alone."""
    if delegate.mode != Mode.ONLINE:
        return {}
    zone = delegate.zone or delegate.delegation.member.zone
    return {
        each.code: hours.verdict(each.starts, each.ends, zone)
        for each in own_sessions(delegate, programme)
        if each.starts and each.ends and not each.cancelled
    }


def entries(delegate: Delegate, shown: Published, now: datetime) -> list[ical.Entry]:
    """The delegate's calendar at `now`: the participation, everybody's sessions, and those of their own city.

    Who has withdrawn keeps the cancelled participation alone; who is not at the venue goes on no visit. Sessions
    take place where the delegate does, so each change of mode raises their SEQUENCE and moves their last change.
    """
    if delegate.state != State.APPROVED:
        return ical.live([_participation(delegate)] if delegate.participation else [], now)
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
    if not delegate.participation:
        return delegate.mode_changed_at
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
