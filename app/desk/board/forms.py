"""What organisers choose on the board; read from the address, so that a view can be kept and sent on."""

from __future__ import annotations

import wtforms
from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, SearchField, SelectChoice, SelectField

from app.delegations.models import Answer
from app.desk.board.needs import LONGEST, Choice, Need
from app.events.models import Mode
from app.events.words import MODES
from app.web import Form, one_line

ANSWERS = {
    Answer.DRAFT: _l("Not invited yet"),
    Answer.INVITED: _l("Invited, not answered"),
    Answer.ACCEPTED: _l("Accepted"),
    Answer.DECLINED: _l("Declined"),
    Answer.LAPSED: _l("Lapsed"),
    Answer.SUBMITTED: _l("Submitted"),
    Answer.RETURNED: _l("Returned"),
    Answer.APPROVED: _l("Approved"),
    Answer.WITHDRAWN: _l("Withdrawn"),
    Answer.CANCELLED: _l("Cancelled"),
    Answer.CLOSED: _l("Closed"),
}
NEEDS = {
    Need.CONTACT: _l("A focal point"),
    Need.ADDRESS: _l("An address that letters reach"),
    Need.INVITATION: _l("The invitation"),
    Need.ANSWER: _l("The answer"),
    Need.LAPSED: _l("An answer in time"),
    Need.DECISION: _l("Your decision on people"),
    Need.APPROVAL: _l("Your approval of the delegation"),
    Need.REQUESTS: _l("Your decision on changes asked for"),
    Need.MODES_ASKED: _l("Your decision on other modes"),
    Need.CHANGES: _l("A look at changes"),
    Need.RETURNED: _l("The delegation again, returned"),
    Need.MODES: _l("The way of taking part"),
    Need.PEOPLE: _l("People"),
    Need.HEAD: _l("The head"),
    Need.LETTER: _l("The letter of authority"),
    Need.SESSION: _l("A session"),
    Need.HOURS: _l("A bearable hour"),
}


def _line(text: str | None) -> str:
    return one_line(text)[:LONGEST]


def _choices(words: dict[str, str]) -> list[SelectChoice]:
    return [SelectChoice("", _l("All")), *(SelectChoice(value, word) for value, word in words.items())]


class BoardForm(wtforms.Form):  # type: ignore[misc]
    """Which cities to show, and in which order."""

    q = SearchField(_l("City, in any spelling"), filters=[_line])
    answer = SelectField(_l("Answer"), choices=_choices({each.value: ANSWERS[each] for each in Answer}))
    mode = SelectField(_l("Way of taking part"), choices=_choices({each.value: MODES[each] for each in Mode}))
    missing = SelectField(_l("Missing"), choices=_choices({each.value: NEEDS[each] for each in Need}))
    sort = SelectField(
        _l("Order"),
        choices=[
            SelectChoice("city", _l("By city")),
            SelectChoice("next", _l("By what to do next")),
            SelectChoice("-city", _l("By city, from the end")),
            SelectChoice("-next", _l("By what to do next, from the end")),
        ],
        default="city",
    )

    def choice(self) -> Choice:
        """What was asked for; a word that is no choice asks for nothing."""
        for field, least in ((self.answer, ""), (self.mode, ""), (self.missing, ""), (self.sort, "city")):
            if field.data not in {each.value for each in field.choices}:
                field.data = least
        return Choice(self.q.data or "", self.answer.data, self.mode.data, self.missing.data, self.sort.data)


class SeenForm(Form):
    """The organisers have seen what changed, up to this line of the journal."""

    seen = HiddenField()
