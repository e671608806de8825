"""What a city's office and the organisers do in these tests, one transaction each."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any, TypeVar

from sqlalchemy import select, update

from app.db import db, write
from app.delegations.models import Category, Delegation, Quota
from app.events.models import Approval, Event, Mode
from app.journal import Note
from app.outbox import Message
from app.refused import Refused
from app.registration import nominating, service, waiting
from app.registration.models import Capacity, Delegate, Places, Rank, State
from app.registration.nominating import Nomination
from tests.registration.cast import NOW, Cast, application, details, read

Done = TypeVar("Done")
OFFICE = "Paola Conti"


def later(hours: float) -> datetime:
    return NOW + timedelta(hours=hours)


def do(cast: Cast, act: Callable[[], Done]) -> Done:
    return read(cast.app, lambda: write(act))


def at_once(count: int, act: Callable[[int], Done]) -> list[Done]:
    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(act, range(count)))


def refusal(act: Callable[[], object]) -> str | None:
    """The sentence with which an act is refused; None when it is done."""
    try:
        act()
    except Refused as no:
        return no.message
    return None


def approval(cast: Cast, wanted: Approval) -> None:
    do(cast, lambda: db.session.execute(update(Event).values(approval=wanted)))


def seats(cast: Cast, number: int | None, mode: Mode = Mode.VENUE) -> None:
    """Set the places as organisers do, so that whoever waits is asked."""
    do(cast, lambda: waiting.set_places(cast.event_id, mode, number, "a test", who="Tokyo", now=NOW))


def delegation_id(cast: Cast, city: str) -> int:
    found = select(Delegation.id).where(Delegation.uid == f"summit-{city.lower().replace(' ', '-')}")
    return read(cast.app, lambda: db.session.execute(found).scalar_one())


def quota(
    cast: Cast, city: str, number: int | None, kind: Category = Category.DELEGATES, mode: Mode = Mode.VENUE
) -> int:
    """Set a city's quota; its id."""
    key = delegation_id(cast, city)
    made = do(cast, lambda: waiting.set_quota(key, kind, mode, number, who="Tokyo", now=NOW))
    return made.id if made else 0


def nomination(name: str = "Luca Ferri", role: Capacity = Capacity.DELEGATE, **changes: Any) -> Nomination:
    told: dict[str, Any] = {
        "rank": Rank.OFFICIAL,
        "position": "Head of Mobility",
        "email": "office@rome.example.org",
        "knows": True,
    }
    return Nomination(name=name, role=role, **(told | changes))


def nominate(cast: Cast, name: str = "Luca Ferri", city: str = "Rome", now: datetime = NOW, **changes: Any) -> Delegate:
    key = delegation_id(cast, city)
    return do(cast, lambda: nominating.nominate(key, nomination(name, **changes), who=OFFICE, now=now))


def complete(cast: Cast, delegate: Delegate, now: datetime = NOW, **changes: Any) -> Delegate:
    """The form as the office fills it in, under the person's own name and mode unless others are given."""
    mode = changes.pop("mode", delegate.mode)
    told = details(mode, **({"name": delegate.name} | changes))
    return do(cast, lambda: nominating.complete(delegate.id, told, on_behalf=True, who=OFFICE, now=now))


def register(cast: Cast, name: str, city: str = "Rome", now: datetime = NOW, **changes: Any) -> Delegate:
    """Somebody registers with the code of the city."""

    def act() -> Delegate:
        event = db.session.get_one(Event, cast.event_id)
        return service.register(
            event, application(cast, f"the form of {name}, {city}", city, name=name, **changes), now
        )

    return do(cast, act)


def waiter(cast: Cast, name: str, city: str = "Rome", now: datetime = NOW, **changes: Any) -> Delegate:
    """Somebody nominated and complete, for whom no place is left."""
    named = nominate(cast, name, city, now, **changes)
    done = complete(cast, named, now)
    assert done.state == State.WAITLISTED
    return done


def now_of(cast: Cast, delegate: Delegate) -> Delegate:
    """The row as stored now."""
    return read(cast.app, lambda: db.session.execute(select(Delegate).where(Delegate.id == delegate.id)).scalar_one())


def state(cast: Cast, delegate: Delegate) -> State:
    return now_of(cast, delegate).state


def places(cast: Cast, mode: Mode = Mode.VENUE) -> tuple[int | None, int, int]:
    """(seats, taken, granted) of the summit in this mode."""
    found = select(Places.seats, Places.taken, Places.granted).where(
        Places.event_id == cast.event_id, Places.mode == mode
    )
    return read(cast.app, lambda: tuple(db.session.execute(found).one()))  # type: ignore[return-value]


def used(cast: Cast, quota_id: int) -> tuple[int, int, int]:
    """(seats, taken, granted) of a quota."""
    found = select(Quota.seats, Quota.taken, Quota.granted).where(Quota.id == quota_id)
    return read(cast.app, lambda: tuple(db.session.execute(found).one()))  # type: ignore[return-value]


def letters(cast: Cast) -> list[str]:
    """The kinds of all letters, in the order in which they were posted."""
    return read(cast.app, lambda: list(db.session.execute(select(Message.kind).order_by(Message.id)).scalars()))


def journal(cast: Cast, delegate: Delegate) -> list[tuple[str, str]]:
    """(what, who) of everything that happened to somebody."""
    found = select(Note.what, Note.who).where(Note.subject == f"delegate/{delegate.uid}").order_by(Note.id)
    return read(cast.app, lambda: [(what, who) for what, who in db.session.execute(found)])
