"""Storing and forgetting what is told in confidence. The journal says that it was told, never what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import delete, select

from app.db import db
from app.events.models import Event, Mode
from app.journal import CLOCK, note
from app.refused import Refused
from app.registration import rows, states
from app.registration.models import ENDED, Delegate
from app.registration.opening import is_over
from app.travel.models import Code, Kind, Logistics, VisaData

PARTS: Mapping[Kind, tuple[str, ...]] = {
    Kind.TRAVEL: ("journey", "stay", "emergency", "company", "notes"),
    Kind.VISA: ("passport", "trip"),
}
"""The parts in which each is told and stored, in order."""
KEPT = timedelta(days=30)
"""How long after the summit's last day all of it is kept (rule 9.12)."""

Row = Logistics | VisaData


@dataclass(frozen=True)
class Told:
    """What one delegate has told in confidence: the rows, or None where nothing was."""

    travel: Logistics | None = None
    visa: VisaData | None = None

    def row(self, kind: Kind) -> Row | None:
        return self.travel if kind == Kind.TRAVEL else self.visa

    def stored(self, kind: Kind) -> dict[str, datetime]:
        """When each part was last stored that was; in order."""
        row = self.row(kind)
        found = {part: getattr(row, f"{part}_at") for part in PARTS[kind]} if row else {}
        return {part: at for part, at in found.items() if at is not None}

    def __bool__(self) -> bool:
        return self.travel is not None or self.visa is not None


def told(delegate_id: int) -> Told:
    """What this delegate has told in confidence. One query."""
    found = db.session.execute(
        select(Logistics, VisaData)
        .select_from(Delegate)
        .outerjoin(Logistics, Logistics.delegate_id == Delegate.id)
        .outerjoin(VisaData, VisaData.delegate_id == Delegate.id)
        .where(Delegate.id == delegate_id)
    ).one_or_none()
    return Told(*found) if found else Told()


def is_asked(delegate: Delegate) -> bool:
    """Whether journey and visa are this person's concern: they come to the venue, and their form is filled in."""
    return delegate.mode == Mode.VENUE and delegate.state not in ENDED and not delegate.owes_form


def store(delegate_id: int, part: str, values: Mapping[str, Any], *, who: str, now: datetime) -> Row:
    """Store one part; it takes the place of what was told before. `values` are columns of its table, and clean.

    What was told while the person had two addresses opens by a code sent to neither: who had the one may not be who
    had the other, such as an office that told the journey, or somebody who typed an address of their own for a while.

    Refused when the person does not come to the venue, when the summit is over, when no visa letter was asked for, and
    on "departure_day" when the departure is not after the arrival.
    """
    delegate = rows.one(delegate_id)
    _still_asked(delegate, now)
    kind = Kind.TRAVEL if part in PARTS[Kind.TRAVEL] else Kind.VISA
    row = _row(delegate, kind)
    if row.told_from.casefold() != delegate.email.casefold():
        row.told_from = ""
        db.session.execute(delete(Code).where(Code.delegate_id == delegate_id, Code.kind == kind))
    for name, value in (dict(values) | {f"{part}_at": now}).items():
        setattr(row, name, value)
    if isinstance(row, Logistics):
        _in_order(row)
    db.session.flush()
    _note("told in confidence", delegate, who, now, {"about": kind.value, "part": part})
    return row


def ask_letter(delegate_id: int, *, who: str, now: datetime) -> None:
    """The person needs a letter for a visa; only now is a passport asked for. Twice is once."""
    delegate = rows.one(delegate_id)
    _still_asked(delegate, now)
    if db.session.get(VisaData, delegate_id) is None:
        db.session.add(VisaData(delegate_id=delegate_id, told_from=delegate.email, asked_at=now))
        _note("asked for a visa letter", delegate, who, now)


def forget(delegate_id: int, kind: Kind, *, who: str, now: datetime) -> None:
    """Delete what a person told of one of the two; they may tell it anew. Twice is once."""
    delegate = rows.one(delegate_id)
    if _delete(kind, [delegate_id]):
        _note("private data deleted", delegate, who, now, {"about": kind.value})


def forget_of(delegate_id: int) -> None:
    """Delete all that one person told, and the codes that open it. The caller notes."""
    for kind in Kind:
        _delete(kind, [delegate_id])


def forget_over(today: date, now: datetime) -> int:
    """Delete all of it for summits that ended more than `KEPT` ago; a note each says how many people's it was.

    Returns how many rows that were.
    """
    over = select(Delegate.id).join(Event, Event.id == Delegate.event_id).where(Event.ends_on < today - KEPT)
    db.session.execute(delete(Code).where(Code.delegate_id.in_(over)).execution_options(synchronize_session=False))
    gone: dict[Kind, list[int]] = {}
    for kind, table in ((Kind.TRAVEL, Logistics), (Kind.VISA, VisaData)):
        act = delete(table).where(table.delegate_id.in_(over)).returning(table.delegate_id)
        gone[kind] = list(db.session.execute(act.execution_options(synchronize_session=False)).scalars())
    people = {each for ids in gone.values() for each in ids}
    of_event = select(Delegate.id, Event.id, Event.slug).join(Event, Event.id == Delegate.event_id)
    counts: dict[tuple[int, str], dict[str, int]] = {}
    for delegate_id, event_id, slug in db.session.execute(of_event.where(Delegate.id.in_(people))) if people else ():
        count = counts.setdefault((event_id, slug), dict.fromkeys((each.value for each in Kind), 0))
        for kind, ids in gone.items():
            count[kind.value] += delegate_id in ids
    for (event_id, slug), count in counts.items():
        note("private data deleted", f"event/{slug}", now=now, event_id=event_id, after=dict(count), who=CLOCK)
    return sum(len(ids) for ids in gone.values())


def _still_asked(delegate: Delegate, now: datetime) -> None:
    if not is_asked(delegate):
        raise Refused(_("This is asked of those alone who come to the venue and have filled in their form."))
    if is_over(delegate.event, now):
        raise Refused(_("The summit is over, so none of this is needed any more."))


def _row(delegate: Delegate, kind: Kind) -> Row:
    if kind == Kind.VISA:
        if (asked := db.session.get(VisaData, delegate.id)) is None:
            raise Refused(_("Say first that a letter is needed."))
        return asked
    row = db.session.get(Logistics, delegate.id)
    if row is None:
        row = Logistics(delegate_id=delegate.id, told_from=delegate.email)
        db.session.add(row)
    return row


def _in_order(row: Logistics) -> None:
    if row.arrives_at and row.departs_at and row.departs_at <= row.arrives_at:
        raise Refused(_("The departure must come after the arrival."), "departure_day")


def _delete(kind: Kind, delegate_ids: list[int]) -> int:
    """Delete the rows of these people, and the codes that open them; how many rows."""
    table = Logistics if kind == Kind.TRAVEL else VisaData
    mine = delete(Code).where(Code.delegate_id.in_(delegate_ids), Code.kind == kind)
    db.session.execute(mine.execution_options(synchronize_session=False))
    gone = delete(table).where(table.delegate_id.in_(delegate_ids)).returning(table.delegate_id)
    return len(db.session.execute(gone.execution_options(synchronize_session=False)).all())


def _leave(change: states.Change, now: datetime) -> None:
    """Who no longer comes to the venue needs neither hotel nor visa, and nobody comes into what another one told."""
    ended = change.after in ENDED and change.before is not None
    left = change.mode_before == Mode.VENUE and change.mode_after != Mode.VENUE
    if not (ended or left):
        return
    key = change.delegate.id
    gone = [kind.value for kind in Kind if _delete(kind, [key])]
    if gone:
        _note("private data deleted", change.delegate, CLOCK, now, {"about": ", ".join(gone)})


states.consequences.append(_leave)


def _note(what: str, delegate: Delegate, who: str, now: datetime, after: dict[str, Any] | None = None) -> None:
    note(what, f"delegate/{delegate.uid}", who=who, now=now, event_id=delegate.event_id, after=after)
