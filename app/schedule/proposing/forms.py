"""What organisers ask the planner, and how much each rule weighs."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import RadioField, SelectChoice, SelectField, TimeField
from wtforms.validators import InputRequired

from app import ical
from app.agenda.forms import CLOCK, NOT_A_TIME
from app.planning.model import Placing
from app.planning.proposals import Task
from app.planning.rules import RULES, Rule, Step, Wishes
from app.refused import Refused
from app.schedule.plan import Plan, start_of
from app.schedule.proposing import words
from app.schedule.proposing.service import BRIEF, THOROUGH
from app.web import Form
from app.web.wording import day_full

ASKED = (Task.PROPOSE, Task.REPAIR, Task.SEAT)
CHOOSE = _l("Choose one of these.")


def _seconds() -> RadioField:
    choices = [
        SelectChoice(str(BRIEF), _l("10 seconds: enough for most drafts")),
        SelectChoice(str(THOROUGH), _l("A minute: thorough")),
    ]
    return RadioField(_l("How long may it search?"), [InputRequired(CHOOSE)], choices=choices, default=str(BRIEF))


class AskForm(Form):
    """What the planner is to find, and how long it may search."""

    task = RadioField(
        _l("What should it find?"),
        [InputRequired(CHOOSE)],
        choices=[SelectChoice(each.value, words.TASKS[each]) for each in ASKED],
        default=Task.PROPOSE.value,
    )
    seconds = _seconds()


class LongerForm(Form):
    """Go on from a result."""

    seconds = _seconds()


class WhereForm(Form):
    """A place about which somebody asks "why not there?"."""

    day = SelectField(_l("Day"), [InputRequired(CHOOSE)], choices=[], invalid_choice_message=CHOOSE)
    starts = TimeField(_l("Start"), [InputRequired(_l("Give a time."))], CLOCK, invalid_value_message=NOT_A_TIME)
    room = SelectField(_l("Room"), choices=[], invalid_choice_message=CHOOSE)

    def prepare(self, plan: Plan) -> None:
        self.day.choices = [SelectChoice(day.isoformat(), day_full(day)) for day in plan.days]
        rooms = [SelectChoice(str(room.id), room.name) for room in plan.rooms]
        self.room.choices = rooms or [SelectChoice("", _("No room yet"))]

    def placing(self, plan: Plan, code: str) -> Placing:
        """The place. Refused on "starts" for an hour that the clocks skip."""
        day = next(each for each in plan.days if each.isoformat() == self.day.data)
        try:
            start: datetime = start_of(plan, day, self.starts.data)
        except ical.Gap as gap:
            raise Refused(_("On that day the clocks skip this hour."), "starts") from gap
        return Placing(code, start, self.room.data or None)


class LevelsForm(Form):
    """A slider of five steps for each rule; the fields are added below."""

    def steps(self) -> dict[Rule, Step]:
        return {rule: Step(self[field(rule)].data) for rule in words.MEANINGS}

    @staticmethod
    def of(wishes: Wishes) -> dict[str, Any]:
        """What the form shows at first."""
        return {field(rule): wishes.step(rule).value for rule in words.MEANINGS}


def field(rule: Rule) -> str:
    """The field of a rule."""
    return "rule_" + rule.value.replace(" ", "_")


def _slider(rule: Rule) -> RadioField:
    choices = [SelectChoice(step.value, word) for step, word in words.STEPS.items()]
    label = RULES[rule].name
    return RadioField(_l(label), [InputRequired(CHOOSE)], choices=choices, description=words.MEANINGS[rule])


for _rule in words.MEANINGS:
    setattr(LevelsForm, field(_rule), _slider(_rule))
