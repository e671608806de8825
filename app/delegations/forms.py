"""What focal points and organisers fill in for a delegation: modes, reasons, people who speak for a city."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, SelectChoice, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length, Optional, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from app.delegations.focal import Contact
from app.delegations.wishing import RANKS
from app.events.models import Mode
from app.events.words import MODES
from app.outbox import reachable
from app.outbox.tongues import TONGUES
from app.refused import Refused
from app.web import Form, lines, one_line

HINTS = {
    Mode.VENUE.value: _l("People of yours travel to the summit."),
    Mode.ONLINE.value: _l("People of yours join from where they are."),
    Mode.VIDEO.value: _l("Your leader speaks in a message recorded before."),
}


line = one_line


def at_most(limit: int) -> Length:
    return Length(max=limit, message=_l("At most %(max)d characters fit here."))


def is_reachable(_form: Any, field: Any) -> None:
    """A letter can get there."""
    try:
        reachable(field.data)
    except Refused as no:
        raise ValidationError(no.message) from no


def is_telephone(_form: Any, field: Any) -> None:
    """A number with its country (E.164), however it is grouped."""
    if not re.fullmatch(r"\+[1-9][0-9]{6,14}", re.sub(r"\(0\)|[\s().\-/]", "", field.data)):
        raise ValidationError(_("Begin with + and the code of the country, as in +81 90 1234 5678."))


class CheckboxesField(SelectMultipleField):  # type: ignore[misc]
    """Tick boxes of one question."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class ModesForm(Form):
    """In which modes a city takes part: one or several."""

    modes = CheckboxesField(
        _l("How will your city take part?"),
        [DataRequired(_l("Choose at least one way of taking part."))],
        choices=[SelectChoice(mode.value, label) for mode, label in MODES.items()],
        description=_l("Several are possible: some at the venue, others online."),
    )

    def chosen(self) -> list[Mode]:
        return [Mode(each) for each in self.modes.data or ()]


GONE = _l("This theme is no longer there. Choose another.")


class WishesForm(Form):
    """On which themes a city would speak, and whether it asks to."""

    first = SelectField(_l("First choice"), choices=[], invalid_choice_message=GONE)
    second = SelectField(_l("Second choice"), choices=[], invalid_choice_message=GONE)
    third = SelectField(_l("Third choice"), choices=[], invalid_choice_message=GONE)
    asks = BooleanField(
        _l("The city asks to speak"),
        description=_l("Where cities speak in the order of asking, the moment counts at which this was first stored."),
    )

    @staticmethod
    def of(themes: Sequence[str], asks: bool) -> dict[str, Any]:
        """What the form shows at first: themes by their slugs, the dearest first."""
        return dict(zip(RANKS, themes, strict=False)) | {"asks": asks}

    def prepare(self, themes: Mapping[str, str]) -> None:
        """Offer these themes, by their slugs; no others are taken."""
        none = SelectChoice("", _("None"))
        for rank in RANKS:
            self[rank].choices = [none, *(SelectChoice(slug, name) for slug, name in themes.items())]

    def chosen(self) -> list[str]:
        return [self[rank].data or "" for rank in RANKS]


class ReasonForm(Form):
    """Why: asked for wherever something ends."""

    reason = TextAreaField(_l("Reason"), [DataRequired(_l("Say in a few words why.")), at_most(500)], filters=[lines])


class ContactFields:
    """Somebody who speaks for a city."""

    name = StringField(_l("Name"), [DataRequired(_l("Enter a name.")), at_most(200)], filters=[line])
    email = StringField(
        _l("Email"), [DataRequired(_l("Enter an email address.")), at_most(254), is_reachable], filters=[line]
    )
    position = StringField(_l("Position"), [Optional(), at_most(200)], filters=[line])
    phone = StringField(_l("Telephone"), [Optional(), at_most(40), is_telephone], filters=[line])

    language = SelectField(
        _l("Letters in"), choices=[SelectChoice(code, name) for code, name in TONGUES.items()], default="en"
    )

    def contact(self) -> Contact:
        name, email, position, phone = (each.data or "" for each in (self.name, self.email, self.position, self.phone))
        return Contact(name, email, position, phone, self.language.data)


class ContactForm(Form, ContactFields):
    """One focal point."""
