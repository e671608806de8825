"""Visits and their vehicles in an event file; what a file changes of a visit on which people have places."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sqlalchemy import select

from app.db import db, write
from app.events.models import Event
from app.imports import load, rehearse, visitors
from app.visits.models import SignUp, Vehicle, Visit
from app.web.kept import KeepingFlask
from tests.registration.people import refusal
from tests.schedule.delegates import NOW


def event_id() -> int:
    return db.session.execute(select(Event.id).where(Event.slug == "rehearsal")).scalar_one()


def test_the_rehearsal_brings_vehicles(rehearsal: KeepingFlask) -> None:
    with rehearsal.app_context():
        query = select(Vehicle.name, Vehicle.seats, Vehicle.step_free).join(Visit).where(Visit.code == "water")
        found = [tuple(row) for row in db.session.execute(query.order_by(Vehicle.position))]
    assert found == [("Bus 1", 20, 0), ("Van with a lift", 4, 2)]


def test_the_demonstration_shows_people_on_a_visit_once(rehearsal: KeepingFlask) -> None:
    with rehearsal.app_context():
        key = event_id()
        for _twice in range(2):
            write(lambda: visitors.invent(key, "water", NOW))
        query = select(Vehicle.name, SignUp.state).join(SignUp, SignUp.vehicle_id == Vehicle.id).order_by(SignUp.id)
        found = [(name, state.value) for name, state in db.session.execute(query)]
        db.session.rollback()
    assert found == [("Van with a lift", "allocated")] * 3 + [("Bus 1", "allocated")] * 3


def again(app: KeepingFlask, **facts: Any) -> None:
    """The rehearsal's file once more, with these facts of the visit to the waterworks."""

    def act() -> None:
        source = rehearse(NOW.date())
        first, *others = source.visits
        event = replace(source, visits=(replace(first, **facts), *others))
        load(event, NOW, timetable=True)

    with app.app_context():
        write(act)


def test_a_file_with_fewer_places_than_people_is_refused(rehearsal: KeepingFlask) -> None:
    with rehearsal.app_context():
        write(lambda: visitors.invent(event_id(), "water", NOW))
    said = refusal(lambda: again(rehearsal, seats=5))
    begins, ends = "“Where the water comes from (rehearsal)” has 5 places in the file,", "Take people off first."
    assert said == f"{begins} and 6 people have one. {ends}"


def test_who_has_a_place_is_told_what_a_file_changes(rehearsal: KeepingFlask) -> None:
    with rehearsal.app_context():
        write(lambda: visitors.invent(event_id(), "water", NOW))
    again(rehearsal, meeting_point="The other door")
    with rehearsal.app_context():
        told = [each["item"]["place"] for each in db.session.execute(select(SignUp.told)).scalars() if each]
    assert told == ["The other door"] * 6
