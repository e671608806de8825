"""The form with which people rank visits."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField, RadioField, SelectChoice, SelectField, StringField
from wtforms.validators import InputRequired

from app.delegations.forms import CheckboxesField, at_most
from app.registration.fields import is_telephone, telephone
from app.registration.models import Delegate
from app.visits.choosing import Choice
from app.visits.models import WishList
from app.visits.wishing import Wishes
from app.web import Form, one_line

RANKS = ("first", "second", "third")
GONE = _l("This visit can be wished for no more. Choose another.")


class WishForm(Form):
    """Up to three visits in order, who comes along, and what is needed to seat them."""

    first = SelectField(_l("First wish"), [InputRequired(_l("Choose at least one visit."))])
    second = SelectField(_l("Second wish"))
    third = SelectField(_l("Third wish"))
    people = CheckboxesField(
        _l("Who comes along and stays together?"),
        validate_choice=False,
        description=_l(
            "You get places together, in one vehicle, or none of you does; so a large party finds room less easily."
            " All of you wish for the same."
        ),
    )
    step_free = RadioField(
        _l("Do you need to get about without steps?"),
        [InputRequired(_l("Choose one of these."))],
        choices=[
            SelectChoice("keep", _l("As I told before: this page does not show it")),
            SelectChoice("no", _l("No, or I do not want those who run the visit to know")),
            SelectChoice("yes", _l("Yes, and those who run the visit may know it")),
        ],
        default="no",
        description=_l("It is used to seat you, and deleted after the summit."),
        invalid_choice_message=_l("Choose one of these."),
    )
    mobile = StringField(
        _l("Mobile telephone on the day"),
        [InputRequired(_l("Enter a number at which you can be reached on the day.")), at_most(40), is_telephone],
        filters=[one_line],
        description=_l("With the country, as in +39 06 1234 5678."),
    )
    understood = BooleanField(_l("I have read what these visits ask for, and will be there in time"))
    seen = HiddenField()
    """The version of the wishes that the form was made from."""

    @staticmethod
    def of(me: Delegate, mine: WishList | None, party: Sequence[WishList]) -> dict[str, Any]:
        """What is stored, as the form shows it: all but needs, since others may have the link."""
        if mine is None:
            return {"mobile": me.mobile, "seen": "0"}
        chosen = [str(each.visit_id) for each in mine.wishes]
        return dict(zip(RANKS, chosen, strict=False)) | {
            "people": [each.delegate.reference for each in party if each.delegate_id != me.id],
            "step_free": "keep",
            "mobile": mine.mobile,
            "understood": True,
            "seen": str(mine.version),
        }

    def offer(self, choices: Sequence[Choice], others: Sequence[Delegate]) -> None:
        """Let the reader choose among these visits and these people."""
        titles = [SelectChoice(str(each.visit.id), each.title) for each in choices]
        for name in RANKS:
            field = self[name]
            field.choices = [SelectChoice("", _("no wish")), *titles]
            field.validate_choice = False  # what is no longer offered is refused in words by the act
        if not self.version and self.step_free.choices:  # nothing was told before
            self.step_free.choices = self.step_free.choices[1:]
        self.people.choices = [SelectChoice(each.reference, each.called) for each in others]
        self.people.data = [str(each)[:12] for each in self.people.data or []][:100]

    @property
    def version(self) -> int:
        told = self.seen.data or ""
        return int(told) if told.isdecimal() and len(told) < 10 else -1

    def wishes(self, others: Collection[Delegate], me: Delegate) -> Wishes:
        """What this person wishes for with those of the others who are ticked."""
        by_reference = {each.reference: each.id for each in others}
        people = (me.id, *(by_reference[each] for each in self.people.data if each in by_reference))
        mine, said = frozenset({me.id}), self.step_free.data
        needs, asked_of = mine if said == "yes" else frozenset[int](), mine if said != "keep" else frozenset[int]()
        return replace(self.wishes_of(people), step_free=needs, asked_of=asked_of)

    def wishes_of(self, people: tuple[int, ...]) -> Wishes:
        """What these people wish for; gaps between wishes close. What was not offered stands for no visit, and is
        refused."""
        told = [self[name].data or "" for name in RANKS]
        offered = {choice.value for choice in self.first.choices}
        visits = tuple(int(each) if each in offered else 0 for each in told if each)
        mobile = telephone(self.mobile.data or "")
        return Wishes(visits, people, mobile=mobile, understood=bool(self.understood.data))
