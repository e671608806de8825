"""Changing the draft: many sessions at once by the table, or one of them in full. Nobody outside sees it."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import func, select

from app import journal
from app.agenda import draft
from app.agenda.models import Kind, Session, Visibility
from app.agenda.speaking import Speaker, in_order, seat
from app.agenda.telling import Cells, cells_of, noted, shown, spoken, told
from app.agenda.times import When, check
from app.db import db
from app.events.models import Event
from app.refused import Refused

ALPHABET = "abcdefghijklmnopqrstuvwxyz23456789"


@dataclass(frozen=True)
class Row:
    """One row as it came back: `version` and `seen` (the mark of its cells) are those it was sent out with."""

    code: str
    version: int
    seen: str
    cells: Cells


class RowsRefused(Refused):
    """Nothing of the table was stored. `rows`: code -> what is wrong there; `stale`: the codes changed meanwhile."""

    def __init__(self, rows: Mapping[str, Refused], stale: frozenset[str]) -> None:
        count = len(rows)
        super().__init__(
            ngettext(
                "Nothing was saved yet: one row needs another look.",
                "Nothing was saved yet: %(num)s rows need another look.",
                count,
            )
        )
        self.rows = rows
        self.stale = stale


@dataclass(frozen=True)
class Details:
    """All of one session. `theme` is a slug, `parent` the code of a block; empty for none."""

    title: str
    kind: Kind
    when: When
    number: int | None = None
    theme: str = ""
    parent: str = ""
    room_id: int | None = None
    visibility: Visibility = Visibility.PUBLIC
    note: str = ""
    description: str = ""
    cancelled: bool = False
    speakers: tuple[Speaker, ...] = ()


def save_table(event: Event, rows: Sequence[Row], *, who: str, now: datetime) -> int:
    """Store the rows that were touched; how many sessions that changed.

    All or nothing: raises RowsRefused, which names every row that is wrong or was changed by others meanwhile.
    """
    rooms = _begin(event)
    stored = {each.code: each for each in draft.sessions(event.id)}
    touched = [row for row in rows if row.cells.mark != row.seen]
    faults: dict[str, Refused] = {}
    stale: set[str] = set()
    for row in touched:
        try:
            if (session := stored.get(row.code)) is None:
                raise Refused(_("Somebody took this session off the draft meanwhile."))
            if row.version != session.version and row.cells != cells_of(session):
                stale.add(row.code)
                raise _meanwhile(told(session, rooms), row.cells.plain(rooms))
            _check_cells(row.cells, event, rooms)
        except Refused as no:
            faults[row.code] = no
    if faults:
        raise RowsRefused(faults, frozenset(stale))
    changed = [row for row in touched if row.cells != cells_of(stored[row.code])]
    for row in changed:
        session = stored[row.code]
        noted(event, session, partial(_put, session, row.cells, event), rooms, who=who, now=now)
    return len(changed)


def _check_cells(cells: Cells, event: Event, rooms: Mapping[int, str]) -> None:
    if not cells.title:
        raise Refused(_("A session needs a title."), "title")
    if cells.room_id is not None and cells.room_id not in rooms:
        raise Refused(_("This room is no longer there. Choose another."), "room")
    check(When(cells.day, cells.starts, cells.ends), event)


def _put(session: Session, cells: Cells, event: Event) -> None:
    for name, value in asdict(cells).items():
        setattr(session, name, value)
    session.fold = session.fold and When(cells.day, cells.starts, cells.ends).repeats(event.zone)


def _meanwhile(stored: Mapping[str, Any], typed: Mapping[str, Any]) -> Refused:
    """The refusal of a change to what others changed meanwhile, with what is stored where it is not what was typed."""
    values = "; ".join(f"{name}: {shown(stored[name])}" for name in typed if stored[name] != typed[name])
    return Refused(
        _(
            "Somebody else changed this meanwhile. Stored now: %(values)s. What you typed still stands here; save again"
            " to put it in the place of theirs.",
            values=values,
        ),
        "version",
    )


def add(event: Event, details: Details, key: str, *, who: str, now: datetime) -> Session:
    """A new session at the end of the draft, with a random code. The same form (`key`) sent twice makes one session.

    Refused beside its field; on "submit_key" when the form has already made another session.
    """
    rooms = _begin(event)
    uid = hashlib.blake2b(f"session/{event.id}/{key}".encode(), digest_size=16).hexdigest()
    first = db.session.execute(select(Session).where(Session.uid == uid)).scalar_one_or_none()
    if first is not None:
        if first.title == details.title:
            return first
        said = _("This form has already made “%(title)s”. Press the button again to make another.", title=first.title)
        raise Refused(said, "submit_key")
    last = db.session.execute(select(func.max(Session.position)).where(Session.event_id == event.id)).scalar_one()
    session = Session(
        event_id=event.id,
        code=_free_code(event.id),
        uid=uid,
        position=(last or 0) + 1,
        title=details.title,
        kind=details.kind,
        fold=False,
        cancelled=False,
        note="",
        description="",
        visibility=details.visibility,
        appearances=[],
    )
    choices = draft.options(event.id)
    _apply(event, session, details, choices)
    db.session.add(session)
    db.session.flush()
    seat(session, details.speakers, choices)
    after = told(session, rooms, choices)
    journal.note("session added", f"session/{session.code}", who=who, now=now, event_id=event.id, after=after)
    return session


def change(event: Event, code: str, details: Details, version: int, *, who: str, now: datetime) -> list[str]:
    """Store all of one session; the names of what changed.

    Refused beside its field, and on "version" when somebody changed the session since the form was opened.
    """
    rooms = _begin(event)
    session = _held(event, code)
    choices = draft.options(event.id)
    before = told(session, rooms, choices)
    if session.version != version:
        raise _meanwhile(before, _plain(details, choices))
    rewrite = partial(_rewrite, event, session, details, choices)
    return noted(event, session, rewrite, rooms, choices, who=who, now=now)


def _plain(details: Details, choices: draft.Options) -> dict[str, Any]:
    """What was typed, as `telling.told` says it of a stored session."""
    when = details.when
    cells = Cells(details.title, when.day, when.starts, when.ends, details.room_id, details.cancelled)
    return cells.plain(choices.rooms) | {
        "kind": details.kind.value,
        "number": details.number,
        "theme": details.theme,
        "visibility": details.visibility.value,
        "note": details.note,
        "description": details.description,
        "who appears": [spoken(each.who, each.part, each.mode) for each in in_order(details.speakers)],
    }


def delete(event: Event, code: str, *, published: bool, who: str, now: datetime) -> Session:
    """Take a session off the draft for good. Refused when it was published, or when others stand within it."""
    rooms = _begin(event)
    session = _held(event, code)
    if published:
        raise Refused(_("This session was published, so calendars hold it. It can be cancelled, but not deleted."))
    within = select(Session.title).where(Session.parent_id == session.id).order_by(Session.position)
    if titles := list(db.session.execute(within).scalars()):
        said = _("Other sessions stand within this one: %(titles)s. Move them out first.", titles=", ".join(titles))
        raise Refused(said)
    before = told(session, rooms, draft.options(event.id))
    journal.note("session deleted", f"session/{code}", who=who, now=now, event_id=event.id, before=before)
    db.session.delete(session)
    db.session.flush()
    return session


def _begin(event: Event) -> dict[int, str]:
    """Wait for one's turn at this event's draft, so that what is checked here still holds when it is stored."""
    db.session.execute(select(Event.id).where(Event.id == event.id).with_for_update())
    return draft.rooms(event.id)


def _held(event: Event, code: str) -> Session:
    try:
        return draft.by_code(event.id, code)
    except LookupError as gone:
        raise Refused(_("Somebody took this session off the draft meanwhile.")) from gone


def _free_code(event_id: int) -> str:
    """Six characters that no session of this event has yet."""
    while True:
        drawn = "".join(secrets.choice(ALPHABET) for _place in range(6))
        used = select(Session.id).where(Session.event_id == event_id, Session.code == drawn)
        if db.session.execute(used).first() is None:
            return drawn


def _rewrite(event: Event, session: Session, details: Details, choices: draft.Options) -> None:
    seat(session, details.speakers, choices)
    _apply(event, session, details, choices)


def _apply(event: Event, session: Session, details: Details, choices: draft.Options) -> None:
    """Put all but the speakers into the row. Refused beside the field that is wrong."""
    when = replace(details.when, fold=details.when.fold and details.when.repeats(event.zone))
    _check_cells(Cells(details.title, when.day, when.starts, when.ends, details.room_id), event, choices.rooms)
    if details.theme and details.theme not in choices.themes:
        raise Refused(_("This theme is no longer there. Choose another."), "theme")
    session.number = _free_number(event, session, details.number)
    session.parent_id = _parent(event, session, details.parent)
    session.theme_id = choices.themes[details.theme].id if details.theme else None
    session.day, session.starts, session.ends, session.fold = when.day, when.starts, when.ends, when.fold
    for name in ("title", "kind", "room_id", "visibility", "note", "description", "cancelled"):
        setattr(session, name, getattr(details, name))


def _free_number(event: Event, session: Session, number: int | None) -> int | None:
    if number is None:
        return None
    others = select(Session.title).where(Session.event_id == event.id, Session.number == number)
    with db.session.no_autoflush:
        taken = db.session.execute(others.where(Session.id.is_distinct_from(session.id))).scalars().first()
    if taken is not None:
        said = _("“%(title)s” already has the number %(number)s. Choose another, or none.", title=taken, number=number)
        raise Refused(said, "number")
    return number


def _parent(event: Event, session: Session, code: str) -> int | None:
    if not code:
        return None
    with db.session.no_autoflush:
        block = {each.code: each for each in draft.blocks(event.id)}.get(code)
        holds = select(Session.id).where(Session.parent_id == session.id) if session.id else None
        inhabited = holds is not None and db.session.execute(holds).first() is not None
    if block is None or block.id == session.id:
        raise Refused(_("This is not a block of this summit. Choose another."), "parent")
    if inhabited:
        raise Refused(_("Sessions stand within this one, so it cannot stand within another."), "parent")
    return block.id
