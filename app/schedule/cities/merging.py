"""What two organisers made of one speaking order, side by side: theirs as it is stored, yours as it was typed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from app.agenda.facts import Facts, Seat
from app.agenda.merging import Differing
from app.agenda.telling import shown
from app.schedule.cities.service import Turn

Key = tuple[int | None, int | None, Any]
People = Mapping[int, Sequence[tuple[str, str, int]]]
"""Delegation -> (reference, name, id) of who could speak for it."""


@dataclass(frozen=True)
class Merged:
    """What the form holds next: a line for each seat that is stored now, with what was typed of it."""

    lines: list[dict[str, Any]]
    differing: list[Differing]


def merge(
    base: Facts,
    stored: Facts,
    turns: Sequence[Turn],
    each: int | None,
    called: Mapping[Key, str],
    people: People,
    labels: Mapping[str, Any],
) -> Merged:
    """`turns` and `each` were typed on the seats of `base`; `called`: how everybody is called; `labels`: how the form
    calls its fields. Of a choice that oneself did not touch, theirs is likely meant."""
    typed = {base.seats[turn.place].same: turn for turn in turns if turn.place < len(base.seats)}
    opened = {seat.same: _line(place, seat, people) for place, seat in enumerate(base.seats)}
    lines, differing = [], _whole(base, stored, typed, each, called, labels)
    for place, seat in enumerate(stored.seats):
        theirs = _line(place, seat, people)
        yours = _typed(place, typed[seat.same]) if seat.same in typed else theirs
        lines.append(yours)
        for name in ("minutes", "topic", "speaker", "confirmed"):
            before = opened.get(seat.same, theirs)[name]
            if theirs[name] not in (yours[name], before):
                label = f"{called.get(seat.same, '?')}: {labels[name]}"
                said, meant = (_words(name, side[name], seat, people) for side in (theirs, yours))
                differing.append(Differing(f"turns-{place}-{name}", label, said, meant, take=before == yours[name]))
    return Merged(lines, differing)


def _whole(
    base: Facts,
    stored: Facts,
    typed: Mapping[Key, Turn],
    each: int | None,
    called: Mapping[Key, str],
    labels: Mapping[str, Any],
) -> list[Differing]:
    """The minutes of each city, and the order."""
    found = []
    if stored.minutes_each not in (each, base.minutes_each):
        sides = shown(stored.minutes_each), shown(each)
        found.append(Differing("each", str(labels["each"]), *sides, take=each == base.minutes_each))
    opened, theirs = ([seat.same for seat in facts.seats] for facts in (base, stored))
    yours = sorted(typed, key=lambda key: (typed[key].order, typed[key].place))
    if theirs not in (yours, opened):
        said, meant = (", ".join(called.get(key, "?") for key in keys) for keys in (theirs, yours))
        found.append(Differing("order", _("Order"), said, meant, take=yours == opened))
    return found


def _line(place: int, seat: Seat, people: People) -> dict[str, Any]:
    references = {key: reference for reference, _name, key in people.get(seat.delegation_id or 0, ())}
    return {
        "place": place,
        "order": place + 1,
        "minutes": seat.minutes,
        "topic": seat.topic,
        "speaker": references.get(seat.speaker_id or 0, ""),
        "confirmed": seat.confirmed,
    }


def _typed(place: int, turn: Turn) -> dict[str, Any]:
    return {
        "place": place,
        "order": turn.order,
        "minutes": turn.minutes,
        "topic": turn.topic,
        "speaker": turn.speaker,
        "confirmed": turn.confirmed,
    }


def _words(name: str, value: Any, seat: Seat, people: People) -> str:
    if name == "speaker":
        names = {reference: name for reference, name, _key in people.get(seat.delegation_id or 0, ())}
        return names.get(value, str(_("The head of the delegation")))
    return shown(value)
