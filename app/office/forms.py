"""The small forms of a focal point's pages; what delegations share with the organisers' pages stands with them."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField, FileRequired
from wtforms import BooleanField, SelectChoice, SelectField
from wtforms.validators import DataRequired

from app.delegations.forms import ReasonForm
from app.outbox.tongues import TONGUES
from app.web import Form


class LetterForm(Form):
    """The letter of authority."""

    letter = FileField(
        _l("Letter of authority"),
        [FileRequired(_l("Choose the file first."))],
        description=_l("A PDF, JPG or PNG of at most 10 MB. Only you, your colleagues and the organisers can open it."),
    )


class LanguageForm(Form):
    """In which language letters go to a focal point."""

    language = SelectField(
        _l("Letters in"), choices=[SelectChoice(code, name) for code, name in TONGUES.items()], default="en"
    )


class WithdrawForm(ReasonForm):
    """The whole city withdraws."""

    sure = BooleanField(
        _l("I have read what ends, and may decide this for my city"),
        [DataRequired(_l("Tick this to withdraw your whole city."))],
    )
