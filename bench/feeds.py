"""The yardstick for feeds: the same entries built by icalendar at every request, as others do it."""

from __future__ import annotations

import icalendar

from app.ical import Entry


def by_icalendar(entries: list[Entry]) -> bytes:
    cal = icalendar.Calendar()
    cal.add("prodid", "-//yardstick//yardstick//EN")
    cal.add("version", "2.0")
    for entry in entries:
        item = icalendar.Event()
        item.add("uid", entry.item.uid)
        item.add("summary", entry.item.title)
        item.add("dtstart", entry.item.starts)
        item.add("dtend", entry.item.ends)
        item.add("dtstamp", entry.changed_at)
        item.add("last-modified", entry.changed_at)
        item.add("created", entry.created_at)
        item.add("sequence", entry.sequence)
        item.add("location", entry.item.place)
        item.add("description", entry.item.description)
        item.add("status", "CANCELLED" if entry.item.cancelled else "CONFIRMED")
        cal.add_component(item)
    cal.add_missing_timezones()
    octets: bytes = cal.to_ical()
    return octets
