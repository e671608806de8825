"""Forms: what was typed is never lost, and a refusal stands beside its field."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

import wtforms
from babel.support import NullTranslations, Translations
from flask import render_template, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.form import _Auto
from werkzeug.datastructures import MultiDict
from wtforms import FieldList, FileField, FormField, HiddenField, RadioField, SelectChoice, SelectField
from wtforms import IntegerField as AnyInteger
from wtforms.i18n import messages_path

from app.db import Busy
from app.ical import clean
from app.outbox.tongues import TONGUES
from app.refused import Refused
from app.web.wording import language

PLAIN = re.compile(r"[A-Za-z_]+(-([0-9]{1,4}|[A-Za-z_]+))*")
"""The names of fields: words, and numbers where fields repeat."""


def new_key() -> str:
    """A submit key that no other form has."""
    return secrets.token_urlsafe(16)


def one_line(text: str | None) -> str:
    """What was typed, on one line: without control characters and marks that turn its direction around."""
    return clean(text or "").replace("\n", " ").strip()


def lines(text: str | None) -> str:
    """The same with its lines kept."""
    return clean(text or "").strip()


FIRST, SECOND = "first", "second"
"""What a form says of an hour that the clocks show twice."""


def which_hour() -> RadioField:
    """The question which of two hours is meant, asked where a night's clocks are set back."""
    return RadioField(
        _l("Which of the two hours?"),
        choices=[
            SelectChoice(FIRST, _l("The first, before the clocks are set back")),
            SelectChoice(SECOND, _l("The second, after the clocks were set back")),
        ],
        validate_choice=False,
    )


class IntegerField(AnyInteger):  # type: ignore[misc]
    """A whole number. One that no table could hold is none: comparing it with a limit would be a fault of ours."""

    def process_formdata(self, valuelist: list[str]) -> None:
        if valuelist and len(valuelist[0].strip()) > LONGEST:
            valuelist = [""]
        super().process_formdata(valuelist)


LONGEST = 20
"""Characters of a number that are read."""


class Form(FlaskForm):  # type: ignore[misc]
    """The base of all forms."""

    submit_key = HiddenField(default=new_key)
    """Made with the form and kept while it is corrected: the same form sent twice is one act."""

    busy = False

    class Meta(FlaskForm.Meta):  # type: ignore[misc]
        def wrap_formdata(self, form: Any, formdata: Any) -> Any:
            """Words for fields of words and files for fields of files, never JSON, and none with a freakish name.

            The character zero is left out: nobody types it, and PostgreSQL takes it nowhere.
            """
            if formdata is not _Auto:
                return formdata
            if request.method not in {"POST", "PUT", "PATCH"}:
                return None
            told: MultiDict[str, Any] = MultiDict(
                (name, text.replace("\0", "")) for name, text in request.form.items(multi=True) if PLAIN.fullmatch(name)
            )
            for field in form:
                if isinstance(field, FileField):
                    told.setlist(field.name, request.files.getlist(field.name))
            return told

        def get_translations(self, form: Any) -> NullTranslations:
            """The words of WTForms' own refusals, read from their file once and not with each form that is sent."""
            return _own_words(language())

        def render_field(self, field: Any, render_kw: dict[str, Any]) -> Any:
            """As it is drawn everywhere, but a list that begins with a real choice never lacks one, and must not be
            marked as required (HTML, the select element)."""
            if isinstance(field, SelectField) and field.flags.required and not _may_be_empty(field):
                render_kw = {"required": False} | render_kw
            return super().render_field(field, render_kw)

    def validate(self, extra_validators: Any = None) -> bool:
        valid: bool = super().validate(extra_validators)
        if "csrf_token" in self.errors:
            self.csrf_token.errors = []
            self.form_errors.append(
                _("This page was open for long or came from elsewhere. Nothing is lost: please press the button again.")
            )
        return valid

    def take_stored(self) -> None:
        """Let the fields of which "take-<name>" is ticked say what the form was made with, whatever was typed in them:
        how somebody takes over what others stored meanwhile."""
        for field in _every(self):
            if self.is_submitted() and request.form.get(f"take-{field.name}"):
                as_stored(field)

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


class Versioned(Form):
    """A form that says which version of what is stored it was made from."""

    seen = HiddenField()

    def version(self) -> int:
        """The version that was looked at; 0 for what is no number."""
        return version(self.seen.data)


def version(given: str | None) -> int:
    """The number of a version as a hidden field holds it; 0 for what is none."""
    given = given or ""
    return int(given) if given.isascii() and given.isdigit() and len(given) < 9 else 0


class TongueForm(wtforms.Form):  # type: ignore[misc]
    """The words in one language; all empty: it is not written in it."""

    code = HiddenField()


class TonguesForm(Versioned):
    """A form with the same fields in several languages: `rows` of a `TongueForm` each."""

    @contextmanager
    def refusals(self) -> Iterator[None]:
        """The same; a sentence about one language ("text-fr") stands beside its field."""
        with super().refusals():
            try:
                yield
            except Refused as no:
                raise self._beside(no) from no

    def _beside(self, no: Refused) -> Refused:
        field, _dash, code = (no.field or "").partition("-")
        for row in self["rows"]:
            if code and row.form.code.data == code:
                row.form[field].errors = [*row.form[field].errors, no.message]
                return Refused(f"{TONGUES[code]}: {no.message}")
        return no

    def needs(self, code: str) -> None:
        """Mark the fields of this language as those that must be filled in."""
        for row in self["rows"]:
            for field in row.form if row.form.code.data == code else ():
                field.flags.required = True


@lru_cache(maxsize=16)
def _own_words(spoken: str) -> NullTranslations:
    return Translations.load(messages_path(), [spoken], domain="wtforms")


def _may_be_empty(field: SelectField) -> bool:
    """Whether the first option of a list is that nothing is chosen."""
    return not field.has_groups() and next((value == "" for value, *_rest in field.iter_choices()), True)


def as_stored(field: Any) -> None:
    """Let a field say what its form was made with, whatever was typed."""
    field.raw_data = None
    field.process(None, field.object_data)
    field.raw_data = [] if field.data is None else [str(field.data)]


def _every(form: Any) -> Iterator[Any]:
    """The fields of a form with those of the forms within it."""
    for field in form:
        yield field
        for entry in field.entries if isinstance(field, FieldList) else ():
            yield from _every(entry.form) if isinstance(entry, FormField) else (entry,)


def answer(template: str, form: Form, **values: Any) -> tuple[str, int] | tuple[str, int, dict[str, str]]:
    """The page with its form: 200 at first sight, 422 with what was typed when something is wrong, 503 when busy."""
    page = render_template(template, form=form, **values)
    if form.busy:
        return page, 503, {"Retry-After": "2"}
    return page, 422 if form.errors else 200
