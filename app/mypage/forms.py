"""The small forms of a person's page; changing details is registration's form."""

from __future__ import annotations

from typing import Literal

from flask_babel import lazy_gettext as _l
from wtforms import RadioField, SelectChoice
from wtforms.validators import InputRequired

from app.web import Form


class WithdrawForm(Form):
    """Nothing to fill in: the button is the act."""


class OfferForm(Form):
    """Whether somebody takes the place that is held for them."""

    decision = RadioField(
        _l("Do you take the place?"),
        [InputRequired(_l("Choose one of the two."))],
        choices=[
            SelectChoice("take", _l("Yes, I take it")),
            SelectChoice("decline", _l("No, give it to the next in line")),
        ],
        invalid_choice_message=_l("Choose one of the two."),
    )


class RenewForm(Form):
    """Which of the links is to be replaced."""

    which = RadioField(
        _l("Which link shall be replaced?"),
        [InputRequired(_l("Choose one of these links."))],
        choices=[
            SelectChoice("page", _l("The link to this page")),
            SelectChoice("calendar", _l("The link to my calendar")),
            SelectChoice("join", _l("The links by which I join sessions")),
        ],
        invalid_choice_message=_l("Choose one of these links."),
    )

    @property
    def chosen(self) -> Literal["page", "calendar", "join"]:
        return "page" if self.which.data == "page" else "join" if self.which.data == "join" else "calendar"
