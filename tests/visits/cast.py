"""A summit with a visit to the harbour, and what people and organisers do with it in tests."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time
from typing import Any, TypeVar

from sqlalchemy import inspect, select, update

from app.db import db
from app.events.models import Mode, new_uid
from app.outbox import Message
from app.registration import rows
from app.registration.models import Capacity, Delegate, Places
from app.visits import editing, signing, vehicles
from app.visits.editing import Facts
from app.visits.models import SignUp, Standing, Vehicle, Visit
from app.visits.signing import Request
from tests.registration import people
from tests.registration.cast import NOW, Cast, read

Done = TypeVar("Done")
DAY = date(2090, 2, 27)
HARBOUR = Facts(
    title="Harbour by boat",
    host="Port of Tokyo",
    meeting_point="South door",
    day=DAY,
    leaves=time(9),
    returns=time(11, 30),
    seats=20,
    minimum=5,
)
ORGANISER = "KOIKE Yuriko"


def roomy(cast: Cast) -> Cast:
    """Let anybody register at the venue, who is approved at once."""
    people.do(cast, lambda: db.session.execute(update(Places).where(Places.mode == Mode.VENUE).values(seats=None)))
    return cast


def visit(cast: Cast, code: str = "harbour", **facts: Any) -> Visit:
    """A visit as an organiser makes it."""
    told = Facts(**(vars(HARBOUR) | facts))
    return people.do(cast, lambda: editing.make(cast.event_id, told, code, who=ORGANISER, now=NOW))


def change(cast: Cast, made: Visit, now: datetime = NOW, **facts: Any) -> Visit:
    """The visit changed in these facts, as it stands now."""
    there = now_of(cast, made)
    told = Facts(**(vars(Facts.of(there)) | facts))
    return people.do(cast, lambda: editing.change(there.id, told, there.version, who=ORGANISER, now=now))


def bus(cast: Cast, made: Visit, seats: int, step_free: int = 0, name: str = "Bus 1") -> Vehicle:
    told = vehicles.Facts(name, seats, step_free, "Mari Christine", "+81312345678")
    return people.do(cast, lambda: vehicles.add(made.id, told, who=ORGANISER, now=NOW))


def guests(cast: Cast, count: int, city: str = "Rome", start: int = 0, **told: Any) -> list[Delegate]:
    """So many people of a city, approved for the venue."""
    return [people.register(cast, f"{city} {number}", city, **told) for number in range(start, start + count)]


def crowd(cast: Cast, count: int) -> list[Delegate]:
    """As many people of Rome, made as copies of one, which is quicker."""
    first = guests(cast, 1)[0]
    columns = [each.key for each in inspect(Delegate).column_attrs if each.key != "id"]

    def act() -> list[int]:
        copies = []
        for number in range(count):
            copy = Delegate(**{name: getattr(first, name) for name in columns})
            copy.uid, copy.reference, copy.submit_key = new_uid(), f"C{number}", f"the copy {number}"
            copy.name = f"Rome {number + 1}"
            copy.seal()
            copies.append(copy)
        db.session.add_all(copies)
        db.session.flush()
        return [each.id for each in copies]

    keys = people.do(cast, act)
    return people.do(cast, lambda: list(rows.held(keys).values()))


def sign_up(
    cast: Cast, made: Visit, *party: Delegate, now: datetime = NOW, step_free: tuple[Delegate, ...] = ()
) -> list[SignUp]:
    """These people sign up together."""
    asked = Request(tuple(each.id for each in party), frozenset(each.id for each in step_free), "+39061234", True)
    return people.do(cast, lambda: signing.sign_up(made.id, asked, who=party[0].signed, now=now))


def role(cast: Cast, delegate: Delegate, wanted: Capacity) -> None:
    people.do(cast, lambda: db.session.execute(update(Delegate).where(Delegate.id == delegate.id).values(role=wanted)))


def now_of(cast: Cast, made: Visit) -> Visit:
    return read(cast.app, lambda: db.session.execute(select(Visit).where(Visit.id == made.id)).scalar_one())


def states(cast: Cast, made: Visit) -> dict[str, str]:
    """Name -> where the sign-up stands, in the order of signing up."""
    query = select(Delegate.name, SignUp.state).join(SignUp, SignUp.delegate_id == Delegate.id)
    query = query.where(SignUp.visit_id == made.id).order_by(SignUp.id)
    return read(cast.app, lambda: {name: state.value for name, state in db.session.execute(query)})


def state(cast: Cast, made: Visit, who: Delegate) -> Standing:
    query = select(SignUp.state).where(SignUp.visit_id == made.id, SignUp.delegate_id == who.id)
    return read(cast.app, lambda: db.session.execute(query).scalar_one())


def row(cast: Cast, made: Visit, who: Delegate) -> SignUp:
    query = select(SignUp).where(SignUp.visit_id == made.id, SignUp.delegate_id == who.id)
    return read(cast.app, lambda: db.session.execute(query).scalar_one())


def letters(cast: Cast, who: Delegate) -> list[str]:
    """The kinds of letters about visits that a person got, in order."""
    query = select(Message.kind, Message.facts).where(Message.kind.like("visit %")).order_by(Message.id)
    return read(
        cast.app,
        lambda: [kind for kind, facts in db.session.execute(query) if facts["reference"] == who.reference],
    )


def act(cast: Cast, done: Callable[[], Done]) -> Done:
    return people.do(cast, done)


LATE = datetime(2090, 2, 25, 9, 0, tzinfo=UTC)
"""Within three days of the visit."""
