"""Announcements and reminders: to whom a filter says, when their clocks allow, and to nobody who wants none."""
