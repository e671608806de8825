"""Every kind of calendar in six zones, with words that break files: sound by every rule and alike to three readers."""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import UTC, date, datetime, time, timedelta

import pytest
from flask.testing import FlaskClient

from app.ical import doctor, wall
from app.ical.writing import PRODID
from tests.ical import rules
from tests.ical.parsers import read
from tests.publishing.calendars.kinds import DAY, HOSTILE, SECRET, edit, furnish, private, public
from tests.registration.cast import NOW, Cast

pytestmark = pytest.mark.one_database

ZONES = (
    "Asia/Tokyo",
    "Europe/Brussels",
    "America/New_York",
    "America/Sao_Paulo",
    "Africa/Casablanca",
    "Asia/Kathmandu",
)
LOOKED = datetime(2027, 7, 11, tzinfo=UTC)
PERSONAL = ("office@rome.example.org", "+8190", "Anna", "shellfish", SECRET)
"""What somebody told us in confidence, and what organisers alone may know."""


@pytest.mark.parametrize("zone", ZONES)
def test_every_kind_is_sound_and_three_readers_agree(cast: Cast, client: FlaskClient, zone: str) -> None:
    furnish(cast, zone)
    open_to_all, of_few = public(cast), private(cast)
    files = {name: client.get(path).data for name, path in (open_to_all | of_few).items()}
    assert [fault for octets in files.values() for fault in rules.faults(octets)] == []
    examined = {name: doctor.examine(octets, LOOKED, ours=True) for name, octets in files.items()}
    assert [fault for found in examined.values() for fault in found.faults] == []
    for name, readings in zip(files, read(list(files.values())), strict=True):
        first, *others = readings.values()
        assert others == [first, first], name
        assert len(first) == len(examined[name].events), name
        _as_meant(examined[name], zone)
    _as_promised(files, open_to_all.keys())


def _as_meant(found: doctor.Found, zone: str) -> None:
    """Each session stands at the hours that organisers typed, on the clocks of its own zone."""
    for each in found.events:
        if each.title in ("Heads alone", "A visit"):
            hour = {"Heads alone": 17, "A visit": 16}[each.title]
            assert (each.starts.at, each.ends.at) == (wall(DAY, time(hour), zone), wall(DAY, time(hour + 1), zone))
        if each.title == "To be announced":
            assert (each.starts.wall, each.ends.wall) == (DAY, DAY + timedelta(days=1))


def _as_promised(files: dict[str, bytes], open_to_all: Collection[str]) -> None:
    for name, octets in files.items():
        lines = rules.unfolded(octets)
        text = "\n".join(lines)
        assert [each for each in PERSONAL if each in text] == [], name  # C17
        assert lines[:4] == ["BEGIN:VCALENDAR", "VERSION:2.0", f"PRODID:{PRODID}", "CALSCALE:GREGORIAN"]  # C4
        assert {"REFRESH-INTERVAL;VALUE=DURATION:PT1H", "X-PUBLISHED-TTL:PT1H", "COLOR:teal"} <= set(lines)  # C20
        assert len([each for each in lines if each.startswith("SOURCE;VALUE=URI:http://localhost/")]) == 1  # C20
        assert "VALARM" not in text  # C22
        assert "meet.example" not in text, name  # where a provider's rooms are stands in no file
        if name in open_to_all:
            assert "/j/" not in text, name  # C19
    online = "\n".join(rules.unfolded(files["delegate online"]))
    secret = r"http://localhost/j/[A-Za-z0-9_-]{24}/[0-9a-f]{32}"
    assert re.search(f"CONFERENCE;FEATURE=AUDIO,VIDEO;LABEL=Join online;VALUE=URI:{secret}\n", online)
    assert re.search(f"Join online: {secret}", online)
    assert "https://localhost" not in online


def test_hostile_titles_come_out_as_words(cast: Cast, client: FlaskClient) -> None:
    furnish(cast)
    found = doctor.examine(client.get("/summit/agenda.ics").data, NOW)
    titles = {each.title for each in found.events}
    assert {"C:\\News from New York \\n \\N \\\\", 'Å"s,a Bcc: x@y <b>&amp;{{7*7}}'} <= titles
    assert len(titles) == len(HOSTILE) + 4
    assert found.name == HOSTILE[0]


def test_the_hour_that_autumn_repeats_is_told_in_utc(cast: Cast, client: FlaskClient) -> None:
    furnish(cast, "Europe/Brussels")
    edit(cast, "visit", day=date(2027, 10, 31), starts=time(2, 30), ends=time(2, 50), fold=True)
    octets = client.get("/summit/days/2027-10-31.ics").data
    (event,) = rules.events(octets)
    assert (event["DTSTART"], event["DTEND"]) == ("20271031T013000Z", "20271031T015000Z")
