"""When a reminder goes: from what it is counted, and how it follows when that moves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import cached_property

from flask_babel import gettext as _

from app import clock
from app.announcing.letters import Subject
from app.announcing.models import Anchor, Rule, Unit
from app.announcing.quiet import shown
from app.delegations.deadlines import Limit, all_limits
from app.events.models import Due, Event
from app.publishing import service as publishing
from app.publishing.programme import Programme, Session
from app.refused import Refused

USEFUL = timedelta(days=2)
"""How long after its moment a reminder may still go that reminds of nothing ahead."""


@dataclass(frozen=True)
class Occurrence:
    """One moment of a rule, and for whom."""

    moment: datetime
    about: Subject
    until: datetime
    """Not to be sent from then on."""
    only: frozenset[int] | None = None
    """The delegations that were given longer until this deadline; None: all but `without`."""
    without: frozenset[int] = frozenset()

    def meant(self, delegation_id: int) -> bool:
        return delegation_id not in self.without if self.only is None else delegation_id in self.only


class Ground:
    """What the moments of one event's rules are counted from; what was read once is kept."""

    def __init__(self, event: Event) -> None:
        self.event = event
        self._limits: dict[Due, tuple[Limit | None, Mapping[int, Limit]]] = {}

    @cached_property
    def programme(self) -> Programme | None:
        return publishing.programme_of(self.event)

    def limits(self, kind: Due) -> tuple[Limit | None, Mapping[int, Limit]]:
        if kind not in self._limits:
            self._limits[kind] = all_limits(self.event.id, kind)
        return self._limits[kind]

    def session(self, code: str) -> Session | None:
        return self.programme.session.get(code) if self.programme else None


def occurrences(rule: Rule, ground: Ground) -> list[Occurrence]:
    """The moments of a rule as things stand, the earliest first: one, or several where cities were given longer.

    Refused, in words, when there is none at present.
    """
    zone = ground.event.zone
    if rule.anchor == Anchor.MOMENT:
        if rule.day is None or rule.clock is None:
            raise ValueError("a set moment has a day and a time")
        moment = shown(rule.day, rule.clock, zone)[0]
        return [Occurrence(moment, Subject(), moment + USEFUL)]
    if rule.anchor == Anchor.DEADLINE:
        return _of_deadline(rule, ground)
    at = _of_session(rule, ground) if rule.anchor == Anchor.SESSION else clock.midnight(ground.event.starts_on, zone)
    session = ground.session(rule.anchor_of)
    return [_occurrence(rule, Subject(rule.anchor, session.title if session else "", at), zone)]


def _of_deadline(rule: Rule, ground: Ground) -> list[Occurrence]:
    common, longer = ground.limits(Due(rule.anchor_of))
    if common is None:
        raise Refused(_("This deadline is not set."))
    later = {key: limit.at for key, limit in longer.items() if limit.extended}
    zone, found = ground.event.zone, []
    for at in sorted({common.at, *later.values()}):
        only = frozenset(key for key, each in later.items() if each == at)
        whose = {"without": frozenset(later)} if at == common.at else {"only": only}
        found.append(_occurrence(rule, Subject(rule.anchor, rule.anchor_of, at), zone, **whose))
    return found


def _of_session(rule: Rule, ground: Ground) -> datetime:
    session = ground.session(rule.anchor_of)
    if session is None:
        raise Refused(_("This session is not in the released programme."))
    if session.cancelled:
        raise Refused(_("This session is cancelled."))
    if session.starts is None:
        raise Refused(_("The time of this session is not announced yet."))
    return session.starts


def _occurrence(rule: Rule, about: Subject, zone: str, **whose: frozenset[int]) -> Occurrence:
    if about.at is None:
        raise ValueError("what a reminder is counted from has a moment")
    moment = moved(about.at, rule.amount, rule.unit, rule.clock, zone)
    until = about.at if moment < about.at else moment + USEFUL
    return Occurrence(moment, about, until, **whose)


def moved(at: datetime, amount: int, unit: Unit, wall: time | None, zone: str) -> datetime:
    """So many units after `at`, before it when below 0. Days are those of the calendar in the zone: the clock shows the
    same time then, or `wall`, even when the clocks were changed between."""
    if unit == Unit.HOURS:
        return at + timedelta(hours=amount)
    local = clock.local(at, zone)
    return shown(local.date() + timedelta(days=amount), wall or local.time(), zone)[0]
