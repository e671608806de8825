"""What organisers type to say their summit in several languages."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import wtforms
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, FieldList, FormField, HiddenField, SelectChoice, SelectField, TextAreaField
from wtforms.validators import InputRequired

from app.desk.languages.service import Choice, Wanted, WordsRefused, mark
from app.desk.languages.table import packed, tidy, unpacked
from app.events.models import Translation
from app.events.tongues import Name
from app.outbox.tongues import TONGUES
from app.publishing.originals import Line, State
from app.refused import Refused
from app.web import Form, lines
from app.web.wording import language_name


class TextForm(wtforms.Form):  # type: ignore[misc]
    """One text in one language. `name` says which it is, `seen` marks what stood there when the page was made."""

    name = HiddenField()
    seen = HiddenField()
    text = TextAreaField(_l("Words"), filters=[lines])
    right = BooleanField(_l("Still right"))

    def named(self) -> Name:
        kind, _dot, rest = (self.name.data or "").partition("|")
        key, _dot, field = rest.rpartition("|")
        return kind, key, field

    def wanted(self, language: str) -> Wanted:
        name = self.named()
        return Wanted(language, name, tidy(name[2], self.text.data or ""), self.seen.data or "", right=self.right.data)


class WordsForm(Form):
    """Many texts in one language."""

    rows = FieldList(FormField(TextForm))

    def wanted(self, language: str) -> list[Wanted]:
        return [each.form.wanted(language) for each in self.rows]

    @property
    def by_name(self) -> dict[Name, Any]:
        return {each.form.named(): each.form for each in self.rows}

    @contextmanager
    def refusals(self) -> Iterator[None]:
        """As for any form; each text that cannot be stored says so beside its field."""
        with super().refusals():
            try:
                yield
            except WordsRefused as no:
                rows = self.by_name
                for (_language, name), fault in no.faults.items():
                    if name in rows:
                        rows[name].text.errors = [*rows[name].text.errors, fault.sentence]
                self.faults = {name: fault for (_language, name), fault in no.faults.items()}
                raise

    faults: Mapping[Name, Any] = {}

    def catch_up(self, lines: Mapping[Name, Line], rows: Mapping[tuple[str, Name], Translation], code: str) -> None:
        """Let what others stored be replaced by the next press, now that the organiser has read it."""
        for name, form in self.by_name.items():
            if name in lines and (fault := self.faults.get(name)) and fault.overtaken:
                form.seen.data = mark(lines[name], rows.get((code, name)))


def row_values(line: Line, row: Translation | None) -> dict[str, Any]:
    """A stored text as the values of its row."""
    return {"name": "|".join(line.name), "seen": mark(line, row), "text": row.text if row else ""}


class TongueForm(wtforms.Form):  # type: ignore[misc]
    """One language: whether the summit speaks it, and which are asked where it has no words."""

    code = HiddenField()
    spoken = BooleanField(_l("The summit speaks it"))
    first = SelectField(_l("Where it has no words, ask first"), choices=[], validate_choice=False)
    then = SelectField(_l("and then"), choices=[], validate_choice=False)


class ChoiceForm(Form):
    """The languages of a summit; `seen` marks those that were chosen when the page was made."""

    written = SelectField(
        _l("Language in which titles and texts are written"), [InputRequired()], choices=[], validate_choice=False
    )
    tongues = FieldList(FormField(TongueForm))
    seen = HiddenField()

    def prepare(self) -> None:
        """The languages in the reader's own words."""
        names = [SelectChoice(code, language_name(code)) for code in TONGUES]
        self.written.choices = names
        for each in self.tongues:
            own = [name for name in names if name.value != each.form.code.data]
            none = SelectChoice("", _("the main language"))
            each.form.first.choices = each.form.then.choices = [none, *own]

    def choice(self) -> Choice:
        """The main language is never another one, whatever is ticked, and is asked last without being named."""
        main = self.written.data or ""
        others = {}
        for each in self.tongues:
            form = each.form
            after = dict.fromkeys(code for code in (form.first.data, form.then.data) if code and code != main)
            if form.spoken.data and form.code.data in TONGUES and form.code.data != main:
                others[form.code.data] = tuple(after)
        return Choice(main, others)


def choice_values(choice: Choice) -> dict[str, Any]:
    """What is chosen as the values of the form."""
    rows = []
    for code in TONGUES:
        first, then, *_more = (*choice.others.get(code, ()), "", "")
        rows.append({"code": code, "spoken": code in choice.others, "first": first, "then": then})
    return {"written": choice.main, "tongues": rows, "seen": choice.mark}


class StoreForm(Form):
    """The press that stores a file: all that it would do, as it was looked at."""

    words = HiddenField()

    def hold(self, wanted: list[Wanted]) -> None:
        self.words.data = json.dumps(packed(wanted), ensure_ascii=False, separators=(",", ":"))

    def wanted(self) -> list[Wanted]:
        """Refused when it is not what the page wrote."""
        try:
            return unpacked(json.loads(self.words.data or "[]"))
        except (ValueError, RecursionError) as fault:
            raise Refused(_("This page has come to us in pieces. Send the file again.")) from fault


STATES = {
    State.SAID: _l("said"),
    State.KNOWN: _l("by itself"),
    State.AS_IT_IS: _l("as it stands"),
    State.OUT_OF_DATE: _l("out of date"),
    State.MISSING: _l("missing"),
}
"""How a text stands in a language, in a word."""
KINDS = {
    "summit": _l("Summit"),
    "theme": _l("Theme"),
    "room": _l("Room"),
    "city": _l("City"),
    "session": _l("Session"),
    "visit": _l("Visit"),
    "outcome": _l("Outcome"),
}
