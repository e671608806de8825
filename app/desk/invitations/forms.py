"""What organisers tick and type when they invite."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import wtforms
from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    DateField,
    FieldList,
    FormField,
    HiddenField,
    RadioField,
    SelectChoice,
    StringField,
    TextAreaField,
    TimeField,
)
from wtforms.validators import DataRequired, Optional

from app.delegations.focal import Contact
from app.delegations.forms import ContactFields, at_most, is_reachable, line
from app.web import Form, lines

NOT_A_DAY = _l("Write the day as year, month and day: 2023-02-28.")
NOT_A_TIME = _l("Write the time in 24 hours: 23:59.")


class MemberForm(wtforms.Form):  # type: ignore[misc]
    """One member in the table: the tick, and a first focal point where there is none."""

    slug = HiddenField()
    ticked = BooleanField(_l("Choose"))
    name = StringField(_l("Focal point’s name"), [Optional(), at_most(200)], filters=[line])
    email = StringField(_l("Focal point’s email"), [Optional(), at_most(254), is_reachable], filters=[line])

    def validate(self, extra_validators: Any = None) -> bool:
        valid: bool = super().validate(extra_validators)
        for given, missing in ((self.name, self.email), (self.email, self.name)):
            if given.data and not missing.data:
                missing.errors = [_l("Both are needed, name and email.")]
                valid = False
        return valid


class ChooseForm(Form):
    """All members of the network."""

    rows = FieldList(FormField(MemberForm))
    act = HiddenField()

    def by_slug(self) -> dict[str, MemberForm]:
        return {each.form.slug.data: each.form for each in self.rows}

    def ticked(self) -> list[str]:
        return [slug for slug, each in self.by_slug().items() if each.ticked.data]

    def contacts(self) -> Mapping[str, Contact]:
        return {
            slug: Contact(each.name.data, each.email.data) for slug, each in self.by_slug().items() if each.name.data
        }


class SendForm(Form):
    """The press of the button, and to whom it goes."""

    cities = HiddenField()

    def slugs(self) -> list[str]:
        return (self.cities.data or "").split()


class FocalForm(Form, ContactFields):
    """One more focal point."""


class ReopenForm(Form):
    """Invite a city again; a new deadline is asked for where the old one is past."""

    day = DateField(_l("Answer by, day"), [Optional()], invalid_value_message=NOT_A_DAY)
    time = TimeField(_l("Time"), [Optional()], format=["%H:%M", "%H:%M:%S"], invalid_value_message=NOT_A_TIME)


class DecideForm(Form):
    """Grant or refuse the modes that a city asks for."""

    decision = RadioField(
        _l("Your decision"),
        [DataRequired(_l("Choose one of the two."))],
        choices=[SelectChoice("grant", _l("Grant it")), SelectChoice("refuse", _l("Refuse it"))],
    )
    along = BooleanField(_l("Take them along: they take part as the city then does"))
    reason = StringField(_l("Reason, for the city"), [Optional(), at_most(500)], filters=[line])


class SettingsForm(Form):
    """What organisers hold of a delegation for themselves."""

    required = BooleanField(
        _l("A letter of authority is due"), description=_l("The city’s page says so until one is handed in.")
    )
    note = TextAreaField(_l("Note, for organisers alone"), [Optional(), at_most(1000)], filters=[lines])
