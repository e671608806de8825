"""What the board knows is asked before publishing too: each kind of clash, with what the organisers made of it."""

from __future__ import annotations

from collections.abc import Iterable

from app.db import db
from app.events.models import Event
from app.planning.kinds import Judged, Severity
from app.publishing.checks import JUDGES, Check, Finding
from app.schedule import clashes, plan
from app.schedule.plan import Plan
from app.schedule.words import LABELS


def clashes_of(event_id: int) -> Iterable[Check]:
    """A check for each kind that is not passed over at this event, those too to which nothing was found. What was
    accepted with a reason is found no more."""
    event = db.session.get_one(Event, event_id)
    now = plan.of(event)
    found: dict[str, list[Judged]] = {}
    for each in clashes.of(event_id, now):
        if not each.waived:
            found.setdefault(each.conflict.kind, []).append(each)
    for kind, severity in now.settings.severities.items():
        here = found.get(kind, [])
        if severity is not Severity.IGNORE and (here or severity is Severity.BLOCK):
            yield Check(
                kind.value,
                str(LABELS[kind]),
                tuple(_finding(each, now) for each in here),
                grave=severity is Severity.BLOCK,
                mend="schedule.found",
            )


def _finding(judged: Judged, now: Plan) -> Finding:
    conflict = judged.conflict
    code = conflict.sessions[0] if conflict.sessions else ""
    return Finding(clashes.mark(conflict), code, now.titles.get(code, ""), clashes.words(conflict))


JUDGES.append(clashes_of)
