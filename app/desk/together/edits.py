"""What can be set for several cities at once: how it reads what holds now, what it would become, and how it is stored.

Values are plain JSON, so that an act can keep them; `None` is what holds when nothing was ever set.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, ClassVar, Protocol

from flask_babel import gettext as _
from sqlalchemy import func, select

from app.db import db
from app.delegations import answering, shortening
from app.delegations.deadlines import all_limits
from app.delegations.models import Category, Delegation, Extension, Quota
from app.delegations.quotas import category_word
from app.desk.together.models import Kind
from app.events.models import Due, Mode
from app.events.words import mode_word
from app.journal import note
from app.refused import Refused
from app.registration import waiting
from app.registration.models import COUNTED, Delegate, State
from app.web.wording import moment

Value = Any
Values = Mapping[int, Value]
"""The value of each delegation, by its id."""
NOTE_LIMIT = 1000


class Edit(Protocol):
    """One thing that is set for several cities. Frozen; `asked` is all that makes it again."""

    kind: ClassVar[Kind]

    def asked(self) -> dict[str, Any]: ...

    def held(self, event_id: int, ids: Collection[int], now: datetime) -> dict[int, Value]:
        """What holds now. A fixed number of queries."""

    def wanted(self, before: Value) -> Value:
        """What it would become. Refused, in words, where it cannot be set."""

    def same(self, one: Value, other: Value) -> bool:
        """Whether nobody has set another value in between."""

    def put(self, values: Values, who: str, now: datetime) -> None:
        """Store what is wanted; journal and letters go with it. The delegations are locked."""

    def restore(self, values: Values, who: str, now: datetime) -> None:
        """Store again what held before."""

    def said(self) -> str:
        """What is done, as a heading."""

    def worded(self, value: Value, zone: str) -> str:
        """The value in words."""

    def warned(self, after: Value) -> str:
        """What one should know before; empty: nothing."""


class _Plain:
    """What most edits have in common."""

    def asked(self) -> dict[str, Any]:
        return asdict(self)  # type: ignore[call-overload,no-any-return]

    def same(self, one: Value, other: Value) -> bool:
        return bool(one == other)

    def warned(self, _after: Value) -> str:
        return ""


@dataclass(frozen=True)
class LetterEdit(_Plain):
    """Whether a letter of authority is due."""

    required: bool
    kind: ClassVar[Kind] = Kind.LETTER

    def held(self, _event_id: int, ids: Collection[int], _now: datetime) -> dict[int, Value]:
        query = select(Delegation.id, Delegation.letter_required).where(Delegation.id.in_(ids))
        return dict(db.session.execute(query).all())

    def wanted(self, _before: Value) -> Value:
        return self.required

    def put(self, values: Values, who: str, now: datetime) -> None:
        _settle("letter_required", "letter required", values, who, now)

    restore = put

    def said(self) -> str:
        word: str = _("A letter of authority is asked for") if self.required else _("No letter of authority is due")
        return word

    def worded(self, value: Value, _zone: str) -> str:
        word: str = _("asked for") if value else _("not asked for")
        return word


@dataclass(frozen=True)
class NoteEdit(_Plain):
    """One more line in the organisers' own note."""

    text: str
    kind: ClassVar[Kind] = Kind.NOTE

    def held(self, _event_id: int, ids: Collection[int], _now: datetime) -> dict[int, Value]:
        query = select(Delegation.id, Delegation.internal_note).where(Delegation.id.in_(ids))
        return dict(db.session.execute(query).all())

    def wanted(self, before: Value) -> Value:
        if self.text in str(before).split("\n"):
            return before
        text = f"{before}\n{self.text}".strip()
        if len(text) > NOTE_LIMIT:
            raise Refused(_("Its note would be longer than %(num)s characters.", num=NOTE_LIMIT))
        return text

    def put(self, values: Values, who: str, now: datetime) -> None:
        _settle("internal_note", "note", values, who, now)

    restore = put

    def said(self) -> str:
        return str(_("A line is added to the note for organisers"))

    def worded(self, value: Value, _zone: str) -> str:
        return str(value) or "–"


@dataclass(frozen=True)
class DeadlineEdit(_Plain):
    """One deadline later. A value is {"until", "reason", "by"}, or None where the city has that of all."""

    due: str
    until: str
    reason: str
    kind: ClassVar[Kind] = Kind.DEADLINE
    common: dict[str, datetime] = field(default_factory=dict, compare=False, repr=False)

    def asked(self) -> dict[str, Any]:
        return {"due": self.due, "until": self.until, "reason": self.reason}

    def held(self, event_id: int, ids: Collection[int], now: datetime) -> dict[int, Value]:
        limit, _longer = all_limits(event_id, Due(self.due))
        if limit is not None:
            self.common.update(at=limit.at, now=now)
        query = select(Extension).where(Extension.delegation_id.in_(ids), Extension.kind == Due(self.due))
        rows = {row.delegation_id: _extension(row) for row in db.session.execute(query).scalars()}
        return {key: rows.get(key) for key in ids}

    def wanted(self, before: Value) -> Value:
        if "at" not in self.common:
            raise Refused(_("There is no such deadline at this summit, so none can be extended."))
        until, at = datetime.fromisoformat(self.until), self.common["at"]
        if before is not None and datetime.fromisoformat(before["until"]) == until:
            return before
        if until <= self.common["now"]:
            raise Refused(_("This moment is past. Choose one that lies ahead."))
        if until <= max(at, datetime.fromisoformat(before["until"]) if before else at):
            raise Refused(_("This is no later than the deadline the city has already."))
        return {"until": until.isoformat(), "reason": self.reason}

    def same(self, one: Value, other: Value) -> bool:
        return bool(one and other and one["until"] == other["until"])

    def put(self, values: Values, who: str, now: datetime) -> None:
        until = datetime.fromisoformat(self.until)
        for key in sorted(values):
            answering.give_longer(key, Due(self.due), until, self.reason, who=who, now=now)

    def restore(self, values: Values, who: str, now: datetime) -> None:
        for key in sorted(values):
            shortening.take_back(key, Due(self.due), values[key], who=who, now=now)

    def said(self) -> str:
        return str(_("A deadline is later"))

    def worded(self, value: Value, zone: str) -> str:
        if value is not None:
            return moment(datetime.fromisoformat(value["until"]), zone)
        at = self.common.get("at")
        return str(_("as for all: %(moment)s", moment=moment(at, zone)) if at else _("as for all"))


@dataclass(frozen=True)
class QuotaEdit(_Plain):
    """How many of one category a city may enter in one mode. A value is {"seats", "given"}, or None: no limit."""

    category: str
    mode: str
    seats: int | None
    reason: str
    kind: ClassVar[Kind] = Kind.QUOTA
    taken: dict[str, int] = field(default_factory=dict, compare=False, repr=False)
    """How many the fullest of the cities has entered, for the warning."""

    def asked(self) -> dict[str, Any]:
        return {"category": self.category, "mode": self.mode, "seats": self.seats, "reason": self.reason}

    def held(self, event_id: int, ids: Collection[int], _now: datetime) -> dict[int, Value]:
        category, mode = Category(self.category), Mode(self.mode)
        mine = Quota.delegation_id.in_(ids), Quota.category == category, Quota.mode == mode
        rows = {row.delegation_id: _quota(row) for row in db.session.execute(select(Quota).where(*mine)).scalars()}
        counted = select(Delegate.delegation_id, func.count()).where(
            Delegate.event_id == event_id,
            Delegate.category == category,
            Delegate.mode == mode,
            Delegate.state.in_(COUNTED),
        )
        people = dict(db.session.execute(counted.group_by(Delegate.delegation_id)).all())
        self.taken.update(most=max((people.get(key, 0) for key in ids), default=0))
        return {key: rows.get(key) for key in ids}

    def wanted(self, before: Value) -> Value:
        if self.seats is None:
            if before is not None and before["given"]:
                raise Refused(_("Places were granted beyond its quota. Lift the limit on the city’s own page."))
            return None
        return {"seats": self.seats, "given": before["given"] if before else 0}

    def put(self, values: Values, who: str, now: datetime) -> None:
        self.restore({key: {"seats": self.seats} for key in values}, who, now)

    def restore(self, values: Values, who: str, now: datetime) -> None:
        for key in sorted(values):
            seats = values[key]["seats"] if values[key] else None
            category, mode = Category(self.category), Mode(self.mode)
            waiting.set_quota(key, category, mode, seats, who=who, now=now, reason=self.reason)

    def said(self) -> str:
        named = {"who": category_word(Category(self.category)), "mode": mode_word(Mode(self.mode))}
        return str(_("Quota: %(who)s (%(mode)s)", **named))

    def worded(self, value: Value, _zone: str) -> str:
        if value is None:
            return str(_("no limit"))
        if value["given"]:
            return str(_("%(seats)s, and %(given)s granted", **value))
        return str(value["seats"])

    def warned(self, after: Value) -> str:
        if after is None or self.taken.get("most", 0) <= after["seats"] + after["given"]:
            return ""
        return str(_("Some cities have entered more than that. Those stay, and nobody new comes until it fits."))


@dataclass(frozen=True)
class ClassEdit(_Plain):
    """The class of a city's people on the waiting list. A value is {reference: class}."""

    number: int
    kind: ClassVar[Kind] = Kind.CLASS

    def held(self, event_id: int, ids: Collection[int], _now: datetime) -> dict[int, Value]:
        query = select(Delegate.delegation_id, Delegate.reference, Delegate.list_class).where(
            Delegate.event_id == event_id, Delegate.delegation_id.in_(ids), Delegate.state == State.WAITLISTED
        )
        found: dict[int, dict[str, int]] = {key: {} for key in ids}
        for key, reference, number in db.session.execute(query.order_by(Delegate.id)):
            found[key][reference] = number
        return dict(found)

    def wanted(self, before: Value) -> Value:
        if not before:
            raise Refused(_("Nobody of it is on the waiting list."))
        return dict.fromkeys(before, self.number)

    def put(self, values: Values, who: str, now: datetime) -> None:
        for key in sorted(values):
            people = select(Delegate.id, Delegate.reference).where(
                Delegate.delegation_id == key, Delegate.reference.in_(values[key])
            )
            for delegate_id, reference in db.session.execute(people.order_by(Delegate.id)).all():
                waiting.set_class(delegate_id, values[key][reference], who=who, now=now)

    restore = put

    def said(self) -> str:
        return str(_("Class on the waiting list"))

    def worded(self, value: Value, _zone: str) -> str:
        return ", ".join(str(number) for number in value.values()) or "–"


MADE: Mapping[Kind, Callable[..., Edit]] = {
    Kind.LETTER: LetterEdit,
    Kind.DEADLINE: DeadlineEdit,
    Kind.QUOTA: QuotaEdit,
    Kind.NOTE: NoteEdit,
    Kind.CLASS: ClassEdit,
}


def made(kind: Kind, asked: Mapping[str, Any]) -> Edit:
    """The edit that an act kept."""
    return MADE[kind](**asked)


def _extension(row: Extension) -> dict[str, str]:
    return {"until": row.until.isoformat(), "reason": row.reason, "by": row.granted_by}


def _quota(row: Quota) -> dict[str, int]:
    return {"seats": row.seats, "given": row.granted - row.lowered}


def _settle(column: str, named: str, values: Values, who: str, now: datetime) -> None:
    """Give one column of these delegations other values, each with its line in the journal."""
    query = select(Delegation).where(Delegation.id.in_(values)).order_by(Delegation.id)
    for row in db.session.execute(query.execution_options(populate_existing=True)).scalars():
        before = getattr(row, column)
        setattr(row, column, values[row.id])
        subject, said = f"delegation/{row.uid}", ({named: before}, {named: values[row.id]})
        note("settings", subject, who=who, now=now, event_id=row.event_id, before=said[0], after=said[1])
