"""What organisers choose and type on the desk's own pages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import wtforms
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField, SearchField, SelectChoice, SelectField, StringField
from wtforms.validators import Length

from app.desk.service import Wanted
from app.events.words import MODES
from app.registration.models import State
from app.registration.naming import word
from app.web import Form, IntegerField, one_line

LONGEST = 120
"""Characters of a search that are looked at."""


class FilterForm(wtforms.Form):  # type: ignore[misc]
    """Which registrations to list; read from the address, so that a list can be bookmarked."""

    q = SearchField(_l("Name or reference"), filters=[one_line])
    mode = SelectField(_l("Way of taking part"))
    state = SelectField(_l("State"))
    city = SelectField(_l("City"))
    letters = SelectField(_l("Letters"))
    page = IntegerField(_l("Page"))

    def prepare(self, cities: Mapping[str, str]) -> None:
        states = {each.value: word(each).capitalize() for each in State}
        letters = {"lost": _l("Do not arrive")}
        offered = ((self.mode, MODES), (self.state, states), (self.city, cities), (self.letters, letters))
        for field, words in offered:
            found = [SelectChoice(str(value), word) for value, word in words.items()]
            field.choices = [SelectChoice("", _l("All")), *found]

    def wanted(self) -> Wanted:
        """What was asked for; a word that is no choice asks for nothing."""
        asked: dict[str, Any] = {"q": (self.q.data or "")[:LONGEST], "page": int(self.page.data or 1)}
        for field in (self.mode, self.state, self.city, self.letters):
            known = {each.value for each in field.choices}
            if field.data not in known:
                field.data = ""
            asked[field.name] = field.data
        return Wanted(**asked)


class PublishForm(Form):
    """Make a release of the draft that was previewed."""

    note = StringField(
        _l("Note on this release"), [Length(max=300, message=_l("At most 300 characters."))], filters=[one_line]
    )
    reason = StringField(
        _l("Why it is published all the same"),
        [Length(max=500, message=_l("At most 500 characters."))],
        filters=[one_line],
    )
    minor = BooleanField(_l("Minor change: send no letters"))
    seen = HiddenField()

    def said(self) -> dict[str, Any]:
        """Note, reason and whether it is minor, as publishing takes them."""
        return {"note": self.note.data or "", "reason": self.reason.data or "", "minor": bool(self.minor.data)}


class DeleteForm(Form):
    """The press of the button is all there is."""
