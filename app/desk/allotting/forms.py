"""The forms with which organisers work an allocation out and adopt it."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField
from wtforms.validators import NumberRange, Optional

from app.visits.allotting import SEEDS
from app.web import Form
from app.web.forms import IntegerField


class RunForm(Form):
    """Work out who goes where; the seed draws the lots."""

    seed = IntegerField(
        _l("Number for the lots"),
        [Optional(), NumberRange(0, SEEDS - 1, _l("Choose a number from 0 to 999999."))],
        description=_l(
            "Where all is equal, lots decide, drawn by this number. Leave it empty and one is drawn. It is kept, so"
            " that anybody can draw the same lots again."
        ),
    )


class AdoptForm(Form):
    """Give the places as they were looked at."""

    onto_lists = BooleanField(
        _l("Whoever gets no place goes on the waiting list"),
        description=_l("Of the dearest of their wishes that takes place, in the order of the lots."),
    )
