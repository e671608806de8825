"""What two organisers made of one session, side by side: for each field theirs, yours, and which is likely meant."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date, time
from typing import Any

from flask_babel import gettext as _
from wtforms import SelectField

from app.agenda.draft import Options
from app.agenda.facts import Facts, Seat
from app.agenda.forms import MODES, PARTS, SessionForm
from app.agenda.telling import shown
from app.web.wording import day_full

OTHERWISE = {"theme": "theme_id", "room": "room_id", "speakers": "seats"}
"""Fields of the full form that are facts under another name."""


@dataclass(frozen=True)
class Differing:
    """A field that says two things; `take`: theirs is likely meant, since only they changed it."""

    field: str
    label: str
    theirs: str
    yours: str
    take: bool = False


def differing(form: SessionForm, base: Facts | None, theirs: Facts, yours: Facts, options: Options) -> list[Differing]:
    """Each field of the form that others stored otherwise than it was typed. `base`: how it stood when the form was
    opened, None when nobody knows; a field that only oneself changed is no matter of choice."""
    known = {each.name for each in fields(Facts)}
    found = []
    for field in form:
        fact = OTHERWISE.get(field.name, field.name)
        if fact not in known:
            continue
        opened, stored, typed = (_comparable(getattr(each, fact)) if each else None for each in (base, theirs, yours))
        if stored != typed and (base is None or stored != opened):
            label = _("Who appears") if field.name == "speakers" else str(field.label.text)
            said, meant = (_words(field, getattr(each, fact), options) for each in (theirs, yours))
            found.append(Differing(field.name, label, said, meant, take=base is not None and opened == typed))
    return found


def _comparable(value: Any) -> Any:
    """Of who appears what the form shows, so that nothing differs which nobody could choose."""
    if isinstance(value, tuple) and all(isinstance(each, Seat) for each in value):
        return [(each.delegation_id, each.person_id, each.part, each.mode) for each in value]
    return value


def _words(field: Any, value: Any, options: Options) -> str:
    if field.name == "speakers":
        return ", ".join(_seat(each, options) for each in value) or shown(None)
    if field.name == "theme":
        return {each.id: each.name for each in options.themes.values()}.get(value, shown(None))
    if isinstance(field, SelectField):
        labels = {choice.value: str(choice.label) for choice in field.choices}
        return labels.get(str(value or ""), str(value or ""))
    if isinstance(value, time):
        return f"{value:%H:%M}"
    return day_full(value) if isinstance(value, date) else shown(value)


def _seat(seat: Seat, options: Options) -> str:
    who, part, mode = called(seat, options), PARTS[seat.part], MODES[seat.mode or ""]
    return str(_("%(who)s (%(part)s, %(mode)s)", who=who, part=part, mode=mode))


def called(seat: Seat, options: Options) -> str:
    """The city or the person."""
    cities = {each.id: each.member.name for each in options.cities.values()}
    people = {each.id: each.name for each in options.people.values()}
    return cities.get(seat.delegation_id or 0) or people.get(seat.person_id or 0, "?")
