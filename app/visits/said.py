"""A visit in the words of one reader's language."""

from __future__ import annotations

from collections.abc import Callable

from app.events.models import Event
from app.events.said import teller_of
from app.visits.models import Visit
from app.web.wording import language


def sayer(event: Event, spoken: str = "") -> Callable[[Visit, str], str]:
    """Says a field of a visit ("title", "meeting_point", "rules" ...) in `spoken`, by default the reader's language.

    One query, none where the summit does not speak it.
    """
    tell = teller_of(event, "visit", spoken or language())
    return lambda visit, field: tell("visit", visit.code, field, getattr(visit, field))
