"""When somebody or something cannot be had, as one form: of people, cities and rooms alike."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import DateField, RadioField, SelectChoice, SelectField, StringField, TimeField
from wtforms.validators import InputRequired, Length

from app.agenda.absences import Told
from app.agenda.forms import CLOCK, NOT_A_DAY, NOT_A_TIME
from app.events.models import Mode
from app.web import Form, one_line


class Chosen:
    """Of a field in which one of several always stands: it is not called optional."""

    field_flags: ClassVar[dict[str, bool]] = {"required": True}

    def __call__(self, form: Any, field: Any) -> None:
        """Nothing to find fault with."""


class AbsenceForm(Form):
    """When somebody or something cannot be had, by the clock of who tells it."""

    whose = SelectField(_l("Whom it is about"), [Chosen()], choices=[], validate_choice=False)
    begins_on = DateField(_l("From the day"), [InputRequired(NOT_A_DAY)], invalid_value_message=NOT_A_DAY)
    begins = TimeField(
        _l("From what time"), [InputRequired(NOT_A_TIME)], format=CLOCK, invalid_value_message=NOT_A_TIME
    )
    ends_on = DateField(_l("Until the day"), [InputRequired(NOT_A_DAY)], invalid_value_message=NOT_A_DAY)
    ends = TimeField(_l("Until what time"), [InputRequired(NOT_A_TIME)], format=CLOCK, invalid_value_message=NOT_A_TIME)
    zone = SelectField(_l("By the clocks of"), [Chosen()], choices=[], validate_choice=False)
    only = RadioField(
        _l("In this time"),
        [Chosen()],
        choices=[SelectChoice("", _l("Not at all")), SelectChoice(Mode.ONLINE.value, _l("Only online"))],
        default="",
        invalid_choice_message=_l("Choose one of these."),
    )
    note = StringField(_l("Note"), [Length(max=300, message=_l("At most 300 characters."))], filters=[one_line])

    def prepare(self, whose: Mapping[str, Mapping[str, str]], zones: Mapping[str, str]) -> None:
        """Offer whom it may be about, by kind, and the clocks it may be told by; of one alone nothing is asked.

        What is of no kind ("") is offered without a heading.
        """
        heads = {"room": _("Rooms"), "person": _("People"), "city": _("Cities"), "delegate": _("Who speaks for cities")}
        self.whose.choices = [
            SelectChoice(key, name, optgroup=heads.get(kind))
            for kind, names in whose.items()
            for key, name in names.items()
        ]
        self.zone.choices = [SelectChoice(zone, name) for zone, name in zones.items()]

    def told(self) -> Told:
        zone = self.zone.data or self.zone.choices[0].value
        only = Mode(self.only.data) if self.only.data else None
        return Told(
            self.begins_on.data, self.begins.data, self.ends_on.data, self.ends.data, zone, only, self.note.data
        )
