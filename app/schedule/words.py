"""How the board calls what happens on it."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l

from app.planning.kinds import Kind

LABELS: dict[Kind, Any] = {
    Kind.ROOM_TWICE: _l("Two sessions in one room at once"),
    Kind.CHANGEOVER: _l("Too little time to get a room ready"),
    Kind.ROOM_SHUT: _l("A room that cannot be had"),
    Kind.CAPACITY: _l("More people than seats"),
    Kind.EQUIPMENT: _l("Equipment that the room lacks"),
    Kind.MODE_EQUIPMENT: _l("Somebody online or by video where the room cannot show them"),
    Kind.PERSON_TWICE: _l("A person in two sessions at once"),
    Kind.MODERATOR_TWICE: _l("A moderator in two sessions at once"),
    Kind.CITY_TWICE: _l("A city in two sessions at once"),
    Kind.CITY_SPLIT: _l("A city with different people in two sessions at once"),
    Kind.WALKING: _l("Too little time between two buildings"),
    Kind.AWAY: _l("Somebody who is not available"),
    Kind.ONLY_ONLINE: _l("Somebody who can join only online"),
    Kind.VISIT: _l("Somebody who is on a site visit"),
    Kind.NOT_ARRIVED: _l("Somebody who has not arrived yet"),
    Kind.LEFT: _l("Somebody who has left already"),
    Kind.OUTSIDE_DAY: _l("Outside the hours of the summit"),
    Kind.BREAK: _l("Into a break"),
    Kind.HOURS: _l("A city online at night"),
    Kind.EDGE_HOURS: _l("A city online early or late"),
    Kind.BESIDE_PLENARY: _l("Something beside a plenary"),
    Kind.APART: _l("Two that should not run beside each other"),
    Kind.ORDER: _l("Before the session it should follow"),
    Kind.SAME_DAY: _l("Two on different days that belong to one"),
    Kind.OUTSIDE_BLOCK: _l("A session outside its block"),
    Kind.ROLE_MISSING: _l("Nobody to moderate or speak"),
    Kind.SPEAKER_UNNAMED: _l("A city that has not said who speaks"),
    Kind.VIDEO_MISSING: _l("A video message that has not come"),
    Kind.MODE_OPEN: _l("A way of taking part to be confirmed"),
    Kind.MODE_NOT_OFFERED: _l("A city in a way in which it does not take part"),
    Kind.OVERRUN: _l("More minutes of speaking than the session has"),
    Kind.UNPLACED: _l("A session without a time"),
    Kind.NO_ROOM: _l("A session without a room"),
    Kind.CITY_NEVER: _l("A city in no session"),
    Kind.CITY_OFTEN: _l("A city in more sessions than usual"),
}
"""Each kind of clash as the rules and the list of clashes head it."""

GROUPS: dict[Any, tuple[Kind, ...]] = {
    _l("Rooms"): (
        *(Kind.ROOM_TWICE, Kind.CHANGEOVER, Kind.ROOM_SHUT, Kind.CAPACITY),
        *(Kind.EQUIPMENT, Kind.MODE_EQUIPMENT, Kind.NO_ROOM),
    ),
    _l("People and cities"): (
        *(Kind.PERSON_TWICE, Kind.MODERATOR_TWICE, Kind.CITY_TWICE, Kind.CITY_SPLIT, Kind.WALKING),
        *(Kind.AWAY, Kind.ONLY_ONLINE, Kind.VISIT, Kind.NOT_ARRIVED, Kind.LEFT),
    ),
    _l("Hours of the day"): (Kind.OUTSIDE_DAY, Kind.BREAK, Kind.HOURS, Kind.EDGE_HOURS),
    _l("What belongs together"): (Kind.BESIDE_PLENARY, Kind.APART, Kind.ORDER, Kind.SAME_DAY, Kind.OUTSIDE_BLOCK),
}
"""The kinds of clash by what they are about; those that stand in none are about what is missing yet."""

BIGS: dict[str, tuple[str, Any]] = {
    "later": ("moved many", _l("Move all after a time")),
    "day": ("moved a day", _l("Move one day to another")),
    "swap": ("swapped", _l("Swap two sessions")),
    "copy": ("copied", _l("Copy a session")),
    "split": ("split", _l("Split a session")),
    "fit": ("fitted", _l("Fit sessions into their block")),
    "delay": ("delayed", _l("A room runs late")),
}
"""Each move of many by its word in the address: how the history calls it, and its heading."""
BIG_WAYS: dict[str, Any] = {
    "later": _l("Everything of one day from a time on begins later, or earlier with a minus. Rooms stay."),
    "day": _l("All of one day stands on another, at the same times and in the same rooms."),
    "swap": _l("Each begins where the other did, in the other’s room. Both keep their length."),
    "copy": _l("The same cities and people once more, without a time or a room: it waits in the tray."),
    "split": _l("The first ends where the second begins. The first speakers stay with it, the others go on."),
    "fit": _l("One after the other into the time of the block, as long as they are to each other."),
    "delay": _l("On the day itself: what begins in a room from a time on begins later, and pauses are used up first."),
}
"""What each move of many does, before one fills in its form."""

DEEDS: dict[str, Any] = {
    "session added": _l("Session added"),
    "session deleted": _l("Session deleted"),
    "session moved": _l("Session moved"),
    "session changed": _l("Session changed"),
    "session cancelled": _l("Session cancelled"),
    "session reinstated": _l("Session reinstated"),
    "sessions changed": _l("Several sessions changed"),
    "moved many": _l("All moved after a time"),
    "moved a day": _l("A whole day moved"),
    "swapped": _l("Two sessions swapped"),
    "copied": _l("Session copied"),
    "split": _l("Session split"),
    "fitted": _l("Sessions fitted into their block"),
    "delayed": _l("A room runs late"),
    "cities moved": _l("A city moved"),
    "by video": _l("A city appears by video message"),
    "put in order": _l("Speakers put in order"),
    "proposal adopted": _l("Proposal adopted"),
    "file stored": _l("File stored"),
    "undone": _l("Something undone"),
    "done again": _l("Something done again"),
}
"""The deeds of the history in words."""
DEEDS_BACK: dict[str, Any] = {"undone": _l("Undone:"), "done again": _l("Done again:")}
"""What begins the sentence that tells a step back or ahead."""
