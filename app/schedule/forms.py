"""What organisers fill in on the board: where a session goes, moves of many, what is accepted, how it is judged."""

from __future__ import annotations

import hashlib
from datetime import date, time
from typing import Any

import wtforms
from flask import request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, SearchField, SelectChoice, SelectField, StringField, TimeField
from wtforms.validators import InputRequired, NumberRange, Optional

from app.agenda import moves
from app.agenda.acts import Changed
from app.agenda.facts import Facts
from app.agenda.forms import CLOCK, NOT_A_NUMBER, NOT_A_TIME
from app.agenda.merging import Differing
from app.agenda.models import Kind as SessionKind
from app.agenda.moves import Target
from app.agenda.service import ALPHABET
from app.delegations.forms import at_most
from app.refused import Refused
from app.schedule.arranging import Board, Move
from app.schedule.cards import Choice
from app.schedule.plan import Frame, Plan
from app.web import Form, IntegerField, as_stored, one_line
from app.web.wording import day_full, day_short

TRAY = ""
"""The day of a session that waits for one."""


def clock(label: Any, *validators: Any) -> TimeField:
    return TimeField(label, [*validators], format=CLOCK, invalid_value_message=NOT_A_TIME)


def asked(sentence: Any) -> InputRequired:
    return InputRequired(sentence)


def _days(plan: Frame) -> list[SelectChoice]:
    return [SelectChoice(day.isoformat(), day_full(day)) for day in plan.days]


def _rooms(plan: Frame) -> list[SelectChoice]:
    return [SelectChoice(str(room.id), room.name) for room in plan.rooms]


def _sessions(plan: Plan, *, blocks: bool = False) -> list[SelectChoice]:
    held = {each.parent for each in plan.problem.sessions}
    codes = [code for code, item in plan.items.items() if not item.cancelled]
    wanted = [code for code in codes if (code in held or plan.items[code].kind == SessionKind.BLOCK) == blocks]
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
    starts = clock(_l("Start"), Optional())
    ends = clock(_l("End"), Optional())
    room = SelectField(
        _l("Room"), choices=[], invalid_choice_message=_l("This room is no longer there. Choose another.")
    )
    version = HiddenField()

    def prepare(self, plan: Frame) -> None:
        self.day.choices = [SelectChoice(TRAY, _("No day yet")), *_days(plan)]
        self.room.choices = [SelectChoice("", _("No room yet")), *_rooms(plan)]
        if self.is_submitted() and request.form.get("take-when"):
            for field in (self.day, self.starts, self.ends):
                as_stored(field)
        self.take_stored()

    def seen(self) -> int:
        """The version that the organiser saw."""
        text = str(self.version.data or "")
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

    def differing(self, plan: Plan, theirs: Facts) -> list[Differing]:
        """The time and the room that others stored, where they are not those typed."""
        day = next((each for each in plan.days if each.isoformat() == self.day.data), None)
        rooms = {str(each.id): each.name for each in plan.rooms} | {"": _("no room yet")}
        when = _when(theirs.day, theirs.starts, theirs.ends), _when(day, self.starts.data, self.ends.data)
        where = rooms.get(str(theirs.room_id or ""), ""), rooms.get(self.room.data or "", "")
        both = (("when", _("When"), *when), ("room", _("Room"), *where))
        return [Differing(*each) for each in both if each[2] != each[3]]


def _when(day: date | None, starts: time | None, ends: time | None) -> str:
    if day is None or starts is None:
        return str(_("without a time"))
    return f"{day_short(day)} {starts:%H:%M}" + (f"–{ends:%H:%M}" if ends else "")


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
        [asked(_l("Give the minutes; with a minus before them it is earlier.")), NumberRange(-720, 720)],
        invalid_value_message=NOT_A_NUMBER,
        default=20,
    )


class ShiftForm(BigForm):
    """All of a day after a time, later or earlier."""

    day = SelectField(_l("Day"), [asked(_l("Choose a day."))])
    after = clock(_l("All that start at this time or later"), asked(_l("Give a time.")))
    minutes = _minutes()

    def prepare(self, plan: Plan) -> None:
        self.day.choices = _days(plan)

    def move(self, event_id: int) -> Move:
        day, after, minutes = date.fromisoformat(self.day.data), self.after.data, self.minutes.data
        return lambda board: moves.shift(board.values(), day, after, minutes)


class ToDayForm(BigForm):
    """All of one day to another."""

    source = SelectField(_l("From which day"), [asked(_l("Choose one of these."))])
    target = SelectField(_l("To which day"), [asked(_l("Choose one of these."))])

    def prepare(self, plan: Plan) -> None:
        self.source.choices = self.target.choices = _days(plan)

    def move(self, event_id: int) -> Move:
        source, target = date.fromisoformat(self.source.data), date.fromisoformat(self.target.data)
        return lambda board: moves.to_day(board.values(), source, target)


class SwapForm(BigForm):
    """Two sessions change places."""

    one = SelectField(_l("This session"), [asked(_l("Choose one of these."))])
    other = SelectField(_l("And this one"), [asked(_l("Choose one of these."))])

    def prepare(self, plan: Plan) -> None:
        self.one.choices = self.other.choices = _sessions(plan)

    def move(self, event_id: int) -> Move:
        one, other = self.one.data, self.other.data
        if one == other:
            raise Refused(_("Choose two different sessions."), "other")
        return lambda board: moves.swap(_known(board, one), _known(board, other))


class CopyForm(BigForm):
    """A session once more, in the tray."""

    one = SelectField(_l("Session"), [asked(_l("Choose one of these."))])
    title = StringField(_l("Title of the copy"), [asked(_l("A session needs a title.")), at_most(200)], [one_line])

    def prepare(self, plan: Plan) -> None:
        self.one.choices = _sessions(plan)

    def move(self, event_id: int) -> Move:
        one, title, code, uid = self.one.data, self.title.data, self.code, self.uid
        return lambda board: [moves.copy(_known(board, one), code, uid, _last(board), title)]


class SplitForm(BigForm):
    """Two sessions of one."""

    one = SelectField(_l("Session"), [asked(_l("Choose one of these."))])
    at = clock(_l("The second begins at"), asked(_l("Give a time.")))
    title = StringField(_l("Title of the second"), [asked(_l("A session needs a title.")), at_most(200)], [one_line])
    stay = IntegerField(
        _l("How many of the speakers stay in the first"),
        [asked(_l("Give a number; 0 moves all.")), NumberRange(0, 999)],
        invalid_value_message=NOT_A_NUMBER,
    )

    def prepare(self, plan: Plan) -> None:
        self.one.choices = _sessions(plan)

    def move(self, event_id: int) -> Move:
        one, at, stay = self.one.data, self.at.data, self.stay.data
        title, code, uid = self.title.data, self.code, self.uid
        return lambda board: moves.split(
            _known(board, one), at, Facts(code, uid, SessionKind.SESSION, title, position=_last(board)), stay
        )


class FitForm(BigForm):
    """The sessions of a block, one after the other, into its time."""

    block = SelectField(_l("Block"), [asked(_l("Choose one of these."))])

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

    room = SelectField(_l("Room"), [asked(_l("Choose a room."))])
    day = SelectField(_l("Day"), [asked(_l("Choose a day."))])
    since = clock(_l("What starts at this time or later"), asked(_l("Give a time.")))
    minutes = IntegerField(
        _l("Is late by how many minutes"),
        [asked(_l("Give the minutes.")), NumberRange(1, 720)],
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
