"""Whatever an act changes, taking it back leaves the draft as it was, and doing it again as it was after the act."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from app.agenda import acts
from app.agenda.acts import Changed
from app.agenda.facts import Facts, Seat, from_json, to_json
from app.agenda.models import Kind, Order, Part, Pin, Visibility
from app.db import db, write
from app.delegations.models import Delegation
from app.events.models import Event, Mode, Person, Room, Theme
from app.refused import Refused
from app.web.kept import KeepingFlask

NOW = datetime(2089, 12, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Draft:
    """The rehearsal's draft, and what its sessions may refer to."""

    event_id: int
    rooms: tuple[int, ...]
    themes: tuple[int, ...]
    cities: tuple[int, ...]
    people: tuple[int, ...]

    def stored(self) -> dict[str, Facts]:
        db.session.rollback()
        return acts.stored(self.event_id)

    def do(self, changes: list[Changed]) -> int:
        """The number of the act; 0 for nothing."""

        def act() -> int:
            acts.hold(self.event_id)
            made = acts.perform(self.event_id, "sessions changed", changes, who="Tokyo", now=NOW)
            return made.number if made else 0

        return write(act)

    def undo(self, number: int) -> None:
        write(lambda: acts.undo(self.event_id, number, who="Rome", now=NOW))

    def redo(self, number: int) -> None:
        write(lambda: acts.redo(self.event_id, number, who="Tokyo", now=NOW))


@pytest.fixture
def draft(rehearsal: KeepingFlask) -> Iterator[Draft]:
    with rehearsal.app_context():
        event = db.session.execute(select(Event.id).where(Event.slug == "rehearsal")).scalar_one()
        found = (
            tuple(db.session.execute(select(each.id).where(each.event_id == event).order_by(each.id)).scalars())
            for each in (Room, Theme, Delegation, Person)
        )
        yield Draft(event, *found)


def maybe(values: Any) -> st.SearchStrategy[Any]:
    return st.sampled_from([None, *values])


@st.composite
def seats(draw: st.DrawFn, draft: Draft, present: tuple[Seat, ...]) -> tuple[Seat, ...]:
    """Those who stay, in any order, with other words; and one who comes."""
    stay = draw(st.permutations(present))[: draw(st.integers(0, len(present)))]
    told = {"mode": maybe(Mode), "minutes": maybe([3, 20]), "topic": st.sampled_from(["", "Ørsted’s “rivers”"])}
    kept = [replace(each, **{name: draw(value) for name, value in told.items()}) for each in stay]
    part = draw(st.sampled_from(Part))
    who = draw(st.sampled_from([("delegation_id", draft.cities), ("person_id", draft.people)]))
    new = Seat(part, **{who[0]: draw(st.sampled_from(who[1]))}, asked_at=draw(maybe([NOW])))  # type: ignore[arg-type]
    return tuple(kept) if new.same in {each.same for each in kept} else (*kept, new)


@st.composite
def others(draw: st.DrawFn, draft: Draft, facts: Facts, blocks: list[str]) -> Facts:
    """The same session with other facts: when and where, what it is, who appears."""
    day = draw(maybe([facts.day])) or facts.day
    starts, ends = draw(st.sampled_from([(None, None), (time(9), time(10, 20)), (time(23), time(23, 59))]))
    timed = day is not None and starts is not None
    return replace(
        facts,
        kind=draw(st.sampled_from(Kind)),
        title=draw(st.sampled_from([facts.title, "São Paulo & “rivers”", "x" * 200])),
        parent=draw(st.sampled_from(["", facts.parent, *(each for each in blocks if each != facts.code)])),
        theme_id=draw(maybe(draft.themes)),
        room_id=draw(maybe(draft.rooms)),
        day=day,
        starts=starts if timed else None,
        ends=ends if timed else None,
        fold=timed and draw(st.booleans()),
        position=draw(st.integers(0, 99)),
        visibility=draw(st.sampled_from(Visibility)),
        description=draw(st.sampled_from(["", "Two\nlines"])),
        cancelled=draw(st.booleans()),
        length=draw(maybe([1, 1440])),
        needs=draw(st.sampled_from([(), ("stage", "streaming")])),
        audience=draw(maybe([0, 300])),
        after_code=draw(st.sampled_from(["", "session-1"])),
        pin=draw(st.sampled_from(Pin)),
        order_rule=draw(st.sampled_from(Order)),
        order_seed=draw(maybe([0, 999_999_999])),
        minutes_each=draw(maybe([5])),
        seats=draw(seats(draft, facts.seats)),
    )


@st.composite
def changes(draw: st.DrawFn, draft: Draft, board: dict[str, Facts]) -> list[Changed]:
    """Some sessions changed or taken off, their numbers shuffled among them, and perhaps one added."""
    blocks = [each.code for each in board.values() if each.kind == Kind.BLOCK]
    touched = draw(st.lists(st.sampled_from(sorted(board)), min_size=1, max_size=4, unique=True))
    after = [draw(others(draft, board[code], blocks)) for code in touched]
    numbers = draw(st.permutations([board[code].number for code in touched]))
    found = [Changed(board[each.code], replace(each, number=no)) for each, no in zip(after, numbers, strict=True)]
    gone = draw(st.sampled_from(range(len(found) + 2)))
    found = [Changed(each.before, None) if place == gone else each for place, each in enumerate(found)]
    if draw(st.booleans()):
        blank = Facts("made-now", "e" * 32, Kind.SOCIAL, "Evening")
        found.append(Changed(None, draw(others(draft, blank, blocks))))
    return found


def asked_for(before: dict[str, Facts], wanted: list[Changed]) -> dict[str, Facts]:
    """The draft as these changes want it."""
    left = {code: facts for code, facts in before.items() if code not in {each.code for each in wanted}}
    return left | {each.code: each.after for each in wanted if each.after}


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(data=st.data())
def test_taken_back_it_is_as_before_and_done_again_as_after(draft: Draft, data: st.DataObject) -> None:
    before = draft.stored()
    wanted = data.draw(changes(draft, before))
    try:
        number = draft.do(wanted)
    except Refused:
        number = 0
    assume(number)
    after = draft.stored()
    assert after == asked_for(before, wanted)
    assert [from_json(to_json(each)) for each in after.values()] == list(after.values())
    draft.undo(number)
    assert draft.stored() == before
    draft.redo(number)
    assert draft.stored() == after
    draft.undo(number)
    assert draft.stored() == before
