"""What fields of people hold, wherever they are filled in: words, telephone numbers, addresses, time zones."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Any

from flask_babel import gettext as _
from markupsafe import Markup
from wtforms import SelectChoice
from wtforms.validators import StopValidation, ValidationError
from wtforms.widgets import Select

from app.events.models import Mode
from app.outbox import reachable
from app.refused import Refused
from app.web import choices


class Asked:
    """The field is asked for; with `mode` only in that one, and in others what it holds is not looked at."""

    def __init__(self, message: Any = None, mode: Mode | None = None) -> None:
        self.message = message
        self.mode = mode
        self.field_flags = {"required": True} if message else {}

    def __call__(self, form: Any, field: Any) -> None:
        if self.mode is not None and form.mode.data != self.mode.value:
            field.errors = []
            raise StopValidation()
        if self.message and not field.data:
            raise StopValidation(str(self.message))
        if not field.data:
            raise StopValidation()


class AtMost:
    """No more than so many characters."""

    def __init__(self, limit: int) -> None:
        self.limit = limit

    def __call__(self, form: Any, field: Any) -> None:
        if (length := len(field.data)) > self.limit:
            raise StopValidation(
                _("At most %(limit)s characters fit here; these are %(length)s.", limit=self.limit, length=length)
            )


def readable(form: Any, field: Any) -> None:
    """At least one letter or figure, of any script."""
    if not any(each.isalnum() for each in field.data):
        raise ValidationError(_("Write at least one letter of an alphabet."))


def telephone(entered: str) -> str:
    """ "+819012345678" for "+81 (0)90-1234-5678" or "0081 90 1234 5678" (E.164). Raises ValidationError."""
    digits = re.sub(r"\(0\)|[\s().\-/\u2010-\u2015]", "", unicodedata.normalize("NFKC", entered))
    digits = re.sub(r"^00", "+", digits)
    if not digits.startswith("+"):
        raise ValidationError(_("Begin with + and the code of the country, as in +81 90 1234 5678."))
    if not re.fullmatch(r"\+[1-9][0-9]{6,14}", digits):
        raise ValidationError(_("This is not a telephone number with its country: + and 7 to 15 figures."))
    return digits


def is_telephone(form: Any, field: Any) -> None:
    telephone(field.data)


def is_address(form: Any, field: Any) -> None:
    try:
        reachable(field.data)
    except Refused as no:
        raise ValidationError(no.message) from no


class LongSelect(Select):  # type: ignore[misc]
    """A select with hundreds of options, each of which is written once for all requests."""

    @classmethod
    def render_option(cls, choice: SelectChoice) -> Markup:
        return _option(str(choice.value), str(choice.label or choice.value), choice.selected)


@lru_cache(maxsize=8192)
def _option(value: str, label: str, selected: bool) -> Markup:
    return Markup('<option{} value="{}">{}</option>').format(" selected" if selected else "", value, label)


def zone_choices() -> list[SelectChoice]:
    """The time zones by area, each under the name of its city; first the zone where the person's own city is."""
    return [SelectChoice("", _("Where my city is")), *choices.zone_options()]


def zones_by_area(without: str) -> list[SelectChoice]:
    """All zones but one, under the names of their areas and cities in the reader's language."""
    return [each for each in choices.zone_options() if each.value != without]
