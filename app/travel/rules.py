"""The rules of journeys and passports, as plain functions: what can be read, and what deserves a word of warning."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta

from flask_babel import gettext as _

from app import clock, ical
from app.events.models import Event
from app.refused import Refused
from app.web.wording import day_full, zone_name

FLIGHT = re.compile(r"[A-Z0-9]{2,3}\s?\d{1,4}[A-Z]?", re.ASCII)
NUMBER = re.compile(r"[A-Z0-9<]{5,15}")
NAME = re.compile(r"[A-Z]+( [A-Z]+)*")
NEAR = timedelta(days=3)
"""Who arrives earlier before the event, or leaves later after it, is asked whether the day is right."""
FAR = timedelta(days=366)
YOUNGEST, OLDEST = 16, 110
MONTHS = 6
"""For how many months after leaving a passport should be valid."""


def moment(day: date, at: time, zone: str, which: str, event: Event) -> datetime:
    """The instant at which the clocks of `zone` show this; of an hour that comes twice, the "first" or "second".

    Refused on "time" when the clocks leave it out that night, on "again" when they show it twice and nobody said
    which, on "day" when it is more than a year from the event.
    """
    if day < event.starts_on - FAR or day > event.ends_on + FAR:
        raise Refused(_("This day is more than a year away from the summit. Please look at the year."), "day")
    twice = ical.ambiguous(day, at, zone)
    if twice and which not in {"first", "second"}:
        said = {"zone": zone_name(zone), "time": f"{at:%H:%M}"}
        raise Refused(
            _("That night the clocks of %(zone)s are set back and show %(time)s twice. Which is it?", **said), "again"
        )
    try:
        return ical.wall(day, at, zone, int(twice and which == "second"))
    except ical.Gap as gap:
        raise Refused(str(gap), "time") from gap


def comes_twice(day: date | None, at: time | None, zone: str) -> bool:
    """Whether the clocks of the zone are set back that night and show this time twice."""
    return bool(day and at is not None and clock.is_zone(zone) and ical.ambiguous(day, at, zone))


def flight(typed: str) -> str:
    """ "NH 204" for "nh204": what stands on a ticket. Refused when it is no flight number."""
    found = typed.upper()
    if not FLIGHT.fullmatch(found):
        raise Refused(_("A flight number is two or three letters or figures, then up to four figures, as in NH 204."))
    return found


def passport_name(typed: str) -> str:
    """As the machine-readable zone writes it (ICAO 9303-3, 4.6): capitals A to Z, hyphens as spaces, no apostrophes.

    Refused for letters that are not there.
    """
    plain = re.sub(r"[’'`]", "", typed.upper())
    found = re.sub(r"[<\-\s]+", " ", plain).strip()
    if found and not NAME.fullmatch(found):
        raise Refused(_("Copy it from the two lines at the foot of the passport’s page: they hold A to Z alone."))
    return found


def passport_number(typed: str) -> str:
    """Refused when no passport has such a number."""
    found = re.sub(r"[\s\-]", "", typed.upper())
    if not NUMBER.fullmatch(found):
        raise Refused(_("A passport number has 5 to 15 letters and figures."))
    return found


def age(born: date, today: date) -> int:
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


def after_months(day: date, months: int) -> date:
    """So many months later; the last day of a month that has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    following = date(year + (month == 11), (month + 1) % 12 + 1, 1)
    return min(date(year, month + 1, 1) + timedelta(days=day.day - 1), following - timedelta(days=1))


def journey_warnings(arrives: datetime | None, departs: datetime | None, event: Event) -> list[str]:
    """What to ask about a journey that was stored: days far from the event."""
    first, last = event.starts_on - NEAR, event.ends_on + NEAR
    said = []
    if arrives and not first <= (day := clock.local(arrives, event.zone).date()) <= last:
        said.append(_("Please look at the day of arrival again: it is %(day)s.", day=day_full(day)))
    if departs and not first <= (day := clock.local(departs, event.zone).date()) <= last:
        said.append(_("Please look at the day of departure again: it is %(day)s.", day=day_full(day)))
    return said


def there_from(arrives: datetime) -> datetime:
    """From when somebody who arrives then counts as there: from the next full hour, since there is a way to go yet.

    Whoever may not read journeys learns by it no more than the hour.
    """
    hour = arrives.replace(minute=0, second=0, microsecond=0)
    return hour if hour == arrives else hour + timedelta(hours=1)


def there_until(departs: datetime) -> datetime:
    """Until when somebody who departs then counts as there: until the full hour before; likewise."""
    return departs.replace(minute=0, second=0, microsecond=0)


def expires_early(expires: date, leaves: date) -> bool:
    """Whether a passport runs out less than six months after leaving, for which many countries turn people back."""
    return expires < after_months(leaves, MONTHS)
