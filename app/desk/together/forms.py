"""What organisers type when they do something to several cities at once."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    DateField,
    HiddenField,
    RadioField,
    SelectChoice,
    SelectField,
    StringField,
    TextAreaField,
    TimeField,
)
from wtforms.validators import DataRequired, InputRequired, NumberRange, Optional

from app.delegations import quotas
from app.delegations.deadlines import last_instant
from app.delegations.forms import CheckboxesField, at_most, line
from app.delegations.models import Category
from app.desk.deadlines.forms import END_OF_DAY, KINDS, NOT_A_DAY, NOT_A_TIME
from app.desk.together import edits
from app.desk.together.edits import Edit
from app.events.models import Due, Mode
from app.events.words import MODES
from app.web import Form, IntegerField, lines

MOST = 1000
"""The greatest quota that is set for many at once."""


class EditForm(Form):
    """What to set; `seen` says what one looked at, `act` whether to look or to do it."""

    seen = HiddenField()
    act = HiddenField()

    def edit(self, zone: str) -> Edit:
        """What was typed. Refused, on a field, where it is no moment of the event's clocks (`zone`)."""
        raise NotImplementedError


class LetterForm(EditForm):
    required = RadioField(
        _l("Is a letter of authority due?"),
        [InputRequired(_l("Choose one of the two."))],
        choices=[SelectChoice("yes", _l("Yes, before its people are approved")), SelectChoice("no", _l("No"))],
        description=_l("The pages of these cities say so at once. No letter goes out."),
    )

    def edit(self, _zone: str) -> Edit:
        return edits.LetterEdit(self.required.data == "yes")


class NoteForm(EditForm):
    text = TextAreaField(
        _l("Line to add"),
        [DataRequired(_l("Write what is to be added.")), at_most(500)],
        filters=[lines],
        description=_l("For organisers alone. What stands there already stays."),
    )

    def edit(self, _zone: str) -> Edit:
        return edits.NoteEdit(self.text.data.replace("\n", " "))


class DeadlineForm(EditForm):
    due = SelectField(
        _l("Deadline"), [InputRequired()], choices=[SelectChoice(kind.value, KINDS[kind]) for kind in Due]
    )
    day = DateField(_l("New last day"), [InputRequired(_l("Enter the day."))], invalid_value_message=NOT_A_DAY)
    time = TimeField(
        _l("Time"),
        [Optional()],
        format=["%H:%M", "%H:%M:%S"],
        invalid_value_message=NOT_A_TIME,
        description=_l("By the clocks of the summit. Left empty it is 23:59."),
    )
    reason = StringField(
        _l("Reason"),
        [DataRequired(_l("Say in a few words why.")), at_most(500)],
        filters=[line],
        description=_l("It stands in the letter that each city gets."),
    )

    def edit(self, zone: str) -> Edit:
        until = last_instant(self.day.data, self.time.data or END_OF_DAY, zone)
        return edits.DeadlineEdit(self.due.data, until.isoformat(), self.reason.data)


class QuotaForm(EditForm):
    category = SelectField(_l("Category"), [InputRequired()])
    mode = SelectField(
        _l("Way of taking part"), [InputRequired()], choices=[SelectChoice(each.value, MODES[each]) for each in Mode]
    )
    seats = IntegerField(
        _l("How many each city may enter"),
        [Optional(), NumberRange(0, MOST, message=_l("Enter a number from 0 to 1000."))],
        description=_l("Leave it empty to lift the limit."),
    )
    reason = StringField(_l("Reason"), [Optional(), at_most(500)], filters=[line])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.category.choices = [SelectChoice(each.value, quotas.category_word(each).capitalize()) for each in Category]

    def edit(self, _zone: str) -> Edit:
        return edits.QuotaEdit(self.category.data, self.mode.data, self.seats.data, self.reason.data or "")


class ClassForm(EditForm):
    number = IntegerField(
        _l("Class on the waiting list"),
        [
            InputRequired(_l("Enter a number from 0 to 9.")),
            NumberRange(0, 9, message=_l("Enter a number from 0 to 9.")),
        ],
        description=_l("0 comes first, 9 last. It is set for everybody of these cities who waits for a place."),
    )

    def edit(self, _zone: str) -> Edit:
        return edits.ClassEdit(self.number.data)


class AskForm(Form):
    """What to ask the cities for."""

    what = CheckboxesField(
        _l("What to ask for"),
        [DataRequired(_l("Choose at least one."))],
        choices=[
            SelectChoice("modes", _l("How the city takes part")),
            SelectChoice("people", _l("Who comes")),
            SelectChoice("head", _l("The head of delegation")),
            SelectChoice("letter", _l("The letter of authority")),
            SelectChoice("forms", _l("Forms that are not filled in")),
        ],
        description=_l("Each city is asked only for what it owes."),
    )
    cities = HiddenField()
    act = HiddenField()

    def slugs(self) -> list[str]:
        return (self.cities.data or "").split()


class ApproveForm(Form):
    """The press of the button, and whom it is about."""

    people = HiddenField()

    def references(self) -> list[str]:
        return (self.people.data or "").split()


class ApproveSentForm(Form):
    """Which delegations the button is about, and whether their people are approved too."""

    cities = HiddenField()
    people = BooleanField(_l("Approve their people too who wait for you"), default=True)

    def slugs(self) -> list[str]:
        return (self.cities.data or "").split()


class UndoForm(Form):
    """The press of the button is all there is."""
