"""What organisers type when they word a letter."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import SearchField, StringField, TextAreaField

from app.outbox.openings import Wording
from app.web import Versioned, lines, one_line


class Needed:
    """Says that a field must be filled in; what may stand in it is judged with all else that may stand in a letter."""

    field_flags = {"required": True}  # noqa: RUF012 (WTForms reads it from the class)

    def __call__(self, _form: Any, _field: Any) -> None:
        return None


class WordsForm(Versioned):
    """Subject and text of one letter in one language; `seen` is the version that they are to replace."""

    subject = StringField(_l("Subject, which is the heading of the letter too"), [Needed()], [one_line])
    text = TextAreaField(_l("Text"), [Needed()], [lines])
    who = SearchField(
        _l("See it as"),
        filters=[one_line],
        description=_l("A name, a city or a reference. Left empty, it is whoever comes first."),
    )

    def wording(self) -> Wording:
        return Wording(self.subject.data or "", self.text.data or "")
