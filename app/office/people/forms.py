"""What a focal point fills in for the city's people; the person's own form stands with registration."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Literal

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField, RadioField, SelectChoice, SelectField, StringField, TextAreaField
from wtforms.validators import StopValidation

from app.delegations.forms import at_most, is_reachable, line
from app.events.models import Mode
from app.events.words import MODES
from app.registration.fields import Asked, AtMost, is_telephone, readable, telephone
from app.registration.forms import BehalfForm, ChangeForm
from app.registration.models import Capacity, Delegate, Rank
from app.registration.nominating import Nomination
from app.registration.notices import rank_word, role_word
from app.web import Form, lines, one_line

HIDDEN_FROM_OFFICE = {"dietary": "", "access": "", "agreed": False, "listed": False, "shared": False}
"""What a person told in confidence, or alone can agree to: never shown to their city's office."""
CORRECTED = "honorific name family_name given_name position organisation email mobile".split()
"""The details that the office may correct."""


def _is_offered(form: Any, field: Any) -> None:
    if field.data not in {each.value for each in field.choices}:
        raise StopValidation(_("Choose one of these."))


class AskedUnlessOnBehalf:
    """An address is asked for, unless the office fills in the form."""

    field_flags = {"required": True}  # noqa: RUF012 (WTForms reads it so)

    def __call__(self, form: Any, field: Any) -> None:
        if field.data:
            return
        field.errors = []
        if form.behalf.data:
            raise StopValidation()
        raise StopValidation(_("Enter an email address, or tick that your office fills in the form."))


class NameForm(Form):
    """Whom the city names, and as what (form F3)."""

    name = StringField(
        _l("Name"),
        [Asked(_l("Enter a name.")), AtMost(200), readable],
        [line],
        description=_l("As it shall be shown, in any script and order. We never turn it around."),
    )
    role = SelectField(
        _l("Role in the delegation"), [Asked(_l("Choose one of these.")), _is_offered], validate_choice=False
    )
    rank = SelectField(
        _l("Rank at home"),
        [Asked(_l("Choose the rank.")), _is_offered],
        validate_choice=False,
        description=_l("Protocol orders by it. It is apart from the role in the delegation."),
    )
    position = StringField(
        _l("Position"),
        [Asked(_l("Enter the position.")), AtMost(200), readable],
        [line],
        description=_l("The office or function, such as Deputy Mayor. Kept as you type it."),
    )
    email = StringField(
        _l("Email"),
        [AskedUnlessOnBehalf(), AtMost(254), is_reachable],
        [line],
        description=_l("The person’s own link goes there. Several people may share one address."),
    )
    behalf = BooleanField(
        _l("Our office fills in the form for this person"),
        description=_l("Then no address is needed, and the form opens next."),
    )
    mode = RadioField(_l("How will the person take part?"), [Asked(_l("Choose one."))], validate_choice=False)
    relation = StringField(
        _l("Relation to the city, if not of its staff"),
        [Asked(), AtMost(200)],
        [line],
        description=_l("Such as professor of the city’s university, or spouse of the mayor."),
    )
    knows = BooleanField(
        _l("The person knows that I give these data"),
        [Asked(_l("Tell the person first, and tick that they know."))],
        description=_l("A letter tells them what is held, and how to object."),
    )

    def offer(self, left: Mapping[Mode, bool]) -> dict[str, str]:
        """Let the focal point choose; what is to be said of modes in which no place is left."""
        self.role.choices = [SelectChoice(each.value, role_word(each).capitalize()) for each in Capacity]
        ranks = [SelectChoice(each.value, rank_word(each).capitalize()) for each in Rank]
        self.rank.choices = [SelectChoice("", _("Choose …")), *ranks]
        if self.mode is not None:
            self.mode.choices = [SelectChoice(mode.value, MODES[mode]) for mode in left]
            if len(left) == 1 and not self.mode.data:
                self.mode.data = self.mode.choices[0].value
        waits = _("No place is left at present; the person would be put on the waiting list.")
        return {mode.value: waits for mode, free in left.items() if not free}

    def validate_mode(self, field: Any) -> None:
        _is_offered(self, field)

    def nomination(self, language: str, mode: Mode | None = None) -> Nomination:
        """What was filled in, once it is valid; with the mode that stays, if it was not asked for. `language`: of the
        office, in which letters go to the person too, until they choose another."""
        return Nomination(
            name=self.name.data,
            role=Capacity(self.role.data),
            rank=Rank(self.rank.data),
            position=self.position.data,
            email=self.email.data,
            mode=mode or Mode(self.mode.data),
            relation=self.relation.data,
            knows=self.knows.data,
            submit_key=self.submit_key.data or "",
            language=language,
        )


class OnBehalfForm(BehalfForm):
    """The person's form in the words of who fills it in for them. What the person told in confidence is not shown."""

    def offer(self, left: Mapping[Mode, bool]) -> dict[str, str]:
        super().offer(left)
        self.mode.label.text = _("How does the person take part?")
        self.dietary.label.text = _("What the person eats")
        self.access.label.text = _("What the person needs to get about and to follow")
        self.agreed.label.text = _("The person agrees that the organisers store this to look after them")
        self.agreed.description = _("Only if you filled in one of the two. Ask the person first.")
        self.zone.label.text = _("Time zone the person will be in")
        self.platform_name.label.text = _("Name the person will show on the platform")
        waits = _("No place is left at present; the person would be put on the waiting list.")
        return {mode.value: waits for mode, free in left.items() if not free}

    @staticmethod
    def shown(person: Delegate, draft: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """What the form shows at first: what the office saved half-way, or else what is stored."""
        return ChangeForm.of(person) | dict(draft or {}) | HIDDEN_FROM_OFFICE

    def half(self) -> dict[str, Any]:
        """What was typed, for the office's draft: without what it may not read again."""
        return {name: value for name, value in self.values().items() if name not in HIDDEN_FROM_OFFICE}


class CorrectForm(Form):
    """What the office may correct of a person whose form is filled in; what they told in confidence is not in it."""

    honorific = BehalfForm.honorific
    name = BehalfForm.name
    family_name = BehalfForm.family_name
    given_name = BehalfForm.given_name
    position = BehalfForm.position
    organisation = BehalfForm.organisation
    email = BehalfForm.email
    mobile = StringField(
        _l("Mobile telephone"),
        [Asked(), AtMost(40), is_telephone],
        [one_line],
        description=_l("With the country, as in +81 90 1234 5678."),
    )
    version = HiddenField()

    @classmethod
    def of(cls, person: Delegate) -> dict[str, Any]:
        """What the form shows at first."""
        return {each: getattr(person, each) for each in CORRECTED} | {"version": str(person.version)}

    def told(self) -> dict[str, str]:
        """What was typed, once it is valid."""
        found = {each: str(self[each].data) for each in CORRECTED}
        return found | {"mobile": telephone(found["mobile"]) if found["mobile"] else ""}

    @property
    def seen(self) -> int:
        """The version that was looked at; 0, which none is, when the form was tampered with."""
        typed = self.version.data or ""
        return int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < 10 else 0

    def stale(self, person: Delegate) -> list[tuple[str, str]]:
        """After a change elsewhere: what is stored otherwise than it stands here, (label, stored).

        The form takes the new version, so that the next press of the button replaces what is stored.
        """
        if not self.version.errors:
            return []
        self.form_errors.extend(self.version.errors)
        self.version.errors, self.version.data = [], str(person.version)
        return [
            (self[each].label.text, getattr(person, each) or "–")
            for each in CORRECTED
            if self[each].data != getattr(person, each)
        ]


class DecideForm(Form):
    """Whether the city stands for somebody who came with its code."""

    decision = RadioField(
        _l("Does your city stand for this person?"),
        [Asked(_l("Choose one of the two."))],
        choices=[SelectChoice("approve", _l("Yes, approve")), SelectChoice("refuse", _l("No, refuse"))],
        invalid_choice_message=_l("Choose one of the two."),
    )
    comment = TextAreaField(
        _l("Reason, if you refuse"),
        [at_most(500)],
        filters=[lines],
        description=_l("The person reads it, and it is kept."),
    )


class HeadForm(Form):
    """Make somebody the head; who was it becomes a deputy or a delegate."""

    former = RadioField(
        _l("What does the present head become?"),
        [Asked(_l("Choose one of the two."))],
        choices=[
            SelectChoice(Capacity.DELEGATE.value, _l("Delegate")),
            SelectChoice(Capacity.DEPUTY.value, _l("First deputy head")),
        ],
        default=Capacity.DELEGATE.value,
        invalid_choice_message=_l("Choose one of the two."),
    )

    @property
    def becomes(self) -> Literal[Capacity.DELEGATE, Capacity.DEPUTY]:
        deputy = self.former is not None and self.former.data == Capacity.DEPUTY.value
        return Capacity.DEPUTY if deputy else Capacity.DELEGATE


class RoleForm(Form):
    """Another role than head."""

    role = SelectField(
        _l("Role in the delegation"), [Asked(_l("Choose one of these.")), _is_offered], validate_choice=False
    )

    def offer(self) -> None:
        others = [each for each in Capacity if each != Capacity.HEAD]
        self.role.choices = [SelectChoice(each.value, role_word(each).capitalize()) for each in others]


class ModeForm(Form):
    """The way in which somebody takes part; it carries the version that the office saw."""

    mode = RadioField(_l("How will the person take part?"), [Asked(_l("Choose one.")), _is_offered])
    version = HiddenField()

    def offer(self, left: Mapping[Mode, bool]) -> dict[str, str]:
        """Let the office choose; what is to be said of modes in which no place is left."""
        self.mode.choices = [SelectChoice(mode.value, MODES[mode]) for mode in left]
        return {mode.value: _("No place is left at present.") for mode, free in left.items() if not free}

    @property
    def seen(self) -> int:
        return int(self.version.data) if re.fullmatch(r"[0-9]{1,9}", self.version.data or "") else 0

    def renew(self, version: str) -> None:
        """Say at the head that the person was changed elsewhere, and let the next press of the button be meant."""
        if self.version.errors:
            self.form_errors.extend(self.version.errors)
            self.version.errors, self.version.data = [], version


class OrderForm(Form):
    """The deputies in the order that a button asks for."""

    order = HiddenField()


class RemoveForm(Form):
    """Take somebody off the list."""

    reason = TextAreaField(
        _l("Reason"), [at_most(500)], filters=[lines], description=_l("If you give one, the person reads it.")
    )
    sure = BooleanField(_l("I have read what ends"), [Asked(_l("Tick this to take the person off the list."))])
