"""Who may come upon what somebody wrote: for each table of words a circle, or the reason why it is everybody's.

A new table with words in it has to be put into one of the two.
"""

from __future__ import annotations

from collections.abc import Mapping

Circle = frozenset[str]
"""Who may read it: `desk`, the organisers of its event; `logistics` and `visa`, those with this task there; `office`,
those who speak for its city; `self`, the person; `account`, whose account it is; `staff`, all who have a task at its
event; `city`, all who come for its city; `guests`, whoever takes part in it; `stage`, those who moderate there."""
DESK = Circle({"desk"})
OFFICE = DESK | {"office"}
OWN = OFFICE | {"self"}
GUESTS = OWN | {"guests"}
TRAVEL = Circle({"logistics"})
VISA = Circle({"visa"})
ACCOUNT = Circle({"account"})
NETWORK = DESK

PUBLIC: Mapping[str, str] = {
    "aliases": "other names of a city, by which everybody finds it",
    "events": "what stands on the front page of an event",
    "networks": "how a network is called",
    "members.name": "how a city is called",
    "members.disambiguator": "which of several cities of a name it is",
    "releases": "what was published; who may see what of it is proven in tests/publishing/test_canary.py",
    "told": "the calendar entries of a release",
    "delegates.participation": "an entry as it stands in calendars, of which an act makes the next one",
    "sign_ups.told": "so is this one, of a visit",
    "tech_checks.entry": "and this one, of a check of picture and sound",
    "participant_lists": "what was issued, to be read by everybody or all who take part",
    "photos.alt": "what a photo shows, said to those who do not see it",
    "photos.credit": "who took a photo",
    "passkeys.credential": "half of a key, which is of no use to anybody else",
    "outbox_holds": "the switch of a whole server; it holds the name of who pressed it",
    "outbox_pauses": "what a mail server said to a whole server",
    "message_tries": "what a mail server said, which is shown with the letter; no letter of the world was sent",
}
"""table or table.column -> why nothing of it is marked."""
CIRCLES: Mapping[str, Circle] = {
    "absences": OWN,
    "acts": DESK,
    "agenda_files": DESK,
    "allocations": DESK,
    "announcements": DESK,
    "appearances": DESK,
    "articles": DESK,
    "asked_changes": OWN,
    "bulk_acts": DESK,
    "bulk_rows": DESK,
    "check_slots": GUESTS,
    "delegates": OWN,
    "delegates.honorific": OWN | {"city", "staff"},
    "delegates.name": OWN | {"city", "staff"},
    "delegates.position": OWN | {"city", "staff"},
    "delegates.organisation": OWN | {"visa"},
    "delegations": OFFICE,
    "delegations.internal_note": DESK,
    "drafts": OWN,
    "extensions": DESK,
    "files": OFFICE,
    "focal_points": OFFICE,
    "logistics": TRAVEL,
    "looks": DESK,
    "marks": DESK,
    "member_files": NETWORK,
    "members": NETWORK,
    "messages": DESK,
    "needs": TRAVEL | {"self"},
    "notes": DESK,
    "office_drafts": OFFICE,
    "online_facts": OWN,
    "online_rooms": GUESTS,
    "online_settings": GUESTS,
    "outcomes": DESK,
    "overflows": DESK,
    "own_words": DESK,
    "passkeys": ACCOUNT,
    "people": DESK,
    "people.honorific": DESK | {"stage"},
    "people.name": DESK | {"stage"},
    "photos": DESK,
    "planned_releases": DESK,
    "profiles": OWN,
    "proposals": DESK,
    "reminder_rules": DESK,
    "rooms": DESK,
    "screenings": DESK,
    "sessions": DESK,
    "sign_ins": ACCOUNT,
    "sign_ups": OWN,
    "tech_checks": OWN,
    "theme_wishes": OFFICE,
    "themes": DESK,
    "ticks": DESK,
    "translations": DESK,
    "two_people": DESK,
    "unsubscribed": DESK,
    "uploads": OFFICE,
    "users": Circle({"desk", "staff", "account"}),
    "vehicles": DESK | {"self"},
    "video_messages": OWN,
    "video_messages.session_title": OWN | {"city"},
    "video_versions": OWN,
    "visa_data": VISA,
    "visits": GUESTS | {"staff"},
    "waivers": DESK,
    "wish_lists": OWN,
}
"""table or table.column -> who may read what stands there."""


def circle(table: str, column: str) -> Circle | None:
    """Who may read a column; None: everybody."""
    return CIRCLES.get(f"{table}.{column}") or (None if f"{table}.{column}" in PUBLIC else CIRCLES.get(table))
