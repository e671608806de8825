"""A visit in the words of one reader's language."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from app.events.models import Event
from app.events.said import teller_of, tellers_of
from app.events.tongues import Teller
from app.visits.models import Visit
from app.web.wording import language

Say = Callable[[Visit, str], str]
"""A visit and one of its fields -> the words."""
Sayer = Callable[[Event, str], Say]
"""A summit and a language -> who says its visits."""


def sayer(event: Event, spoken: str = "") -> Say:
    """Says a field of a visit ("title", "meeting_point", "rules" ...) in `spoken`, by default the reader's language.

    One query, none where the summit does not speak it.
    """
    return _says(teller_of(event, "visit", spoken or language()))


def sayer_to_many() -> Sayer:
    """A `sayer` for who tells many people in one transaction: one query a summit, for all of them in all languages."""
    tellers = cache(lambda event: tellers_of(event, "visit"))
    return lambda event, spoken: _says(tellers(event)(spoken))


def _says(tell: Teller) -> Say:
    return lambda visit, field: tell("visit", visit.code, field, getattr(visit, field))
