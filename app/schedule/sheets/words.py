"""How the pages and commands of the table call its columns, outcomes and what it would do."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from app.schedule.sheets.afterwards import Consequences
from app.schedule.sheets.columns import COLUMNS
from app.schedule.sheets.judging import Look, Outcome, Verdict

HINTS: dict[str, Any] = {
    "code": _l("Which session it is; never changes. Empty or not known yet: a new session."),
    "kind": _l("session, block, plenary, keynote, break ..."),
    "number": _l("“Session 3” has the number 3."),
    "title": _l("What a new session needs above all."),
    "parent": _l("The block within which it stands, by code or title."),
    "theme_id": _l("One of the themes of the summit."),
    "room_id": _l("One of the rooms of the summit."),
    "day": _l("2023-02-28, 28 Feb or Tue 28 Feb, or a cell of dates."),
    "starts": _l("09:30, 9.30 or 9:30 AM by the summit’s clocks, or a cell of times; empty: to be announced."),
    "ends": _l("As it starts. Empty beside a start and the minutes needed: so much later."),
    "length": _l("For who plans it: 80."),
    "people": _l("Moderators and others the organisers name: ISHII Naoko (moderator); parted by semicolons."),
    "cities": _l("In speaking order: Rome (online); Milan (video, 3 min); New York (to be confirmed)."),
    "visibility": _l("Who may know of it: public, delegates, heads, invited or closed."),
    "needs": _l("Equipment of its room: interpretation; streaming."),
    "audience": _l("How many people are expected."),
    "after_code": _l("The session that must have ended before, by code or title."),
    "same_day_code": _l("The session that must be on the same day, by code or title."),
    "apart": _l("Sessions that must not run at the same time, by code or title, parted by semicolons."),
    "pin": _l("What the planner may not change: day, time or place (day, time and room)."),
    "note": _l("At most 300 characters."),
    "description": _l("At most 5000 characters."),
    "cancelled": _l("yes or empty."),
    "version": _l("Tells whether others changed the session after the file was taken out. Leave it as it is."),
}
"""What a column holds, by fact."""
OUTCOMES: dict[Outcome, Any] = {
    Outcome.NEW: _l("new"),
    Outcome.CHANGED: _l("changed"),
    Outcome.SAME: _l("unchanged"),
    Outcome.WRONG: _l("wrong"),
}


def columns() -> list[tuple[str, Any]]:
    """Head and hint of each column."""
    return [(head, HINTS[name]) for name, head in COLUMNS.items()]


def report(found: Look, then: Consequences | None) -> Iterator[str]:
    """The whole look as lines for a terminal."""
    yield ", ".join(f"{len(found.of(each))} {word}" for each, word in OUTCOMES.items()) + "."
    if found.passed_over:
        yield _("Columns that are not known and were passed over: %(heads)s.", heads=", ".join(found.passed_over))
    if found.read_as:
        yield _("Read as: %(names)s.", names="; ".join(found.read_as))
    for each in found.verdicts:
        if each.outcome is not Outcome.SAME:
            yield _(
                "Row %(row)s, %(title)s: %(outcome)s", row=each.number, title=each.title, outcome=OUTCOMES[each.outcome]
            )
            yield from (f"  {line}" for line in _lines(each))
    if found.left:
        yield ngettext(
            "%(num)s session is not in the file and stays as it is.",
            "%(num)s sessions are not in the file and stay as they are.",
            len(found.left),
        )
    if then is not None:
        yield from (f"{_('Would clash:')} {said}" for said in then.appeared)
        if then.more:
            yield _("And %(num)s more.", num=then.more)
        yield from (f"{_('Would be mended:')} {said}" for said in then.vanished)


def _lines(verdict: Verdict) -> Iterator[str]:
    yield from (f"{each.column}: {each.sentence}" if each.column else each.sentence for each in verdict.faults)
    for head, before, after in verdict.changes:
        yield f"{head}: {_('%(before)s → %(after)s', before=before or '–', after=after or '–')}"
    yield from verdict.remarks
