"""Calendars (RFC 5545): what is told, how it changes, and the octets that tell it.

Pure: frozen values in, frozen values and octets out. The only room that knows icalendar.
"""

from app.ical.entries import Circle, Entry, Item, Words, live, shown_until
from app.ical.inviting import Party, invitation, method_of
from app.ical.memory import Memory
from app.ical.revising import Change, Revision, revise
from app.ical.sheaves import Sheaf
from app.ical.words import address, clean, online_place
from app.ical.writing import Calendar, File, Fill, Shift, calendar
from app.ical.zones import Gap, ambiguous, wall, zone_of, zones

__all__ = [
    "Calendar",
    "Change",
    "Circle",
    "Entry",
    "File",
    "Fill",
    "Gap",
    "Item",
    "Memory",
    "Party",
    "Revision",
    "Sheaf",
    "Shift",
    "Words",
    "address",
    "ambiguous",
    "calendar",
    "clean",
    "invitation",
    "live",
    "method_of",
    "online_place",
    "revise",
    "shown_until",
    "wall",
    "zone_of",
    "zones",
]
