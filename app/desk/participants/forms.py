"""What organisers choose when they issue a list, or compare two."""

from __future__ import annotations

from collections.abc import Sequence

import wtforms
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, RadioField, SelectChoice, SelectField, StringField
from wtforms.validators import Length

from app.publishing.participants.models import ParticipantList
from app.registration.fields import Asked
from app.web import Form, one_line

PRESENT = "now"
"""The mark of the present state, which is not issued yet."""


class IssueForm(Form):
    """Issue what was looked at as the next revision."""

    kind = RadioField(
        _l("Which kind?"),
        [Asked(_l("Choose one of the two."))],
        choices=[
            SelectChoice("provisional", _l("Provisional")),
            SelectChoice("final", _l("Final")),
        ],
        default="provisional",
        invalid_choice_message=_l("Choose one of the two."),
    )
    note = StringField(
        _l("Note"),
        [Length(max=300, message=_l("At most 300 characters."))],
        filters=[one_line],
        description=_l("One line that is printed at the head of the list, such as what it is for."),
    )
    seen = HiddenField()


class CompareForm(wtforms.Form):  # type: ignore[misc]
    """Which two states to compare; read from the address."""

    before = SelectField(_l("Earlier list"))
    after = SelectField(_l("Later list"))

    def prepare(self, issued: Sequence[ParticipantList]) -> None:
        """Offer every revision, and the present state; at first the last revision and the present state."""
        found = [SelectChoice(each.mark, _("Revision %(mark)s", mark=each.mark)) for each in issued]
        self.before.choices = found
        self.after.choices = [SelectChoice(PRESENT, _("Not issued yet")), *found]
        for field in (self.before, self.after):
            if field.data not in {each.value for each in field.choices}:
                field.data = field.choices[0].value if field.choices else ""
