"""Which letters to list, and what is pressed and typed about one."""

from __future__ import annotations

from collections.abc import Collection

import wtforms
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField, SearchField, SelectChoice, SelectField, StringField
from wtforms.validators import DataRequired

from app.delegations.forms import at_most, is_reachable, line
from app.desk.outbox.service import GROUPS, Wanted
from app.web import Form, IntegerField, one_line

LONGEST = 120
"""Characters of a search that are looked at."""
WORDS = {
    "waiting": _l("Waiting"),
    "held": _l("Held"),
    "sent": _l("Sent"),
    "failed": _l("Failed"),
    "bounced": _l("Came back"),
    "skipped": _l("Not sent"),
    "aborted": _l("Taken back"),
}


class FilterForm(wtforms.Form):  # type: ignore[misc]
    """Which letters to list; read from the address, so that a list can be bookmarked."""

    q = SearchField(_l("Name or address"), filters=[one_line])
    state = SelectField(_l("State"))
    kind = SelectField(_l("Letter"))
    page = IntegerField(_l("Page"))
    about = HiddenField(filters=[one_line])

    def wanted(self, kinds: Collection[str]) -> Wanted:
        """What was asked for; a word that is no choice asks for nothing."""
        found = {"state": {each: WORDS[each] for each in GROUPS}, "kind": {each: each.capitalize() for each in kinds}}
        for field in (self.state, self.kind):
            known = found[field.name]
            choices = [SelectChoice(value, word) for value, word in known.items()]
            field.choices = [SelectChoice("", _l("All")), *choices]
            field.data = field.data if field.data in known else ""
        q, about = ((each.data or "")[:LONGEST] for each in (self.q, self.about))
        return Wanted(self.state.data, self.kind.data, q, int(self.page.data or 1), about)


class ActForm(Form):
    """The press of the button is all there is."""


class CorrectForm(Form):
    """Another address for a letter."""

    email = StringField(
        _l("Right address"),
        [DataRequired(_l("Enter an email address.")), at_most(254), is_reachable],
        filters=[line],
    )
    at_person = BooleanField(_l("Also for all further letters to this person"), default=True)
