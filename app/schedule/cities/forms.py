"""What organisers fill in about cities in sessions."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import wtforms
from flask import request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    FieldList,
    FormField,
    HiddenField,
    SelectChoice,
    SelectField,
    StringField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from app.agenda.facts import Facts, Owner
from app.agenda.forms import NOT_A_NUMBER
from app.agenda.models import Order
from app.schedule.cities.service import Turn
from app.web import Form, IntegerField, as_stored, one_line

ORDERS = {
    Order.HAND: _l("By hand, as they stand"),
    Order.HOST: _l("The host first, then A to Z"),
    Order.ALPHABET: _l("A to Z"),
    Order.RANK: _l("By the rank of who leads, then A to Z"),
    Order.DRAW: _l("By lot"),
    Order.REQUEST: _l("By the time of asking"),
}


def number(held: Any) -> int:
    """The number that a hidden field holds; 0 for nonsense."""
    text = str(held or "")
    return int(text) if text.isdecimal() and len(text) < 10 else 0


class MoveForm(Form):
    """A city from one session into another."""

    target = SelectField(_l("Into the session"), choices=[], invalid_choice_message=_l("Choose one of these."))
    place = IntegerField(
        _l("At which place among its cities"),
        [Optional(), NumberRange(1, 999, _l("From 1 to 999."))],
        description=_l("Empty: at the end."),
        invalid_value_message=NOT_A_NUMBER,
    )
    versions = HiddenField()
    """ "session-2:4 session-6:1": which versions of the sessions were seen."""

    def prepare(self, titles: Mapping[str, str]) -> None:
        self.target.choices = [SelectChoice("", _("Into none")), *(SelectChoice(*each) for each in titles.items())]

    def seen(self) -> dict[str, int]:
        pairs = (each.rpartition(":") for each in (self.versions.data or "").split()[:200])
        return {code: number(version) for code, _colon, version in pairs}


class RuleForm(Form):
    """By which rule the cities of a session speak."""

    rule = SelectField(
        _l("Rule"),
        [InputRequired(_l("Choose a rule."))],
        choices=[SelectChoice(each.value, word) for each, word in ORDERS.items()],
    )
    seed = IntegerField(
        _l("Number to draw lots with"),
        [Optional(), NumberRange(0, 999_999_999, _l("From 0 to 999999999."))],
        description=_l("Kept, so that anybody can draw it again."),
        invalid_value_message=NOT_A_NUMBER,
    )
    version = HiddenField()

    def seen(self) -> int:
        return number(self.version.data)


class TurnForm(wtforms.Form):  # type: ignore[misc]
    """One line of the speaking order."""

    place = HiddenField()
    order = IntegerField(_l("Place in order"), [InputRequired(NOT_A_NUMBER), NumberRange(1, 999, _l("From 1 to 999."))])
    minutes = IntegerField(_l("Minutes"), [Optional(), NumberRange(1, 600, _l("From 1 to 600."))])
    topic = StringField(_l("Topic"), [Length(max=300, message=_l("At most 300 characters."))], [one_line])
    speaker = SelectField(_l("Who speaks"), choices=[], validate_choice=False)
    confirmed = BooleanField(_l("Confirmed"))
    video_asked = HiddenField()
    """ "y" where the next is asked."""
    video_ready = BooleanField(_l("The video has come"))

    def turn(self) -> Turn:
        return Turn(
            place=number(self.place.data),
            order=self.order.data,
            minutes=self.minutes.data,
            topic=self.topic.data,
            confirmed=bool(self.confirmed.data),
            speaker=self.speaker.data or "",
            video_ready=bool(self.video_ready.data) if self.video_asked.data else None,
        )


class TurnsForm(Form):
    """The speaking order of a session."""

    each = IntegerField(
        _l("Minutes of each city"),
        [Optional(), NumberRange(1, 600, _l("From 1 to 600."))],
        description=_l("Empty: five."),
        invalid_value_message=NOT_A_NUMBER,
    )
    turns = FieldList(FormField(TurnForm))
    version = HiddenField()
    opened = HiddenField()
    """The number of the newest act when the form was opened."""
    stale = False
    """Whether somebody was quicker."""

    def take_stored(self) -> None:
        """As for any form; "take-order" takes the whole order that is stored."""
        super().take_stored()
        if self.is_submitted() and request.form.get("take-order"):
            for line in self.turns:
                as_stored(line.form.order)

    def prepare(self, facts: Facts, people: Mapping[int, Sequence[tuple[str, str, int]]]) -> None:
        """Who could speak, for each line; people of the organisers speak for themselves."""
        for line in self.turns:
            place = number(line.form.place.data)
            key = facts.seats[place].delegation_id if place < len(facts.seats) else None
            heads = SelectChoice("", _("The head of the delegation"))
            line.form.speaker.choices = [
                heads,
                *(SelectChoice(ref, name) for ref, name, _id in people.get(key or 0, ())),
            ]

    def seen(self) -> int:
        return number(self.version.data)

    def since(self) -> int:
        return number(self.opened.data)

    def given(self) -> list[Turn]:
        return [line.form.turn() for line in self.turns]

    @staticmethod
    def of(
        facts: Facts, version: int, people: Mapping[int, Sequence[tuple[str, str, int]]], told: Collection[Owner]
    ) -> dict[str, Any]:
        """What the form shows at first."""
        references = {key: ref for rows in people.values() for ref, _name, key in rows}
        return {
            "each": facts.minutes_each,
            "version": version,
            "turns": [
                {
                    "place": place,
                    "order": place + 1,
                    "minutes": seat.minutes,
                    "topic": seat.topic,
                    "speaker": references.get(seat.speaker_id or 0, ""),
                    "confirmed": seat.confirmed,
                    "video_asked": "y" if seat.asks_video(facts.code, told) else "",
                    "video_ready": seat.video_ready,
                }
                for place, seat in enumerate(facts.seats)
            ],
        }
