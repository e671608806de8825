"""What organisers press and type when they decide on a delegation or on a change."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, TextAreaField

from app.delegations.forms import at_most
from app.web import Form, lines


class ApproveForm(Form):
    """Approve a delegation, and its people with it."""

    people = BooleanField(_l("Approve its people too who wait for you"), default=True)


class ReturnForm(Form):
    """Return a delegation."""

    comment = TextAreaField(_l("What is to be mended"), [at_most(500)], filters=[lines])


class GrantForm(Form):
    """A button alone."""


class RefuseForm(Form):
    """Refuse a change."""

    reason = TextAreaField(_l("Reason"), [at_most(500)], filters=[lines])
