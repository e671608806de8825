"""VTIMEZONE, evaluated by the letter of RFC 5545 3.6.5, against the zone data at every half hour."""

import calendar as months
from bisect import bisect_right
from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from app.ical import zone_of, zones
from app.ical.tzif import history
from app.ical.vtimezone import vtimezone

pytestmark = pytest.mark.one_database

HALF_HOUR = timedelta(minutes=30)
WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
# by decree, by Ramadan, at 24:00, at -1:00, by half an hour, across the date line, at 45 minutes past
IRREGULAR = (
    "Africa/Cairo",
    "Africa/Casablanca",
    "Africa/El_Aaiun",
    "America/Asuncion",
    "America/Nuuk",
    "America/Sao_Paulo",
    "America/Santiago",
    "Asia/Gaza",
    "Asia/Jerusalem",
    "Asia/Pyongyang",
    "Asia/Tehran",
    "Australia/Lord_Howe",
    "Europe/Dublin",
    "Europe/Istanbul",
    "Europe/Volgograd",
    "Pacific/Apia",
    "Pacific/Chatham",
)


def shift(text: str) -> timedelta:
    size = timedelta(hours=int(text[1:3]), minutes=int(text[3:5]), seconds=int(text[5:7] or 0))
    return -size if text[0] == "-" else size


def days(rule: str, start: datetime, last: int) -> list[datetime]:
    """The recurrences of FREQ=YEARLY;BYMONTH=m;BYDAY=nXX, DTSTART included."""
    parts = dict(part.split("=") for part in rule.split(";"))
    assert sorted(parts) == ["BYDAY", "BYMONTH", "FREQ"]
    assert parts["FREQ"] == "YEARLY"
    nth, weekday, month = int(parts["BYDAY"][:-2]), WEEKDAYS.index(parts["BYDAY"][-2:]), int(parts["BYMONTH"])
    found = []
    for year in range(start.year, last + 1):
        named = [week[weekday] for week in months.monthcalendar(year, month) if week[weekday]]
        found.append(start.replace(year=year, month=month, day=named[nth - 1 if nth > 0 else nth]))
    assert found[0] == start, "DTSTART is not the first recurrence"
    return found


def onsets(octets: bytes, last: int) -> list[tuple[datetime, timedelta]]:
    """(instant, offset from then on) of all sub-components, in order."""
    found = []
    for part in octets.decode("ascii").split("BEGIN:")[2:]:
        facts = dict(line.split(":", 1) for line in part.split("END:")[0].split("\r\n")[1:-1])
        assert set(facts) <= {"DTSTART", "RRULE", "TZNAME", "TZOFFSETFROM", "TZOFFSETTO"}
        start = datetime.strptime(facts["DTSTART"] + "+0000", "%Y%m%dT%H%M%S%z")
        walls = days(facts["RRULE"], start, last) if "RRULE" in facts else [start]
        before, after = shift(facts["TZOFFSETFROM"]), shift(facts["TZOFFSETTO"])
        found += [(local - before, after) for local in walls]
    return sorted(found)


def wrong(name: str, first: int, last: int) -> list[datetime]:
    """The half hours of these years, a day more at either end, at which the component errs."""
    tz = zone_of(name)
    start, end = datetime(first - 1, 12, 31, tzinfo=UTC), datetime(last + 1, 1, 2, tzinfo=UTC)
    steps = [start + HALF_HOUR * n for n in range((end - start) // HALF_HOUR)]
    told = onsets(vtimezone(name, first, last), last + 1)
    assert told[0][0] <= start
    found = []
    for n, (at, offset) in enumerate(told):
        until = told[n + 1][0] if n + 1 < len(told) else end
        spell = steps[
            bisect_right(steps, at - timedelta(seconds=1)) : bisect_right(steps, until - timedelta(seconds=1))
        ]
        found += [step for step in spell if step.astimezone(tz).utcoffset() != offset]
    return found


def test_every_zone_is_right_at_every_half_hour_of_the_summits_year() -> None:
    distinct = {history(name): name for name in sorted(zones())}  # links share their data
    assert len(distinct) > 300
    assert {name: wrong(name, 2023, 2023) for name in distinct.values()} == {name: [] for name in distinct.values()}


@pytest.mark.parametrize("name", IRREGULAR)
def test_irregular_zones_are_right_in_past_and_coming_years(name: str) -> None:
    assert [wrong(name, *years) for years in ((2011, 2016), (2024, 2024), (2027, 2028))] == [[], [], []]


def test_a_sample_of_zones_is_right_in_other_years() -> None:
    random = Random(2013)
    for name in random.sample(sorted(zones()), 40):
        year = random.randrange(1995, 2037)
        assert (name, year, wrong(name, year, year)) == (name, year, [])


def test_brussels_recurs_by_rule_from_the_wall_time_that_ends() -> None:
    assert vtimezone("Europe/Brussels", 2023, 2023).decode("ascii").split("\r\n") == [
        "BEGIN:VTIMEZONE",
        "TZID:Europe/Brussels",
        "BEGIN:DAYLIGHT",
        "DTSTART:20220327T020000",
        "RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU",
        "TZNAME:CEST",
        "TZOFFSETFROM:+0100",
        "TZOFFSETTO:+0200",
        "END:DAYLIGHT",
        "BEGIN:STANDARD",
        "DTSTART:20221030T030000",
        "RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU",
        "TZNAME:CET",
        "TZOFFSETFROM:+0200",
        "TZOFFSETTO:+0100",
        "END:STANDARD",
        "END:VTIMEZONE",
        "",
    ]


def test_tokyo_is_one_offset_for_ever() -> None:
    assert vtimezone("Asia/Tokyo", 2023, 2023).decode("ascii").split("\r\n") == [
        "BEGIN:VTIMEZONE",
        "TZID:Asia/Tokyo",
        "BEGIN:STANDARD",
        "DTSTART:19700101T000000",
        "TZNAME:JST",
        "TZOFFSETFROM:+0900",
        "TZOFFSETTO:+0900",
        "END:STANDARD",
        "END:VTIMEZONE",
        "",
    ]


def test_casablanca_lists_the_onsets_of_ramadan() -> None:
    octets = vtimezone("Africa/Casablanca", 2023, 2023)
    assert b"RRULE" not in octets
    assert [at for at, _ in onsets(octets, 2024)[1:]] == [
        datetime(2023, 3, 19, 2, tzinfo=UTC),
        datetime(2023, 4, 23, 2, tzinfo=UTC),
    ]


def test_dublins_summer_is_the_daylight_side() -> None:
    octets = vtimezone("Europe/Dublin", 2023, 2023).decode("ascii")
    assert "BEGIN:DAYLIGHT\r\nDTSTART:20220327T010000" in octets
    assert "TZNAME:IST" in octets.split("BEGIN:DAYLIGHT")[1].split("END:DAYLIGHT")[0]
