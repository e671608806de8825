"""What the pages of videos say of facts, findings and states."""

from __future__ import annotations

from typing import Any

from flask_babel import format_decimal, get_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.desk.screening import lists
from app.desk.screening.running import Block
from app.planning import wire
from app.videos.facts import Facts
from app.videos.models import Purpose, State, VideoVersion
from app.videos.saying import KINDS, clock, say
from app.web.wording import clock_time, day_short

STATES: dict[State, Any] = {
    State.EXPECTED: _l("expected"),
    State.OVERDUE: _l("overdue"),
    State.UPLOADED: _l("has come; waits to be checked"),
    State.CHECKING: _l("is being checked"),
    State.FAILED: _l("breaks a rule"),
    State.IN_REVIEW: _l("waits for your review"),
    State.CHANGES_REQUESTED: _l("changes asked for"),
    State.ACCEPTED: _l("accepted; has no place yet"),
    State.SCHEDULED: _l("accepted, in its place"),
    State.PLAYED: _l("played"),
    State.NOT_PLAYED: _l("not played"),
    State.WAIVED: _l("done without"),
    State.WITHDRAWN: _l("withdrawn"),
}
TONES: dict[State, str] = {
    State.OVERDUE: "bad",
    State.FAILED: "bad",
    State.IN_REVIEW: "warn",
    State.CHANGES_REQUESTED: "warn",
    State.ACCEPTED: "good",
    State.SCHEDULED: "good",
    State.PLAYED: "good",
    State.NOT_PLAYED: "bad",
}
"""By which colour a state stands out."""
PURPOSES: dict[Purpose, Any] = {
    Purpose.CITY: _l("Message from the city"),
    Purpose.SESSION: _l("Contribution to a session"),
    Purpose.KEYNOTE: _l("Keynote"),
    Purpose.BACKUP: _l("In case that the line fails"),
}

__all__ = ["PURPOSES", "STATES", "TONES", "facts", "for_pages", "language", "megabytes", "say", "when"]


def facts(version: VideoVersion) -> list[tuple[str, str]]:
    """(what, figure) of all that was measured; empty while nothing was."""
    if not version.facts:
        return []
    found = wire.load(Facts, version.facts)
    width, height = found.shown
    shown = _("%(width)s × %(height)s", width=width, height=height)
    if (found.width, found.height) != (width, height):
        stored = _("stored as %(width)s × %(height)s", width=found.width, height=found.height)
        shown = f"{shown} ({stored})"
    rows = [
        (_("Length"), clock(found.measured or found.stated)),
        (_("Picture"), f"{shown}, {KINDS.get(found.video, found.video)}"),
        (_("Pictures per second"), format_decimal(round(found.rate, 2))),
        (_("Sound"), _sound(found)),
        (_("Speech heard"), _heard(found)),
        (_("Bit rate"), _("%(rate)s Mbit/s", rate=format_decimal(round(found.bit_rate / 1e6, 1)))),
        (_("Container"), found.container.upper()),
    ]
    return [(str(what), str(figure)) for what, figure in rows if figure]


def _sound(found: Facts) -> str:
    if not found.sound:
        return str(_("none"))
    channels = {1: _("mono"), 2: _("stereo")}.get(found.channels, _("%(num)s channels", num=found.channels))
    loudness = "" if found.loudness is None else _("%(level)s dBFS", level=format_decimal(found.loudness))
    return ", ".join(filter(None, (found.sound.upper(), str(channels), str(loudness))))


def _heard(found: Facts) -> str:
    seconds = sum(end - start for start, end in found.heard)
    return str(_("%(heard)s of %(whole)s", heard=clock(seconds), whole=clock(found.measured))) if found.decoded else ""


def megabytes(octets: int) -> str:
    """ "12.3 MB"."""
    return str(_("%(size)s MB", size=format_decimal(round(octets / 1e6, 1))))


def language(tag: str) -> str:
    """The name of a language in the reader's own."""
    names: dict[str, str] = get_locale().languages
    return names.get(tag, tag)


def when(block: Block, zone: str) -> str:
    """ "Tue 28 Feb, 10:00–10:30" by the summit's clocks; what is not set yet is left out."""
    day = day_short(block.day) if block.day else ""
    span = f"{clock_time(block.starts, zone)}–{clock_time(block.ends, zone)}" if block.starts and block.ends else ""
    return ", ".join(filter(None, (day, span)))


def for_pages() -> dict[str, Any]:
    """What the templates call."""
    return {
        "length": clock,
        "megabytes": megabytes,
        "language_name": language,
        "fallback": lists.fallback,
        "state_word": lists.state_word,
        "when": when,
        "states": STATES,
        "tones": TONES,
        "purposes": PURPOSES,
    }
