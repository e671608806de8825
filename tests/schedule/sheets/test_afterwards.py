"""The draft as it would stand after changes that are not stored, and what would clash then."""

from __future__ import annotations

from dataclasses import replace
from datetime import time

from sqlalchemy import select, update

from app.agenda import acts
from app.agenda.acts import Changed
from app.agenda.facts import Facts, Seat
from app.agenda.models import Appearance, Kind, Part
from app.db import db, write
from app.delegations.models import Answer, Delegation
from app.events.models import Mode, Room
from app.events.service import event_by_slug
from app.registration.models import Capacity, Delegate, State
from app.schedule import plan
from app.schedule.sheets import afterwards
from app.schedule.sheets.afterwards import Consequences
from app.web.kept import KeepingFlask
from tests.costs.crowds import NOW, crowd
from tests.queries import counted


def same_problem(app: KeepingFlask, slug: str) -> bool:
    """Whether the stored draft makes the same problem by either way, sessions and placings in the same order."""
    with app.app_context():
        event = event_by_slug(slug)
        stored, made = plan.of(event), afterwards.of(event, acts.stored(event.id))
    assert len(stored.problem.sessions) > 2
    return (made.problem, made.placings, made.blocks) == (stored.problem, stored.placings, stored.blocks)


def test_the_stored_draft_makes_the_problem_that_the_board_sees(rehearsal: KeepingFlask) -> None:
    assert same_problem(rehearsal, "rehearsal")


def test_so_it_does_with_heads_speakers_and_cities_that_do_not_come(app: KeepingFlask) -> None:
    def fill() -> None:
        number = crowd("many", 6)
        people = select(Delegate.id).where(Delegate.event_id == number)
        approved = list(db.session.execute(people.where(Delegate.state == State.APPROVED)).scalars())
        ended = db.session.execute(people.where(Delegate.state == State.WITHDRAWN)).scalars().first()
        db.session.execute(update(Delegate).where(Delegate.id == approved[0]).values(role=Capacity.HEAD))
        seats = list(db.session.execute(select(Appearance.id).order_by(Appearance.id)).scalars())
        for seat, speaker in ((seats[0], approved[1]), (seats[1], ended)):
            db.session.execute(update(Appearance).where(Appearance.id == seat).values(speaker_id=speaker))
        cities = list(db.session.execute(select(Delegation.id).order_by(Delegation.id)).scalars())
        db.session.execute(update(Delegation).where(Delegation.id == cities[4]).values(answer=Answer.DECLINED))

    with app.app_context():
        write(fill)
    assert same_problem(app, "many")


def then(app: KeepingFlask, code: str, **values: object) -> Consequences:
    """What would come of other facts of one session of the rehearsal; a new one when the draft has none of the code."""
    with app.app_context():
        event = event_by_slug("rehearsal")
        board = acts.stored(event.id)
        before = board.get(code)
        base = before or Facts(code, "n" * 32, Kind.SESSION, code.capitalize(), position=99, day=event.starts_on)
        return afterwards.consequences(event, board, [Changed(before, replace(base, **values))])  # type: ignore[arg-type]


def delegation(app: KeepingFlask, name: str) -> int:
    with app.app_context():
        event = event_by_slug("rehearsal")
        asked = select(Delegation.id).join(Delegation.member).where(Delegation.event_id == event.id)
        return db.session.execute(asked.where(Delegation.member.has(name=name))).scalar_one()


def test_a_move_into_the_night_of_london_is_told(rehearsal: KeepingFlask) -> None:
    found = then(rehearsal, "session-6", starts=time(10, 40), ends=time(12))
    assert "London would take part in “Session 6” from 01:40 to 03:00 of its own clocks." in found.appeared


def test_a_session_that_does_not_stand_yet_clashes_too(rehearsal: KeepingFlask) -> None:
    day = _day(rehearsal)
    seat = Seat(Part.SPEAKER, delegation_id=delegation(rehearsal, "Tokyo"), mode=Mode.VENUE)
    found = then(rehearsal, "tea", starts=time(10, 50), ends=time(11), day=day, seats=(seat,))
    assert "Tokyo is in “Session 1” and “Tea” at the same time." in found.appeared


def test_a_city_that_comes_into_its_first_session_mends_that_it_has_none(rehearsal: KeepingFlask) -> None:
    seat = Seat(Part.SPEAKER, delegation_id=delegation(rehearsal, "Queensland"), mode=Mode.VENUE)
    assert then(rehearsal, "tea", seats=(seat,)).vanished == ("Queensland is in no session.",)


def test_a_cancelled_session_clashes_no_more(rehearsal: KeepingFlask) -> None:
    def overlap() -> None:
        event = event_by_slug("rehearsal")
        before = acts.stored(event.id)["session-3"]
        changed = replace(before, starts=time(10, 40), ends=time(11, 40))
        acts.perform(event.id, "session moved", [Changed(before, changed)], who="Tokyo", now=NOW)

    with rehearsal.app_context():
        write(overlap)
    found = then(rehearsal, "session-3", cancelled=True)
    assert "Tokyo is in “Session 1” and “Session 3” at the same time." in found.vanished


def test_only_the_first_hundred_are_spelled_out(rehearsal: KeepingFlask) -> None:
    def crowd_one_hour() -> None:
        event = event_by_slug("rehearsal")
        ordinary = Facts("", "", Kind.SESSION, "", day=event.starts_on, starts=time(9), ends=time(10))
        made = [
            replace(ordinary, code=f"talk-{n}", uid=f"{n:032}", title=f"Talk {n}", position=n) for n in range(20, 40)
        ]
        acts.perform(event.id, "file stored", [Changed(None, each) for each in made], who="Tokyo", now=NOW)

    with rehearsal.app_context():
        write(crowd_one_hour)
        event = event_by_slug("rehearsal")
        board = acts.stored(event.id)
        in_one_room = [Changed(each, replace(each, room_id=_room())) for each in board.values() if each.position >= 20]
        found = afterwards.consequences(event, board, in_one_room)
    assert (len(found.appeared), found.more) == (100, 20 * 19 // 2 - 100)


def _room() -> int:
    return db.session.execute(select(Room.id).where(Room.name == "Rehearsal Hall")).scalar_one()


def test_nothing_changed_brings_nothing(rehearsal: KeepingFlask) -> None:
    assert then(rehearsal, "session-2") == Consequences((), ())


def test_asking_stores_nothing_and_costs_a_fixed_number_of_questions(rehearsal: KeepingFlask) -> None:
    costs = []
    for codes in (["session-2"], ["session-1", "session-2", "session-3", "session-4"]):
        with rehearsal.app_context():
            event = event_by_slug("rehearsal")
            board = acts.stored(event.id)
            changes = [Changed(board[each], replace(board[each], room_id=None)) for each in codes]
            with counted(rehearsal) as statements:
                afterwards.consequences(event, board, changes)
            costs.append(len(statements))
            assert acts.stored(event.id) == board
    assert costs == [22, 22]


def _day(app: KeepingFlask) -> object:
    with app.app_context():
        return acts.stored(event_by_slug("rehearsal").id)["session-1"].day
