"""Every change of the draft as an act that can be taken back: what stood before, what stands after, who, when.

Whoever changes sessions does it through `perform`, which holds the event's draft, stores the new facts, writes the
journal and keeps the act; `undo` and `redo` are acts themselves, so that others who look at the board can follow.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import Select, func, select
from sqlalchemy.orm import aliased, selectinload
from sqlalchemy.orm.attributes import flag_modified

from app import journal
from app.agenda.facts import COLUMNS, SEAT_COLUMNS, Facts, Seat, facts_of, from_json, to_json
from app.agenda.models import Act, Appearance, Session
from app.agenda.telling import deed as deed_of
from app.agenda.telling import differing, names_of
from app.db import db
from app.events.models import Event
from app.refused import Refused

KEPT = 20
"""How many of the last acts can be taken back."""
UNDONE, REDONE = "undone", "done again"

consequences: list[Callable[[int, Sequence[Changed], str, datetime], None]] = []
"""What follows in later rooms from an act: (event's id, what changed, who, now), in the same transaction. Undoing and
doing again are acts too, so what follows must be able to follow back."""


@dataclass(frozen=True)
class Changed:
    """One session before and after; None where it did not stand yet, or stands no more."""

    before: Facts | None
    after: Facts | None

    @property
    def code(self) -> str:
        one = self.after or self.before
        return one.code if one else ""


class Stale(Refused):
    """Somebody changed a session meanwhile. `stored` is how each of those stands now (None: it is gone)."""

    def __init__(self, message: str, stored: Mapping[str, Facts | None]) -> None:
        super().__init__(message, "version")
        self.stored = stored


def hold(event_id: int) -> None:
    """Wait for one's turn at this event's draft, so that what is read from now on still holds when it is stored."""
    db.session.execute(select(Event.id).where(Event.id == event_id).with_for_update())


def stored(event_id: int, codes: Collection[str] | None = None) -> dict[str, Facts]:
    """The facts of these sessions by code, of all without `codes`; those that are gone are missing. Three queries."""
    return {code: facts for code, (_session, facts) in rows(event_id, codes).items()}


def rows(event_id: int, codes: Collection[str] | None = None) -> dict[str, tuple[Session, Facts]]:
    """These sessions as rows with their appearances, and as facts; all of the event without `codes`. Three queries."""
    ask = select(Session).where(Session.event_id == event_id).options(selectinload(Session.appearances))
    if codes is not None:
        ask = ask.where(Session.code.in_(codes))
    found = list(db.session.execute(ask.execution_options(populate_existing=True)).scalars())
    names = _codes({each.parent_id for each in found if each.parent_id}) | {each.id: each.code for each in found}
    return {each.code: (each, facts_of(each, names)) for each in found}


def versions(event_id: int, codes: Collection[str]) -> dict[str, int]:
    """The present version of each of these sessions."""
    found = select(Session.code, Session.version).where(Session.event_id == event_id, Session.code.in_(codes))
    return {row.code: row.version for row in db.session.execute(found)}


def perform(
    event_id: int, deed: str, changes: Sequence[Changed], *, who: str, now: datetime, undoes: int | None = None
) -> Act | None:
    """Store these changes as one act; None when none of them is a change.

    The caller holds the draft (`hold`) and read `before` since. Raises Stale when a session no longer stands as its
    `before` says; Refused when what a session refers to (room, theme, number, block) cannot be had any more.
    """
    wanted = [each for each in changes if each.before != each.after]
    if not wanted:
        return None
    found = rows(event_id, {each.code for each in wanted})
    _unchanged(wanted, {code: facts for code, (_session, facts) in found.items()})
    _numbers_free(event_id, wanted)
    _store(event_id, wanted, {code: session for code, (session, _facts) in found.items()})
    act = Act(
        event_id=event_id,
        number=_next(event_id),
        deed=deed,
        who=who,
        at=now,
        changes=[{"code": each.code, "before": _json(each.before), "after": _json(each.after)} for each in wanted],
        undoes=undoes,
        undone=False,
    )
    db.session.add(act)
    names = names_of(event_id)
    for each in wanted:
        before, after = differing(each.before, each.after, names)
        what = deed_of(each.before, each.after)
        journal.note(what, f"session/{each.code}", who=who, now=now, event_id=event_id, before=before, after=after)
    db.session.flush()
    for follow in consequences:
        follow(event_id, wanted, who, now)
    return act


def undo(event_id: int, number: int, *, who: str, now: datetime) -> Act:
    """Take one of the last acts back. Twice is once. Raises Stale when a session it touched was changed since."""
    act = _act(event_id, number)
    if act.undone:
        return act
    act.undone = True
    back = [Changed(each.after, each.before) for each in changes_of(act)]
    return perform(event_id, UNDONE, back, who=who, now=now, undoes=number) or act


def redo(event_id: int, number: int, *, who: str, now: datetime) -> Act:
    """Do an act again that was taken back. Twice is once. Raises Stale as `undo` does."""
    act = _act(event_id, number)
    if not act.undone:
        return act
    act.undone = False
    return perform(event_id, REDONE, changes_of(act), who=who, now=now, undoes=number) or act


def history(event_id: int) -> list[Act]:
    """The last acts, newest first, without those that only took back or did again. One query."""
    return list(db.session.execute(_last(event_id)).scalars())


@dataclass(frozen=True)
class Recent:
    """What stands beside a board of what was done to the draft."""

    done: list[Act]
    """As `history` has them."""
    touched: dict[int, int]
    """The number of each of these that was taken back or done again -> that of the act which did so last."""
    last: int
    """The number of the newest act of all; 0 when there is none."""


def recent(event_id: int) -> Recent:
    """The last acts and what became of them. One query."""
    later = aliased(Act)
    newest = select(func.max(later.number)).where(later.event_id == event_id)
    touched = newest.where(later.undoes == Act.number).correlate(Act).scalar_subquery()
    found = db.session.execute(_last(event_id).add_columns(touched, newest.scalar_subquery())).all()
    by = {act.number: number for act, number, _newest in found if number is not None}
    return Recent([act for act, *_more in found], by, found[0][2] if found else 0)


def _last(event_id: int) -> Select[Act]:
    own = select(Act).where(Act.event_id == event_id, Act.undoes.is_(None))
    return own.order_by(Act.number.desc()).limit(KEPT)


def since(event_id: int, number: int) -> list[Act]:
    """All acts after this one, oldest first: what somebody who looks at the board has not seen. One query."""
    found = select(Act).where(Act.event_id == event_id, Act.number > number).order_by(Act.number)
    return list(db.session.execute(found).scalars())


def opened(event_id: int, code: str, number: int) -> tuple[Facts | None, Act | None]:
    """How a session stood while this act was the newest, and the newest act that changed it since; (None, None) when
    none did. One query."""
    touching = [act for act in since(event_id, number) if any(each["code"] == code for each in act.changes)]
    if not touching:
        return None, None
    return next(each.before for each in changes_of(touching[0]) if each.code == code), touching[-1]


def last(event_id: int) -> int:
    """The number of the newest act; 0 when there is none."""
    return db.session.execute(select(func.max(Act.number)).where(Act.event_id == event_id)).scalar_one() or 0


def changes_of(act: Act) -> list[Changed]:
    """What an act changed, as frozen values."""
    return [Changed(_facts(each["before"]), _facts(each["after"])) for each in act.changes]


def _act(event_id: int, number: int) -> Act:
    """One of the acts that can be taken back. Refused when it is too long ago, or never was."""
    hold(event_id)
    found = next((each for each in history(event_id) if each.number == number), None)
    if found is None:
        raise Refused(_("This is too long ago to be taken back: the last %(kept)s acts can be.", kept=KEPT))
    return found


def _codes(ids: Collection[int]) -> dict[int, str]:
    if not ids:
        return {}
    found = db.session.execute(select(Session.id, Session.code).where(Session.id.in_(ids)))
    return {row.id: row.code for row in found}


def _unchanged(wanted: Iterable[Changed], now: Mapping[str, Facts]) -> None:
    other = {each.code: now.get(each.code) for each in wanted if each.before != now.get(each.code)}
    if other:
        titles = ", ".join(
            facts.title
            for each in wanted
            if each.code in other and (facts := other[each.code] or each.before or each.after)
        )
        raise Stale(_("Somebody else changed this meanwhile: %(titles)s.", titles=titles), other)


def _new(changed: Changed, name: str) -> Any:
    """What a change sets this fact to; None when it leaves it."""
    value = getattr(changed.after, name, None)
    return value if value != getattr(changed.before, name, None) else None


def _numbers_free(event_id: int, wanted: Sequence[Changed]) -> None:
    """Refused when a number that a session would get is that of another."""
    asked = {number: each.after.title for each in wanted if each.after and (number := _new(each, "number")) is not None}
    if not asked:
        return
    others = select(Session.title, Session.number).where(
        Session.event_id == event_id, Session.number.in_(asked), Session.code.not_in({each.code for each in wanted})
    )
    if (other := db.session.execute(others).first()) is not None:
        said = _(
            "“%(other)s” has the number %(number)s by now, so “%(title)s” cannot have it.",
            other=other.title,
            number=other.number,
            title=asked[other.number],
        )
        raise Refused(said, "number")


def _store(event_id: int, wanted: Sequence[Changed], rows: Mapping[str, Session]) -> None:
    """Bring the rows to the facts: what goes goes first, numbers are let go before they are given, blocks come before
    what stands in them."""
    _let_go(wanted, rows)
    for each in wanted:
        if each.after is None and each.code in rows:
            _delete(rows[each.code])
    db.session.flush()
    gone = {each.code for each in wanted if each.after is None}
    present = {code: row for code, row in rows.items() if code not in gone}
    for each in wanted:
        if each.after is not None and each.code not in present:
            present[each.code] = _made(event_id, each.after)
    db.session.flush()
    blocks = _blocks(event_id, [each.after for each in wanted if each.after], present)
    for each in wanted:
        if each.after is not None:
            _put(present[each.code], each.after, each.before.seats if each.before else (), blocks)
    db.session.flush()
    if any(_new(each, "parent") for each in wanted):
        _two_levels(event_id)


def _let_go(wanted: Sequence[Changed], rows: Mapping[str, Session]) -> None:
    """Take numbers from who is to lose them, so that others can have them; take out of a block that goes what stays."""
    gone = {each.code for each in wanted if each.after is None}
    for each in wanted:
        row = rows.get(each.code)
        if row is not None and row.number != (each.after.number if each.after else None):
            row.number = None
        if row is not None and (each.code in gone or (each.before is not None and each.before.parent in gone)):
            row.parent_id = None
    db.session.flush()


def _delete(row: Session) -> None:
    within = select(Session.title).where(Session.parent_id == row.id).order_by(Session.position)
    if titles := list(db.session.execute(within).scalars()):
        said = _("Other sessions stand within this one: %(titles)s. Move them out first.", titles=", ".join(titles))
        raise Refused(said)
    db.session.delete(row)


def _made(event_id: int, facts: Facts) -> Session:
    row = Session(event_id=event_id, code=facts.code, uid=facts.uid, kind=facts.kind, title=facts.title, appearances=[])
    db.session.add(row)
    return row


def _blocks(event_id: int, wanted: Iterable[Facts], rows: Mapping[str, Session]) -> dict[str, int]:
    """Code -> id of the blocks that these facts name. Refused when one is gone."""
    named = {each.parent for each in wanted if each.parent}
    found = {code: row.id for code, row in rows.items() if code in named}
    if missing := named - found.keys():
        ask = select(Session.code, Session.id).where(Session.event_id == event_id, Session.code.in_(missing))
        found |= {row.code: row.id for row in db.session.execute(ask)}
    if named - found.keys():
        raise Refused(_("The block in which this stood is gone, so it cannot be put back there."), "parent")
    return found


def _two_levels(event_id: int) -> None:
    """Refused when a session stands within one that itself stands within another: no page would show it."""
    block = aliased(Session)
    deep = select(Session.title, block.title.label("block")).join(block, Session.parent_id == block.id)
    found = db.session.execute(deep.where(Session.event_id == event_id, block.parent_id.is_not(None))).first()
    if found is not None:
        said = _("“%(title)s” cannot stand within “%(block)s”, which stands within another itself.", **found._asdict())
        raise Refused(said, "parent")


def _put(row: Session, facts: Facts, seated: Sequence[Seat], blocks: Mapping[str, int]) -> None:
    if facts.seats != seated:
        _seat(row, facts.seats)  # first, because it flushes, and the version is to rise once
    for name in COLUMNS:
        value = getattr(facts, name)
        setattr(row, name, list(value) if isinstance(value, tuple) else value)
    row.parent_id = blocks[facts.parent] if facts.parent else None
    flag_modified(row, "title")  # raises the version even when only the speaking order changed


def _seat(row: Session, seats: Sequence[Seat]) -> None:
    """Exactly these, in this order; who stays keeps the row, which others may refer to."""
    known = {(each.delegation_id, each.person_id, each.part): each for each in row.appearances}
    wanted = {each.same for each in seats}
    for place, each in enumerate(row.appearances, 1):
        each.position = -place  # out of the way, since no two may share a place even for a moment
    row.appearances = [each for key, each in known.items() if key in wanted]
    db.session.flush()
    for place, seat in enumerate(seats, 1):
        found = known.get(seat.same)
        if found is None:
            found = Appearance(session_id=row.id)
            row.appearances.append(found)
        for name in SEAT_COLUMNS:
            setattr(found, name, getattr(seat, name))
        found.position = place
    row.appearances.sort(key=lambda each: each.position)


def _next(event_id: int) -> int:
    return last(event_id) + 1


def _json(facts: Facts | None) -> dict[str, Any] | None:
    return to_json(facts) if facts else None


def _facts(values: Mapping[str, Any] | None) -> Facts | None:
    return from_json(values) if values else None
