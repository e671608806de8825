"""What organisers fill in on the board: where a session goes, moves of many, what is accepted, how it is judged."""

from __future__ import annotations

import hashlib
from datetime import date
from typing import Any

import wtforms
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, IntegerField, SearchField, SelectChoice, SelectField, StringField, TimeField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from app.agenda import moves
from app.agenda.acts import Changed
from app.agenda.facts import Facts
from app.agenda.forms import CLOCK, NOT_A_NUMBER, NOT_A_TIME
from app.agenda.models import Kind
from app.agenda.moves import Target
from app.agenda.service import ALPHABET
from app.planning import kinds
from app.planning.kinds import Severity
from app.planning.model import Limits
from app.refused import Refused
from app.schedule.arranging import Board, Move
from app.schedule.cards import Choice
from app.schedule.plan import Frame, Plan
from app.schedule.settings import Settings
from app.schedule.words import LABELS
from app.web import Form, one_line
from app.web.wording import day_full

TRAY = ""
"""The day of a session that waits for one."""


def _clock(label: Any, *validators: Any) -> TimeField:
    return TimeField(label, [*validators], format=CLOCK, invalid_value_message=NOT_A_TIME)


def _asked(sentence: Any) -> InputRequired:
    return InputRequired(sentence)


def _days(plan: Frame) -> list[SelectChoice]:
    return [SelectChoice(day.isoformat(), day_full(day)) for day in plan.days]


def _rooms(plan: Frame) -> list[SelectChoice]:
    return [SelectChoice(str(room.id), room.name) for room in plan.rooms]


def _sessions(plan: Plan, *, blocks: bool = False) -> list[SelectChoice]:
    held = {each.parent for each in plan.problem.sessions}
    codes = [code for code, item in plan.items.items() if not item.cancelled]
    wanted = [code for code in codes if (code in held or plan.items[code].kind == Kind.BLOCK) == blocks]
    return [SelectChoice(code, plan.titles[code]) for code in wanted]


class ChoiceForm(wtforms.Form):  # type: ignore[misc]
    """Which cards of the board to show; read from the address."""

    theme = SelectField(_l("Theme"), validate_choice=False)
    city = SearchField(_l("City, in any spelling"), filters=[one_line])
    mode = SelectField(_l("Way of taking part"), validate_choice=False)
    only = SelectField(
        _l("Clashes"), choices=[SelectChoice("", _l("All sessions")), SelectChoice("clashes", _l("Only with clashes"))]
    )

    def prepare(self, plan: Plan) -> Choice:
        """Offer what there is; what was asked for, a word that is no choice asking for nothing."""
        every = SelectChoice("", _("All"))
        self.theme.choices = [every, *(SelectChoice(str(key), each.name) for key, each in plan.themes.items())]
        modes = {"venue": _("At the venue"), "online": _("Online"), "video": _("By video message")}
        self.mode.choices = [every, *(SelectChoice(value, word) for value, word in modes.items())]
        for field in (self.theme, self.mode, self.only):
            if field.data not in {each.value for each in field.choices}:
                field.data = ""
        return Choice(self.theme.data, (self.city.data or "")[:120], self.mode.data, self.only.data)


class PlaceForm(Form):
    """Where one session goes."""

    day = SelectField(_l("Day"), choices=[], invalid_choice_message=_l("Choose one of these days."))
    starts = _clock(_l("Start"), Optional())
    ends = _clock(_l("End"), Optional())
    room = SelectField(
        _l("Room"), choices=[], invalid_choice_message=_l("This room is no longer there. Choose another.")
    )
    version = HiddenField()

    def prepare(self, plan: Frame) -> None:
        self.day.choices = [SelectChoice(TRAY, _("No day yet")), *_days(plan)]
        self.room.choices = [SelectChoice("", _("No room yet")), *_rooms(plan)]

    def seen(self) -> int:
        """The version that the organiser saw."""
        text = self.version.data or ""
        return int(text) if text.isdecimal() and len(text) < 10 else 0

    def target(self, plan: Frame) -> Target:
        """Refused on "starts" when a day is named without a time."""
        day = next((each for each in plan.days if each.isoformat() == self.day.data), None)
        if day is None:
            return Target()
        if self.starts.data is None:
            raise Refused(_("Give the time at which it starts, or leave the day open too."), "starts")
        room = int(self.room.data) if self.room.data else None
        return Target(day, self.starts.data, room, self.ends.data)


class BigForm(Form):
    """The base of moves of many: `seen` marks the changes that the organiser has read, empty before."""

    seen = HiddenField()

    def prepare(self, plan: Plan) -> None:
        """Offer what there is to choose from."""

    def move(self, event_id: int) -> Move:
        """What was asked for, to be worked out on the draft."""
        raise NotImplementedError

    @property
    def uid(self) -> str:
        """The UID of the session that this form makes: the same form makes the same one."""
        return hashlib.blake2b(f"session/{self.submit_key.data}".encode(), digest_size=16).hexdigest()

    @property
    def code(self) -> str:
        number = int(self.uid, 16)
        return "".join(ALPHABET[number // len(ALPHABET) ** place % len(ALPHABET)] for place in range(6))


def _minutes() -> IntegerField:
    return IntegerField(
        _l("By how many minutes"),
        [_asked(_l("Give the minutes; with a minus before them it is earlier.")), NumberRange(-720, 720)],
        invalid_value_message=NOT_A_NUMBER,
        default=20,
    )


class ShiftForm(BigForm):
    """All of a day after a time, later or earlier."""

    day = SelectField(_l("Day"), [_asked(_l("Choose a day."))])
    after = _clock(_l("All that start at this time or later"), _asked(_l("Give a time.")))
    minutes = _minutes()

    def prepare(self, plan: Plan) -> None:
        self.day.choices = _days(plan)

    def move(self, event_id: int) -> Move:
        day, after, minutes = date.fromisoformat(self.day.data), self.after.data, self.minutes.data
        return lambda board: moves.shift(board.values(), day, after, minutes)


class ToDayForm(BigForm):
    """All of one day to another."""

    source = SelectField(_l("From"), [_asked(_l("Choose one of these."))])
    target = SelectField(_l("To"), [_asked(_l("Choose one of these."))])

    def prepare(self, plan: Plan) -> None:
        self.source.choices = self.target.choices = _days(plan)

    def move(self, event_id: int) -> Move:
        source, target = date.fromisoformat(self.source.data), date.fromisoformat(self.target.data)
        return lambda board: moves.to_day(board.values(), source, target)


class SwapForm(BigForm):
    """Two sessions change places."""

    one = SelectField(_l("This session"), [_asked(_l("Choose one of these."))])
    other = SelectField(_l("And this one"), [_asked(_l("Choose one of these."))])

    def prepare(self, plan: Plan) -> None:
        self.one.choices = self.other.choices = _sessions(plan)

    def move(self, event_id: int) -> Move:
        one, other = self.one.data, self.other.data
        if one == other:
            raise Refused(_("Choose two different sessions."), "other")
        return lambda board: moves.swap(_known(board, one), _known(board, other))


class CopyForm(BigForm):
    """A session once more, in the tray."""

    one = SelectField(_l("Session"), [_asked(_l("Choose one of these."))])
    title = StringField(_l("Title of the copy"), [_asked(_l("A session needs a title.")), Length(max=200)], [one_line])

    def prepare(self, plan: Plan) -> None:
        self.one.choices = _sessions(plan)

    def move(self, event_id: int) -> Move:
        one, title, code, uid = self.one.data, self.title.data, self.code, self.uid
        return lambda board: [moves.copy(_known(board, one), code, uid, _last(board), title)]


class SplitForm(BigForm):
    """Two sessions of one."""

    one = SelectField(_l("Session"), [_asked(_l("Choose one of these."))])
    at = _clock(_l("The second begins at"), _asked(_l("Give a time.")))
    title = StringField(
        _l("Title of the second"), [_asked(_l("A session needs a title.")), Length(max=200)], [one_line]
    )
    stay = IntegerField(
        _l("How many of the speakers stay in the first"),
        [_asked(_l("Give a number; 0 moves all.")), NumberRange(0, 999)],
        invalid_value_message=NOT_A_NUMBER,
    )

    def prepare(self, plan: Plan) -> None:
        self.one.choices = _sessions(plan)

    def move(self, event_id: int) -> Move:
        one, at, stay = self.one.data, self.at.data, self.stay.data
        title, code, uid = self.title.data, self.code, self.uid
        return lambda board: moves.split(
            _known(board, one), at, Facts(code, uid, Kind.SESSION, title, position=_last(board)), stay
        )


class FitForm(BigForm):
    """The sessions of a block, one after the other, into its time."""

    block = SelectField(_l("Block"), [_asked(_l("Choose one of these."))])

    def prepare(self, plan: Plan) -> None:
        self.block.choices = _sessions(plan, blocks=True)

    def move(self, event_id: int) -> Move:
        code = self.block.data

        def fit(board: Board) -> list[Changed]:
            within = [each for each in board.values() if each.parent == code and not each.cancelled]
            within.sort(key=lambda each: (each.starts is None, each.starts or 0, each.position))
            if not within:
                raise Refused(_("Nothing stands within this block yet."), "block")
            return moves.fit(_known(board, code), within)

        return fit


class DelayForm(BigForm):
    """A room runs late on the day itself."""

    room = SelectField(_l("Room"), [_asked(_l("Choose a room."))])
    day = SelectField(_l("Day"), [_asked(_l("Choose a day."))])
    since = _clock(_l("What starts at this time or later"), _asked(_l("Give a time.")))
    minutes = IntegerField(
        _l("Is late by how many minutes"),
        [_asked(_l("Give the minutes.")), NumberRange(1, 720)],
        invalid_value_message=NOT_A_NUMBER,
        default=10,
    )

    def prepare(self, plan: Plan) -> None:
        self.room.choices, self.day.choices = _rooms(plan), _days(plan)

    def move(self, event_id: int) -> Move:
        room, day, since, minutes = (
            int(self.room.data),
            date.fromisoformat(self.day.data),
            self.since.data,
            self.minutes.data,
        )
        return lambda board: moves.delay(board.values(), room, day, since, minutes)


class WaiveForm(Form):
    """Why a clash is accepted."""

    reason = StringField(
        _l("Why this is all right"),
        [_asked(_l("Say why: the reason is kept, and stands beside what is published.")), Length(max=500)],
        [one_line],
    )


class RulesForm(Form):
    """How clashes are judged at this event; each kind of clash has a field, added below."""

    opens = _clock(_l("A day begins at"), _asked(_l("Give a time.")))
    closes = _clock(_l("A day ends at"), _asked(_l("Give a time.")))
    earliest = _clock(_l("Nobody online before"), _asked(_l("Give a time.")))
    latest = _clock(_l("Nobody online after"), _asked(_l("Give a time.")))
    pleasant_from = _clock(_l("Comfortable from"), _asked(_l("Give a time.")))
    pleasant_until = _clock(_l("Comfortable until"), _asked(_l("Give a time.")))
    walking = IntegerField(_l("Minutes between buildings"), [_asked(NOT_A_NUMBER), NumberRange(0, 240)])
    most = IntegerField(_l("Usual sessions of a city"), [_asked(NOT_A_NUMBER), NumberRange(1, 50)])

    def settings(self) -> Settings:
        """What was chosen. Refused when times stand in the wrong order."""
        for first, last in (("opens", "closes"), ("earliest", "latest"), ("pleasant_from", "pleasant_until")):
            if self[first].data >= self[last].data:
                raise Refused(_("The end must come after the start."), last)
        limits = Limits(self.earliest.data, self.latest.data, self.pleasant_from.data, self.pleasant_until.data)
        severities = {kind: Severity(self[name(kind)].data) for kind in kinds.Kind}
        return Settings(self.opens.data, self.closes.data, limits, self.walking.data, self.most.data, severities)

    @staticmethod
    def of(chosen: Settings) -> dict[str, Any]:
        """What the form shows at first."""
        limits = chosen.limits
        return {
            "opens": chosen.opens,
            "closes": chosen.closes,
            "earliest": limits.earliest,
            "latest": limits.latest,
            "pleasant_from": limits.pleasant_from,
            "pleasant_until": limits.pleasant_until,
            "walking": chosen.walking,
            "most": chosen.most,
        } | {name(kind): word.value for kind, word in chosen.severities.items()}


def name(kind: kinds.Kind) -> str:
    """The field of a kind's severity."""
    return "on_" + kind.value.replace(" ", "_")


def _severity(kind: kinds.Kind) -> SelectField:
    words = {Severity.IGNORE: _l("Pass over"), Severity.WARN: _l("Warn"), Severity.BLOCK: _l("Stop publishing")}
    choices = [SelectChoice(each.value, word) for each, word in words.items()]
    return SelectField(LABELS[kind], [_asked(_l("Choose one of these."))], choices=choices)


for _kind in kinds.Kind:
    setattr(RulesForm, name(_kind), _severity(_kind))


def _known(board: Board, code: str) -> Facts:
    """Refused when somebody took it off meanwhile."""
    if code not in board:
        raise Refused(_("Somebody took this session off the draft meanwhile."))
    return board[code]


def _last(board: Board) -> int:
    return max((each.position for each in board.values()), default=0) + 1


BIG: dict[str, type[BigForm]] = {
    "later": ShiftForm,
    "day": ToDayForm,
    "swap": SwapForm,
    "copy": CopyForm,
    "split": SplitForm,
    "fit": FitForm,
    "delay": DelayForm,
}
"""The moves of many by their word in the address."""
