"""The small forms: asking for a visa letter, opening what is stored with a code, deleting it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField, StringField

from app.registration.fields import Asked, AtMost
from app.web import Form, one_line


class AskForm(Form):
    """Whether a visa letter is needed; nothing of a passport is asked before."""

    needed = BooleanField(
        _l("I need a letter for my visa, and agree that my passport’s data are used for it"),
        [Asked(_l("Tick this if you need a letter; else there is nothing to do."))],
    )


class Marked:
    """The field is marked as one to be filled in; the view says no to an empty one in its own words."""

    field_flags: Mapping[str, bool] = {"required": True}

    def __call__(self, _form: Any, field: Any) -> None:
        """Nothing to do: the same form asks for a code, and then there is none to type."""


class CodeForm(Form):
    """A code that came by letter."""

    code = StringField(_l("The code from the letter"), [Marked(), Asked(), AtMost(40)], [one_line])
    send = HiddenField()
    """What the other button, which asks for a code, sends."""


class DeleteForm(Form):
    """The press of the button is all there is."""
