"""The draft as forms: a table with a row per session, and one session in full with those who appear."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import wtforms
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
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
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from app.agenda.draft import Options
from app.agenda.facts import Owner, seat_of
from app.agenda.models import Appearance, Kind, Part, Session, Visibility
from app.agenda.service import Details, Overtaken, Row, RowsRefused, Ties
from app.agenda.speaking import Speaker
from app.agenda.telling import Cells, cells_of
from app.agenda.times import When
from app.delegations.forms import CheckboxesField
from app.events import words
from app.events.models import Mode
from app.refused import Refused
from app.web import Form, IntegerField, lines, one_line
from app.web.forms import FIRST, SECOND, which_hour

KINDS = {
    Kind.CEREMONY: _l("Ceremony"),
    Kind.KEYNOTE: _l("Keynote"),
    Kind.VIDEOS: _l("Video messages"),
    Kind.BLOCK: _l("Block of sessions"),
    Kind.SESSION: _l("Session"),
    Kind.FORUM: _l("Forum"),
    Kind.PLENARY: _l("Plenary"),
    Kind.ANNOUNCEMENT: _l("Announcement"),
    Kind.SIGNING: _l("Signing"),
    Kind.VISIT: _l("Visit"),
    Kind.MEAL: _l("Meal"),
    Kind.SOCIAL: _l("Social event"),
    Kind.PRESS: _l("Press"),
    Kind.CLOSING: _l("Closing"),
    Kind.BREAK: _l("Break"),
    Kind.BILATERAL: _l("Bilateral meeting"),
    Kind.INTERNAL: _l("Internal"),
}
VISIBILITIES = {
    Visibility.PUBLIC: _l("Everybody"),
    Visibility.DELEGATES: _l("Delegates"),
    Visibility.HEADS: _l("Heads of delegation"),
    Visibility.INVITED: _l("Those invited"),
    Visibility.CLOSED: _l("Closed: organisers alone"),
}
PARTS = {
    Part.SPEAKER: _l("Speaker"),
    Part.KEYNOTE: _l("Keynote speaker"),
    Part.MODERATOR: _l("Moderator"),
    Part.PANELLIST: _l("Panellist"),
    Part.PARTICIPANT: _l("Taking part"),
    Part.PRESIDING: _l("Presiding"),
    Part.RAPPORTEUR: _l("Rapporteur"),
    Part.SIGNATORY: _l("Signatory"),
    Part.OBSERVER: _l("Observer"),
}
MODES: dict[str, Any] = {"": _l("To be confirmed"), **{each.value: word for each, word in words.MODES.items()}}
NOT_A_DAY = _l("Write the day as year, month and day: 2023-02-28.")
NOT_A_TIME = _l("Write the time in 24 hours: 09:15.")
NOT_A_NUMBER = _l("Write a whole number, in figures.")
EMPTY_ROWS = 3
CLOCK = ["%H:%M", "%H:%M:%S"]


def _number(text: Any) -> int | None:
    """What a hidden field or a list holds as a number; None for anything else."""
    words = str(text or "")
    return int(words) if words.isdecimal() and len(words) < 10 else None


def _room(text: Any) -> int | None:
    """The id of the room that was chosen; None for none, and 0, which no room has, for nonsense."""
    return (_number(text) or 0) if text else None


def _choices(words: Mapping[Any, Any]) -> list[SelectChoice]:
    return [SelectChoice(str(value), label) for value, label in words.items()]


class WhenFields(wtforms.Form):  # type: ignore[misc]
    """Day, start and end: shape alone; whether they can stand together is for the service to say."""

    day = DateField(_l("Day"), [Optional()], invalid_value_message=NOT_A_DAY)
    starts = TimeField(_l("Start"), [Optional()], format=CLOCK, invalid_value_message=NOT_A_TIME)
    ends = TimeField(_l("End"), [Optional()], format=CLOCK, invalid_value_message=NOT_A_TIME)


class Placed:
    """Title, room and the tick, as row and full form have them."""

    title = StringField(
        _l("Title"),
        [InputRequired(_l("A session needs a title.")), Length(max=200, message=_l("At most 200 characters."))],
        filters=[one_line],
    )
    room = SelectField(_l("Room"), choices=[], validate_choice=False)
    cancelled = BooleanField(_l("Cancelled"))


class RowForm(WhenFields, Placed):
    """One session in the table."""

    code = HiddenField()
    version = HiddenField()
    seen = HiddenField()

    def row(self) -> Row:
        room = _room(self.room.data)
        cells = Cells(self.title.data, self.day.data, self.starts.data, self.ends.data, room, bool(self.cancelled.data))
        return Row(self.code.data or "", _number(self.version.data) or 0, self.seen.data or "", cells)


class TableForm(Form):
    """All sessions of a draft."""

    rows = FieldList(FormField(RowForm))

    def prepare(self, rooms: Mapping[int, str]) -> None:
        choices = [SelectChoice("", _("None")), *(SelectChoice(str(key), name) for key, name in rooms.items())]
        for each in self.rows:
            each.form.room.choices = choices

    def given(self) -> list[Row]:
        return [each.form.row() for each in self.rows]

    @contextmanager
    def refusals(self) -> Iterator[None]:
        """As for any form; each refused row says so beside its field."""
        with super().refusals():
            try:
                yield
            except RowsRefused as no:
                for each in self.rows:
                    if (fault := no.rows.get(each.form.code.data)) is not None:
                        beside = each.form[fault.field or "code"]
                        beside.errors = [*beside.errors, fault.message]
                self.stale = no.stale
                raise

    stale: frozenset[str] = frozenset()

    def catch_up(self, stored: Iterable[Session]) -> None:
        """Let the rows that others changed be saved over what they stored, now that the organiser has read it."""
        for session in stored:
            for each in self.rows:
                if each.form.code.data == session.code and session.code in self.stale:
                    each.form.version.data = session.version
                    each.form.seen.data = cells_of(session).mark


def row_values(session: Session) -> dict[str, Any]:
    """A stored session as the values of its row."""
    cells = cells_of(session)
    return {
        "code": session.code,
        "version": session.version,
        "seen": cells.mark,
        "title": cells.title,
        "day": cells.day,
        "starts": cells.starts,
        "ends": cells.ends,
        "room": str(cells.room_id or ""),
        "cancelled": cells.cancelled,
    }


class SpeakerForm(wtforms.Form):  # type: ignore[misc]
    """One line of the speaking order."""

    appearance = HiddenField()
    order = IntegerField(_l("Order"), [Optional(), NumberRange(1, 999, _l("From 1 to 999."))])
    who = SelectField(_l("City or person"), choices=[], validate_choice=False)
    part = SelectField(_l("As"), choices=_choices(PARTS), default=Part.SPEAKER.value)
    mode = SelectField(_l("How"), choices=_choices(MODES), default="")
    video_asked = HiddenField()
    """ "y" where the next is asked."""
    video_ready = BooleanField(_l("The video has come"))
    remove = BooleanField(_l("Remove"))

    def speaker(self) -> Speaker:
        return Speaker(
            who=self.who.data,
            part=Part(self.part.data),
            mode=Mode(self.mode.data) if self.mode.data else None,
            order=self.order.data,
            appearance_id=_number(self.appearance.data),
            video_ready=bool(self.video_ready.data) if self.video_asked.data else None,
        )


class SessionForm(Form, Placed):
    """One session in full."""

    kind = SelectField(_l("Kind"), [InputRequired()], choices=_choices(KINDS), default=Kind.SESSION.value)
    number = IntegerField(
        _l("Number"),
        [Optional(), NumberRange(1, 999, _l("A number is from 1 to 999."))],
    )
    theme = SelectField(_l("Theme"), choices=[], validate_choice=False)
    parent = SelectField(_l("Within the block"), choices=[], validate_choice=False)
    day = DateField(_l("Day"), [Optional()], invalid_value_message=NOT_A_DAY)
    starts = TimeField(_l("Start"), [Optional()], format=CLOCK, invalid_value_message=NOT_A_TIME)
    ends = TimeField(_l("End"), [Optional()], format=CLOCK, invalid_value_message=NOT_A_TIME)
    fold = which_hour()
    visibility = SelectField(_l("Who may know of it"), [InputRequired()], choices=_choices(VISIBILITIES))
    note = StringField(_l("Note"), [Length(max=300, message=_l("At most 300 characters."))], filters=[one_line])
    description = TextAreaField(
        _l("Description"), [Length(max=5000, message=_l("At most 5000 characters."))], filters=[lines]
    )
    after = SelectField(_l("Begins after the end of"), choices=[], validate_choice=False)
    same_day = SelectField(_l("On the same day as"), choices=[], validate_choice=False)
    apart = CheckboxesField(_l("Never at the same time as"), choices=[], validate_choice=False)
    speakers = FieldList(FormField(SpeakerForm))
    version = HiddenField()
    opened = HiddenField()
    """The number of the newest act when the form was opened."""
    overtaken: Overtaken | None = None

    def prepare(self, options: Options, blocks: Iterable[Session], code: str = "") -> None:
        """Fill in what there is to choose from for the session of this code, and add empty lines for more speakers."""
        none = SelectChoice("", _("None"))
        self.room.choices = [none, *(SelectChoice(str(key), name) for key, name in options.rooms.items())]
        self.theme.choices = [none, *(SelectChoice(slug, each.name) for slug, each in options.themes.items())]
        self.parent.choices = [none, *(SelectChoice(each.code, each.title) for each in blocks)]
        others = [SelectChoice(*each) for each in options.sessions.items() if each[0] != code]
        self.after.choices = self.same_day.choices = [none, *others]
        self.apart.choices = others
        if not self.is_submitted():
            for _place in range(EMPTY_ROWS):
                self.speakers.append_entry()
        cities, people = _("Cities"), _("People")
        who = [
            SelectChoice("", _("Choose")),
            *(SelectChoice(f"city:{slug}", each.member.name, optgroup=cities) for slug, each in options.cities.items()),
            *(SelectChoice(f"person:{code}", each.name, optgroup=people) for code, each in options.people.items()),
        ]
        for each in self.speakers:
            each.form.who.choices = who

    def stands_for_itself(self) -> None:
        """Forget which stored session it was about."""
        self.version.data = self.opened.data = ""
        for each in self.speakers:
            each.form.appearance.data = ""

    def seen(self) -> int:
        """The version that the organiser saw."""
        return _number(self.version.data) or 0

    def since(self) -> int:
        """The number of the act that was the newest when the form was opened."""
        return _number(self.opened.data) or 0

    def when(self) -> When:
        said = {FIRST: False, SECOND: True}.get(self.fold.data)
        return When(self.day.data, self.starts.data, self.ends.data, said)

    def details(self) -> Details:
        return Details(
            title=self.title.data,
            kind=Kind(self.kind.data),
            number=self.number.data,
            theme=self.theme.data or "",
            parent=self.parent.data or "",
            when=self.when(),
            room_id=_room(self.room.data),
            visibility=Visibility(self.visibility.data),
            note=self.note.data,
            description=self.description.data,
            cancelled=bool(self.cancelled.data),
            ties=Ties(self.after.data or "", self.same_day.data or "", tuple(self.apart.data or ())),
            speakers=tuple(
                each.form.speaker() for each in self.speakers if each.form.who.data and not each.form.remove.data
            ),
        )

    @contextmanager
    def refusals(self) -> Iterator[None]:
        """As for any form; where one form made two different sessions, the next press is a new form."""
        with super().refusals():
            try:
                yield
            except Refused as no:
                if no.field == "submit_key":
                    self.submit_key.data = secrets.token_urlsafe(16)
                if isinstance(no, Overtaken):
                    self.overtaken = no
                raise


def session_values(session: Session, blocks: Iterable[Session], told: Collection[Owner], zone: str) -> dict[str, Any]:
    """A stored session as the values of the full form. `told`: of whom no tick need tell whether the video came."""
    again = When(session.day, session.starts, session.ends).repeats(zone)
    codes = {each.id: each.code for each in blocks}
    return {
        "title": session.title,
        "kind": session.kind.value,
        "number": session.number,
        "theme": session.theme.slug if session.theme else "",
        "parent": codes.get(session.parent_id or 0, ""),
        "day": session.day,
        "starts": session.starts,
        "ends": session.ends,
        "fold": (SECOND if session.fold else FIRST) if again else None,
        "room": str(session.room_id or ""),
        "visibility": session.visibility.value,
        "note": session.note,
        "description": session.description,
        "cancelled": session.cancelled,
        "after": session.after_code,
        "same_day": session.same_day_code,
        "apart": session.apart,
        "version": session.version,
        "speakers": [
            _speaker_values(each, place, session.code, told) for place, each in enumerate(session.appearances, 1)
        ],
    }


def _speaker_values(row: Appearance, place: int, code: str, told: Collection[Owner]) -> dict[str, Any]:
    who = f"city:{row.delegation.member.slug}" if row.delegation else f"person:{row.person.code if row.person else ''}"
    return {
        "appearance": row.id,
        "order": place,
        "who": who,
        "part": row.part.value,
        "mode": row.mode.value if row.mode else "",
        "video_asked": "y" if seat_of(row).asks_video(code, told) else "",
        "video_ready": row.video_ready,
    }
