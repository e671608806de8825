"""One entry as a letter to one person asks their calendar to take it in or to call it off (iMIP, RFC 6047)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

import icalendar
from icalendar.prop import vCalAddress

from app.ical.entries import Entry
from app.ical.sheaves import Sheaf
from app.ical.words import one_line
from app.ical.writing import END, PRODID, Text, event_of, zones_of

Method = Literal["REQUEST", "CANCEL"]
MAILBOX = re.compile(r"[!-~]+@[!-~]+")
"""Of an address already found reachable: seven bits, nothing that ends a line or a parameter."""


@dataclass(frozen=True, slots=True)
class Party:
    """Who invites, or is invited. Raises ValueError for an address that no letter could go to."""

    name: str
    address: str

    def __post_init__(self) -> None:
        object.__setattr__(self, "name", one_line(self.name).replace('"', "'"))
        if not MAILBOX.fullmatch(self.address):
            raise ValueError(f"“{self.address}” is not an address for mail.")


def method_of(entry: Entry) -> Method:
    """What the reader's calendar is asked to do with it."""
    return "CANCEL" if entry.item.cancelled else "REQUEST"


def invitation(entry: Entry, organiser: Party, attendee: Party, language: str = "en") -> bytes:
    """The whole file, with METHOD: REQUEST, or CANCEL for a cancelled entry (RFC 5546 3.2.2, 3.2.5).

    It has exactly one ATTENDEE, the reader, who has said yes already by registering: no answer is asked for. The same
    entry gives the same octets, so a second copy of the letter changes nothing in a calendar.
    """
    head = icalendar.Calendar()
    head["PRODID"], head["VERSION"], head["CALSCALE"] = Text(PRODID), Text("2.0"), Text("GREGORIAN")
    head["METHOD"] = Text(method_of(entry))
    event = event_of(entry, language)
    event["ORGANIZER"] = _mailto(organiser)
    event["ATTENDEE"] = _mailto(attendee, ROLE="REQ-PARTICIPANT", PARTSTAT="ACCEPTED", RSVP="FALSE")
    local = [] if entry.item.all_day else zones_of(entry.item.zone, Sheaf.of([entry]).years, empty=False)
    return b"".join([head.to_ical().removesuffix(END), *local, event.to_ical(), END])


def _mailto(party: Party, **params: str) -> vCalAddress:
    named = {"CN": party.name} if party.name else {}
    return vCalAddress(f"mailto:{party.address}", params=named | params)
