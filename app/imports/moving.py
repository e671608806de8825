"""A summit on other dates, and with the times of its timetable."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, time, timedelta

from app import ical
from app.imports.faults import Fault, Faulty
from app.imports.values import EventFile, Outcome, Registration, Session, Slot, Timetable, Visit
from app.refused import Refused

YEARS = range(1900, 2200)
"""As in the schema."""
MONDAY = 0


def next_rehearsal(today: date, weeks: int = 10) -> date:
    """The first Monday on or after the day that is so many weeks from today."""
    ahead = today + timedelta(weeks=weeks)
    return ahead + timedelta(days=(MONDAY - ahead.weekday()) % 7)


def moved(source: EventFile, starts: date) -> EventFile:
    """The same summit beginning on this day; every date in it moves by as many days.

    Refused when a date would leave 1900-2199; raises Faulty when a clock time does not exist on its new day.
    """
    by = starts - source.event.starts_on
    if not by:
        return source
    if starts.year not in YEARS or (source.event.ends_on + by).year not in YEARS:
        raise Refused(f"A summit cannot be moved to {starts}: its days must lie between 1900 and 2199.")
    event = replace(source.event, starts_on=starts, ends_on=source.event.ends_on + by)
    there = replace(
        source,
        event=event,
        sessions=tuple(_session(each, by) for each in source.sessions),
        visits=tuple(_visit(each, by) for each in source.visits),
        outcomes=tuple(_outcome(each, by) for each in source.outcomes),
        timetable=_timetable(source.timetable, by),
        registration=_registration(source.registration, by),
    )
    if faults := tuple(_missing(there)):
        raise Faulty(faults)
    return there


def timed(source: EventFile) -> EventFile:
    """The same summit with the times and rooms of its timetable. Refused when the file has none."""
    if source.timetable is None:
        raise Refused("The event file holds no timetable that could be applied.")
    slots = source.timetable.slots
    sessions = (
        replace(each, slot=replace(slots[each.code], room=slots[each.code].room or each.slot.room))
        if each.code in slots
        else each
        for each in source.sessions
    )
    return replace(source, sessions=tuple(sessions))


def times_note(source: EventFile) -> str:
    """Where the times of the timetable come from."""
    if source.timetable is None:
        return ""
    slots = source.timetable.slots
    facts = [f"“{each.title}”" for each in source.sessions if each.code in slots and slots[each.code].fact]
    return f"{source.timetable.label} Made public: {', '.join(facts)}."[:300] if facts else source.timetable.label


def _shifted(day: date | None, by: timedelta) -> date | None:
    return day + by if day else None


def _slot(slot: Slot, by: timedelta) -> Slot:
    return replace(slot, day=_shifted(slot.day, by))


def _session(session: Session, by: timedelta) -> Session:
    return replace(session, slot=_slot(session.slot, by))


def _visit(visit: Visit, by: timedelta) -> Visit:
    return replace(visit, day=_shifted(visit.day, by))


def _outcome(outcome: Outcome, by: timedelta) -> Outcome:
    return replace(outcome, day=_shifted(outcome.day, by))


def _timetable(timetable: Timetable | None, by: timedelta) -> Timetable | None:
    if timetable is None:
        return None
    slots = {code: replace(_slot(slot, by), fact=False) for code, slot in timetable.slots.items()}
    return replace(timetable, slots=slots)  # what was public of the printed dates is no fact of any other


def _registration(settings: Registration | None, by: timedelta) -> Registration | None:
    if settings is None:
        return None
    opens = settings.opens + by if settings.opens else None
    closes = settings.closes + by if settings.closes else None
    return replace(settings, opens=opens, closes=closes)


def _missing(source: EventFile) -> Iterator[Fault]:
    """Clock times that spring leaves out on the new days."""
    zone, settings = source.event.zone, source.registration
    times: list[tuple[str, date | None, time | None]] = []
    for session in source.sessions:
        times += [(session.title, session.slot.day, each) for each in (session.slot.starts, session.slot.ends)]
    for code, slot in source.timetable.slots.items() if source.timetable else ():
        times += [(f"timetable, {code}", slot.day, each) for each in (slot.starts, slot.ends)]
    for visit in source.visits:
        times += [(visit.title, visit.day, each) for each in (visit.leaves, visit.returns)]
    for moment in (settings.opens, settings.closes) if settings else ():
        times += [("registration", moment.date(), moment.time())] if moment else []
    for what, day, clock in times:
        if day and clock:
            try:
                ical.wall(day, clock, zone)
            except ical.Gap as gap:
                yield Fault("", f"{what}: {gap}")
