"""What Plenary promises those who run a summit with it, and which proofs stand behind each promise."""

from __future__ import annotations

PROMISES = (
    ("A confirmed place is never given twice, on either database.", ("F11", "P2")),
    ("Once the page says “registered”, it survives the crash of any process.", ("F1", "F8", "F9", "F10")),
    (
        (
            "Every registration gets its confirmation, even if mail is down for days; at most one repeat per crash,"
            " recognisable by its Message-ID."
        ),
        ("F2", "F3", "F4", "F5", "F6", "F7"),
    ),
    ("Pressing twice never registers twice.", ("F12",)),
    ("Two organisers never silently overwrite each other.", ("F13", "F14")),
    ("A link in a letter does nothing until a person presses the button.", ("A9",)),
    ("Nobody sees another delegation's data: on no page, feed, export or letter.", ("A1", "A2")),
    ("No broker and no cache server: one process and one database give all of this.", ("A14",)),
    (
        "An upgrade from every earlier release keeps all data, and backups made while running can be restored.",
        ("F17", "F18", "F19"),
    ),
)
