"""Clocks that are put forward and back, and zone rules that change after a summit was published.

Beside these: what a wall time is on a night of change, against Python's own reading, in tests/ical/test_zones.py; the
VTIMEZONE of every zone at every half hour of a year in tests/ical/test_vtimezone.py; every kind of calendar, read by
three programs in six zones, in tests/publishing/calendars/test_zones.py; the question which of two hours is meant in
tests/agenda/test_session.py, tests/desk/test_planned.py and tests/travel.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from datetime import UTC, date, datetime, time, timedelta
from importlib.resources import files
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from icalendar import Calendar
from sqlalchemy import select, update

from app import ical
from app.agenda.models import Session
from app.db import db, write
from app.events.models import Event
from app.publishing import service as publishing
from app.web.kept import KeepingFlask
from tests.databases import States
from tests.desk.office import REHEARSAL, Organiser, give_desks, line, stored, words
from tests.ical import parsers
from tests.schedule.sheets.sending import looked, taken_out, with_cells, written
from tests.trust.broken import everywhere
from tests.trust.figures import Figures

NOW = datetime(2026, 1, 10, 9, tzinfo=UTC)
TZDATA = Path(str(files("tzdata")))
SPRING = {
    "Europe/Rome": (date(2026, 3, 29), "02:30", "03:00"),
    "America/New_York": (date(2026, 3, 8), "02:30", "03:00"),
}
"""Zone -> the day on which clocks go forward, a time that is left out, and the next that is there."""
AUTUMN = {"Europe/Rome": (date(2026, 10, 25), "02:30"), "America/New_York": (date(2026, 11, 1), "01:30")}
"""Zone -> the day on which clocks go back, and a time that comes twice."""
SIX = f"{REHEARSAL}/schedule/sessions/session-6"


@pytest.fixture
def tokyo(rehearsal: KeepingFlask) -> Organiser:
    give_desks(rehearsal)
    return Organiser(rehearsal, "tokyo")


def summit_of(app: KeepingFlask, zone: str, day: date) -> None:
    """Put the rehearsal into this zone, on these days; Session 6 in the middle of the first of them."""

    def act() -> None:
        event = db.session.execute(select(Event).where(Event.slug == "rehearsal")).scalar_one()
        event.zone, event.starts_on, event.ends_on = zone, day, day + timedelta(days=2)
        six = select(Session.id).where(Session.event_id == event.id, Session.code == "session-6")
        mine = Session.event_id == event.id
        db.session.execute(update(Session).where(mine).values(day=None, starts=None, ends=None))
        at = {"day": day, "starts": time(11), "ends": time(12)}
        db.session.execute(update(Session).where(Session.id.in_(six)).values(**at))

    with app.app_context():
        write(act)


def by_form(tokyo: Organiser, at: str, until: str) -> str:
    return words(tokyo.send(f"{REHEARSAL}/agenda/session-6", {"starts": at, "ends": until}))


def by_table(tokyo: Organiser, at: str, until: str) -> str:
    page = tokyo.get(f"{REHEARSAL}/agenda")
    return words(tokyo.send(f"{REHEARSAL}/agenda", line(page, "session-6", starts=at, ends=until), page=page))


def by_file(tokyo: Organiser, at: str, until: str) -> str:
    cells = with_cells(taken_out(tokyo), "session-6", Starts=at, Ends=until)
    return words(looked(tokyo, written(cells))[1])


def by_board(tokyo: Organiser, at: str, until: str) -> str:
    return words(tokyo.send(SIX, {"starts": at, "ends": until}))


DOORS = (by_form, by_table, by_file, by_board)


@pytest.mark.parametrize("zone", SPRING)
def test_a_time_that_spring_leaves_out_is_refused_by_every_editor(
    rehearsal: KeepingFlask, tokyo: Organiser, zone: str, figures: Figures
) -> None:
    day, missing, following = SPRING[zone]
    summit_of(rehearsal, zone, day)
    silent = [
        door.__name__ for door in DOORS if f"the next valid time is {following}" not in door(tokyo, missing, "04:30")
    ]
    taken = stored(rehearsal, "rehearsal", "session-6").starts != time(11)
    figures.hold("F21", f"editors that do not suggest the next time in {zone} {silent}", len(silent), exactly=0)
    figures.hold("F21", f"sessions in an hour that {zone} leaves out", int(taken), exactly=0)


def test_control_an_editor_that_takes_any_hour_takes_one_that_is_not_there(
    rehearsal: KeepingFlask, tokyo: Organiser, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As Python reads such an hour where nobody looks further."""

    def taken(day: date, clock: time, zone: str, fold: int = 0) -> datetime:
        return datetime.combine(day, clock, ZoneInfo(zone)).astimezone(UTC)

    day, missing, following = SPRING["Europe/Rome"]
    summit_of(rehearsal, "Europe/Rome", day)
    everywhere(ical.wall, taken, monkeypatch.setattr)
    assert f"the next valid time is {following}" not in by_form(tokyo, missing, "04:30")
    assert stored(rehearsal, "rehearsal", "session-6").starts == time(2, 30)


@pytest.mark.parametrize("zone", AUTUMN)
def test_no_editor_takes_one_of_two_hours_by_itself(
    rehearsal: KeepingFlask, tokyo: Organiser, zone: str, figures: Figures
) -> None:
    day, twice = AUTUMN[zone]
    summit_of(rehearsal, zone, day)
    silent = [door.__name__ for door in DOORS if "comes twice" not in door(tokyo, twice, "04:30")]
    taken = stored(rehearsal, "rehearsal", "session-6").starts != time(11)
    figures.hold("F21", f"editors that do not ask which of two hours in {zone} {silent}", len(silent), exactly=0)
    figures.hold("F21", f"sessions put into one of two hours of {zone} unasked", int(taken), exactly=0)


@pytest.mark.parametrize(("said", "fold"), [("first", 0), ("second", 1)])
def test_what_was_said_of_the_hour_holds_in_every_other_editor(
    rehearsal: KeepingFlask, tokyo: Organiser, said: str, fold: int
) -> None:
    day, twice = AUTUMN["Europe/Rome"]
    summit_of(rehearsal, "Europe/Rome", day)
    tokyo.send(f"{REHEARSAL}/agenda/session-6", {"starts": twice, "ends": "04:30", "fold": said})
    by_table(tokyo, "02:40", "04:40")
    row = stored(rehearsal, "rehearsal", "session-6")
    assert (row.starts, row.fold) == (time(2, 40), bool(fold))
    refused = "comes twice" in by_board(tokyo, "02:20", "04:20")
    row = stored(rehearsal, "rehearsal", "session-6")
    assert (row.starts, row.fold, refused) == ((time(2, 40), True, True) if fold else (time(2, 20), False, False))


@pytest.mark.parametrize("zone", [*SPRING])
@pytest.mark.parametrize("season", ["spring", "autumn"])
def test_three_readers_find_the_same_instants_across_a_change(
    rehearsal: KeepingFlask, zone: str, season: str, figures: Figures
) -> None:
    """Sessions from the evening before to the morning after, one of them across the change itself."""
    day = (SPRING if season == "spring" else AUTUMN)[zone][0]
    summit_of(rehearsal, zone, day - timedelta(days=1))
    times = {
        "session-1": (day - timedelta(days=1), time(22), time(23, 30)),
        "session-2": (day, time(0, 15), time(0, 45)),
        "session-3": (day, time(0, 30), time(4, 30)),
        "session-4": (day, time(9), time(10)),
        "session-5": (day + timedelta(days=1), time(9), time(10)),
    }

    def act() -> None:
        event = db.session.execute(select(Event).where(Event.slug == "rehearsal")).scalar_one()
        for code, (on, starts, ends) in times.items():
            row = select(Session).where(Session.event_id == event.id, Session.code == code)
            session = db.session.execute(row).scalar_one()
            session.day, session.starts, session.ends = on, starts, ends
        db.session.flush()
        publishing.publish(event.id, who="test", now=NOW, reason="A night of change.")

    with rehearsal.app_context():
        write(act)
    octets = rehearsal.test_client().get("/rehearsal/agenda.ics").data
    here = ZoneInfo(zone)
    wanted = {tuple(datetime.combine(on, at, here).astimezone(UTC) for at in (a, b)) for on, a, b in times.values()}
    wrong = [name for name, found in parsers.instants(octets).items() if not wanted <= set(found.values())]
    figures.hold("F21", f"readers that find other instants, {zone} in {season} {wrong}", len(wrong), exactly=0)


LATER = """
import json, sys
from app import create_app, ical
from app.db import db, write
from app.events.models import Event
from app.publishing import differences, service
from dataclasses import replace
from datetime import UTC, datetime
from sqlalchemy import select
app = create_app(json.loads(sys.argv[1]))
if sys.argv[2] == "instants are compared":
    differences._moment = lambda value: differences.Moment(value.day, None, None)
if sys.argv[2] == "calendars are told":
    revise = ical.revise
    def untold(told, *more):
        made = revise(told, *more)
        kept = {key: replace(each, sequence=told[key].sequence) for key, each in made.entries.items() if key in told}
        return replace(made, entries=made.entries | kept)
    ical.revise = untold
now = datetime(2026, 2, 1, tzinfo=UTC)
with app.app_context():
    key = db.session.execute(select(Event.id).where(Event.slug == "rehearsal")).scalar_one()
    told = service.preview(key, now).differences
    db.session.rollback()
    if told:
        write(lambda: service.publish(key, who="test", now=now, reason="The law has changed."))
with app.app_context():
    sys.stdout.write(json.dumps([sorted({kind for each in told for kind in each.kinds}), len(told)]) + "\\n")
sys.stdout.write(app.test_client().get("/rehearsal/agenda.ics").text)
"""
"""What a process does that was started after a tzdata with other rules was installed; its second word is a guard that
it goes without."""


def published_with(app: KeepingFlask, database: States, rules: Path, without: str = "") -> tuple[list[str], int, bytes]:
    """The kinds of differences, how many there are, and the calendar, once a process with these rules has published."""
    settings = {"INSTANCE": app.config["INSTANCE"], "DATABASE_URL": database.url, "BASE_URL": "http://localhost"}
    settings |= {"SECRET_KEY": app.config["SECRET_KEY"], "TESTING": True}
    done = subprocess.run(
        [sys.executable, "-c", LATER, json.dumps(settings), without],
        cwd=Path(__file__).parents[3],
        env=os.environ | {"PYTHONPATH": str(rules)},
        capture_output=True,
        check=True,
    )
    head, _line, calendar = done.stdout.partition(b"\n")
    kinds, count = json.loads(head)
    return kinds, count, calendar.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


def changed_rules(folder: Path) -> Path:
    """A tzdata in which Tokyo's clocks are an hour ahead of what they were."""
    shutil.copytree(TZDATA, folder / "tzdata")
    zones = folder / "tzdata" / "zoneinfo"
    shutil.copyfile(zones / "Asia" / "Vladivostok", zones / "Asia" / "Tokyo")
    return folder


def by_uid(octets: bytes) -> dict[str, tuple[Any, int]]:
    """UID -> start as the file has it, and sequence."""
    found = Calendar.from_ical(octets).walk("VEVENT")
    return {str(each["UID"]): (each.decoded("DTSTART"), int(each.get("SEQUENCE", 0))) for each in found}


def test_a_rule_that_changes_after_publishing_keeps_the_wall_and_moves_the_instant(
    rehearsal: KeepingFlask, database: States, tmp_path: Path, figures: Figures
) -> None:
    before = by_uid(rehearsal.test_client().get("/rehearsal/agenda.ics").data)
    kinds, count, octets = published_with(rehearsal, database, changed_rules(tmp_path))
    after = by_uid(octets)
    timed = [uid for uid, (starts, _sequence) in before.items() if isinstance(starts, datetime)]
    assert (kinds, count >= len(timed) > 5) == (["retimed"], True)
    wall = [uid for uid in timed if before[uid][0].replace(tzinfo=None) != after[uid][0].replace(tzinfo=None)]
    figures.hold("F21", f"wall times that another tzdata moved {wall}", len(wall), exactly=0)
    untold = untold_of(before, after)
    figures.hold("F21", f"entries whose calendars are not told of the new rule {untold}", len(untold), exactly=0)
    moved = parsers.instants(octets)["ical.js"]
    late = [uid for uid in timed if before[uid][0].astimezone(UTC) - moved[uid][0] != timedelta(hours=1)]
    figures.hold("F21", f"entries that are not an hour earlier in UTC {late}", len(late), exactly=0)


def untold_of(before: dict[str, tuple[Any, int]], after: dict[str, tuple[Any, int]]) -> list[str]:
    """The entries with a time whose SEQUENCE did not grow by one."""
    timed = [uid for uid, (starts, _sequence) in before.items() if isinstance(starts, datetime)]
    return [uid for uid in timed if after[uid][1] != before[uid][1] + 1]


@pytest.mark.trust
@pytest.mark.parametrize(("without", "kinds"), [("instants are compared", []), ("calendars are told", ["retimed"])])
def test_control_a_new_rule_would_reach_no_calendar(
    rehearsal: KeepingFlask, database: States, tmp_path: Path, without: str, kinds: list[str]
) -> None:
    """What is published and what stands in the draft are the same wall times; or a calendar keeps what it knows."""
    before = by_uid(rehearsal.test_client().get("/rehearsal/agenda.ics").data)
    found, _count, octets = published_with(rehearsal, database, changed_rules(tmp_path), without)
    assert (found, len(untold_of(before, by_uid(octets))) > 5) == (kinds, True)


def test_the_same_rules_change_nothing(rehearsal: KeepingFlask, database: States) -> None:
    """A process that was started anew finds nothing to publish."""
    rules = TZDATA.parent
    kinds, count, octets = published_with(rehearsal, database, rules)
    assert (kinds, count) == ([], 0)
    assert octets == rehearsal.test_client().get("/rehearsal/agenda.ics").data
