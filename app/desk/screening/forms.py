"""What reviewers say of a video, where it is played, and from when the public sees it."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField, RadioField, SelectChoice, SelectField, TextAreaField
from wtforms.validators import InputRequired, NumberRange, Optional

from app.agenda.models import Session
from app.delegations.forms import at_most
from app.videos.models import Shown
from app.web import Form, IntegerField, lines

COMMENTS = 4_000


class AcceptForm(Form):
    """Take the newest version as it is."""

    number = HiddenField()
    """Of the version that the reviewer saw."""
    without_captions = BooleanField(_l("Accept it without captions"))

    @property
    def seen(self) -> int:
        return int(self.number.data) if (self.number.data or "").isascii() and (self.number.data or "").isdigit() else 0


class ChangesForm(Form):
    """Return the newest version to the city."""

    number = HiddenField()
    comments = TextAreaField(
        _l("What is to be changed"),
        [InputRequired(_l("Say what is to be changed: the city reads it.")), at_most(COMMENTS)],
        [lines],
        description=_l("The city reads it in a letter and on its page."),
    )

    @property
    def seen(self) -> int:
        return int(self.number.data) if (self.number.data or "").isascii() and (self.number.data or "").isdigit() else 0


class PlaceForm(Form):
    """Where it is played."""

    session = SelectField(_l("Session"))
    running = IntegerField(
        _l("Place in its running order"),
        [Optional(), NumberRange(1, 500)],
        description=_l("Empty: as the city stands in the speaking order."),
    )

    def prepare(self, sessions: Sequence[Session]) -> None:
        """Offer the sessions of the draft."""
        none = SelectChoice("", _l("In no session yet"))
        self.session.choices = [none, *(SelectChoice(each.code, each.title) for each in sessions)]


class ShownForm(Form):
    """From when the public may play what may be shown to it."""

    shown = RadioField(
        _l("The public sees a video"),
        [InputRequired()],
        choices=[
            SelectChoice(Shown.BEGUN.value, _l("from when its session begins")),
            SelectChoice(Shown.PLAYED.value, _l("once it is marked as played")),
            SelectChoice(Shown.RELEASED.value, _l("as soon as its session is published")),
        ],
        description=_l("Only what was accepted, and only as far as the city gave the right."),
    )
