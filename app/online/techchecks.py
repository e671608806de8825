"""Checks of picture and sound: organisers open slots, speakers online hold a place in one, staff enter what came of it.

A place is taken by one conditional UPDATE, and nobody holds two: their row is locked while they book.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import delete, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import joinedload

from app import ical
from app.db import claim, db
from app.delegations.models import Delegation
from app.events.models import Event, Mode, new_uid
from app.journal import note
from app.online import joining, letters
from app.online.joining import Stand
from app.online.models import CheckSlot, Result, TechCheck
from app.outbox import post
from app.refused import Refused
from app.registration import notices, rows, states
from app.registration.models import ENDED, Delegate, State

KEY = "check"
SLOTS = 400
"""How many slots may be opened at once."""
REMINDS = timedelta(hours=24)
"""How long before a check its reminder goes."""
BOTH_SIDES = timedelta(minutes=10)
"""How long before its slot a check can be joined, and after."""
TESTED = ("picture", "sound", "line", "name")
"""What is looked at: camera and light, microphone, the line, and whether the name shown is the one of the run sheet."""

failed: list[Callable[[TechCheck, datetime], None]] = []
"""Called in the transaction in which a check is entered as failed that was not before: (the check, now). The row's
delegate is loaded with event and city. Rooms that ask for a backup, or hold one ready, hang theirs here."""


@dataclass(frozen=True)
class Opening:
    """Slots to be opened: on these days, between two clock times of the summit, each so many minutes long."""

    days: Sequence[date]
    begins: time
    ends: time
    minutes: int
    seats: int
    staff: str
    link: str


def open_slots(event: Event, opening: Opening, *, who: str, now: datetime) -> int:
    """Open them; those that stand there already for the same staff are left as they are. How many are new.

    Refused for a span that holds none, for too many, and for clock times that a day does not have.
    """
    spans = _spans(event, opening)
    if not spans:
        raise Refused(_("Between these times there is no room for one check."), "ends")
    if len(spans) > SLOTS:
        raise Refused(_("These are %(num)s slots; at most %(most)s at once.", num=len(spans), most=SLOTS))
    shared = {"event_id": event.id, "seats": opening.seats, "taken": 0, "staff": opening.staff, "link": opening.link}
    values = [{"uid": new_uid(), "starts": starts, "ends": ends, **shared} for starts, ends in spans]
    dialect = postgresql if db.engine.dialect.name == "postgresql" else sqlite
    act = dialect.insert(CheckSlot).on_conflict_do_nothing().returning(CheckSlot.id)
    made = len(db.session.execute(act, values).all())
    if made:
        note("opened tech checks", "tech checks", who=who, now=now, event_id=event.id, after={"slots": made})
    return made


def _spans(event: Event, opening: Opening) -> list[tuple[datetime, datetime]]:
    found: list[tuple[datetime, datetime]] = []
    step = timedelta(minutes=opening.minutes)
    for day in opening.days:
        try:
            at, end = (ical.wall(day, each, event.zone) for each in (opening.begins, opening.ends))
        except ical.Gap as gap:
            raise Refused(str(gap), "begins") from gap
        while at + step <= end and len(found) <= SLOTS:
            found.append((at, at + step))
            at += step
    return found


def close(event_id: int, uid: str, *, who: str, now: datetime) -> None:
    """Take a slot away that nobody holds. Twice is once. Refused when somebody holds it."""
    mine = (CheckSlot.event_id == event_id, CheckSlot.uid == uid)
    act = delete(CheckSlot).where(*mine, CheckSlot.taken == 0, CheckSlot.id.not_in(_used())).returning(CheckSlot.id)
    if db.session.execute(act.execution_options(synchronize_session=False)).all():
        note("closed tech check", "tech checks", who=who, now=now, event_id=event_id)
    elif db.session.execute(select(CheckSlot.id).where(*mine)).first():
        raise Refused(_("Somebody holds this slot. Once they have another or have cancelled, it can be taken away."))


def _used() -> Any:
    return select(TechCheck.slot_id).where(TechCheck.slot_id.is_not(None))


def slots(event_id: int) -> list[CheckSlot]:
    """All slots, the earliest first. One query."""
    asked = select(CheckSlot).where(CheckSlot.event_id == event_id).order_by(CheckSlot.starts, CheckSlot.staff)
    return list(db.session.execute(asked).scalars())


def free(event_id: int, now: datetime) -> list[CheckSlot]:
    """Those still to come in which a place is left. One query."""
    return [each for each in slots(event_id) if each.starts > now and each.taken < each.seats]


def of(delegate_id: int) -> TechCheck | None:
    """The check of this person with its slot, or None. One query."""
    asked = select(TechCheck).options(joinedload(TechCheck.slot)).where(TechCheck.delegate_id == delegate_id)
    return db.session.execute(asked).scalar_one_or_none()


def all_of(event_id: int) -> list[TechCheck]:
    """Every check of a summit with slot, person and city. One query."""
    whole = joinedload(TechCheck.delegate).joinedload(Delegate.delegation).joinedload(Delegation.member)
    asked = select(TechCheck).options(joinedload(TechCheck.slot), whole).where(TechCheck.event_id == event_id)
    return list(db.session.execute(asked).scalars())


def of_people(delegate_ids: Iterable[int]) -> dict[int, TechCheck]:
    """The checks of these people, with their slots. One query."""
    asked = select(TechCheck).options(joinedload(TechCheck.slot))
    found = db.session.execute(asked.where(TechCheck.delegate_id.in_(list(delegate_ids)))).scalars()
    return {each.delegate_id: each for each in found}


def is_asked(delegate: Delegate, sessions: Sequence[str]) -> bool:
    """Whether this person needs a check: approved, online, and speaking in one of `sessions` (joining.spoken_in)."""
    return delegate.state == State.APPROVED and delegate.mode == Mode.ONLINE and bool(sessions)


def stand(check: TechCheck | None, now: datetime) -> Stand:
    """How the slot that somebody holds stands for who wants to join it."""
    if check is None or check.slot is None:
        return Stand.CANCELLED
    if now >= check.slot.ends + BOTH_SIDES:
        return Stand.OVER
    if now < check.slot.starts - BOTH_SIDES:
        return Stand.BEFORE
    return Stand.OPEN if check.slot.link else Stand.UNLINKED


def book(delegate_id: int, slot_uid: str, now: datetime) -> TechCheck:
    """Take a place in this slot, and give back the one held before. The same slot twice is once.

    Refused on "slot" when it is full or past, and when the person needs no check.
    """
    delegate = rows.one(delegate_id)  # locked: nobody books for the same person meanwhile
    if not is_asked(delegate, joining.spoken_in(delegate)):
        raise Refused(_("Checks are for those who speak online; there is none to book for you."))
    check = of(delegate_id)
    if check and check.slot and check.slot.uid == slot_uid:
        return check
    mine = (CheckSlot.event_id == delegate.event_id, CheckSlot.uid == slot_uid, CheckSlot.starts > now)
    if not claim(update(CheckSlot).where(*mine, CheckSlot.taken < CheckSlot.seats).values(taken=CheckSlot.taken + 1)):
        raise Refused(_("Somebody took this just before you, or it has begun. Please choose another."), "slot")
    slot = db.session.execute(select(CheckSlot).where(CheckSlot.uid == slot_uid)).scalar_one()
    held = check.slot if check and check.slot and check.slot.starts > now else None
    if check is None:
        check = TechCheck(delegate_id=delegate_id, event_id=delegate.event_id, changes=0, reminded=0, entry={})
        check.tested = []
        db.session.add(check)
    if held:
        _give_back(held.id)
    check.slot_id, check.slot, check.booked_at = slot.id, slot, now
    _tell(check, delegate, slot, now)
    db.session.flush()
    _post(check, delegate, "moved" if held else "booked", now)
    _note("booked tech check", delegate, delegate.signed, now)
    return check


def cancel(delegate_id: int, *, who: str, now: datetime) -> None:
    """Give the place back. Twice is once, and what has begun is over."""
    delegate = rows.one(delegate_id)
    if _drop(delegate, now):
        _note("cancelled tech check", delegate, who, now)


def _drop(delegate: Delegate, now: datetime) -> bool:
    check = of(delegate.id)
    if check is None or check.slot is None or check.slot.starts <= now:
        return False
    slot = check.slot
    _give_back(slot.id)
    check.slot_id, check.slot = None, None
    _tell(check, delegate, slot, now, cancelled=True)
    db.session.flush()
    _post(check, delegate, "cancelled", now, slot)
    return True


def _give_back(slot_id: int) -> None:
    claim(update(CheckSlot).where(CheckSlot.id == slot_id, CheckSlot.taken > 0).values(taken=CheckSlot.taken - 1))


def _tell(check: TechCheck, delegate: Delegate, slot: CheckSlot, now: datetime, *, cancelled: bool = False) -> None:
    """What the person's calendar is told of it: in the summit's zone, and where to join is our own page."""
    event = delegate.event
    told = {KEY: ical.Entry.from_json(check.entry)} if check.entry else {}
    title, ready = letters.words_of_entry(delegate)
    item = ical.Item(
        uid=f"{delegate.uid}-check@plenary",
        title=title,
        starts=slot.starts,
        ends=slot.ends,
        zone=event.zone,
        place=ical.online_place(delegate.language),
        description=ready,
        joinable=True,
        cancelled=cancelled,
    )
    check.entry = ical.revise(told, {KEY: item}, now).entries[KEY].to_json()
    check.changes += 1


@dataclass(frozen=True)
class Found:
    """What staff found: what came of it, what was good, and a sentence."""

    result: Result
    tested: Sequence[str]
    note: str


def enter(check: TechCheck, found: Found, *, who: str, now: datetime) -> None:
    """Enter what came of a check; entered anew it takes the place of what was entered before.

    A failure is told to the person, who is asked for a recorded backup, and to whatever hangs on `failed`. The check's
    delegate is loaded as `rows.one` does.
    """
    delegate, before = check.delegate, check.result
    same = (before, sorted(check.tested), check.note) == (found.result, sorted(found.tested), found.note)
    if same:
        return
    check.result, check.tested, check.note = found.result, list(found.tested), found.note
    check.entered_by, check.entered_at = who, now
    db.session.flush()
    note(
        "entered tech check",
        f"delegate/{delegate.reference}",
        who=who,
        now=now,
        event_id=check.event_id,
        before={"result": before} if before else None,
        after={"result": found.result.value, "good": list(found.tested)},
    )
    if found.result == Result.FAILED and before != Result.FAILED:
        _post(check, delegate, "failed", now)
        for consequence in failed:
            consequence(check, now)


def held(event_id: int, reference: str) -> TechCheck:
    """The check of the person with this reference, locked with the person, to be entered. Raises LookupError."""
    asked = select(Delegate.id).where(Delegate.event_id == event_id, Delegate.reference == reference)
    key = db.session.execute(asked).scalar_one_or_none()
    if key is None:
        raise LookupError("nobody of this summit has this reference")
    delegate = rows.one(key)
    check = of(key)
    if check is None:  # looked at without a slot: in the corridor, or on the telephone
        check = TechCheck(delegate_id=key, event_id=event_id, changes=0, reminded=0, entry={}, tested=[], note="")
        check.booked_at = delegate.changed_at
        db.session.add(check)
    check.delegate = delegate
    return check


def remind(now: datetime) -> int:
    """Post the reminders that are due, each once; how many. Who booked within the last day needs none."""
    soon = (CheckSlot.starts > now, CheckSlot.starts <= now + REMINDS)
    due = (
        select(TechCheck.delegate_id)
        .join(CheckSlot, TechCheck.slot_id == CheckSlot.id)
        .where(*soon, TechCheck.reminded < TechCheck.changes)
    )
    found = 0
    for delegate in rows.held(db.session.execute(due.limit(50)).scalars()).values():
        check = of(delegate.id)
        if check is None or check.slot is None:
            continue
        check.reminded = check.changes
        if check.slot.starts - check.booked_at > REMINDS:
            _post(check, delegate, "reminder", now)
        found += 1
    return found


def _post(check: TechCheck, delegate: Delegate, what: str, now: datetime, slot: CheckSlot | None = None) -> None:
    """To the person; for somebody without an address, to those who answer for the city."""
    about = slot or check.slot
    when = (about.starts, about.ends) if about else None
    if delegate.email:
        post(letters.told(what, delegate, check, when), now)
        return
    for focal in notices.focal_points(delegate.delegation_id):
        post(letters.told(what, delegate, check, when, focal), now)


def _leave(change: states.Change, now: datetime) -> None:
    """Who takes part online no more gives their place back."""
    ended = change.after in ENDED and change.before is not None
    if ended or (change.mode_before == Mode.ONLINE and change.mode_after != Mode.ONLINE):
        _drop(change.delegate, now)


def _in_other_words(delegate: Delegate, now: datetime) -> None:
    """The entry is worded for its person, so it follows their language; no letter, since nothing moved."""
    check = of(delegate.id)
    if check is None or check.slot is None:
        return
    told = ical.Entry.from_json(check.entry)
    title, ready = letters.words_of_entry(delegate)
    item = replace(told.item, title=title, description=ready, place=ical.online_place(delegate.language))
    worded = ical.revise({KEY: told}, {KEY: item}, now).entries[KEY]
    check.entry = replace(worded, sequence=told.sequence).to_json()  # nothing moved, though its place reads otherwise
    db.session.flush()


def _note(what: str, delegate: Delegate, who: str, now: datetime) -> None:
    note(what, f"delegate/{delegate.reference}", who=who, now=now, event_id=delegate.event_id)


states.consequences.append(_leave)
states.language_consequences.append(_in_other_words)
