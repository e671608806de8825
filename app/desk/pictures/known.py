"""All that the pictures of one event are drawn from, and the words beside them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from flask_babel import gettext as _

from app.delegations.deadlines import Limit, Limits, limits
from app.desk.board import service as board
from app.desk.board.needs import Row
from app.desk.pictures import figures, forecast, service
from app.desk.pictures.figures import UNSURE, Fill, Group, Spoken, Spot
from app.desk.pictures.forecast import Forecast
from app.desk.visits import service as visits
from app.events.models import Due, Event, Mode
from app.web.wording import country


@dataclass(frozen=True)
class Known:
    """All that the pictures are drawn from, but the hours of cities online."""

    event: Event
    rows: Sequence[Row]
    spots: Mapping[str, Spot]
    people: Mapping[Mode, int]
    history: Mapping[str, Sequence[tuple[datetime, int]]]
    limits: Limits
    foreseen: Forecast | None
    days: Sequence[tuple[date, Mode | None, int]]
    spoken: Sequence[Spoken]
    fills: Sequence[Fill]
    now: datetime

    @property
    def deadline(self) -> Limit | None:
        """By when cities answer."""
        return self.limits.get(Due.ANSWER)


def known(event: Event, now: datetime) -> Known:
    """What there is to draw of an event. Twenty-five queries, however many cities there are."""
    told = service.moves(event)
    due = limits(event.id)
    deadline = due.get(Due.ANSWER)
    return Known(
        event=event,
        rows=board.rows(event, now),
        spots=service.spots(event),
        people=service.people(event),
        history=figures.history(told.answers, told.moves, now),
        limits=due,
        foreseen=forecast.forecast(told.answers, told.moves, told.invited, now, deadline.at if deadline else None),
        days=service.days(event),
        spoken=service.spoken(event),
        fills=service.fills(visits.table(event, now)),
        now=now,
    )


def group_words() -> dict[Group, str]:
    """How a city's answer is called, as the pictures group them."""
    return {
        Group.COMES: _("Takes part"),
        Group.WAITS: _("Not answered yet"),
        Group.LAPSED: _("Lapsed"),
        Group.NOT: _("Declined or withdrawn"),
        Group.NEW: _("Not invited yet"),
    }


def line_words() -> dict[str, str]:
    """What the lines of the answers over time are called."""
    return {"invited": _("invited"), "accepted": _("accepted"), "declined": _("declined or withdrawn")}


def mode_words() -> dict[str, str]:
    """The ways in which cities appear, in a legend."""
    said = {Mode.VENUE: _("At the venue"), Mode.ONLINE: _("Online"), Mode.VIDEO: _("By video message")}
    return {each.value: word for each, word in said.items()} | {UNSURE: _("To be confirmed")}


def fill_words() -> dict[str, str]:
    """How the places of a visit stand."""
    return {"taken": _("taken"), "free": _("free"), "waiting": _("waiting")}


def region_word(key: str) -> str:
    """The name of a region; of "", that there is none."""
    return country(key) if key else str(_("Elsewhere"))


def upper(word: str) -> str:
    """With a capital at its head."""
    return word[:1].upper() + word[1:]
