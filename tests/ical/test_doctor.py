"""The calendar doctor: silent on sound files, right about broken ones by number and line, and unhurt by any octets."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.ical import Calendar, calendar, doctor
from app.ical.doctor import Found, examine
from app.ical.doctor.checks import CHECKS
from tests.ical import rules
from tests.ical.made import G_NETS, TITLES, TOLD, ZONES, entry, year_of
from tests.ical.parsers import instants_of
from tests.moments import takes_less

pytestmark = pytest.mark.one_database

NOW = TOLD + timedelta(days=1)
BRUSSELS = replace(G_NETS, zone="Europe/Brussels")
SOUND = calendar(
    BRUSSELS,
    [
        entry(title="Seoul, " * 30, zone="Europe/Brussels"),
        entry("milan", cancelled=True, zone="Europe/Brussels"),
        entry("tokyo", starts=date(2023, 3, 1), ends=date(2023, 3, 2), zone="Europe/Brussels"),
    ],
)


def codes(octets: bytes, *, pasted: bool = False) -> list[tuple[str, str]]:
    return sorted({(each.rule, each.code) for each in examine(octets, NOW, pasted=pasted).faults})


def events(*lines: str, head: Iterable[str] = (), zone: str = "") -> bytes:
    """A file of one event that is sound but for these lines; an empty one takes the line of its name out."""
    whole = {
        "UID": "UID:rome@plenary",
        "DTSTAMP": "DTSTAMP:20230201T120000Z",
        "LAST-MODIFIED": "LAST-MODIFIED:20230201T120000Z",
        "SEQUENCE": "SEQUENCE:0",
        "DTSTART": "DTSTART:20230301T010000Z",
        "DTEND": "DTEND:20230301T030000Z",
        "STATUS": "STATUS:CONFIRMED",
        "SUMMARY": "SUMMARY:Rome",
    }
    for line in lines:
        name = line.replace(";", ":").split(":")[0]
        whole[name] = line if ":" in line else ""
    top = {"VERSION": "VERSION:2.0", "PRODID": "PRODID:-//x//EN", "CALSCALE": "CALSCALE:GREGORIAN", "UID": "UID:c"}
    for line in head:
        top[line.split(":")[0]] = line if ":" in line else ""
    parts = ["BEGIN:VCALENDAR", *top.values(), *zone.split(), "BEGIN:VEVENT", *whole.values(), "END:VEVENT"]
    return "".join(f"{line}\r\n" for line in [*parts, "END:VCALENDAR"] if line).encode()


def zoned(*parts: str, name: str = "Europe/Brussels") -> str:
    return "\n".join(["BEGIN:VTIMEZONE", f"TZID:{name}", *parts, "END:VTIMEZONE"])


def onset(to: str, *more: str) -> str:
    lines = ["BEGIN:STANDARD", "DTSTART:19700101T000000", f"TZOFFSETFROM:{to}", f"TZOFFSETTO:{to}", *more]
    return "\n".join([*lines, "END:STANDARD"])


@pytest.mark.parametrize("zone", ZONES)
def test_what_we_write_is_sound(zone: str) -> None:
    assert examine(calendar(replace(G_NETS, zone=zone), year_of(zone, 2023)), NOW).faults == ()


def test_an_empty_agenda_and_a_cancelled_day_are_sound() -> None:
    assert (codes(SOUND), codes(calendar(G_NETS, []))) == ([], [])


@pytest.mark.parametrize("zone", ZONES)
def test_it_reads_the_instants_that_three_parsers_read(zone: str) -> None:
    octets = calendar(Calendar("year@plenary", "A year", zone), year_of(zone, 2023))
    read = {each.uid: (each.starts.at, each.ends.at) for each in examine(octets, NOW).events}
    assert instants_of([octets])[0] == dict.fromkeys(("ical", "vobject", "ical.js"), read)


def test_it_reads_the_words_as_people_do() -> None:
    octets = calendar(G_NETS, [entry(f"t{n}", title=title, place=title) for n, title in enumerate(TITLES)])
    found = examine(octets, NOW)
    assert [(each.title, each.place) for each in found.events] == [(each, each) for each in TITLES]
    assert (found.name, found.home) == ("G-NETS 2023", "Asia/Tokyo")


BROKEN = {
    "C1 line end": SOUND.replace(b"\r\n", b"\n"),
    "C1 last line end": SOUND[:-2],
    "C1 long line": SOUND.replace(b"\r\n ", b""),
    "C1 byte order mark": b"\xef\xbb\xbf" + SOUND,
    "C1 not UTF-8": SOUND.replace(b"SUMMARY:S", b"SUMMARY:\xff"),
    "C1 fold in an escape": SOUND.replace(b"SUMMARY:S", b"SUMMARY:\\\r\n ,S"),
    "C1 fold in a character": SOUND.replace(b"SUMMARY:S", b"SUMMARY:\xc3\r\n \xa9S"),
    "C1 too large": events() + b"X" * doctor.LARGEST,
    "C2 control character": events("SUMMARY:a\0b"),
    "C3 not escaped": events("SUMMARY:Rome, Milan"),
    "C3 wrong escape": events(r"SUMMARY:Rome\:"),
    "C4 version": events(head=["VERSION:1.0"]),
    "C4 no PRODID": events(head=["PRODID"]),
    "C4 no UID": events(head=["UID"]),
    "C4 scale": events(head=["CALSCALE:JULIAN"]),
    "C4 method": events(head=["METHOD:PUBLISH"]),
    "C4 no content line": events("SUMMARY:Rome\r\nno line at all"),
    "C5 empty": b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nCALSCALE:GREGORIAN\r\nUID:c\r\nEND:VCALENDAR\r\n",
    "C6 no calendar": b"BEGIN:VEVENT\r\nEND:VEVENT\r\n",
    "C6 second calendar": events() + events(),
    "C6 UID twice": events("SUMMARY:x\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nUID:rome@plenary"),
    "C6 wrong end": events("SUMMARY:x\r\nEND:VALARM"),
    "C6 no end": events().replace(b"END:VCALENDAR\r\n", b""),
    "C6 outside": events() + b"SUMMARY:Rome\r\n",
    "C6 too deep": b"BEGIN:VCALENDAR\r\n" * 20,
    "C6 too many": b"BEGIN:VEVENT\r\nEND:VEVENT\r\n" * 6000,
    "C7 no UID": events("UID"),
    "C8 no DTSTAMP": events("DTSTAMP"),
    "C8 not UTC": events("CREATED:20230201T120000"),
    "C8 two changes": events("LAST-MODIFIED:20230202T120000Z"),
    "C9 no SEQUENCE": events("SEQUENCE"),
    "C9 no number": events("SEQUENCE:-1"),
    "C9 a clock": events("SEQUENCE:1675252800"),
    "C9 too great": events("SEQUENCE:3000000000"),
    "C10 in the future": events("DTSTAMP:20990201T120000Z", "LAST-MODIFIED:20990201T120000Z"),
    "C10 made now": SOUND.replace(b":20230201T120000Z", b":20230202T120001Z"),
    "C11 no STATUS": events("STATUS"),
    "C11 unknown STATUS": events("STATUS:CANCELED"),
    "C11 takes time": events("STATUS:CANCELLED", "SUMMARY:Cancelled: Rome"),
    "C11 not in words": events("STATUS:CANCELLED", "TRANSP:TRANSPARENT"),
    "C11 long over": events("STATUS:CANCELLED", "DTSTART:20230101T010000Z", "DTEND:20230101T030000Z"),
    "C12 floating": events("DTSTART:20230301T010000", "DTEND:20230301T030000"),
    "C12 no time": events("DTSTART:tomorrow"),
    "C12 unknown zone": events("DTSTART;TZID=CET:20230301T010000", zone=zoned(onset("+0100"), name="CET")),
    "C12 no VTIMEZONE": events("DTSTART;TZID=Europe/Brussels:20230301T010000"),
    "C13 RDATE": events(zone=zoned(onset("+0100", "RDATE:20230301T000000"))),
    "C13 COMMENT": events(zone=zoned(onset("+0100", "COMMENT:x"))),
    "C13 empty zone": events(zone=zoned()),
    "C13 zone twice": events(zone=zoned(onset("+0900"), name="A/B") + "\n" + zoned(onset("+0100"), name="A/B")),
    "C13 wrong offset": events("DTSTART;TZID=Europe/Brussels:20230701T010000", zone=zoned(onset("+0100"))),
    "C14 left out": events("DTSTART;TZID=Europe/Brussels:20230326T023000", zone=zoned(onset("+0100"))),
    "C14 twice": events("DTSTART;TZID=Europe/Brussels:20231029T023000", zone=zoned(onset("+0100"))),
    "C15 no DTEND": events("DTSTART;VALUE=DATE:20230301", "DTEND", "TRANSP:TRANSPARENT"),
    "C15 no VALUE": events("DTSTART:20230301", "DTEND;VALUE=DATE:20230302"),
    "C15 takes time": events("DTSTART;VALUE=DATE:20230301", "DTEND;VALUE=DATE:20230302"),
    "C15 ends first": events("DTSTART;VALUE=DATE:20230301", "DTEND;VALUE=DATE:20230301", "TRANSP:TRANSPARENT"),
    "C16 no DTSTART": events("DTSTART"),
    "C16 no DTEND": events("DTEND"),
    "C16 two kinds": events("DTEND;VALUE=DATE:20230302"),
    "C16 ends first": events("DTEND:20230301T010000Z"),
    "C17 ATTENDEE": events("ATTENDEE:mailto:rome@example.org"),
    "C17 ORGANIZER": events("ORGANIZER:mailto:rome@example.org"),
}


def test_a_file_without_fault_stands_behind_each_broken_one() -> None:
    assert (codes(events()), rules.faults(SOUND)) == ([], [])


@pytest.mark.parametrize("broken", BROKEN)
def test_each_fault_is_found_by_its_number(broken: str) -> None:
    rule, _, code = broken.partition(" ")
    assert (rule, code) in codes(BROKEN[broken])


def test_each_rule_has_a_check_that_is_tested() -> None:
    assert {each.split()[0] for each in BROKEN} == {f"C{number}" for number in range(1, 18)}
    assert len(CHECKS) == 11


def test_a_fault_says_on_which_line_it_stands() -> None:
    octets = events("SEQUENCE:-1", "DTSTART;TZID=CET:20230301T010000")
    lines = octets.decode().split("\r\n")
    said = {(each.code, lines[each.line - 1]) for each in examine(octets, NOW).faults if each.line}
    assert {("no number", "SEQUENCE:-1"), ("unknown zone", "DTSTART;TZID=CET:20230301T010000")} <= said


def test_a_folded_line_is_named_by_its_first_line() -> None:
    octets = calendar(G_NETS, [entry(title="Seoul " * 30)]).replace(b"SUMMARY:Seoul ", b"SUMMARY:Seoul;")
    (fault,) = examine(octets, NOW).faults
    assert octets.split(b"\r\n")[fault.line - 1].startswith(b"SUMMARY:Seoul;")


def test_pasted_text_is_not_judged_by_its_line_ends() -> None:
    pasted = SOUND.replace(b"\r\n", b"\n").rstrip()
    assert (codes(pasted, pasted=True), codes(pasted)) == ([], [("C1", "line end")])


def test_a_zone_in_the_file_that_errs_says_by_how_much() -> None:
    faults = examine(BROKEN["C13 wrong offset"], NOW).faults
    assert [each.about for each in faults if each.rule == "C13"] == ["Europe/Brussels +60"]


def test_what_the_rules_of_the_tests_find_wrong_the_doctor_finds_wrong() -> None:
    """The two were written apart from each other; where one is strict, the other is at least as strict."""
    silent = [name for name, octets in BROKEN.items() if _read(octets) and rules.faults(octets) and not codes(octets)]
    assert silent == []


def _read(octets: bytes) -> bool:
    """Whether the rules of the tests can read the file at all."""
    try:
        rules.faults(octets)
    except (AssertionError, ValueError, IndexError, UnicodeDecodeError, StopIteration):
        return False
    return True


FRAGMENTS = st.sampled_from(
    [
        b"\r\n",
        b"\n",
        b"\r",
        b"\r\n ",
        b"\0",
        b"\xff",
        b'"',
        b";",
        b":",
        b"=",
        b"\\",
        b"BEGIN:VEVENT\r\n",
        b"END:VEVENT\r\n",
        b"END:VCALENDAR\r\n",
        b"DTSTART;TZID=Europe/Brussels:00010101T000000\r\n",
        b"DTEND;TZID=Pacific/Kiritimati:99991231T235959\r\n",
        b"DTSTART;VALUE=DATE:00010101\r\n",
        b"DTSTART:00000000T000000Z\r\n",
        b"DTSTAMP:99991231T235960Z\r\n",
        b"RRULE:FREQ=YEARLY;BYMONTH=2;BYDAY=5SU;UNTIL=99999999\r\n",
        b"RRULE:FREQ=YEARLY;BYMONTH=12;BYDAY=-1SU\r\n",
        b"TZOFFSETTO:+9999\r\n",
        b"SEQUENCE:99999999999999999999\r\n",
        "SEQUENCE:٣\r\n".encode(),
        b"X-WR-TIMEZONE:../../etc/passwd\r\n",
    ]
)


@st.composite
def mutated(draw: st.DrawFn) -> bytes:
    """One of our files after a few cuts, doublings and insertions."""
    zone = draw(st.sampled_from(ZONES))
    octets = calendar(replace(G_NETS, zone=zone), year_of(zone, 2023)[: draw(st.integers(0, 4))])
    for _ in range(draw(st.integers(1, 6))):
        first, last = sorted(draw(st.tuples(*[st.integers(0, len(octets))] * 2)))
        put = draw(FRAGMENTS | st.binary(max_size=8) | st.just(octets[first:last][:200]))
        octets = octets[:first] + put + octets[draw(st.sampled_from([first, last])) :]
    return octets


def unhurt(octets: bytes) -> Found:
    found = examine(octets, NOW, home="Asia/Tokyo", pasted=len(octets) % 2 == 0)
    for each in found.events:
        for moment in (each.starts, each.ends, each.changed):
            for zone in ("UTC", "Pacific/Kiritimati", "Pacific/Pago_Pago"):
                doctor.in_zone(moment, zone)
    assert all(each.line <= octets.count(b"\n") + octets.count(b"\r") + 1 for each in found.faults)
    return found


@settings(deadline=None)  # how long it takes is told below, by the clock of the process
@given(mutated())
def test_no_mutated_feed_hurts_it(octets: bytes) -> None:
    unhurt(octets)


@settings(deadline=None)
@given(st.binary(max_size=400) | st.lists(FRAGMENTS, max_size=30).map(b"".join))
def test_no_octets_hurt_it(octets: bytes) -> None:
    unhurt(octets)
    unhurt(b"BEGIN:VCALENDAR\r\nBEGIN:VTIMEZONE\r\nBEGIN:STANDARD\r\n" + octets)


@given(st.sampled_from(ZONES), st.datetimes(datetime(1970, 1, 1), datetime(2037, 12, 31)))  # noqa: DTZ001
def test_the_zone_that_we_bring_along_is_right_at_any_time(zone: str, wall: datetime) -> None:
    starts = wall.replace(microsecond=0, tzinfo=UTC)
    one = entry(zone=zone, starts=starts, ends=starts + timedelta(hours=1))
    assert examine(calendar(replace(G_NETS, zone=zone), [one]), NOW).faults == ()


@pytest.mark.parametrize(
    "unit", [b"\n", b"a", b'X;"', b"BEGIN:A\n", b"\n ", b"A:\\", b"SUMMARY:\\;,", b"BEGIN:VEVENT\nEND:VEVENT\n"]
)
def test_no_octets_hold_it_up(unit: bytes) -> None:
    octets = b"BEGIN:VCALENDAR\n" + unit * (400_000 // len(unit))
    assert takes_less(3, lambda: examine(octets, NOW))


TIMED = "BEGIN:VEVENT\nUID:x\nDTSTART;TZID=Europe/Brussels:{year:04}0701T101010\nEND:VEVENT\n"
RULED = onset("+0100", "RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10")


@pytest.mark.parametrize(
    "zone",
    [zoned(*[RULED] * 190), zoned(*[RULED] * 4_000), "\n".join([zoned(RULED)] * 1_200)],
    ids=["as many as are read", "more changes", "many zones"],
)
def test_no_zone_holds_it_up_however_many_events_are_in_it(zone: str) -> None:
    timed = "".join(TIMED.format(year=3 + number) for number in range(4_500))
    octets = f"BEGIN:VCALENDAR\n{zone}\n{timed}".encode()
    assert takes_less(6, lambda: examine(octets, NOW))


def test_what_a_file_says_is_shown_on_one_line_and_turns_no_page_around() -> None:
    long, said = "Rome " * 400_000, "Rome\u202e\x1b\\nMilan"
    found = examine(events("SUMMARY:" + said, head=["X-WR-CALNAME:" + said]), NOW)
    (endless,) = examine(events("SUMMARY:" + long), NOW).events
    assert (found.name, found.events[0].title, len(endless.title)) == ("Rome Milan", "Rome Milan", 1001)
