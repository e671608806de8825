"""Roles as organisers give and take them."""

from __future__ import annotations

from collections.abc import Iterable

from flask_babel import lazy_gettext as _l
from wtforms import SelectChoice, SelectField, StringField
from wtforms.validators import DataRequired

from app.accounts import Role
from app.delegations.forms import CheckboxesField, at_most, line
from app.outbox.tongues import TONGUES
from app.web import Form

ROLES = {
    Role.ORGANISER: _l("Organiser"),
    Role.LOGISTICS: _l("Travel, food and access"),
    Role.VISA: _l("Visa letters"),
}
HINTS = {
    Role.ORGANISER.value: _l("Runs the event and its staff. Does not see what is told in confidence."),
    Role.LOGISTICS.value: _l("Sees journeys, hotels, emergency contacts, food and access needs."),
    Role.VISA.value: _l("Sees passports. Each look at one is written in the journal."),
}
CHOICES = [SelectChoice(role.value, word) for role, word in ROLES.items()]


class RolesForm(Form):
    """What somebody looks after; nothing ticked: nothing any more."""

    roles = CheckboxesField(_l("Looks after"), choices=CHOICES)

    def chosen(self) -> list[Role]:
        return [Role(each) for each in self.roles.data or ()]

    @staticmethod
    def of(roles: Iterable[Role]) -> dict[str, list[str]]:
        """What the form shows at first."""
        return {"roles": [each.value for each in roles]}


class InviteForm(RolesForm):
    """One more who works for the event."""

    email = StringField(
        _l("Email"),
        [DataRequired(_l("Enter an email address.")), at_most(254)],
        filters=[line],
        description=_l("A letter brings a link to set a password, if there is no account yet."),
    )
    language = SelectField(
        _l("Letters in"),
        choices=[SelectChoice(code, name) for code, name in TONGUES.items()],
        default="en",
        description=_l("The language of letters about a new account."),
    )
    roles = CheckboxesField(_l("Looks after"), [DataRequired(_l("Choose at least one."))], choices=CHOICES)
