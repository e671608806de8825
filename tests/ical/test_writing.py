"""The octets of a calendar file, checked by rules of our own and not by the library that wrote them."""

import os
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.ical import Calendar, Entry, File, Fill, Sheaf, Shift, calendar, clean, revise, writing
from app.ical.vtimezone import vtimezone
from tests.ical.made import G_NETS, TITLES, TOLD, ZONES, entry, item, year_of
from tests.ical.rules import events, faults, unfolded

pytestmark = pytest.mark.one_database

ROOT = Path(__file__).parents[2]
FULL = Calendar(
    "full@plenary",
    "Tokyo, G-NETS; 2023",
    "Europe/Brussels",
    description="Two days,\nsix sessions",
    url="https://plenary.example/gnets-2023/",
    source="https://plenary.example/gnets-2023/agenda.ics",
    refresh=timedelta(hours=6),
    color="teal",
)


def etag(cal: Calendar, entries: Iterable[Entry]) -> str:
    return File(cal, Sheaf.of(entries)).etag


def only(one: Entry, cal: Calendar = G_NETS) -> dict[str, str]:
    (event,) = events(calendar(cal, [one]))
    return event


def test_a_whole_file_reads_like_this() -> None:
    told = entry(
        sequence=2,
        changed_at=TOLD + timedelta(hours=1),
        description="Keynote.",
        url="https://plenary.example/s/R1",
        geo=(35.6895, 139.6917),
    )
    assert unfolded(calendar(G_NETS, [told])) == [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Plenary//Plenary//EN",
        "CALSCALE:GREGORIAN",
        "NAME:G-NETS 2023",
        "X-WR-CALNAME:G-NETS 2023",
        "REFRESH-INTERVAL;VALUE=DURATION:PT1H",
        "UID:g-nets-2023@plenary",
        "X-PUBLISHED-TTL:PT1H",
        "X-WR-TIMEZONE:Asia/Tokyo",
        "BEGIN:VTIMEZONE",
        "TZID:Asia/Tokyo",
        "BEGIN:STANDARD",
        "DTSTART:19700101T000000",
        "TZNAME:JST",
        "TZOFFSETFROM:+0900",
        "TZOFFSETTO:+0900",
        "END:STANDARD",
        "END:VTIMEZONE",
        "BEGIN:VEVENT",
        "SUMMARY:Rome speaks",
        "DTSTART;TZID=Asia/Tokyo:20230301T100000",
        "DTEND;TZID=Asia/Tokyo:20230301T120000",
        "DTSTAMP:20230201T130000Z",
        "UID:rome@plenary",
        "SEQUENCE:2",
        "CREATED:20230201T120000Z",
        r"DESCRIPTION:Keynote.\nhttps://plenary.example/s/R1",
        "GEO:35.689500;139.691700",
        "LAST-MODIFIED:20230201T130000Z",
        "LOCATION:Hall B",
        "STATUS:CONFIRMED",
        "TRANSP:OPAQUE",
        "URL:https://plenary.example/s/R1",
        "END:VEVENT",
        "END:VCALENDAR",
    ]


def test_the_head_names_its_values_as_rfc_7986_requires() -> None:
    lines = unfolded(calendar(FULL, []))
    assert lines[: lines.index("BEGIN:VTIMEZONE")] == [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Plenary//Plenary//EN",
        "CALSCALE:GREGORIAN",
        r"DESCRIPTION:Two days\,\nsix sessions",
        r"X-WR-CALDESC:Two days\,\nsix sessions",
        r"NAME:Tokyo\, G-NETS\; 2023",
        r"X-WR-CALNAME:Tokyo\, G-NETS\; 2023",
        "COLOR:teal",
        "REFRESH-INTERVAL;VALUE=DURATION:PT6H",
        "SOURCE;VALUE=URI:https://plenary.example/gnets-2023/agenda.ics",
        "UID:full@plenary",
        "URL:https://plenary.example/gnets-2023/",
        "X-PUBLISHED-TTL:PT6H",
        "X-WR-TIMEZONE:Europe/Brussels",
    ]


@pytest.mark.parametrize("zone", ["Asia/Tokyo", "Europe/Brussels", "UTC"])
def test_an_empty_agenda_still_holds_one_component(zone: str) -> None:
    octets = calendar(Calendar("none@plenary", "Nothing yet", zone), [])
    assert faults(octets) == []
    assert f"TZID:{zone}".encode() in octets


def test_an_all_day_entry_is_dates_and_takes_nobodys_time() -> None:
    event = only(entry(starts=date(2023, 3, 1), ends=date(2023, 3, 3)))
    assert (event["DTSTART;VALUE=DATE"], event["DTEND;VALUE=DATE"]) == ("20230301", "20230303")
    assert event["TRANSP"] == "TRANSPARENT"


@pytest.mark.parametrize(
    ("language", "summary"),
    [
        ("en", "Cancelled: Rome speaks"),
        ("fr-CA", "Annulé\u00a0: Rome speaks"),
        ("ja", "中止\uff1aRome speaks"),
        ("tlh", "Cancelled: Rome speaks"),
    ],
)
def test_a_cancelled_entry_says_so_in_words_of_the_readers_language(language: str, summary: str) -> None:
    event = only(entry(cancelled=True), replace(G_NETS, language=language))
    assert (event["SUMMARY"], event["STATUS"], event["TRANSP"]) == (summary, "CANCELLED", "TRANSPARENT")


def test_an_online_session_has_a_conference_with_a_list_of_features() -> None:
    event = only(entry(online="https://meet.example/rome"))
    assert event["CONFERENCE;FEATURE=AUDIO,VIDEO;LABEL=Join online;VALUE=URI"] == "https://meet.example/rome"
    assert event["DESCRIPTION"] == "Join online: https://meet.example/rome"


def test_an_entry_says_nothing_of_what_it_has_not() -> None:
    event = only(entry(place=""))
    assert [each.partition(";")[0] for each in event] == [
        "SUMMARY",
        "DTSTART",
        "DTEND",
        "DTSTAMP",
        "UID",
        "SEQUENCE",
        "CREATED",
        "LAST-MODIFIED",
        "STATUS",
        "TRANSP",
    ]


def test_what_takes_none_of_the_readers_time_is_transparent() -> None:
    assert [only(entry(free=each))["TRANSP"] for each in (True, False)] == ["TRANSPARENT", "OPAQUE"]


def test_a_zone_is_told_for_the_years_of_the_entries_or_of_its_data_when_there_are_none() -> None:
    cal = replace(G_NETS, zone="Europe/Brussels")
    old = datetime(2012, 5, 1, 9, tzinfo=UTC)
    entries = [entry(zone=cal.zone), entry("milan", zone=cal.zone, starts=old, ends=old + timedelta(hours=1))]
    assert vtimezone(cal.zone, 2012, 2023) in calendar(cal, entries)
    year = int(version("tzdata").partition(".")[0])
    assert vtimezone(cal.zone, year, year) in calendar(cal, [])


def test_entries_that_are_kept_take_no_more_memory_than_was_measured() -> None:
    assert (writing._kept.room, writing.KEPT_OCTETS) == (48 * 1024 * 1024, 48 * 1024 * 1024)


@pytest.mark.parametrize("minutes", [0, 30, -30])
def test_an_entry_that_touches_the_repeated_hour_is_written_in_utc(minutes: int) -> None:
    starts = datetime(2023, 10, 29, 0, 30, tzinfo=UTC) + timedelta(minutes=minutes)
    event = only(entry(zone="Europe/Brussels", starts=starts, ends=starts + timedelta(hours=1)))
    assert event["DTSTART"] == f"{starts:%Y%m%dT%H%M%S}Z"
    assert event["DTEND"] == f"{starts + timedelta(hours=1):%Y%m%dT%H%M%S}Z"


def test_an_entry_across_the_repeated_hour_is_written_locally() -> None:
    starts = datetime(2023, 10, 28, 20, tzinfo=UTC)
    event = only(entry(zone="Europe/Brussels", starts=starts, ends=starts + timedelta(hours=12)))
    assert event["DTSTART;TZID=Europe/Brussels"] == "20231028T220000"
    assert event["DTEND;TZID=Europe/Brussels"] == "20231029T090000"


def test_a_news_folder_is_no_line_break() -> None:
    assert only(entry(title="C:\\News, \\new; x"))["SUMMARY"] == r"C:\\News\, \\new\; x"


def test_a_place_near_the_equator_is_in_plain_decimals() -> None:
    assert only(entry(geo=(1e-05, -0.0000001)))["GEO"] == "0.000010;0.000000"


def test_two_entries_with_one_uid_are_refused() -> None:
    with pytest.raises(ValueError, match="share a UID"):
        calendar(G_NETS, [entry(), entry(title="Rome again")])


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"uid": ""}, "^The calendar has no UID"),
        ({"zone": "CET"}, "is not a time zone written as Area/City"),
        ({"color": "#008080"}, "^“#008080” is not the name of a colour"),
        ({"color": "türkis"}, "^“türkis” is not the name of a colour"),
        ({"source": "webcal://plenary.example/a.ics"}, "is not a web address"),
        ({"refresh": timedelta(0)}, "^The calendar must be refreshed after some time"),
    ],
)
def test_a_head_that_cannot_be_written_is_refused_in_words(changes: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        replace(G_NETS, **changes)


def test_entries_stand_by_start_then_uid_whatever_order_they_come_in() -> None:
    entries = [entry("tokyo"), entry("milan"), entry("seoul", starts=datetime(2023, 3, 1, tzinfo=UTC))]
    assert [event["UID"] for event in events(calendar(G_NETS, entries))] == [
        "seoul@plenary",
        "milan@plenary",
        "tokyo@plenary",
    ]
    assert calendar(G_NETS, reversed(entries)) == calendar(G_NETS, entries)
    assert etag(G_NETS, reversed(entries)) == etag(G_NETS, entries)


@pytest.mark.parametrize("zone", ZONES)
def test_a_year_of_varied_titles_breaks_no_rule(zone: str) -> None:
    assert faults(calendar(replace(FULL, zone=zone), year_of(zone, 2023))) == []


WORDS = st.text(st.characters(codec=None) | st.sampled_from('\\;,:"\r\n\t\0\x0b\u2028\u202e\ud800N'), max_size=200)


@given(WORDS, WORDS, WORDS, st.sampled_from(ZONES))
def test_no_words_can_break_a_file_or_bring_a_property_in(name: str, title: str, words: str, zone: str) -> None:
    cal = Calendar("hostile@plenary", name, zone, description=words)
    octets = calendar(cal, [entry(title=title, place=words, description=words, zone=zone)])
    assert faults(octets) == []
    allowed = set(unfolded(calendar(replace(cal, name="x", description="x"), [entry(description="x", zone=zone)])))
    names = {line.split(":")[0] for line in allowed} | {"DESCRIPTION", "LOCATION", "X-WR-CALDESC"}
    assert {line.split(":")[0] for line in unfolded(octets)} <= names


@given(WORDS)
def test_clean_text_stays_as_it_is(words: str) -> None:
    assert clean(clean(words)) == clean(words)
    assert not set(clean(words)) & set("\r\t\0\x0b\x7f\x85\u2028\u2029\u202e\u2066\ud800\ufeff")


@pytest.mark.parametrize("title", TITLES)
def test_clean_keeps_what_people_write(title: str) -> None:
    assert clean(title) == title


SOUND = calendar(FULL, [entry(title="Seoul " * 30, zone="Europe/Brussels")])


@pytest.mark.parametrize(
    ("octets", "fault"),
    [
        (SOUND.replace(b"\r\n", b"\n"), "the file does not end with CRLF"),
        (SOUND.replace(b"\r\n ", b""), "longer than 75 octets"),
        (SOUND.replace(b"Seoul", b"Seo\0l"), "a control character"),
        (SOUND.replace(b"\r\nBEGIN:VEVENT", b"\r\nMETHOD:PUBLISH\r\nBEGIN:VEVENT"), "METHOD:PUBLISH has no place here"),
        (SOUND.replace(b"START;TZID=Europe/Brussels", b"START"), "a floating time"),
        (SOUND.replace(b"TZID:Europe/Brussels", b"TZID:Europe/Ghent"), "no such zone in the file"),
        (SOUND.replace(b"END;TZID", b"OVER;TZID"), "no DTEND"),
        (SOUND.replace(b"STAMP:2023", b"STAMP:2024"), "DTSTAMP is not LAST-MODIFIED"),
        (SOUND.replace(b"UID:full", b"X-UID:full"), "not one UID"),
        (SOUND.replace(b"INTERVAL;VALUE=DURATION", b"INTERVAL"), "no VALUE: REFRESH-INTERVAL"),
        (SOUND.replace(b"CONFIRMED", b"CANCELED"), "STATUS CANCELED"),
        (SOUND.replace(b"SUMMARY:S", b"SUMMARY:\\\r\n ,S"), "folded inside an escape"),
        (SOUND.replace(b"S", "é".encode()[:1] + b"\r\n " + "é".encode()[1:], 1), "folded inside a character"),
    ],
)
def test_the_rules_find_what_is_broken(octets: bytes, fault: str) -> None:
    assert faults(SOUND) == []
    assert any(found.startswith(fault) for found in faults(octets)), faults(octets)


def test_nothing_changed_leaves_octets_and_tag_equal() -> None:
    wanted = {"R1": item("rome"), "N1": item("new-york")}
    first = revise({}, wanted, TOLD).entries
    again = revise(first, wanted, TOLD + timedelta(days=1)).entries
    assert calendar(G_NETS, again.values()) == calendar(G_NETS, first.values())
    assert etag(G_NETS, again.values()) == etag(G_NETS, first.values())


def test_what_was_stored_and_read_back_is_written_alike() -> None:
    entries = year_of("Africa/Cairo", 2023)
    stored = [Entry.from_json(one.to_json()) for one in entries]
    assert calendar(G_NETS, stored) == calendar(G_NETS, entries)
    assert etag(G_NETS, stored) == etag(G_NETS, entries)


@pytest.mark.parametrize(
    "changes",
    [{"title": "Rome speaks twice"}, {"cancelled": True}, {"geo": (0.0, 0.0)}, {"zone": "Asia/Seoul"}, {"place": ""}],
)
def test_any_change_makes_another_tag(changes: dict[str, Any]) -> None:
    assert etag(G_NETS, [entry(**changes)]) != etag(G_NETS, [entry()])


def test_another_head_or_a_removal_makes_another_tag() -> None:
    tags = {
        etag(G_NETS, [entry()]),
        etag(replace(G_NETS, language="fr"), [entry()]),
        etag(G_NETS, [entry(), entry("milan")]),
        etag(G_NETS, []),
    }
    assert len(tags) == 4


def test_a_tag_is_strong_and_quoted() -> None:
    tag = etag(G_NETS, [entry()])
    assert (tag[0], tag[-1], len(tag)) == ('"', '"', 34)


def test_the_newest_change_is_known_without_writing() -> None:
    half_past = TOLD + timedelta(minutes=30, microseconds=7)
    assert File(G_NETS, Sheaf.of([entry(), entry("milan", changed_at=half_past)])).newest == half_past.replace(
        microsecond=0
    )
    assert File(G_NETS, Sheaf(())).newest == datetime(1970, 1, 1, tzinfo=UTC)
    assert File(G_NETS, Sheaf(()), shift=Shift(1, TOLD)).newest == datetime(1970, 1, 1, tzinfo=UTC)


def test_what_is_the_readers_own_stands_in_the_order_of_the_file() -> None:
    early = entry("seoul", starts=datetime(2023, 3, 1, tzinfo=UTC))
    many, own = [entry("tokyo"), early], [entry("milan", zone="Europe/Brussels")]
    assert File(G_NETS, Sheaf.of(many), Sheaf.of(own)).octets() == calendar(G_NETS, [*many, *own])


def test_an_entry_stands_once_in_a_file_be_it_the_readers_own() -> None:
    with pytest.raises(ValueError, match=r"^Two entries of one calendar share a UID"):
        File(G_NETS, Sheaf.of([entry()]), Sheaf.of([entry()])).octets()


HOURS = st.integers(-48, 48)


@given(WORDS, st.integers(0, 9), HOURS, st.integers(1, 40), HOURS, st.booleans())
def test_a_readers_own_changes_are_put_in_as_if_all_was_written_anew(
    words: str, sequence: int, hours: int, changes: int, later: int, cancelled: bool
) -> None:
    told = entry("tokyo", sequence, TOLD + timedelta(hours=hours), title=words, description=words, cancelled=cancelled)
    told = replace(told, created_at=TOLD - timedelta(days=9))
    shift = Shift(changes, TOLD + timedelta(hours=later))
    anew = replace(told, sequence=sequence + changes, changed_at=max(told.changed_at, shift.at))
    file = File(G_NETS, Sheaf.of([told]), shift=shift)
    assert (file.octets(), file.newest) == (calendar(G_NETS, [anew]), anew.changed_at)


def test_a_readers_own_changes_make_another_tag() -> None:
    sheaf = Sheaf.of([entry()])
    files = [File(G_NETS, sheaf), *(File(G_NETS, sheaf, shift=Shift(n, TOLD)) for n in (1, 2))]
    assert len({each.etag for each in files}) == 3


PROGRAM = """
from hashlib import sha256
from app.ical import File, Sheaf
from tests.ical.made import G_NETS, ZONES, year_of
file = File(G_NETS, Sheaf.of({one for zone in ZONES for one in year_of(zone, 2023)}))
print(sha256(file.octets()).hexdigest(), file.etag)
"""


def test_two_processes_write_the_same_octets() -> None:
    entries = [one for zone in ZONES for one in year_of(zone, 2023)]
    here = f"{sha256(calendar(G_NETS, entries)).hexdigest()} {etag(G_NETS, entries)}\n"
    for seed in ("1", "2"):
        environment = os.environ | {"PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT), "TZ": "America/New_York"}
        done = subprocess.run(
            [sys.executable, "-c", PROGRAM], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
        )
        assert done.stdout == here


BLANK, OWN = f"~{'blank-' * 3}blank", "S" * 24


def filled(secret: str, address: str) -> File:
    one = entry(online=address, description="Rome speaks, and ~ stands for about.")
    return File(G_NETS, Sheaf.of([one]), fill=Fill(BLANK, secret))


@pytest.mark.parametrize("length", range(1, 80, 3))
def test_a_secret_takes_its_place_wherever_a_line_is_folded(length: int) -> None:
    address = f"https://plenary.example/{'a' * length}/"
    octets = filled(OWN, f"{address}{BLANK}/7").octets()
    assert faults(octets) == []
    assert [line.count(f"{address}{OWN}/7") for line in unfolded(octets) if OWN in line] == [1, 1]
    assert (BLANK in "".join(unfolded(octets)), "~ stands for about" in "".join(unfolded(octets))) == (False, True)


def test_a_secret_is_folded_only_where_its_blank_was() -> None:
    assert Fill(BLANK, OWN).into(f"x{BLANK}y".encode()) == f"x{OWN}y".encode()


def test_who_writes_a_file_once_may_put_a_secret_in() -> None:
    one = entry(online=f"https://plenary.example/{BLANK}")
    assert calendar(G_NETS, [one], Fill(BLANK, OWN)) == File(G_NETS, Sheaf.of([one]), fill=Fill(BLANK, OWN)).octets()


def test_the_zone_of_a_calendar_is_told_though_no_entry_is_written_in_it() -> None:
    assert b"TZID:Asia/Tokyo" in calendar(G_NETS, [entry(zone="UTC")])


def test_another_secret_makes_another_tag() -> None:
    one, other = (filled(each, f"https://plenary.example/{BLANK}") for each in (OWN, OWN.lower()))
    assert (one.etag == other.etag, one.octets() == other.octets()) == (False, False)
    assert len(one.octets()) == len(other.octets())


@pytest.mark.parametrize(("blank", "secret"), [(BLANK, "S"), (BLANK[1:], "S" * 23)])
def test_a_blank_is_as_long_as_the_secret_and_begins_with_a_tilde(blank: str, secret: str) -> None:
    with pytest.raises(
        ValueError, match=r"^A secret takes the place of a blank of its length that begins with a tilde"
    ):
        Fill(blank, secret)
