"""Where rooms are joined, how a summit is joined, the slots of checks, and what came of one."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import urlsplit

import wtforms
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    FieldList,
    FormField,
    HiddenField,
    RadioField,
    SelectChoice,
    StringField,
    TextAreaField,
    TimeField,
)
from wtforms.validators import InputRequired, NumberRange

from app import ical
from app.delegations.forms import CheckboxesField
from app.online.joining import Ways
from app.online.letters import good_word
from app.online.models import OnlineSettings, Result, TechCheck
from app.online.techchecks import TESTED, Found, Opening
from app.refused import Refused
from app.registration.fields import Asked, AtMost, telephone
from app.web import Form, IntegerField, lines, one_line
from app.web.wording import day as day_word

HOST = re.compile(r"[A-Za-z0-9.-]+(:\d+)?|\[[0-9A-Fa-f:.]+\](:\d+)?")
"""A host as addresses write it, with a port or without."""
LONGEST = 500
"""Characters of a link, as the tables hold it."""
CHANNELS = 12
"""Languages of interpretation of one room."""


GIVE = _l("Give a time.")


@dataclass(frozen=True)
class Wanted:
    """What is wanted of one room (by its id); `seen` marks what it was when the page was opened."""

    room: int
    seen: str
    ways: Ways


def mark_of(ways: Ways) -> str:
    """What tells the links of a room from others."""
    told = json.dumps([ways.link, ways.speaker_link, ways.channels])
    return hashlib.blake2b(told.encode(), digest_size=12).hexdigest()


class RoomForm(wtforms.Form):  # type: ignore[misc]
    """One room."""

    room = HiddenField()
    seen = HiddenField()
    link = StringField(_l("Link of those who look on"), filters=[one_line])
    speaker_link = StringField(_l("Link of speakers"), filters=[one_line])
    channels = TextAreaField(_l("Languages"), filters=[lines])


class RoomsForm(Form):
    """The links of all rooms of a summit."""

    rows = FieldList(FormField(RoomForm))

    @staticmethod
    def of(rooms: Sequence[tuple[int, str, Ways]]) -> dict[str, list[dict[str, str]]]:
        """What the form shows at first."""
        return {
            "rows": [
                {
                    "room": str(key),
                    "seen": mark_of(ways),
                    "link": ways.link,
                    "speaker_link": ways.speaker_link,
                    "channels": "\n".join(f"{language}: {link}" for language, link in ways.channels),
                }
                for key, _name, ways in rooms
            ]
        }

    def wanted(self) -> list[Wanted]:
        """What was typed. Refused, with the sentence beside each field, when any of it is no https address."""
        found = [_wanted(row.form) for row in self.rows]
        if any(row.form.errors for row in self.rows):
            raise Refused(_("Not every link can be used; the sentence stands beside it."))
        return found


def _wanted(row: RoomForm) -> Wanted:
    read: dict[str, str] = {}
    for name in ("link", "speaker_link"):
        try:
            read[name] = address(row[name].data or "")
        except Refused as no:
            row[name].errors = [*row[name].errors, no.message]
    channels: tuple[tuple[str, str], ...] = ()
    try:
        channels = tuple(_channels(row.channels.data or ""))
    except Refused as no:
        row.channels.errors = [*row.channels.errors, no.message]
    typed = row.room.data or ""
    key = int(typed) if typed.isdecimal() and len(typed) < 10 else 0
    return Wanted(key, row.seen.data or "", Ways(read.get("link", ""), read.get("speaker_link", ""), channels))


def _channels(text: str) -> Iterator[tuple[str, str]]:
    """(language, link) of each line that is not empty."""
    filled = [each.strip() for each in text.split("\n") if each.strip()]
    if len(filled) > CHANNELS:
        raise Refused(_("At most %(num)s languages.", num=CHANNELS))
    seen = set()
    for each in filled:
        language, colon, link = each.partition(":")
        language = language.strip()
        if not colon or not language or len(language) > 60 or not (found := address(link.strip())):
            raise Refused(_("Write each language on a line of its own, such as: French: https://meet.example/fr"))
        if language.casefold() in seen:
            raise Refused(_("%(language)s stands there twice.", language=language))
        seen.add(language.casefold())
        yield language, found


def address(link: str) -> str:
    """The link as it is led to. Refused in words when it is no https address, or one that looks like another's: with
    a name before its host, as in https://meet.example@other.example, or with letters that a host cannot hold."""
    try:
        found = ical.address(link)
        host = _host(found)
    except ValueError:
        found, host = "no address", ""
    if found and (not found.startswith("https://") or len(found) > LONGEST):
        raise Refused(_("Give a whole address that begins with https://, of at most %(num)s characters.", num=LONGEST))
    if found and not HOST.fullmatch(host):
        raise Refused(_("Before its first slash an address holds a plain name: no sign-in, and other scripts as xn--."))
    return found


def _host(link: str) -> str:
    """Host and port; raises ValueError for a port that is none."""
    parts = urlsplit(link)
    return parts.netloc if parts.port is None or parts.port else ""


class SettingsForm(Form):
    """How a summit is joined from afar."""

    opens = IntegerField(
        _l("Minutes before a session in which it can be joined"),
        [InputRequired(_l("Give a number of minutes.")), NumberRange(0, 240, _l("From 0 to 240 minutes."))],
        description=_l("Speakers can come half an hour before, or earlier where you say more."),
    )
    venue_joins = BooleanField(_l("People at the venue may join too"))
    phone = StringField(
        _l("Telephone for who cannot get in"),
        [AtMost(40)],
        [one_line],
        description=_l("With the country, as in +81 3 1234 5678. Shown where sessions are joined."),
    )

    @staticmethod
    def of(row: OnlineSettings) -> dict[str, object]:
        return {"opens": row.opens, "venue_joins": row.venue_joins, "phone": row.phone}

    def validate_phone(self, field: StringField) -> None:
        if field.data:
            telephone(field.data)


class SlotsForm(Form):
    """Slots of checks to be opened."""

    days = CheckboxesField(_l("Days"), [InputRequired(_l("Choose at least one day."))], validate_choice=False)
    begins = TimeField(_l("From what time"), [InputRequired(GIVE)], invalid_value_message=GIVE)
    ends = TimeField(_l("Until what time"), [InputRequired(GIVE)], invalid_value_message=GIVE)
    minutes = IntegerField(
        _l("Minutes each"), [InputRequired(_l("Give a number.")), NumberRange(5, 120, _l("From 5 to 120 minutes."))]
    )
    seats = IntegerField(
        _l("How many people at once"), [InputRequired(_l("Give a number.")), NumberRange(1, 50, _l("From 1 to 50."))]
    )
    staff = StringField(_l("Who checks"), [AtMost(120)], [one_line])
    link = StringField(
        _l("Link where the checks take place"),
        [AtMost(LONGEST)],
        [one_line],
        description=_l("Told to nobody before they press the button of their own page."),
    )

    def offer(self, last: date, first: date) -> None:
        """The days of the three weeks up to the last one of the summit, from `first` on."""
        start = max(first, last - timedelta(days=21))
        count = max(0, (last - start).days + 1)
        days = [start + timedelta(days=each) for each in range(count)]
        self.days.choices = [SelectChoice(each.isoformat(), day_word(each)) for each in days]

    def opening(self) -> Opening:
        """What was filled in. Refused beside its field when a day is missing or the link is none."""
        offered = {each.value for each in self.days.choices}
        days = [date.fromisoformat(each) for each in self.days.data or () if each in offered]
        if not days:
            raise Refused(_("Choose at least one day."), "days")
        try:
            link = address(self.link.data or "")
        except Refused as no:
            raise Refused(no.message, "link") from no
        span = (self.begins.data, self.ends.data)
        return Opening(days, *span, self.minutes.data, self.seats.data, self.staff.data or "", link)


class ResultForm(Form):
    """What came of one check."""

    result = RadioField(_l("What came of it"), [Asked(_l("Choose one of these."))], validate_choice=False)
    tested = CheckboxesField(_l("What was in order"))
    note = TextAreaField(
        _l("Note"),
        [AtMost(500)],
        [lines],
        description=_l("Read by the moderator, and by the person if the check failed."),
    )

    @staticmethod
    def of(check: TechCheck | None) -> dict[str, object]:
        if check is None:
            return {"result": "", "tested": [], "note": ""}
        return {"result": check.result.value if check.result else "", "tested": check.tested, "note": check.note}

    def prepare(self) -> None:
        words: Mapping[Result, object] = {
            Result.PASSED: _("Passed"),
            Result.FAILED: _("Failed: a backup is asked for"),
            Result.ABSENT: _("Was not there"),
        }
        self.result.choices = [SelectChoice(key.value, said) for key, said in words.items()]
        self.tested.choices = [SelectChoice(each, good_word(each).capitalize()) for each in TESTED]

    def found(self) -> Found:
        """What was filled in. Refused on "result" for none of those offered."""
        if self.result.data not in {each.value for each in Result}:
            raise Refused(_("Choose one of these."), "result")
        tested = [each for each in TESTED if each in (self.tested.data or ())]
        return Found(Result(self.result.data), tested, self.note.data or "")
