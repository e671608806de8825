"""What organisers type when they decide."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import RadioField, SelectChoice, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange, Optional, ValidationError

from app.delegations import quotas
from app.delegations.models import Category
from app.events.models import Mode
from app.events.words import MODES
from app.registration.fields import Asked
from app.registration.models import Delegate
from app.registration.news import role_word
from app.web import Form, IntegerField, lines, one_line

MOST = 100_000


class CommentForm(Form):
    """A decision with its reason; whether one is owed is said by the act."""

    comment = TextAreaField(_l("Reason"), [Length(max=1000, message=_l("At most 1000 characters."))], filters=[lines])


class ClassForm(Form):
    """The class on the waiting list."""

    list_class = IntegerField(
        _l("Class"),
        [
            InputRequired(_l("Enter a number from 0 to 9.")),
            NumberRange(0, 9, message=_l("Enter a number from 0 to 9.")),
        ],
        description=_l("0 comes first, 9 last. Within a class, whoever joined the list first comes first."),
    )


class ModeForm(Form):
    """Another way of taking part."""

    mode = RadioField(
        _l("Way of taking part"),
        [InputRequired(_l("Choose one of these."))],
        choices=[SelectChoice(each.value, MODES[each]) for each in Mode],
        validate_choice=False,
    )

    def validate_mode(self, field: Any) -> None:
        if field.data not in {each.value for each in Mode}:
            field.errors = [_("Choose one of these.")]


class NumberForm(Form):
    """How many there are, or how many more are granted."""

    act = RadioField(
        _l("What do you want to do?"),
        [InputRequired(_l("Choose one of the two."))],
        choices=[
            SelectChoice("set", _l("Set the number")),
            SelectChoice("grant", _l("Grant so many beyond it")),
        ],
        default="set",
        invalid_choice_message=_l("Choose one of the two."),
    )
    number = IntegerField(
        _l("Number"),
        [Optional(), NumberRange(0, MOST, message=_l("Enter a number from 0 to 100000."))],
        description=_l("Leave it empty to lift the limit."),
    )
    reason = StringField(
        _l("Reason"),
        [Length(max=500, message=_l("At most 500 characters."))],
        filters=[one_line],
        description=_l("Kept with your name. Owed when you grant places, or set fewer than are taken."),
    )


class QuotaForm(NumberForm):
    """The same for one quota of a city."""

    category = SelectField(_l("Category"), [InputRequired(_l("Choose one of these."))])
    mode = SelectField(_l("Way of taking part"), [InputRequired(_l("Choose one of these."))])

    def prepare(self) -> None:
        """Name the categories and modes."""
        self.category.choices = [SelectChoice(each.value, quotas.category_word(each).capitalize()) for each in Category]
        self.mode.choices = [SelectChoice(each.value, MODES[each]) for each in Mode]


class TwinsForm(Form):
    """Whether two registrations are of one person, and which of them ends."""

    decision = RadioField(
        _l("What are they?"),
        [Asked(_l("Choose one of the three."))],
        choices=[],
        validate_choice=False,
    )
    comment = TextAreaField(
        _l("Reason, if one of them ends"),
        [Length(max=1000, message=_l("At most 1000 characters."))],
        filters=[lines],
        description=_l("The person and the city read it, and it is kept."),
    )

    def offer(self, one: Delegate, other: Delegate) -> None:
        """Name the three ways out."""
        found = [SelectChoice("two", _("Two people: both stay"))]
        for each in (one, other):
            at = {"city": each.delegation.member.name, "role": role_word(each.role), "reference": each.reference}
            said = _("One person: end the registration for %(city)s as %(role)s (%(reference)s)", **at)
            found.append(SelectChoice(each.reference, said))
        self.decision.choices = found

    def validate_decision(self, field: Any) -> None:
        if field.data not in {each.value for each in field.choices}:
            raise ValidationError(_("Choose one of the three."))
