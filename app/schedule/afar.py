"""The hours of cities that join from afar: when each is awake, when a session suits all, and who bears the burden."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from app.planning import hours
from app.planning.hours import Burden, Cell, Hours, Windows
from app.planning.model import Mode, Session, Span
from app.schedule.plan import Plan


@dataclass(frozen=True)
class Row:
    """One city in the map of a day: its hours, and in which of them it appears."""

    who: str
    name: str
    zone: str
    cells: tuple[Cell, ...]
    busy: frozenset[datetime]
    """The starts of the cells in which the city appears in a session."""


@dataclass(frozen=True)
class Heat:
    """A day of the summit against the clocks of those who join online."""

    day: date
    starts: tuple[datetime, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class There:
    """A city online in one session, and how the session's hour is there."""

    name: str
    local: datetime | None
    hours: Hours | None
    """None while the session has no time."""
    slug: str = ""
    offers: bool = False
    """Whether it takes part by video message as well."""


@dataclass(frozen=True)
class Fit:
    """A session with cities online: how it stands, and when on its day it would suit all of them."""

    code: str
    title: str
    day: date | None
    start: datetime | None
    version: int
    there: tuple[There, ...]
    windows: tuple[tuple[date, Windows], ...]
    """By day: that of the session, or each day of the summit while it has none."""


def online(plan: Plan, session: Session) -> dict[str, str]:
    """The cities that join this session online, or may do so while that is to be confirmed, with their zones."""
    cities = {each.id: each for each in plan.problem.cities}
    found = {}
    for each in session.appearances:
        city = cities.get(each.who)
        if city and (each.mode is Mode.ONLINE or (each.mode is None and Mode.ONLINE in city.modes)):
            found[city.id] = city.zone
    return found


def spans(plan: Plan) -> dict[str, list[Span]]:
    """The online appearances of each city that has any."""
    starts = {each.session: each.start for each in plan.placings}
    found: dict[str, list[Span]] = defaultdict(list)
    for session in plan.problem.sessions:
        start = starts.get(session.id)
        if start is not None:
            span = Span(start, start + timedelta(minutes=session.length))
            for who in online(plan, session):
                found[who].append(span)
    return found


def heat(plan: Plan) -> list[Heat]:
    """Each day against the clocks of every city that takes part online."""
    names = {each.id: each for each in plan.problem.cities}
    afar = {each.id: each.zone for each in plan.problem.cities if Mode.ONLINE in each.modes}
    busy = spans(plan)
    found = []
    for window in plan.problem.grid.windows:
        rows = [
            Row(who, names[who].name, afar[who], cells, _busy(cells, busy.get(who, [])))
            for who, cells in hours.heat(afar, window, limits=plan.settings.limits).items()
        ]
        starts = tuple(each.start for each in rows[0].cells) if rows else ()
        found.append(Heat(plan.problem.grid.day(window.start), starts, tuple(rows)))
    return found


def _busy(cells: tuple[Cell, ...], there: list[Span]) -> frozenset[datetime]:
    hour = timedelta(hours=1)
    return frozenset(
        cell.start for cell in cells for span in there if span.start < cell.start + hour and cell.start < span.end
    )


def fits(plan: Plan) -> list[Fit]:
    """Every session with cities online, in the organisers' order."""
    starts = {each.session: each.start for each in plan.placings}
    names = {each.id: each.name for each in plan.problem.cities}
    video = {each.id for each in plan.problem.cities if Mode.VIDEO in each.modes}
    by_day = {plan.problem.grid.day(each.start): each for each in plan.problem.grid.windows}
    found = []
    for session in plan.problem.sessions:
        zones = online(plan, session)
        if not zones:
            continue
        start, item = starts.get(session.id), plan.items[session.id]
        days = {item.day: by_day[item.day]} if item.day in by_day else by_day
        found.append(
            Fit(
                code=session.id,
                title=session.title,
                day=item.day,
                start=start,
                version=item.version,
                there=tuple(
                    replace(
                        _there(plan, names[who], zone, start, session.length),
                        slug=who.removeprefix("city:"),
                        offers=who in video,
                    )
                    for who, zone in zones.items()
                ),
                windows=tuple(
                    (day, _named(hours.windows(session.length, zones, window, plan.settings.limits), names))
                    for day, window in days.items()
                    if day
                ),
            )
        )
    return found


def _there(plan: Plan, name: str, zone: str, start: datetime | None, length: int) -> There:
    if start is None:
        return There(name, None, None)
    end = start + timedelta(minutes=length)
    return There(name, start.astimezone(ZoneInfo(zone)), hours.verdict(start, end, zone, plan.settings.limits))


def _named(found: Windows, names: Mapping[str, str]) -> Windows:
    return Windows(found.good, found.tolerable, tuple(names[each] for each in found.out), found.without)


def burdens(plan: Plan) -> list[tuple[str, Burden]]:
    """The names of the cities with what the plan asks of them, the heaviest first."""
    cities = {each.id: each for each in plan.problem.cities}
    zones = {key: each.zone for key, each in cities.items()}
    found = hours.fairness(spans(plan), zones, plan.settings.limits)
    return [(cities[row.who].name, row) for row in found.rows]
