"""Who appears in a session, and in which order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from app.agenda.draft import Options
from app.agenda.models import Appearance, Part, Session
from app.db import db
from app.events.models import Mode
from app.refused import Refused


@dataclass(frozen=True)
class Speaker:
    """Who appears, as the form says it. `appearance_id` names the one that is changed; None adds one."""

    who: str
    """"city:rome" or "person:kim-trial"."""
    part: Part
    mode: Mode | None = None
    order: int | None = None
    appearance_id: int | None = None


def in_order(speakers: Sequence[Speaker]) -> list[Speaker]:
    """By the number typed, then as listed; those without a number last."""
    return sorted(speakers, key=lambda each: (each.order is None, each.order or 0))


def seat(session: Session, speakers: Sequence[Speaker], choices: Options) -> None:
    """Who appears, numbered from 1: by the order asked for, then as listed. What the form does not show is kept."""
    present = {each.id: each for each in session.appearances}
    asked = in_order(speakers)
    _once(asked, choices)
    kept = {each.appearance_id for each in asked}
    for place, row in enumerate(session.appearances, 1):
        row.position = -place  # out of the way, since no two may share a place even for a moment
    session.appearances = [row for row in session.appearances if row.id in kept]
    db.session.flush()
    for place, each in enumerate(asked, 1):
        row = present.get(each.appearance_id or 0) or _added(session)
        row.position, row.part, row.mode = place, each.part, each.mode
        kind, _colon, name = each.who.partition(":")
        row.delegation_id = choices.cities[name].id if kind == "city" else None
        row.person_id = choices.people[name].id if kind == "person" else None
    session.appearances.sort(key=lambda row: row.position)


def _added(session: Session) -> Appearance:
    row = Appearance(session_id=session.id, topic="", shown_position="")
    session.appearances.append(row)
    return row


def _once(speakers: Sequence[Speaker], choices: Options) -> None:
    seen = set()
    for each in speakers:
        kind, _colon, name = each.who.partition(":")
        known: Mapping[str, Any] = {"city": choices.cities, "person": choices.people}.get(kind, {})
        if name not in known:
            raise Refused(_("One of those who appear is no longer there. Please choose again."), "speakers")
        if (each.who, each.part) in seen:
            shown = known[name].member.name if kind == "city" else known[name].name
            raise Refused(_("%(name)s stands twice in the speaking order in the same part.", name=shown), "speakers")
        seen.add((each.who, each.part))
