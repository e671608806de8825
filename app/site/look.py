"""The colours of one summit: chosen by organisers, and refused where they could not be read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _

from app.db import db
from app.events.models import Event
from app.journal import note
from app.refused import Refused
from app.site.colours import COLOUR, LEAST, Scheme, nearest, passes, worst
from app.site.models import Look
from app.site.service import changed


@dataclass(frozen=True)
class Chosen:
    """Colours as they were chosen; both empty: those of the product."""

    accent: str = ""
    accent_dark: str = ""


FIELDS = {Scheme.LIGHT: "accent", Scheme.DARK: "accent_dark"}
"""Beside which field a refusal stands."""


def judged(chosen: Chosen) -> Chosen:
    """The colours as they may be stored. Refused on "accent" or "accent_dark", with the figure and what would pass."""
    for scheme, field in FIELDS.items():
        colour = getattr(chosen, field)
        if colour and not COLOUR.fullmatch(colour):
            raise Refused(_("This is no colour such as #0b5d5e."), field)
        if colour and not passes(colour, scheme):
            figures = {"ratio": f"{int(worst(colour, scheme) * 100) / 100:.2f}", "least": LEAST}
            said = _("It is too faint to be read: its contrast on paper is %(ratio)s:1, and %(least)s:1 is needed.")
            passing = _("The nearest that can be read is %(colour)s.", colour=nearest(colour, scheme))
            raise Refused(f"{said % figures} {passing}", field)
    if chosen.accent_dark and not chosen.accent:
        raise Refused(_("Choose the colour on light paper too."), "accent")
    return chosen


def of(event_id: int) -> Look | None:
    """What was chosen, if anything was. One query."""
    return db.session.get(Look, event_id, populate_existing=True)


def choose(event: Event, chosen: Chosen, seen: int, *, who: str, now: datetime) -> None:
    """Put these in place of the version `seen`. Refused as `judged` is, and when somebody chose others since."""
    judged(chosen)
    changed(event.id)
    row = of(event.id)
    if (row.version if row else 0) != seen:
        raise Refused(_("Somebody has changed this meanwhile. Theirs stands above, yours is kept in the form."))
    before = {"accent": row.accent, "accent_dark": row.accent_dark} if row else None
    if row is None:
        row = Look(event_id=event.id, version=0)
        db.session.add(row)
    row.accent, row.accent_dark = chosen.accent, chosen.accent_dark
    row.version = row.version + 1
    row.changed_by, row.changed_at = who, now
    after = {"accent": chosen.accent, "accent_dark": chosen.accent_dark}
    note("colours", f"event/{event.slug}", who=who, now=now, event_id=event.id, before=before, after=after)
