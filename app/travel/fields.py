"""Kinds of fields in which things are told: days, zones, countries, and texts that are written in one way."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import (
    DateField,
    RadioField,
    SelectChoice,
    SelectField,
)
from wtforms.validators import InputRequired, StopValidation, ValidationError

from app import clock
from app.refused import Refused
from app.registration.fields import Asked, LongSelect, telephone, zones_by_area
from app.web import choices
from app.web.wording import zone_name

NOT_A_DAY = _l("Write the day as year, month and day: 2023-02-28.")
NOT_A_TIME = _l("Write the time in 24 hours: 23:59.")
CLOCK = ["%H:%M", "%H:%M:%S"]


def kept(rule: Callable[[str], str]) -> Callable[[Any, Any], None]:
    """A validator that writes the field as the rule does, or says why it cannot."""

    def check(_form: Any, field: Any) -> None:
        try:
            field.data = rule(field.data)
        except Refused as no:
            raise ValidationError(no.message) from no

    return check


def is_telephone(_form: Any, field: Any) -> None:
    field.data = telephone(field.data)


def countries() -> list[SelectChoice]:
    """The countries by name, the empty choice first."""
    return [SelectChoice("", _("Choose")), *(SelectChoice(code, name) for code, name in choices.countries())]


def zones(home: str, chosen: str) -> list[SelectChoice]:
    """The time zones by area under the names of their cities; the summit's own comes first, and the one chosen is there
    even by a name that it has no more."""
    offered = [SelectChoice(home, _("%(zone)s, where the summit is", zone=zone_name(home))), *zones_by_area(home)]
    if clock.is_zone(chosen) and chosen not in {each.value for each in offered}:
        offered.append(SelectChoice(chosen, zone_name(chosen)))
    return offered


class OfAZone:
    """The field names a time zone."""

    field_flags: Mapping[str, bool] = {"required": True}

    def __call__(self, _form: Any, field: Any) -> None:
        if not clock.is_zone(field.data or ""):
            raise ValidationError(_("There is no time zone of that name."))


def zone_field(label: Any) -> SelectField:
    return SelectField(label, [OfAZone()], validate_choice=False, widget=LongSelect())


def _can_be_read(_form: Any, field: Any) -> None:
    """What is no day is not looked at any further."""
    if field.data is None:
        raise StopValidation()


def day_field(label: Any) -> DateField:
    """A day that has to be told."""
    asked = [InputRequired(_l("Enter the day.")), _can_be_read]
    return DateField(label, asked, invalid_value_message=NOT_A_DAY)


def again_field() -> RadioField:
    choices = [
        SelectChoice("first", _l("The first")),
        SelectChoice("second", _l("The second, an hour later")),
    ]
    label = _l("Which of the two hours, the night the clocks are set back?")
    return RadioField(label, [Asked()], choices=choices, validate_choice=False)
