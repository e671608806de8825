"""When a session is, as organisers type it: which day and times can stand together."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time

from flask_babel import gettext as _

from app import ical
from app.events.models import Event
from app.refused import Refused

A_YEAR = 366


@dataclass(frozen=True)
class When:
    """A day and wall times in the event's zone. No times: to be announced. No day: during the summit."""

    day: date | None = None
    starts: time | None = None
    ends: time | None = None
    fold: bool | None = False
    """The later of the two hours where clocks are set back; None: nobody has said which."""

    def repeats(self, zone: str) -> bool:
        """Whether the clocks of the zone show the start or the end twice on this day."""
        if self.day is None or self.starts is None or self.ends is None:
            return False
        return any(ical.ambiguous(self.day, clock, zone) for clock in (self.starts, self.ends))


def check(when: When, event: Event) -> None:
    """Refused beside its field (day, starts, ends) when these cannot stand together, or never come, at this event."""
    if when.day is not None and _far(when.day, event):
        raise Refused(_("This day is more than a year away from the summit. Please look at the year."), "day")
    if when.starts is None and when.ends is None:
        return
    if when.starts is None or when.ends is None:
        missing = "starts" if when.starts is None else "ends"
        raise Refused(_("Give both times, or none: then the time is to be announced."), missing)
    if when.day is None:
        raise Refused(_("A time needs a day."), "day")
    if when.ends <= when.starts:
        raise Refused(_("The end must come after the start, on the same day."), "ends")
    for field, clock in (("starts", when.starts), ("ends", when.ends)):
        try:
            ical.wall(when.day, clock, event.zone, int(when.fold or False))
        except ical.Gap as gap:
            raise Refused(str(gap), field) from gap
    if when.fold is None and when.repeats(event.zone):
        said = _("On this night the clocks are set back, and this time comes twice. Say which one is meant.")
        raise Refused(said, "fold")


def check_once(when: When, stood: When, event: Event) -> None:
    """For an editor that cannot ask which of two hours is meant: refused on "starts" when it sets a time that the
    clocks show twice. Of what stood within such an hour of this day it was said before, and stays so."""
    known = stood.day == when.day and stood.fold == when.fold and stood.repeats(event.zone)
    if not known and when.repeats(event.zone):
        said = _(
            "On this night the clocks are set back, and this time comes twice. Open the session in full and say there"
            " which one is meant."
        )
        raise Refused(said, "starts")


def _far(day: date, event: Event) -> bool:
    return (event.starts_on - day).days > A_YEAR or (day - event.ends_on).days > A_YEAR
