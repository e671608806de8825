"""Who gets a letter, when, and who gets none and why: the exact list, as organisers see it and as it is sent."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from app.announcing.candidates import Candidate, everybody
from app.announcing.criteria import Criterion, Has, chosen
from app.announcing.models import QuietHours, Unsubscribed, wants_none
from app.announcing.quiet import Quiet, lives_by
from app.db import db
from app.events.models import Event, Mode
from app.network.models import folded as as_name
from app.outbox import folded as as_address
from app.outbox import marks, reachable
from app.outbox.models import Why
from app.outbox.tongues import tongue
from app.refused import Refused
from app.sentences import Sentence

Unfit = Callable[[Candidate], str]
"""Why somebody who is meant gets no letter all the same; empty: they get one."""


NO_MORE = Sentence(_l("They want no more announcements.")).stored()
SHORT = 16
"""So many characters of a uid stand in a mark: 64 bits, so that the marks of thousands fit into a form."""


@dataclass(frozen=True)
class Recipient:
    """Somebody who gets a letter."""

    one: Candidate
    why: tuple[str, ...]
    language: str
    """That in which they get it: their own, or the one for all others."""
    due: datetime
    zone: str
    """The clocks by which their quiet hours go."""
    office: Candidate | None = None
    """They answer for a city too, as this."""

    @property
    def mark(self) -> str:
        """Equal for the same person at the same address in the same language."""
        told = f"{self.one.email}\n{self.one.called}\n{self.language}"
        return f"{self.one.uid[:SHORT]}.{hashlib.blake2b(told.encode(), digest_size=6).hexdigest()}"


@dataclass(frozen=True)
class LeftOut:
    """Somebody who is meant and gets none."""

    one: Candidate
    why: tuple[str, ...]
    reason: str


@dataclass(frozen=True)
class Round:
    """The whole list, by city and name."""

    going: tuple[Recipient, ...] = ()
    left_out: tuple[LeftOut, ...] = ()


@dataclass(frozen=True)
class Wanted:
    """To whom, in which languages it is written, and until when it is of use."""

    asked: Mapping[str, Collection[str]]
    languages: Collection[str]
    fallback: str
    until: datetime | None = None


@dataclass(frozen=True)
class _Judged:
    """What holds of somebody whatever the letter is."""

    due: datetime
    zone: str
    tongue: str
    unfit: str


class Crowd:
    """Everybody of one event at one moment, asked by one filter or by many; what was read once is kept."""

    def __init__(self, event: Event, now: datetime) -> None:
        self.event, self.now = event, now
        self._has: dict[str, Has] = {}
        self._words: dict[str, Mapping[str, Any]] = {}
        self._judged: dict[str, _Judged] = {}

    @cached_property
    def rows(self) -> list[Candidate]:
        return everybody(self.event)

    @cached_property
    def offices(self) -> dict[tuple[str, str], Candidate]:
        """The focal points, by who they are."""
        return {each.human: each for each in self.rows if each.focal}

    @cached_property
    def marked(self) -> dict[Why, frozenset[str]]:
        return marks.known({as_address(each.email) for each in self.rows})

    @cached_property
    def quiet(self) -> Quiet:
        return quiet_hours(self.event.id)

    @cached_property
    def gone(self) -> tuple[frozenset[str], frozenset[tuple[str, str]]]:
        """Who wants none: the uids, and (address, name)."""
        query = select(Unsubscribed.uid, Unsubscribed.address, Unsubscribed.name)
        found = db.session.execute(query.where(Unsubscribed.event_id == self.event.id)).all()
        return frozenset(each.uid for each in found), frozenset((each.address, each.name) for each in found)

    def has(self, criterion: Criterion) -> Has:
        if criterion.name not in self._has:
            self._has[criterion.name] = criterion.has(self.event, self.rows, self.now)
        return self._has[criterion.name]

    def words(self, criterion: Criterion) -> Mapping[str, Any]:
        if criterion.name not in self._words:
            self._words[criterion.name] = criterion.choices(self.event)
        return self._words[criterion.name]

    def round(
        self, wanted: Wanted, unfit: Unfit | None = None, meant: Callable[[Candidate], bool] | None = None
    ) -> Round:
        """The list. A human being who stands in several rows gets one letter, as the first of them.

        `unfit` says of what a letter tells whether somebody may not get it; of those whom `meant` leaves out nothing
        is said at all.
        """
        found: dict[tuple[str, str], tuple[Candidate, tuple[str, ...]]] = {}
        why = chosen(wanted.asked, self.has, self.words)
        for each in self.rows:
            reasons = why(each) if meant is None or meant(each) else None
            if reasons is None:
                continue
            first, before = found.get(each.human, (each, ()))
            found[each.human] = first, tuple(dict.fromkeys([*before, *reasons]))
        going, left = [], []
        for one, reasons in sorted(found.values(), key=lambda each: _place(each[0])):
            judged = self._judge(one)
            late = wanted.until is not None and judged.due >= wanted.until
            reason = judged.unfit or (_("their quiet hours end only when it is over") if late else "")
            if reason := reason or (unfit(one) if unfit else ""):
                left.append(LeftOut(one, reasons, reason))
            else:
                office = None if one.focal else self.offices.get(one.human)
                language = judged.tongue if judged.tongue in wanted.languages else wanted.fallback
                going.append(Recipient(one, reasons, language, judged.due, judged.zone, office))
        return Round(tuple(going), tuple(left))

    def _judge(self, one: Candidate) -> _Judged:
        if one.uid not in self._judged:
            zone = one.zone_at(self.event, self.now)
            due = self.quiet.over(self.now, zone)
            self._judged[one.uid] = _Judged(due, zone, tongue(one.language), self._unfit(one))
        return self._judged[one.uid]

    def _unfit(self, one: Candidate) -> str:
        if not one.email:
            return str(_("no address"))
        if not _reachable(one.email):
            return str(_("not an address that letters can reach"))
        address = as_address(one.email)
        if address in self.marked[Why.BOUNCED]:
            return str(_("letters to this address come back"))
        if address in self.marked[Why.COMPLAINT]:
            return str(_("complained about a letter"))
        uids, humans = self.gone
        if one.uid in uids or one.human in humans:
            return str(_("unsubscribed"))
        return ""

    def changes(self, seen: Sequence[str], found: Round) -> str:
        """How the list differs from the marks of one that was looked at, in words; empty: it does not."""
        before = {each.partition(".")[0]: each for each in seen}
        now = {each.one.uid[:SHORT]: each for each in found.going}
        called = {each.uid[:SHORT]: each.called for each in self.rows}
        new = [each.one.called for uid, each in now.items() if uid not in before]
        other = [each.one.called for uid, each in now.items() if before.get(uid, each.mark) != each.mark]
        gone = [called.get(uid, _("somebody whose registration is deleted")) for uid in before if uid not in now]
        told = {
            _("new: %(names)s"): new,
            _("no more: %(names)s"): gone,
            _("another address, name or language: %(names)s"): other,
        }
        return "; ".join(words % {"names": ", ".join(names)} for words, names in told.items() if names)


def has_left(facts: Mapping[str, Any]) -> str:
    """Why somebody gets no letter of this room that was written for them: they took leave since. One query."""
    theirs = wants_none(facts["event"], facts["reader"], facts["to"], facts["name"])
    gone = db.session.execute(select(Unsubscribed.id).where(theirs).limit(1)).first() is not None
    return NO_MORE if gone else ""


def rests(facts: Mapping[str, Any], now: datetime) -> datetime:
    """Until when a letter of this room that could leave now waits, on the clocks of its reader; `now`: not at all. One
    query."""
    days = date.fromisoformat(facts["starts_on"]), date.fromisoformat(facts["ends_on"])
    zone = lives_by(now, facts["own_zone"], facts["zone"], days, facts["mode"] == Mode.VENUE)
    return quiet_hours(facts["event"]).over(now, zone)


def quiet_hours(event_id: int) -> Quiet:
    """When letters of this room wait at this event. One query."""
    row = db.session.get(QuietHours, event_id)
    return Quiet(row.begins, row.ends) if row else Quiet()


def _place(one: Candidate) -> tuple[str, bool, str, str]:
    return as_name(one.city_name), one.focal, as_name(one.name), one.uid


def _reachable(address: str) -> bool:
    try:
        reachable(address)
    except Refused:
        return False
    return True
