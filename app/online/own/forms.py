"""What somebody online tells, and which time they take for a check."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import SelectChoice, SelectField, StringField
from wtforms.validators import StopValidation

from app.clock import local
from app.online.models import CheckSlot, OnlineFacts
from app.online.telling import Facts
from app.registration.fields import Asked, AtMost, is_telephone, readable
from app.web import Form, one_line
from app.web.wording import clock_time, day_full, zone_name


class WhenSpeaking:
    """Whoever speaks can be called."""

    def __call__(self, form: Any, field: Any) -> None:
        if form.speaks and not field.data:
            raise StopValidation(_("You speak, so please say where we can call you if the line fails."))


class FactsForm(Form):
    """How somebody joins (F7 of the domain). `speaks`: the telephone is required."""

    place = StringField(
        _l("Where you will be, and the line there"),
        [Asked(), AtMost(300), readable],
        [one_line],
        description=_l("Such as “meeting room 4, by cable, 50 Mbit/s”. A quiet room with a door is best."),
    )
    phone = StringField(
        _l("Telephone for trouble"),
        [WhenSpeaking(), Asked(), AtMost(40), is_telephone],
        [one_line],
        description=_l("With the country, as in +39 06 1234 5678. Called only when something fails while you are on."),
    )
    channel = StringField(
        _l("Interpretation you want to hear"),
        [Asked(), AtMost(60), readable],
        [one_line],
        description=_l("The language. Leave it empty if you follow the speakers as they speak."),
    )
    speaks = False

    @staticmethod
    def of(row: OnlineFacts | None) -> dict[str, str]:
        """What the form shows at first."""
        return {name: getattr(row, name) for name in ("place", "phone", "channel")} if row else {}

    def facts(self) -> Facts:
        return Facts(self.place.data or "", self.phone.data or "", self.channel.data or "")


class CheckForm(Form):
    """Which of the free times one takes."""

    slot = SelectField(_l("Time"), [Asked(_l("Choose a time."))], validate_choice=False)

    def offer(self, free: Sequence[CheckSlot], home: str, own: str) -> None:
        """These, by the reader's own clock, under their own days, with the summit's clock beside."""
        self.slot.choices = [SelectChoice("", _("Choose a time"))]
        for each in free:
            said = f"{clock_time(each.starts, own)}–{clock_time(each.ends, own)}"
            if own != home:
                said = f"{said} = {clock_time(each.starts, home)} {zone_name(home)}"
            day = day_full(local(each.starts, own).date())
            self.slot.choices.append(SelectChoice(each.uid, said, optgroup=day))
