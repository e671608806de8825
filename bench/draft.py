"""A draft of 300 sessions on the organisers' board, drawn from a seed, and moves on it through the real view."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from sqlalchemy import select

from app.agenda.models import Appearance, Kind, Part, Session
from app.db import db
from app.delegations.models import TAKES_PART, Delegation
from app.events.models import Event, Mode, Person, Room, Theme
from app.planning import model
from app.planning.greedy import Greedy
from app.planning.places import Places
from app.web.kept import KeepingFlask
from bench import board
from bench.congress import FIRST, ZONE, congress

SESSIONS, ROOMS, DAYS, PEOPLE = 300, 16, 4, 400
MOVES = 40


def fill() -> None:
    """Fill the rehearsal up to that many sessions. To be called inside of `write`, when its cities are there."""
    event = db.session.execute(select(Event).where(Event.slug == board.SLUG)).scalar_one()
    event.ends_on = event.starts_on + timedelta(days=DAYS - 1)
    problem = congress(sessions=SESSIONS, rooms=ROOMS, days=DAYS, people=PEOPLE, seed=1).problem
    plan, _ = Greedy(Places(problem)).first(1, passes=2)
    standing = db.session.execute(select(Session.code).where(Session.event_id == event.id)).scalars().all()
    rooms = _made(
        Room(event_id=event.id, name=f"Bench {each.name}", seats=each.seats, equipment=sorted(each.equipment or ()))
        for each in problem.rooms
    )
    themes = sorted({each.theme for each in problem.sessions})
    made = _made(Theme(event_id=event.id, slug=each, name=each, tone=1 + n % 6) for n, each in enumerate(themes))
    whose = _attendees(event, problem)
    of_theme, of_room = (
        dict(zip(themes, made, strict=True)),
        {each.id: n for each, n in zip(problem.rooms, rooms, strict=True)},
    )
    for each, at in list(zip(problem.sessions, plan, strict=True))[: SESSIONS - len(standing)]:
        row = Session(
            event_id=event.id, code=f"bench-{each.id}", kind=Kind.SESSION, title=each.title, length=each.length
        )
        row.theme_id, row.needs, row.audience = of_theme[each.theme], sorted(each.needs), each.expected
        row.appearances = [_seat(seat, whose) for seat in each.appearances]
        if at.start is not None:
            local = at.start.astimezone(ZoneInfo(ZONE))
            row.day, row.room_id = event.starts_on + (local.date() - FIRST), of_room[at.room or ""]
            row.starts, row.ends = local.time(), (local + timedelta(minutes=each.length)).time()
        db.session.add(row)
    db.session.flush()


def _made(rows: Iterator[Room | Theme | Person]) -> list[int]:
    """The ids of these rows once they are stored."""
    found = list(rows)
    db.session.add_all(found)
    db.session.flush()
    return [each.id for each in found]


def _attendees(event: Event, problem: model.Problem) -> dict[str, tuple[str, int]]:
    """Those who join online are cities, all others people whom the organisers name."""
    ask = select(Delegation.id).where(Delegation.event_id == event.id, Delegation.answer.in_(TAKES_PART))
    cities = list(db.session.execute(ask.order_by(Delegation.id)).scalars())
    online = [each for each in problem.people if model.Mode.ONLINE in each.modes]
    named = [each for each in problem.people if each not in online]
    rows = (Person(event_id=event.id, code=each.id.replace(":", "-"), name=each.name) for each in named)
    found = {each.id: ("person_id", number) for each, number in zip(named, _made(rows), strict=True)}
    return found | {each.id: ("delegation_id", cities[n % len(cities)]) for n, each in enumerate(online)}


def _seat(seat: model.Appearance, whose: dict[str, tuple[str, int]]) -> Appearance:
    column, number = whose[seat.who]
    mode = Mode(seat.mode.value) if seat.mode else None
    made = Appearance(part=Part(seat.part), position=seat.order + 1, mode=mode)
    setattr(made, column, number)
    return made


@dataclass(frozen=True)
class Move:
    """One card dragged to another place: what the board's script sends."""

    code: str
    fields: dict[str, str]


def moves(count: int) -> list[Move]:
    """That many sessions that stand somewhere, each to the start and room of the next."""
    ask = select(Session).join(Event, Session.event_id == Event.id).where(Event.slug == board.SLUG)
    placed = ask.where(Session.starts.is_not(None), Session.room_id.is_not(None), Session.code.startswith("bench-"))
    rows = list(db.session.execute(placed.order_by(Session.id).limit(count + 1)).scalars())
    return [
        Move(
            row.code,
            {
                "day": str(to.day),
                "starts": f"{to.starts:%H:%M}",
                "ends": "",
                "room": str(to.room_id),
                "version": str(row.version),
            },
        )
        for row, to in pairwise(rows)
    ]


def measured(app: KeepingFlask, count: Callable[[], int]) -> tuple[float, float, int]:
    """CPU seconds of one move, the median and the slowest, and the most queries."""
    with app.app_context():
        wanted = moves(MOVES)
    client = board.organiser(app)
    token = board.token(client, _path(wanted[0].code))
    spent, asked = [], 0
    for move in wanted:
        form = {**move.fields, "csrf_token": token}
        before, start = count(), time.process_time()
        answer = client.post(_path(move.code), data=form, headers={"Accept": "application/json"})
        spent.append(time.process_time() - start)
        asked = max(asked, count() - before)
        assert answer.status_code == 200, answer.text
    return statistics.median(spent), max(spent), asked


def _path(code: str) -> str:
    return f"/organise/{board.SLUG}/schedule/sessions/{code}"
