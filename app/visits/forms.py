"""The forms with which people sign up for visits, answer offers and give places back: their own and their office's."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField, RadioField, SelectChoice, StringField
from wtforms.validators import InputRequired

from app.delegations.forms import CheckboxesField, at_most
from app.registration.fields import is_telephone, telephone
from app.visits.choosing import Colleague
from app.visits.signing import Request
from app.web import Form, one_line


class SignUpForm(Form):
    """Who comes together, what they need, how they are reached, and that the rules are understood."""

    people = CheckboxesField(
        _l("Who comes along and stays together?"),
        validate_choice=False,
        description=_l("You get places together, or wait together; nobody is left behind. Sign up alone to be freer."),
    )
    step_free = CheckboxesField(
        _l("Who needs to get about without steps?"),
        validate_choice=False,
        description=_l(
            "Tick only if those who run the visit may know it. It is used to seat you, and deleted after the summit."
        ),
    )
    mobile = StringField(
        _l("Mobile telephone on the day"),
        [InputRequired(_l("Enter a number at which you can be reached on the day.")), at_most(40), is_telephone],
        filters=[one_line],
        description=_l("With the country, as in +39 06 1234 5678."),
    )
    understood = BooleanField(_l("I have read what this visit asks for, and will be there in time"))

    def offer(self, free: Sequence[Colleague], me: Colleague | None) -> None:
        """Let the reader choose among those who may join: `me` comes anyhow; the office chooses everybody."""
        others = [each for each in free if me is None or each.id != me.id]
        needing = free if me is None else [me]
        if me is None:
            self.people.label.text = _("Who comes, and stays together?")
            self.people.flags.required = True
            self.step_free.description = _(
                "Tick only for people who agree that those who run the visit know it. It is deleted after the summit."
            )
        self.people.choices = [SelectChoice(each.reference, _called(each)) for each in others]
        self.step_free.choices = [SelectChoice(each.reference, each.called) for each in needing]
        for field in (self.people, self.step_free):
            field.data = [str(each)[:12] for each in field.data or []][:100]

    def request(self, free: Collection[Colleague], me: Colleague | None) -> Request:
        """What is asked for; references of nobody who may join stand for nobody."""
        by_reference = {each.reference: each.id for each in free}
        people = [by_reference[each] for each in self.people.data if each in by_reference]
        people += [me.id] if me is not None else []
        needing = {by_reference[each] for each in self.step_free.data if each in by_reference}
        mine = frozenset(needing if me is None else needing & {me.id})
        return Request(tuple(sorted(set(people))), mine, telephone(self.mobile.data or ""), bool(self.understood.data))


class AnswerForm(Form):
    """Whether a party takes the places that are held for it."""

    decision = RadioField(
        _l("Do you take what is held for you?"),
        [InputRequired(_l("Choose one of the two."))],
        choices=[
            SelectChoice("take", _l("Yes, we come")),
            SelectChoice("decline", _l("No, give it to the next in line")),
        ],
        invalid_choice_message=_l("Choose one of the two."),
    )


class GiveBackForm(Form):
    """Nothing to fill in but for whom: the button is the act."""

    whole = BooleanField(_l("For everybody who signed up together"))


def _called(each: Colleague) -> str:
    return f"{each.called}, {each.position}" if each.position else each.called


class NeedForm(Form):
    """Whether those who run the visit may know that the person needs to get about without steps."""

    wanted = HiddenField()


class TickForm(Form):
    """One press of whoever ticks boarding; `key` and `pressed_at` are made where it is pressed."""

    uid = HiddenField()
    boarded = HiddenField()
    key = HiddenField()
    pressed_at = HiddenField()
