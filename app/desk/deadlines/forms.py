"""Deadlines as organisers type them: day and time by the clocks of the summit."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time
from typing import Any

import wtforms
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    DateField,
    FieldList,
    FormField,
    HiddenField,
    SelectChoice,
    SelectField,
    StringField,
    TimeField,
)
from wtforms.validators import DataRequired, InputRequired, Optional

from app import clock
from app.delegations.deadlines import Limit, Limits, last_instant
from app.delegations.forms import at_most, line
from app.events.models import Due
from app.refused import Refused
from app.web import Form

KINDS = {
    Due.ANSWER: _l("Answer the invitation"),
    Due.NOMINATION: _l("Say who comes"),
    Due.CONFIRMATION: _l("Fill in everybody’s form"),
    Due.MODE: _l("Change the way of taking part"),
    Due.HEAD: _l("Change the head of delegation"),
    Due.NAMES: _l("Change names, as they stand on badges"),
}
NOT_A_DAY = _l("Write the day as year, month and day: 2023-02-28.")
NOT_A_TIME = _l("Write the time in 24 hours: 23:59.")
END_OF_DAY = time(23, 59)


class DueForm(wtforms.Form):  # type: ignore[misc]
    """One deadline; without a day there is none."""

    kind = HiddenField()
    day = DateField(_l("Day"), [Optional()], invalid_value_message=NOT_A_DAY)
    time = TimeField(_l("Time"), [Optional()], format=["%H:%M", "%H:%M:%S"], invalid_value_message=NOT_A_TIME)
    hard = BooleanField(_l("Nothing is taken afterwards"))

    def limit(self, zone: str) -> Limit | None:
        """Refused when the clocks leave that time out, or when there is a time and no day."""
        if self.day.data is None:
            if self.time.data is not None:
                raise Refused(_("On which day?"), "day")
            return None
        return Limit(last_instant(self.day.data, self.time.data or END_OF_DAY, zone), bool(self.hard.data))


class DeadlinesForm(Form):
    """All deadlines of a summit."""

    rows = FieldList(FormField(DueForm))

    def wanted(self, zone: str) -> Mapping[Due, Limit | None]:
        """What was typed. Refused, with the sentence beside each field, when any of it is no moment."""
        found: dict[Due, Limit | None] = {}
        for row in self.rows:
            if row.form.kind.data not in set(Due):
                continue
            try:
                found[Due(row.form.kind.data)] = row.form.limit(zone)
            except Refused as no:
                field = row.form[no.field or "day"]
                field.errors = [*field.errors, no.message]
        if any(row.form.errors for row in self.rows):
            raise Refused(_("Not every moment can be read; the sentence stands beside it."))
        return found


def values(limits: Limits, zone: str) -> list[dict[str, Any]]:
    """What the form shows at first: one row for each kind."""
    return [_value(kind, limits.get(kind), zone) for kind in Due]


def _value(kind: Due, limit: Limit | None, zone: str) -> dict[str, Any]:
    at: datetime | None = clock.local(limit.at, zone) if limit else None
    return {
        "kind": kind.value,
        "day": at.date() if at else None,
        "time": at.time() if at else None,
        "hard": bool(limit and limit.hard),
    }


class ExtendForm(Form):
    """Longer for one city."""

    city = SelectField(_l("City"), [InputRequired(_l("Choose a city."))])
    kind = SelectField(_l("Deadline"), [InputRequired(_l("Choose a deadline."))])
    day = DateField(_l("New last day"), [InputRequired(_l("Enter the day."))], invalid_value_message=NOT_A_DAY)
    time = TimeField(
        _l("Time"),
        [Optional()],
        format=["%H:%M", "%H:%M:%S"],
        invalid_value_message=NOT_A_TIME,
        description=_l("Left empty it is 23:59."),
    )
    reason = StringField(
        _l("Reason"),
        [DataRequired(_l("Say in a few words why.")), at_most(500)],
        filters=[line],
        description=_l("It stands in the letter to the city."),
    )

    def prepare(self, cities: Mapping[str, str], kinds: Limits) -> None:
        self.city.choices = [SelectChoice(slug, name) for slug, name in cities.items()]
        self.kind.choices = [SelectChoice(kind.value, KINDS[kind]) for kind in kinds]

    def until(self, zone: str) -> datetime:
        return last_instant(self.day.data, self.time.data or END_OF_DAY, zone)
