"""Calendars (RFC 5545): what is told, how it changes, and the octets that tell it.

Pure: frozen values in, frozen values and octets out. The only room that knows icalendar.
"""

from app.ical.entries import Entry, Item, live
from app.ical.inviting import Party, invitation, method_of
from app.ical.revising import Change, Revision, revise
from app.ical.words import clean
from app.ical.writing import Calendar, calendar, etag, last_modified
from app.ical.zones import Gap, ambiguous, wall, zone_of, zones

__all__ = [
    "Calendar",
    "Change",
    "Entry",
    "Gap",
    "Item",
    "Party",
    "Revision",
    "ambiguous",
    "calendar",
    "clean",
    "etag",
    "invitation",
    "last_modified",
    "live",
    "method_of",
    "revise",
    "wall",
    "zone_of",
    "zones",
]
