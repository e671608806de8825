"""Who of a city's waiting people stay together: the same form for the city's office and the organisers."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, SelectChoice

from app.delegations.forms import CheckboxesField
from app.events.words import MODES
from app.registration import parties
from app.registration.models import Delegate
from app.web import Form


class PartyForm(Form):
    """Tick those who stay together; or press the button beside a party to take it apart."""

    people = CheckboxesField(
        _l("Who stays together?"), validate_choice=False, description=_l("People who take part in one way.")
    )
    apart = HiddenField()
    """The mark of the party that a button takes apart."""

    def offer(self, people: Collection[Delegate]) -> None:
        """Let the reader choose among those who wait."""
        self.people.choices = [SelectChoice(each.reference, f"{each.called}, {MODES[each.mode]}") for each in people]
        self.people.flags.required = True  # as the service says; a button beside a party asks for nobody
        self.people.data = [str(each)[:12] for each in self.people.data or []][:100]


def settle(delegation_id: int, form: PartyForm, who: str, now: datetime) -> str:
    """Carry out what was asked of this city's people, and say what was done. To be called inside of `write`."""
    if form.apart.data:
        parties.take_apart(delegation_id, form.apart.data, who=who, now=now)
        return str(_("Each of them waits alone again."))
    parties.keep_together(delegation_id, form.people.data, who=who, now=now)
    return str(_("They get places together, or not at all."))
