"""How many people are expected in a session, and whether its room holds them."""

from __future__ import annotations

from sqlalchemy import update

from app.agenda.models import Session
from app.db import db
from app.events.models import Event, Mode, Room
from app.registration.models import Capacity, State
from app.schedule import plan
from app.web.kept import KeepingFlask
from tests.desk.office import REHEARSAL, Organiser, words
from tests.schedule.delegates import delegate
from tests.schedule.test_proposing import within


def register(app: KeepingFlask) -> None:
    """Seoul comes with two and one online, one waits; Miami comes with one; Tirana, online, has somebody there too."""
    delegate(app, "seoul", "OH Se-hoon")
    delegate(app, "seoul", "KIM Minji", Capacity.DELEGATE)
    delegate(app, "seoul", "LEE Jun", Capacity.DELEGATE, mode=Mode.ONLINE)
    delegate(app, "seoul", "PARK Sora", Capacity.DELEGATE, state=State.ENDORSED)
    delegate(app, "miami", "Francis Suarez")
    delegate(app, "tirana", "Erion Veliaj")


def expected(app: KeepingFlask) -> dict[str, int]:
    found: dict[str, int] = within(
        app, lambda event: {each.id: each.expected for each in plan.of(event).problem.sessions}
    )
    return found


def test_the_people_of_the_cities_that_appear_there_are_expected(desks: KeepingFlask) -> None:
    register(desks)
    found = expected(desks)
    assert (found["session-4"], found["session-5"], found["session-3"]) == (3, 0, 0)


def test_everybody_is_expected_where_a_session_is_for_all(desks: KeepingFlask) -> None:
    register(desks)
    assert expected(desks)["opening"] == 4


def test_what_an_organiser_said_stands(desks: KeepingFlask) -> None:
    register(desks)
    mine = update(Session).where(Session.code == "session-4")
    within(desks, lambda _event: db.session.execute(mine.values(audience=0)))
    assert expected(desks)["session-4"] == 0


def test_a_room_too_small_for_them_is_warned_of(desks: KeepingFlask, tokyo: Organiser) -> None:
    register(desks)

    def shrink(event: Event) -> None:
        db.session.execute(update(Room).where(Room.event_id == event.id).values(seats=2))

    within(desks, shrink)
    said = words(tokyo.get(f"{REHEARSAL}/schedule/clashes"))
    assert "3 people are expected in “Session 4”; Rehearsal Hall has 2 seats." in said
