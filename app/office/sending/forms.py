"""What a focal point presses to send the delegation, and types to refuse a change."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import TextAreaField

from app.delegations.forms import at_most
from app.web import Form, lines


class PressForm(Form):
    """A button alone."""


class WhyForm(Form):
    """A reason; whether one is owed is said by the act."""

    reason = TextAreaField(_l("Reason"), [at_most(500)], filters=[lines], description=_l("The person reads it."))
