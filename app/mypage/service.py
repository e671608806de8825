"""What the programme and the calendar say to one delegate."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from flask_babel import gettext as _
from sqlalchemy import Select, bindparam, select

from app import ical, tokens
from app.db import glance
from app.delegations.models import Delegation
from app.events.models import Event, Mode
from app.network.models import Member
from app.online.letters import entry_of
from app.online.models import TechCheck
from app.planning import hours
from app.publishing import feeds, personal
from app.publishing.feeds import Feed
from app.publishing.programme import Programme, Session
from app.publishing.service import told
from app.publishing.shown import Published
from app.registration.models import Capacity, Delegate, State, join_blank, join_secret
from app.web import absolute


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


def zone_of(delegate: Delegate) -> str:
    """Where the person is: the zone they named, or their city's."""
    return delegate.zone or delegate.delegation.member.zone


def shown_to(delegate: Delegate) -> Published:
    """The release that is current for the delegate's event; an empty one while nothing is published."""
    return told(delegate.event_id, delegate.event.release)


def own_sessions(delegate: Delegate, programme: Programme) -> tuple[Session, ...]:
    """The sessions in which the delegate's city appears and that its people may know of, in order."""
    return personal.own_sessions(programme, delegate.delegation.member.slug)


def hours_of(delegate: Delegate, programme: Programme) -> dict[str, hours.Hours]:
    """How the hours of the own sessions are, by code, where the delegate joins them from (rule 9.7); online alone."""
    if delegate.mode != Mode.ONLINE:
        return {}
    zone = zone_of(delegate)
    return {
        each.code: hours.verdict(each.starts, each.ends, zone)
        for each in own_sessions(delegate, programme)
        if each.starts and each.ends and not each.cancelled
    }


SECOND = timedelta(seconds=1)


class Polled(NamedTuple):
    """What a delegate's calendar depends on, read by one query because programs ask for it all day long."""

    uid: str
    generation: int
    join_generation: int
    reference: str
    state: State
    mode: Mode
    role: Capacity
    language: str
    changes: int
    mode_changed_at: datetime
    state_at: datetime
    changed_at: datetime
    participation: dict[str, Any]
    check: dict[str, Any] | None
    """The entry of the check of picture and sound, once one was booked."""
    city: str
    event_id: int
    slug: str
    release: int


_POLLED = (
    select(
        Delegate.uid,
        Delegate.feed_generation,
        Delegate.join_generation,
        Delegate.reference,
        Delegate.state,
        Delegate.mode,
        Delegate.role,
        Delegate.language,
        Delegate.mode_changes,
        Delegate.mode_changed_at,
        Delegate.state_at,
        Delegate.changed_at,
        Delegate.participation,
        TechCheck.entry,
        Member.slug,
        Event.id,
        Event.slug,
        Event.release,
    )
    .join(Delegation, Delegate.delegation_id == Delegation.id)
    .join(Member, Delegation.member_id == Member.id)
    .join(Event, Delegate.event_id == Event.id)
    .outerjoin(TechCheck, TechCheck.delegate_id == Delegate.id)
)
BY_SECRET = _POLLED.where(Delegate.feed_hash == bindparam("hash"))
BY_REFERENCE = _POLLED.where(Delegate.event_id == bindparam("event"), Delegate.reference == bindparam("reference"))
"""Made once: making them anew takes longer than asking them."""


def calendar(secret: str, source: str, now: datetime) -> Feed:
    """The calendar that this secret opens; `source` is its address. Raises LookupError. One query."""
    return _calendar(_one(BY_SECRET, hash=tokens.digest(secret)), source, now)


def calendar_of(event_id: int, reference: str, now: datetime) -> Feed:
    """The calendar of the delegate with this reference, for organisers. Raises LookupError. One query."""
    return _calendar(_one(BY_REFERENCE, event=event_id, reference=reference), "", now)


def _one(query: Select[*tuple[Any, ...]], **asked: object) -> Polled:
    row = glance(query, **asked)
    if row is None:
        raise LookupError("there is no such calendar")
    return Polled._make(row)


def _calendar(polled: Polled, source: str, now: datetime) -> Feed:
    """The participation, everybody's sessions, and those of the own city, as they are for this person.

    Who does not take part, or no more, has the participation alone, cancelled. Sessions take place where the person
    does, so each change of mode raises their SEQUENCE and moves their last change.
    """
    shown = told(polled.event_id, polled.release)
    chosen, shift = ical.Sheaf(()), None
    if polled.state == State.APPROVED:
        reader = personal.of_delegate(polled.city, polled.mode, polled.role)
        chosen = feeds.sheaf(shown, reader, polled.language, now)
        shift = ical.Shift(polled.changes, polled.mode_changed_at) if polled.changes else None
    head = feeds.head(shown.programme.summit, f"{polled.uid}-agenda@plenary", "", polled.language, source)
    own = _own(polled, shown)
    stands = [each for each in own.leaves if ical.live([each.entry], now)]
    gone = [ical.shown_until(each.entry) + SECOND for each in own.leaves if each not in stands]
    secret = join_secret(polled.uid, polled.join_generation) if source else "." * 24  # an organiser only looks on
    fill = ical.Fill(join_blank(), secret)
    file = ical.File(head, chosen, ical.Sheaf(stands) if gone else own, shift, fill)
    return Feed(
        feed_key(polled.uid, polled.generation),
        polled.event_id,
        polled.release,
        file,
        feeds.modified(shown, file, now, polled.mode_changed_at, polled.state_at, polled.changed_at, *gone),
        f"{polled.slug}-{polled.reference}.ics",
        private=True,
    )


def feed_key(uid: str, generation: int) -> str:
    """Under which name the fetches of a delegate's calendar are noted: those of a replaced address are another's."""
    return f"person/{uid}/{generation}"


def _own(polled: Polled, shown: Published) -> ical.Sheaf:
    """What is this person's alone: the participation as a whole, and the check of picture and sound."""
    told, check = polled.participation, polled.check

    def make() -> ical.Sheaf:
        own = []
        if told:
            entry = ical.Entry.from_json(told)
            page = absolute("publishing.summit", event=polled.slug)
            own.append(replace(entry, item=replace(entry.item, url=page)))
        return ical.Sheaf.of([*own, *([entry_of(check)] if check else [])])

    marks = [(each["sequence"], each["changed_at"]) if each else None for each in (told, check)]
    return shown.sheaves.get(("own", polled.uid, *marks), make)
