"""What organisers fill in for video messages: what is asked, of whom, by when."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, DateField, SelectChoice, SelectField, StringField, TimeField
from wtforms.validators import DataRequired, InputRequired, NumberRange, Optional

from app import clock
from app.delegations.deadlines import last_instant
from app.delegations.forms import at_most, line
from app.desk.deadlines.forms import END_OF_DAY, NOT_A_DAY, NOT_A_TIME
from app.refused import Refused
from app.videos.letters import purpose_word
from app.videos.models import Purpose
from app.videos.terms import Terms
from app.web import Form, IntegerField


def _day(*validators: Any, **more: Any) -> DateField:
    return DateField(_l("Due on"), [*validators], invalid_value_message=NOT_A_DAY, **more)


def _time() -> TimeField:
    return TimeField(
        _l("Time"),
        [Optional()],
        format=["%H:%M", "%H:%M:%S"],
        invalid_value_message=NOT_A_TIME,
        description=_l("Left empty it is 23:59."),
    )


class AskForm(Form):
    """A video that the organisers ask for of their own accord."""

    whose = SelectField(_l("Of whom"), [InputRequired(_l("Choose a city or a person."))])
    purpose = SelectField(_l("What for"), [InputRequired(_l("Choose what it is for."))])
    session = SelectField(
        _l("In which session"), description=_l("Who is asked learns its title, though it may not be published yet.")
    )
    day = _day(Optional(), description=_l("Left empty it is due with all others."))
    time = _time()

    def prepare(self, whose: Mapping[str, str], sessions: Mapping[str, str]) -> None:
        self.whose.choices = [SelectChoice("", "–")] + [SelectChoice(key, name) for key, name in whose.items()]
        self.purpose.choices = [SelectChoice(each.value, purpose_word(each).capitalize()) for each in Purpose]
        self.session.choices = [SelectChoice("", _("In none"))]
        self.session.choices += [SelectChoice(code, title) for code, title in sessions.items()]

    def due(self, zone: str) -> datetime | None:
        """Refused on "day" when there is a time and no day."""
        if self.day.data is None:
            if self.time.data is not None:
                raise Refused(_("On which day?"), "day")
            return None
        return last_instant(self.day.data, self.time.data or END_OF_DAY, zone)


class ExtendForm(Form):
    """Longer for one video."""

    day = _day(InputRequired(_l("Enter the day.")))
    time = _time()
    reason = StringField(
        _l("Reason"),
        [DataRequired(_l("Say in a few words why.")), at_most(500)],
        filters=[line],
        description=_l("It stands in the journal."),
    )

    def until(self, zone: str) -> datetime:
        return last_instant(self.day.data, self.time.data or END_OF_DAY, zone)


class WaiveForm(Form):
    """The organisers do without."""

    reason = StringField(
        _l("Reason"),
        [DataRequired(_l("Say in a few words why.")), at_most(500)],
        filters=[line],
        description=_l("It stands in the journal and here, and in no letter."),
    )


class TermsForm(Form):
    """What is asked of every video of a summit."""

    day = _day(InputRequired(_l("Enter the day.")))
    time = _time()
    hard = BooleanField(_l("Nothing is taken afterwards"))
    seconds = IntegerField(
        _l("Longest message, in seconds"),
        [InputRequired(_l("Enter a number.")), NumberRange(10, 3600, _l("From 10 to 3600."))],
    )
    megabytes = IntegerField(
        _l("Largest file, in MB"),
        [InputRequired(_l("Enter a number.")), NumberRange(1, 10240, _l("From 1 to 10240."))],
    )
    quota_megabytes = IntegerField(
        _l("All files of one city together, in MB"),
        [InputRequired(_l("Enter a number.")), NumberRange(1, 102400, _l("From 1 to 102400."))],
        description=_l("Room for a few versions: three times the largest file, say."),
    )
    blocks_release = BooleanField(
        _l("Stop a release while a video that has its place is missing"),
        description=_l("Whoever publishes all the same has to say why. Otherwise it is only pointed out."),
    )

    @staticmethod
    def of(terms: Terms, zone: str) -> dict[str, Any]:
        at = clock.local(terms.due_at, zone)
        return {**vars(terms), "day": at.date(), "time": at.time()}

    def terms(self, zone: str) -> Terms:
        """Refused when one file may be larger than all together."""
        if self.quota_megabytes.data < self.megabytes.data:
            raise Refused(_("All together may be no less than one file."), "quota_megabytes")
        return Terms(
            last_instant(self.day.data, self.time.data or END_OF_DAY, zone),
            bool(self.hard.data),
            self.seconds.data,
            self.megabytes.data,
            self.quota_megabytes.data,
            bool(self.blocks_release.data),
        )
