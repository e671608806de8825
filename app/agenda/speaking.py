"""Who appears in a session, and in which order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from flask_babel import gettext as _

from app.agenda.draft import Options
from app.agenda.facts import Seat, seat_of
from app.agenda.models import Appearance, Part
from app.events.models import Mode
from app.refused import Refused


@dataclass(frozen=True)
class Speaker:
    """Who appears, as the form says it. `appearance_id` names the one that is changed; None adds one."""

    who: str
    """"city:rome" or "person:kim-trial"."""
    part: Part
    mode: Mode | None = None
    order: int | None = None
    appearance_id: int | None = None
    video_ready: bool | None = None
    """Whether the video has come; None: that was not asked."""


def in_order(speakers: Sequence[Speaker]) -> list[Speaker]:
    """By the number typed, then as listed; those without a number last."""
    return sorted(speakers, key=lambda each: (each.order is None, each.order or 0))


def seats(speakers: Sequence[Speaker], present: Sequence[Appearance], choices: Options) -> tuple[Seat, ...]:
    """Who appears, by the order asked for, then as listed. What the form does not show is kept from who is `present`.

    Refused on "speakers" when somebody is no longer there, or stands twice in the same part.
    """
    asked = in_order(speakers)
    _once(asked, choices)
    rows = {each.id: each for each in present}
    return tuple(_seat(each, rows.get(each.appearance_id or 0), choices) for each in asked)


def _seat(speaker: Speaker, row: Appearance | None, choices: Options) -> Seat:
    kind, _colon, name = speaker.who.partition(":")
    city = choices.cities[name].id if kind == "city" else None
    person = choices.people[name].id if kind == "person" else None
    seat = seat_of(row) if row else None
    if seat is None or (seat.delegation_id, seat.person_id) != (city, person):
        seat = Seat(speaker.part, city, person)  # somebody else in this line: what was arranged was not for them
    video = seat.video_ready if speaker.video_ready is None else speaker.video_ready
    return replace(seat, part=speaker.part, mode=speaker.mode, video_ready=video)


def _once(speakers: Sequence[Speaker], choices: Options) -> None:
    seen = set()
    for each in speakers:
        kind, _colon, name = each.who.partition(":")
        known: Mapping[str, Any] = {"city": choices.cities, "person": choices.people}.get(kind, {})
        if name not in known:
            raise Refused(_("One of those who appear is no longer there. Please choose again."), "speakers")
        if (each.who, each.part) in seen:
            shown = known[name].member.name if kind == "city" else known[name].name
            raise Refused(_("%(name)s stands twice in the speaking order in the same part.", name=shown), "speakers")
        seen.add((each.who, each.part))
