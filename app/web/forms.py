"""Forms: what was typed is never lost, and a refusal stands beside its field."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import render_template
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from wtforms import HiddenField

from app.db import Busy
from app.refused import Refused


def new_key() -> str:
    """A submit key that no other form has."""
    return secrets.token_urlsafe(16)


class Form(FlaskForm):  # type: ignore[misc]
    """The base of all forms."""

    submit_key = HiddenField(default=new_key)
    """Made with the form and kept while it is corrected: the same form sent twice is one act."""

    busy = False

    def validate(self, extra_validators: Any = None) -> bool:
        valid: bool = super().validate(extra_validators)
        if "csrf_token" in self.errors:
            self.csrf_token.errors = []
            self.form_errors.append(
                _("This page was open for long or came from elsewhere. Nothing is lost: please press the button again.")
            )
        return valid

    @contextmanager
    def refusals(self) -> Iterator[None]:
        """Run an act; if the product says no, its sentence stands beside the field it is about."""
        try:
            yield
        except Refused as no:
            field = self._fields.get(no.field) if no.field else None
            if field is None:
                self.form_errors.append(no.message)
            else:
                field.errors = [*field.errors, no.message]
        except Busy:
            self.busy = True
            self.form_errors.append(_("So many are writing just now that this could not be stored. Please try again."))


def answer(template: str, form: Form, **values: Any) -> tuple[str, int] | tuple[str, int, dict[str, str]]:
    """The page with its form: 200 at first sight, 422 with what was typed when something is wrong, 503 when busy."""
    page = render_template(template, form=form, **values)
    if form.busy:
        return page, 503, {"Retry-After": "2"}
    return page, 422 if form.errors else 200
