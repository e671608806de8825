"""Letters to the cast, and what became of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select

from app.db import db, write
from app.outbox import Attachment, Letter, Message, Rendered, post
from app.outbox.transport import Parcel

NOW = datetime(2023, 2, 20, 9, 0, tzinfo=UTC)


def greeting(facts: Mapping[str, Any], language: str) -> Rendered:
    """Words letters of the kind "greeting"."""
    words = f"Welcome to the summit, {facts['city']}."
    calendar = Attachment("summit.ics", "text/calendar", b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n")
    return Rendered("Welcome", f"{words}\n", f"<!doctype html><title>Welcome</title><p>{words}</p>", (calendar,))


def letter(city: str, **more: Any) -> Letter:
    """A greeting to the office of a city: letter("Rome") goes to office@rome.example."""
    known = {
        "kind": "greeting",
        "key": f"greeting/{city}",
        "to": f"office@{city.lower().replace(' ', '-')}.example",
        "to_name": f"Office of {city}",
        "facts": {"city": city},
    }
    return Letter(**(known | more))


def put(*letters: Letter) -> None:
    """Post letters in one act."""

    def act() -> None:
        for each in letters:
            post(each, NOW)

    write(act)


def rows() -> Sequence[Message]:
    db.session.rollback()
    return db.session.scalars(select(Message).order_by(Message.id).execution_options(populate_existing=True)).all()


def row() -> Message:
    [only] = rows()
    return only


def octets() -> list[bytes | None]:
    db.session.rollback()
    return list(db.session.scalars(select(Message.octets).order_by(Message.id)))


def fails(fault: BaseException) -> Callable[[Parcel], None]:
    """What a carrier does first: it cannot."""

    def fail(parcel: Parcel) -> None:
        raise fault

    return fail


class Bag:
    """A carrier that notes what it carries, and first does what it is told to."""

    def __init__(self, before: Callable[[Parcel], None] = lambda parcel: None) -> None:
        self.before = before
        self.carried: list[Parcel] = []

    def open(self) -> None: ...

    def carry(self, parcel: Parcel) -> None:
        self.before(parcel)
        self.carried.append(parcel)

    def close(self) -> None: ...


def states() -> list[str]:
    return [each.state.value for each in rows()]
