"""A criterion more for announcements: what the board of what is missing knows of a city."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l

from app.announcing.candidates import Candidate
from app.announcing.criteria import CRITERIA, Criterion, Has
from app.desk.board import service as board
from app.desk.board.forms import NEEDS
from app.desk.board.needs import missing
from app.events.models import Event
from app.registration.models import COUNTED

FORM = "form"
"""Not on the board, since it is people's own."""


def _choices(_event: Event) -> Mapping[str, Any]:
    return {each.value: word for each, word in NEEDS.items()} | {FORM: _l("The form of the person")}


def _has(event: Event, rows: Sequence[Candidate], now: datetime) -> Has:
    needs = {row.slug: frozenset(each.value for each in missing(row)) for row in board.rows(event, now)}
    owing = _owing(rows)

    def has(one: Candidate) -> Collection[str]:
        forms = {FORM} if (owing[one.city] if one.focal else one.uid in owing[one.city]) else set()
        return needs.get(one.city, frozenset()) | forms

    return has


def _owing(rows: Sequence[Candidate]) -> Mapping[str, set[str]]:
    """Who has not filled in their form, by city."""
    found: dict[str, set[str]] = defaultdict(set)
    for each in rows:
        if each.owes_form and each.state in COUNTED:
            found[each.city].add(each.uid)
    return found


CRITERIA.append(
    Criterion(
        "missing",
        _l("Missing"),
        _choices,
        _has,
        "answer",
        _l("What the city lacks on the board; of the form, who has not filled in theirs, and the offices of these."),
    )
)
