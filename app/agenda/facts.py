"""A session of the draft as frozen values: what an act changes, and what taking it back brings back."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime, time
from typing import Any

from app.agenda.models import Appearance, Kind, Order, Part, Pin, Session, Visibility
from app.events.models import Mode

Owner = tuple[str, int | None, int | None]
"""Somebody in a session: its code, and the delegation or the person."""
videos_told: list[Callable[[int], Mapping[Owner, bool]]] = []
"""What tells whose video has come, so that no tick is asked for: an event's id -> whether it has. Filled by later
rooms."""
NEITHER = {"code", "uid", "parent", "seats"}
"""Facts that are no columns of the same name to be set."""


@dataclass(frozen=True)
class Seat:
    """Somebody in a session, in the place they have in the tuple; exactly one of the two ids is set."""

    part: Part
    delegation_id: int | None = None
    person_id: int | None = None
    mode: Mode | None = None
    shown_position: str = ""
    topic: str = ""
    minutes: int | None = None
    speaker_id: int | None = None
    confirmed: bool = False
    asked_at: datetime | None = None
    video_ready: bool = False

    def asks_video(self, code: str, told: Collection[Owner]) -> bool:
        """Whether organisers are asked if the video has come to this session: of those of whom nothing else tells it.
        One that came is kept though another mode was chosen."""
        asked = self.mode == Mode.VIDEO or self.video_ready
        return asked and (code, self.delegation_id, self.person_id) not in told

    @property
    def same(self) -> tuple[int | None, int | None, Part]:
        """By which the row of somebody who stays is known again."""
        return self.delegation_id, self.person_id, self.part


@dataclass(frozen=True)
class Facts:
    """All that organisers say of one session. `parent` is the code of its block; empty: it stands in none."""

    code: str
    uid: str
    kind: Kind
    title: str
    number: int | None = None
    parent: str = ""
    theme_id: int | None = None
    room_id: int | None = None
    day: date | None = None
    starts: time | None = None
    ends: time | None = None
    fold: bool = False
    position: int = 0
    visibility: Visibility = Visibility.PUBLIC
    note: str = ""
    description: str = ""
    cancelled: bool = False
    length: int | None = None
    needs: tuple[str, ...] = ()
    audience: int | None = None
    after_code: str = ""
    same_day_code: str = ""
    apart: tuple[str, ...] = ()
    pin: Pin = Pin.NONE
    order_rule: Order = Order.HAND
    order_seed: int | None = None
    minutes_each: int | None = None
    seats: tuple[Seat, ...] = ()


COLUMNS = tuple(each.name for each in fields(Facts) if each.name not in NEITHER)
SEAT_COLUMNS = tuple(each.name for each in fields(Seat))


def facts_of(session: Session, codes: Mapping[int, str]) -> Facts:
    """A stored session with its appearances loaded; `codes`: session id -> code, for the block it stands in."""
    values = {name: getattr(session, name) for name in COLUMNS}
    values |= {"needs": tuple(session.needs), "apart": tuple(session.apart)}
    return Facts(
        code=session.code,
        uid=session.uid,
        parent=codes[session.parent_id] if session.parent_id else "",
        seats=tuple(seat_of(each) for each in sorted(session.appearances, key=lambda each: each.position)),
        **values,
    )


def seat_of(row: Appearance) -> Seat:
    return Seat(**{name: getattr(row, name) for name in SEAT_COLUMNS})


def to_json(facts: Facts) -> dict[str, Any]:
    """Plain values that `from_json` reads back exactly."""
    values = {each.name: _plain(getattr(facts, each.name)) for each in fields(facts)}
    values["seats"] = [{name: _plain(getattr(seat, name)) for name in SEAT_COLUMNS} for seat in facts.seats]
    return values


def from_json(values: Mapping[str, Any]) -> Facts:
    """What `to_json` wrote; what an older one did not know yet takes its default."""
    known = {each.name for each in fields(Facts)}
    read = {name: READ[name](value) if value is not None and name in READ else value for name, value in values.items()}
    return Facts(**{name: value for name, value in read.items() if name in known})


def _plain(value: Any) -> Any:
    if isinstance(value, (date, time)):
        return value.isoformat()
    return list(value) if isinstance(value, tuple) else value


def _read_seats(rows: list[Mapping[str, Any]]) -> tuple[Seat, ...]:
    return tuple(
        Seat(
            **{
                name: SEAT_READ[name](value) if value is not None and name in SEAT_READ else value
                for name, value in each.items()
            }
        )
        for each in rows
    )


READ: dict[str, Any] = {
    "kind": Kind,
    "day": date.fromisoformat,
    "starts": time.fromisoformat,
    "ends": time.fromisoformat,
    "visibility": Visibility,
    "needs": tuple,
    "apart": tuple,
    "pin": Pin,
    "order_rule": Order,
    "seats": _read_seats,
}
SEAT_READ: dict[str, Any] = {"part": Part, "mode": Mode, "asked_at": datetime.fromisoformat}


def videos_of(event_id: int) -> dict[Owner, bool]:
    """Whether the video of each has come, of those of whom something tells that is no tick. A query for each teller."""
    return {owner: come for teller in videos_told for owner, come in teller(event_id).items()}
