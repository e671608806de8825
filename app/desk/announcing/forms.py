"""What organisers type and tick for announcements and reminders."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from wtforms import (
    DateField,
    FieldList,
    FormField,
    HiddenField,
    SelectChoice,
    SelectField,
    StringField,
    TextAreaField,
    TimeField,
)
from wtforms.validators import InputRequired, NumberRange, Optional

from app import ical
from app.announcing.criteria import CRITERIA
from app.announcing.models import Anchor, Asked, Rule, Unit, Words
from app.announcing.reminding import When
from app.announcing.service import Seen, Written
from app.delegations.forms import CheckboxesField
from app.desk.deadlines.forms import KINDS, NOT_A_DAY, NOT_A_TIME
from app.events.models import Due, Event
from app.outbox.openings import Wording
from app.outbox.tongues import TONGUES
from app.publishing import service as publishing
from app.publishing.personal import CLOSED
from app.refused import Refused
from app.web import Form, IntegerField, TongueForm, TonguesForm, lines, one_line
from app.web.forms import version

BEFORE, AFTER = "before", "after"
FARTHEST = 1000
"""The greatest number of days or hours."""
MARK = re.compile(r"[0-9a-f]{1,16}\.[0-9a-f]{12}")


class LetterForm(TongueForm):
    """The words of a letter in one language; both empty: it is not written."""

    subject = StringField(_l("Subject, which is the heading of the letter too"), filters=[one_line])
    text = TextAreaField(_l("Text"), filters=[lines])


class WrittenForm(TonguesForm):
    """Words, and to whom; the fields of the filter are added by `of`."""

    rows = FieldList(FormField(LetterForm))
    fallback = SelectField(
        _l("Readers of other languages get it in"),
        [InputRequired()],
        choices=[SelectChoice(code, name) for code, name in TONGUES.items()],
        default="en",
    )

    def written(self) -> Written:
        """What was typed and ticked."""
        words = {
            row.form.code.data: Wording(row.form.subject.data or "", row.form.text.data or "")
            for row in self.rows
            if row.form.code.data in TONGUES
        }
        return Written(words, self.fallback.data, {each.name: self[_only(each.name)].data or [] for each in CRITERIA})


def form_of(kind: type[WrittenForm], event: Event, **values: Any) -> Any:
    """The form with a field of tick boxes for each criterion there is."""
    fields = {
        _only(each.name): CheckboxesField(
            each.label,
            choices=[SelectChoice(value, word) for value, word in each.choices(event).items()],
            description=each.hint,
            validate_choice=False,
        )
        for each in CRITERIA
    }
    form = type(kind.__name__, (kind,), fields)(data=values)
    for each in CRITERIA:
        _offer_gone(form[_only(each.name)])
    form.needs(form.fallback.data)
    return form


def _offer_gone(field: CheckboxesField) -> None:
    """What is ticked and is no more stays in sight, ticked: a filter grows wider by somebody's hand alone."""
    known = {each.value for each in field.choices}
    gone = [value for value in field.data or () if value not in known]
    field.choices = field.choices + [SelectChoice(each, _("%(value)s (no longer there)", value=each)) for each in gone]


def values_of(words: Words | Mapping[str, Wording], fallback: str, asked: Asked, version: int) -> dict[str, Any]:
    """What the form shows at first."""
    rows = [{"code": code, **_said(words.get(code))} for code in TONGUES]
    return {"rows": rows, "fallback": fallback, "seen": str(version)} | {
        _only(name): ticked for name, ticked in asked.items()
    }


def _said(words: Any) -> dict[str, str]:
    if words is None:
        return {"subject": "", "text": ""}
    return {"subject": words.subject, "text": words.text} if isinstance(words, Wording) else dict(words)


def _only(name: str) -> str:
    return f"only_{name}"


class SendForm(Form):
    """The press of the button, and what was looked at before."""

    version = HiddenField()
    marks = HiddenField()

    def seen(self) -> Seen:
        found = (self.marks.data or "").split()
        return Seen(version(self.version.data), [each for each in found if MARK.fullmatch(each)])


class ActForm(Form):
    """The press of the button is all there is."""


class QuietForm(Form):
    """When nothing of this arrives."""

    begins = TimeField(
        _l("From what time"),
        [InputRequired(_l("Enter the time."))],
        format=["%H:%M", "%H:%M:%S"],
        invalid_value_message=NOT_A_TIME,
    )
    ends = TimeField(
        _l("Until what time"),
        [InputRequired(_l("Enter the time."))],
        format=["%H:%M", "%H:%M:%S"],
        invalid_value_message=NOT_A_TIME,
    )


class RuleForm(WrittenForm):
    """The same, and when."""

    anchor = SelectField(_l("Counted from"), [InputRequired()], validate_choice=False)
    amount = IntegerField(
        _l("How many"),
        [Optional(), NumberRange(0, FARTHEST, _l("A number from %(min)s to %(max)s."))],
        description=_l("Left empty it is none: at the moment itself."),
    )
    unit = SelectField(
        _l("Days or hours"),
        [InputRequired()],
        choices=[SelectChoice(Unit.DAYS.value, _l("In days")), SelectChoice(Unit.HOURS.value, _l("In hours"))],
    )
    side = SelectField(
        _l("Before or after"),
        [InputRequired()],
        choices=[SelectChoice(BEFORE, _l("Before it")), SelectChoice(AFTER, _l("After it"))],
    )
    day = DateField(
        _l("Day"),
        [Optional()],
        invalid_value_message=NOT_A_DAY,
        description=_l("Of a set moment alone."),
    )
    time = TimeField(
        _l("Time"),
        [Optional()],
        format=["%H:%M", "%H:%M:%S"],
        invalid_value_message=NOT_A_TIME,
        description=_l(
            "On the clocks of the summit. Of days it may be left empty: the same time of day. Where a night shows it"
            " twice, the first."
        ),
    )

    def prepare(self, event: Event, rule: Rule | None) -> None:
        """Offer what there is to count from; what a rule counts from stays on offer when it is gone."""
        plain = [
            SelectChoice(Anchor.MOMENT.value, _("A set moment")),
            SelectChoice(Anchor.EVENT.value, _("The first day of the summit")),
        ]
        dues = [SelectChoice(f"{Anchor.DEADLINE}/{each.value}", KINDS[each], optgroup=_("Deadline")) for each in Due]
        programme = publishing.programme_of(event)
        open_ones = (
            [each for each in programme.sessions if programme.visibility_of(each) != CLOSED] if programme else []
        )
        sessions = [
            SelectChoice(f"{Anchor.SESSION}/{each.code}", each.title, optgroup=_("Start of a session"))
            for each in open_ones
        ]
        self.anchor.choices = [*plain, *dues, *sessions]
        stored = _anchor(rule) if rule else ""
        if stored and stored not in {each.value for each in self.anchor.choices}:
            self.anchor.choices = [*self.anchor.choices, SelectChoice(stored, _("What it was counted from is gone"))]

    def when(self, zone: str) -> When:
        """The moment that was chosen. Refused beside its field when it is none."""
        chosen = self.anchor.data or ""
        if chosen not in {each.value for each in self.anchor.choices}:
            raise Refused(_("This is no longer there to count from. Choose another."), "anchor")
        kind, _slash, of = chosen.partition("/")
        if kind == Anchor.MOMENT:
            return self._set_moment(zone)
        unit, amount = Unit(self.unit.data), int(self.amount.data or 0)
        if unit == Unit.HOURS and self.time.data is not None:
            raise Refused(_("Hours are counted from the moment itself, so no time of day can be chosen."), "time")
        if self.day.data is not None:
            raise Refused(_("A day can be chosen for a set moment alone."), "day")
        return When(Anchor(kind), of, -amount if self.side.data == BEFORE else amount, unit, None, self.time.data)

    def _set_moment(self, zone: str) -> When:
        if self.day.data is None or self.time.data is None:
            field = "day" if self.day.data is None else "time"
            raise Refused(_("A set moment needs its day and its time."), field)
        try:
            ical.wall(self.day.data, self.time.data, zone)
        except ical.Gap as gap:
            raise Refused(str(gap), "time") from gap
        except (OverflowError, ValueError) as fault:
            raise Refused(_("There is no such day."), "day") from fault
        return When(Anchor.MOMENT, day=self.day.data, clock=self.time.data)


def when_of(rule: Rule) -> dict[str, Any]:
    """What the form shows at first of the moment of a rule."""
    told = {"anchor": _anchor(rule), "unit": rule.unit.value, "side": AFTER if rule.amount > 0 else BEFORE}
    return told | {"amount": abs(rule.amount), "day": rule.day, "time": rule.clock}


def _anchor(rule: Rule) -> str:
    return f"{rule.anchor}/{rule.anchor_of}" if rule.anchor_of else rule.anchor.value


def counted(rule: Rule, title: str) -> str:
    """When a rule goes, in words: "3 days before: Say who comes". `title`: what it is counted from."""
    if rule.anchor == Anchor.MOMENT:
        return str(_("At a set moment"))
    number, days, told = abs(rule.amount), rule.unit == Unit.DAYS, {"what": title}
    if not number:
        return str(_("At the moment itself: %(what)s", **told))
    if rule.amount < 0:
        before = ngettext("%(num)s day before: %(what)s", "%(num)s days before: %(what)s", number, **told)
        hours = ngettext("%(num)s hour before: %(what)s", "%(num)s hours before: %(what)s", number, **told)
        return str(before if days else hours)
    after = ngettext("%(num)s day after: %(what)s", "%(num)s days after: %(what)s", number, **told)
    hours = ngettext("%(num)s hour after: %(what)s", "%(num)s hours after: %(what)s", number, **told)
    return str(after if days else hours)


def titled(rule: Rule, event: Event) -> str:
    """What a rule is counted from, in words; empty for a set moment."""
    if rule.anchor == Anchor.MOMENT:
        return ""
    if rule.anchor == Anchor.DEADLINE:
        return str(KINDS[Due(rule.anchor_of)])
    if rule.anchor == Anchor.EVENT:
        return str(_("The first day of the summit"))
    programme = publishing.programme_of(event)
    session = programme.session.get(rule.anchor_of) if programme else None
    return session.title if session else rule.anchor_of
