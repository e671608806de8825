"""A session in plain values: for the journal, and to say what is stored beside what was typed."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, time
from typing import Any

from flask_babel import gettext as _
from sqlalchemy.orm.attributes import flag_modified

from app import journal
from app.agenda.draft import Options
from app.agenda.models import Part, Session
from app.db import db
from app.events.models import Event, Mode


@dataclass(frozen=True)
class Cells:
    """What the table shows of one session, and lets organisers change."""

    title: str
    day: date | None = None
    starts: time | None = None
    ends: time | None = None
    room_id: int | None = None
    cancelled: bool = False

    def plain(self, rooms: Mapping[int, str]) -> dict[str, Any]:
        """As `telling.told` says them of a stored session."""
        return {
            "title": self.title,
            "day": self.day.isoformat() if self.day else None,
            "start": f"{self.starts:%H:%M}" if self.starts else None,
            "end": f"{self.ends:%H:%M}" if self.ends else None,
            "room": rooms.get(self.room_id or 0, ""),
            "cancelled": self.cancelled,
        }

    @property
    def mark(self) -> str:
        """Tells these cells from others: travels with a row, so that an untouched one is known as such."""
        return hashlib.blake2b(repr(asdict(self)).encode(), digest_size=9).hexdigest()


def cells_of(session: Session) -> Cells:
    """The cells of a session as it is stored."""
    return Cells(session.title, session.day, session.starts, session.ends, session.room_id, session.cancelled)


def noted(
    event: Event,
    session: Session,
    act: Callable[[], None],
    rooms: Mapping[int, str],
    choices: Options | None = None,
    *,
    who: str,
    now: datetime,
) -> list[str]:
    """Change one session by `act` and write the journal: what changed, before and after. The names of what changed."""
    before = told(session, rooms, choices)
    act()
    after = told(session, rooms, choices)
    changed = [name for name in after if before[name] != after[name]]
    if changed:
        flag_modified(session, "title")  # raises the version even when only the speaking order changed
        journal.note(
            _deed(changed, session),
            f"session/{session.code}",
            who=who,
            now=now,
            event_id=event.id,
            before={name: before[name] for name in changed},
            after={name: after[name] for name in changed},
        )
    db.session.flush()
    return changed


def _deed(changed: Sequence[str], session: Session) -> str:
    if "cancelled" in changed:
        return "session cancelled" if session.cancelled else "session reinstated"
    return "session moved" if {"day", "start", "end", "room"} & set(changed) else "session changed"


def told(session: Session, rooms: Mapping[int, str], choices: Options | None = None) -> dict[str, Any]:
    """A session in plain JSON values, as the journal keeps it; with `choices`, theme and who appears too."""
    plain = cells_of(session).plain(rooms)
    if choices is None:
        return plain
    themes = {each.id: each.slug for each in choices.themes.values()}
    names = {each.id: f"city:{slug}" for slug, each in choices.cities.items()}
    people = {each.id: f"person:{code}" for code, each in choices.people.items()}
    return plain | {
        "kind": session.kind.value,
        "number": session.number,
        "theme": themes.get(session.theme_id or 0, ""),
        "block": session.parent_id,
        "later hour": session.fold,
        "visibility": session.visibility.value,
        "note": session.note,
        "description": session.description,
        "who appears": [
            spoken(names.get(each.delegation_id or 0) or people.get(each.person_id or 0, ""), each.part, each.mode)
            for each in sorted(session.appearances, key=lambda each: each.position)
        ],
    }


def spoken(who: str, part: Part, mode: Mode | None) -> str:
    return f"{who} ({part.value}, {mode.value if mode else 'to be confirmed'})"


def shown(value: Any) -> str:
    """A plain value in words."""
    match value:
        case None | "" | []:
            return str(_("none"))
        case bool():
            return str(_("yes") if value else _("no"))
        case list():
            return ", ".join(value)
    return str(value)
