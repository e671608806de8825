"""Changing the draft: many sessions at once by the table, or one of them in full. Nobody outside sees it."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import func, select

from app.agenda import acts, draft
from app.agenda.acts import Changed
from app.agenda.facts import Facts
from app.agenda.models import Appearance, Kind, Session, Visibility
from app.agenda.speaking import Speaker, seats
from app.agenda.telling import Cells, cells_of, deed, differing, names_of, shown
from app.agenda.times import When, check, check_once
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


class Overtaken(Refused):
    """Somebody changed a session since its form was opened. `stored` is how it stands, `typed` what the form would make
    of it."""

    def __init__(self, stored: Facts, typed: Facts) -> None:
        said = _("Somebody else changed this session meanwhile. Choose below what stays, then save again.")
        super().__init__(said, "version")
        self.stored = stored
        self.typed = typed


@dataclass(frozen=True)
class Ties:
    """How a session stands to others, by their codes; empty: to none."""

    after: str = ""
    same_day: str = ""
    apart: tuple[str, ...] = ()


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
    ties: Ties | None = None
    """None: as they are."""


def save_table(event: Event, rows: Sequence[Row], *, who: str, now: datetime) -> int:
    """Store the rows that were touched; how many sessions that changed.

    All or nothing: raises RowsRefused, which names every row that is wrong or was changed by others meanwhile.
    """
    acts.hold(event.id)
    rooms = draft.rooms(event.id)
    touched = [row for row in rows if row.cells.mark != row.seen]
    found = acts.rows(event.id, {row.code for row in touched})
    faults: dict[str, Refused] = {}
    stale: set[str] = set()
    for row in touched:
        try:
            if row.code not in found:
                raise Refused(_("Somebody took this session off the draft meanwhile."))
            session, facts = found[row.code]
            if row.version != session.version and row.cells != cells_of(facts):
                stale.add(row.code)
                raise _meanwhile(event, facts, _with(facts, row.cells, event))
            _check_cells(row.cells, event, rooms)
            check_once(_when(row.cells), _when(cells_of(facts)), event)
        except Refused as no:
            faults[row.code] = no
    if faults:
        raise RowsRefused(faults, frozenset(stale))
    changes = [Changed(facts, _with(facts, row.cells, event)) for row in touched for facts in [found[row.code][1]]]
    changed = [each for each in changes if each.before != each.after]
    what = deed(changed[0].before, changed[0].after) if len(changed) == 1 else "sessions changed"
    acts.perform(event.id, what, changed, who=who, now=now)
    return len(changed)


def _check_cells(cells: Cells, event: Event, rooms: Mapping[int, str]) -> None:
    if not cells.title:
        raise Refused(_("A session needs a title."), "title")
    if cells.room_id is not None and cells.room_id not in rooms:
        raise Refused(_("This room is no longer there. Choose another."), "room")
    check(_when(cells), event)


def _when(cells: Cells) -> When:
    return When(cells.day, cells.starts, cells.ends)


def _with(facts: Facts, cells: Cells, event: Event) -> Facts:
    repeats = _when(cells).repeats(event.zone)
    return replace(facts, **asdict(cells), fold=facts.fold and repeats)


def _meanwhile(event: Event, stored: Facts, typed: Facts) -> Refused:
    """The refusal of a change to what others changed meanwhile, with what is stored where it is not what was typed."""
    now, _then = differing(stored, typed, names_of(event.id))
    values = "; ".join(f"{name}: {shown(value)}" for name, value in now.items())
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
    acts.hold(event.id)
    uid = hashlib.blake2b(f"session/{event.id}/{key}".encode(), digest_size=16).hexdigest()
    first = db.session.execute(select(Session).where(Session.uid == uid)).scalar_one_or_none()
    if first is not None:
        if first.title == details.title:
            return first
        said = _("This form has already made “%(title)s”. Press the button again to make another.", title=first.title)
        raise Refused(said, "submit_key")
    last = db.session.execute(select(func.max(Session.position)).where(Session.event_id == event.id)).scalar_one()
    code = free_code(event.id)
    blank = Facts(code=code, uid=uid, kind=details.kind, title=details.title, position=(last or 0) + 1)
    made = _detailed(event, blank, details, [], draft.options(event.id))
    acts.perform(event.id, "session added", [Changed(None, made)], who=who, now=now)
    return db.session.execute(select(Session).where(Session.uid == uid)).scalar_one()


def change(event: Event, code: str, details: Details, version: int, *, who: str, now: datetime) -> list[str]:
    """Store all of one session; the names of what changed.

    Refused beside its field; raises Overtaken when somebody changed the session since the form was opened.
    """
    acts.hold(event.id)
    session, before = _held(event, code)
    after = _detailed(event, before, details, session.appearances, draft.options(event.id))
    if session.version != version:
        raise Overtaken(before, after)
    acts.perform(event.id, deed(before, after), [Changed(before, after)], who=who, now=now)
    return list(differing(before, after, names_of(event.id))[1])


def delete(event: Event, code: str, *, published: bool, who: str, now: datetime) -> str:
    """Take a session off the draft; its title. Refused when it was published, or when others stand within it."""
    acts.hold(event.id)
    _session, facts = _held(event, code)
    if published:
        raise Refused(_("This session was published, so calendars hold it. It can be cancelled, but not deleted."))
    acts.perform(event.id, "session deleted", [Changed(facts, None)], who=who, now=now)
    return facts.title


def _held(event: Event, code: str) -> tuple[Session, Facts]:
    found = acts.rows(event.id, {code}).get(code)
    if found is None:
        raise Refused(_("Somebody took this session off the draft meanwhile."))
    return found


def free_code(event_id: int) -> str:
    """Six characters that no session of this event has yet."""
    while True:
        drawn = "".join(secrets.choice(ALPHABET) for _place in range(6))
        used = select(Session.id).where(Session.event_id == event_id, Session.code == drawn)
        if db.session.execute(used).first() is None:
            return drawn


def _detailed(
    event: Event, facts: Facts, details: Details, present: Sequence[Appearance], choices: draft.Options
) -> Facts:
    """The facts with all that the form says. Refused beside the field that is wrong."""
    when = replace(details.when, fold=bool(details.when.fold and details.when.repeats(event.zone)))
    _check_cells(Cells(details.title, when.day, when.starts, when.ends, details.room_id), event, choices.rooms)
    check(details.when, event)
    if details.theme and details.theme not in choices.themes:
        raise Refused(_("This theme is no longer there. Choose another."), "theme")
    _free_number(event, facts.code, details.number)
    _is_block(event, facts.code, details.parent)
    same = {name: getattr(details, name) for name in SAME}
    return replace(
        facts,
        theme_id=choices.themes[details.theme].id if details.theme else None,
        **asdict(when),
        **same,
        **_tied(facts, details.ties, choices),
        seats=seats(details.speakers, present, choices),
    )


SAME = ("title", "kind", "number", "parent", "room_id", "visibility", "note", "description", "cancelled")
"""Details that are facts under the same name."""


def _tied(facts: Facts, ties: Ties | None, choices: draft.Options) -> dict[str, Any]:
    """The facts of its ties. Refused beside the field that names the session itself, or one that is gone."""
    if ties is None:
        return {}
    others = choices.sessions.keys() - {facts.code}
    for field, codes in (("after", [ties.after]), ("same_day", [ties.same_day]), ("apart", ties.apart)):
        if any(code and code not in others for code in codes):
            raise Refused(_("This session is no longer there. Choose another."), field)
    return {"after_code": ties.after, "same_day_code": ties.same_day, "apart": ties.apart}


def _free_number(event: Event, code: str, number: int | None) -> None:
    if number is None:
        return
    others = select(Session.title).where(Session.event_id == event.id, Session.number == number)
    taken = db.session.execute(others.where(Session.code != code)).scalars().first()
    if taken is not None:
        said = _("“%(title)s” already has the number %(number)s. Choose another, or none.", title=taken, number=number)
        raise Refused(said, "number")


def _is_block(event: Event, code: str, parent: str) -> None:
    """Refused on "parent" when the session cannot stand within this block."""
    if not parent:
        return
    blocks = {each.code: each for each in draft.blocks(event.id)}
    if parent not in blocks or parent == code:
        raise Refused(_("This is not a block of this summit. Choose another."), "parent")
    if code not in blocks:
        return
    within = select(Session.id).where(Session.parent_id == blocks[code].id)
    if db.session.execute(within).first() is not None:
        raise Refused(_("Sessions stand within this one, so it cannot stand within another."), "parent")
