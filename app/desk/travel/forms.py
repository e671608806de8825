"""Which journeys to list; read from the address, so that a list can be bookmarked."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import wtforms
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, SelectChoice, SelectField

from app.desk.travel.service import Wanted
from app.travel.models import Hotel
from app.web.wording import day_short

WAYS = {"arrival": _l("Arrivals"), "departure": _l("Departures")}
HOTELS = {Hotel.OFFICIAL: _l("Of the organisers"), Hotel.OWN: _l("Their own"), Hotel.NONE: _l("None needed")}


class TravelForm(wtforms.Form):  # type: ignore[misc]
    """Narrow the list of journeys."""

    day = SelectField(_l("Day"))
    way = SelectField(_l("Arrivals and departures"))
    hotel = SelectField(_l("Hotel"))
    pick_up = BooleanField(_l("Only with pick-up"))

    def wanted(self, days: Sequence[date]) -> Wanted:
        """What was asked for among these days; a word that is no choice asks for nothing."""
        words = {each.isoformat(): day_short(each) for each in days}
        choices = ((self.day, words), (self.way, WAYS), (self.hotel, HOTELS))
        for field, known in choices:
            found = [SelectChoice(str(value), word) for value, word in known.items()]
            field.choices = [SelectChoice("", _l("All")), *found]
            if field.data not in {each.value for each in found}:
                field.data = ""
        return Wanted(self.day.data, self.way.data, self.hotel.data, bool(self.pick_up.data))
