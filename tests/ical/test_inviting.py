"""What a letter asks the reader's calendar to do (iMIP)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from app.ical import Party, invitation, method_of
from app.ical.vtimezone import vtimezone
from tests.ical.made import TITLES, ZONES, entry
from tests.ical.parsers import instants
from tests.ical.rules import events, invitation_faults, unfolded

pytestmark = pytest.mark.one_database

SECRETARIAT, ANNA = Party("G-NETS, Tokyo", "secretariat@tokyo.example"), Party("Anna Bianchi", "anna@rome.example")


def test_a_request_names_one_reader_and_who_reads_answers() -> None:
    told = entry(sequence=3)
    lines = unfolded(invitation(told, SECRETARIAT, ANNA))
    assert [line for line in lines if line.startswith(("METHOD", "ATTENDEE", "ORGANIZER", "SEQUENCE", "STATUS"))] == [
        "METHOD:REQUEST",
        "SEQUENCE:3",
        'ATTENDEE;CN="Anna Bianchi";PARTSTAT=ACCEPTED;ROLE=REQ-PARTICIPANT;RSVP=FALSE:mailto:anna@rome.example',
        'ORGANIZER;CN="G-NETS, Tokyo":mailto:secretariat@tokyo.example',
        "STATUS:CONFIRMED",
    ]


def test_a_whole_invitation_reads_like_this() -> None:
    told = entry(zone="UTC", title="Rome speaks")
    assert unfolded(invitation(told, Party('The "G-NETS"', "a@b.example"), Party("", "c@d.example"), "xx")) == [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Plenary//Plenary//EN",
        "CALSCALE:GREGORIAN",
        "METHOD:REQUEST",
        "BEGIN:VEVENT",
        "SUMMARY:Rome speaks",
        "DTSTART:20230301T010000Z",
        "DTEND:20230301T030000Z",
        "DTSTAMP:20230201T120000Z",
        "UID:rome@plenary",
        "SEQUENCE:0",
        "ATTENDEE;PARTSTAT=ACCEPTED;ROLE=REQ-PARTICIPANT;RSVP=FALSE:mailto:c@d.example",
        "CREATED:20230201T120000Z",
        "LAST-MODIFIED:20230201T120000Z",
        "LOCATION:Hall B",
        "ORGANIZER;CN=\"The 'G-NETS'\":mailto:a@b.example",
        "STATUS:CONFIRMED",
        "TRANSP:OPAQUE",
        "END:VEVENT",
        "END:VCALENDAR",
    ]


def test_a_zone_is_told_with_an_hour_by_its_clocks() -> None:
    octets = invitation(entry(zone="Europe/Brussels"), SECRETARIAT, ANNA)
    assert vtimezone("Europe/Brussels", 2023, 2023) in octets


def test_a_cancelled_entry_is_called_off() -> None:
    told = entry(sequence=4, cancelled=True)
    octets = invitation(told, SECRETARIAT, ANNA)
    (event,) = events(octets)
    assert (method_of(told), b"METHOD:CANCEL\r\n" in octets) == ("CANCEL", True)
    assert (event["STATUS"], event["SEQUENCE"], event["SUMMARY"][:11]) == ("CANCELLED", "4", "Cancelled: ")


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("title", TITLES)
def test_it_keeps_the_rules_of_a_feed_otherwise(zone: str, title: str) -> None:
    told = entry(zone=zone, title=title)
    octets = invitation(told, Party(title, "a@b.example"), Party(title, "c@d.example"))
    assert invitation_faults(octets) == []


def test_three_readers_see_the_same_hours_as_in_the_feed() -> None:
    told = entry(zone="Europe/Brussels")
    expected = {told.item.uid: (told.item.begins, told.item.finishes)}
    assert instants(invitation(told, SECRETARIAT, ANNA)) == {
        "ical": expected,
        "vobject": expected,
        "ical.js": expected,
    }


def test_all_day_there_is_no_zone_to_be_told() -> None:
    told = entry(starts=date(2023, 2, 27), ends=date(2023, 3, 2))
    assert b"VTIMEZONE" not in invitation(told, SECRETARIAT, ANNA)


def test_the_same_entry_gives_the_same_octets() -> None:
    told = entry()
    assert invitation(told, SECRETARIAT, ANNA) == invitation(replace(told), SECRETARIAT, ANNA)


@pytest.mark.parametrize("name", ['Å"s,a\r\nATTENDEE:mailto:x@y', "a;b:c", "東京都, 小池", "\u202egro.live"])
def test_a_hostile_name_adds_no_line_and_no_reader(name: str) -> None:
    lines = unfolded(invitation(entry(), Party(name, "a@b.example"), Party(name, "c@d.example")))
    assert [line.rpartition(":")[2] for line in lines if line.startswith(("ATTENDEE", "ORGANIZER"))] == [
        "c@d.example",
        "a@b.example",
    ]


@pytest.mark.parametrize("address", ["", "nobody", "a b@c.example", "a@b.example\r\nX:1", "günther@x.example"])
def test_what_is_no_address_is_refused(address: str) -> None:
    with pytest.raises(ValueError, match="address") as no:
        Party("Anna", address)
    assert str(no.value) == f"“{address}” is not an address for mail."
