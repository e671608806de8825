"""Arrivals and departures that were told in confidence: the board judges by them, and shows no hour of them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import inspect

from app.db import db
from app.planning import wire
from app.planning.model import Absence, Span
from app.planning.proposals import Request, Task
from app.registration.models import Capacity, Delegate
from app.schedule.plan import FOREVER
from app.schedule.proposing import working
from app.web.kept import KeepingFlask
from tests.desk.office import REHEARSAL, Organiser, held, words
from tests.queries import counted
from tests.schedule.delegates import delegate, span, speaks, travels
from tests.schedule.test_proposing import ask, frozen, row

CLASHES = f"{REHEARSAL}/schedule/clashes"
LATE, GONE = "is not there yet when “Session 4” begins.", "has left before “Session 4” is over."
MINUTES = 47
"""After the full hour, so that the figures stand nowhere else."""


def seoul_comes_late(app: KeepingFlask) -> Delegate:
    """Its head lands while Session 4 runs, of which Seoul is a part."""
    head = delegate(app, "seoul", "OH Se-hoon")
    begins = span(app, "session-4")[0]
    travels(app, head, arrives=begins.replace(minute=MINUTES))
    return head


def test_a_head_who_lands_after_the_start_is_warned_of_by_name(desks: KeepingFlask, tokyo: Organiser) -> None:
    seoul_comes_late(desks)
    assert f"OH Se-hoon (Seoul) {LATE}" in words(tokyo.get(CLASHES))


def test_who_is_named_counts_and_not_the_head(desks: KeepingFlask, tokyo: Organiser) -> None:
    seoul_comes_late(desks)
    deputy = delegate(desks, "seoul", "KIM Minji", Capacity.DEPUTY)
    travels(desks, deputy, departs=span(desks, "session-4")[1])
    speaks(desks, deputy, "session-4")
    said = words(tokyo.get(CLASHES))
    assert (LATE in said, f"KIM Minji (Seoul) {GONE}" in said) == (False, True)


def test_who_lands_in_time_is_not_warned_of(desks: KeepingFlask, tokyo: Organiser) -> None:
    head = delegate(desks, "seoul", "OH Se-hoon")
    begins, ends = span(desks, "session-4")
    travels(desks, head, begins - timedelta(hours=1, minutes=30), ends + timedelta(hours=1, minutes=30))
    said = words(tokyo.get(CLASHES))
    assert (LATE in said, GONE in said) == (False, False)


def test_who_joins_online_may_be_anywhere(desks: KeepingFlask, tokyo: Organiser) -> None:
    head = delegate(desks, "delhi", "Shelly Oberoi")
    travels(desks, head, arrives=span(desks, "session-2")[1])
    assert "Shelly Oberoi (Delhi) is not there yet" not in words(tokyo.get(CLASHES))


def test_journeys_cost_no_query(desks: KeepingFlask, tokyo: Organiser) -> None:
    with counted(desks) as before:
        tokyo.get(CLASHES)
    seoul_comes_late(desks)
    with counted(desks) as after:
        tokyo.get(CLASHES)
    assert len(after) == len(before)


def hours(app: KeepingFlask, head: Delegate) -> tuple[str, ...]:
    """How the hour of the arrival could be written, in Tokyo and in UTC."""
    begins = span(app, "session-4")[0]
    here = (begins + timedelta(hours=9)).hour
    return f"{here:02}:{MINUTES}", f"{begins.hour:02}:{MINUTES}", f"{here - 12}:{MINUTES}"


def test_an_organiser_reads_the_hour_nowhere(desks: KeepingFlask, tokyo: Organiser) -> None:
    head = seoul_comes_late(desks)
    mark = f"not arrived|session-4 delegate:{head.uid}"
    waive = f"{CLASHES}/accept?clash={mark}"
    assert tokyo.send(waive, {"reason": "Their deputy begins"}).status_code == 303
    uid = ask(desks, frozen(desks))
    board = f"{REHEARSAL}/schedule"
    pages = (
        *(board, CLASHES, waive, f"{board}/sessions/session-4", f"{board}/sessions/session-4/why"),
        *(f"{board}/cities", f"{board}/sessions/session-4/order", f"{board}/hours", f"{board}/absences"),
        *(f"{board}/proposals/{uid}", f"{board}/proposals/{uid}/progress", f"{board}/since/0"),
        *(f"{REHEARSAL}/publish", f"{REHEARSAL}/agenda", f"{REHEARSAL}/agenda/session-4", f"{REHEARSAL}/board"),
        *(f"{REHEARSAL}/registrations/{head.reference}", f"{REHEARSAL}/invitations/city/seoul"),
        *(f"{REHEARSAL}/board/export.csv", f"{REHEARSAL}/participants/export.csv", f"{REHEARSAL}/board/seoul/changes"),
        *("/rehearsal/agenda.json", "/rehearsal/schedule.json", "/rehearsal/schedule.xml", "/rehearsal/agenda.ics"),
    )
    answers = {path: tokyo.get(path) for path in pages}
    assert {path: each.status_code for path, each in answers.items()} == dict.fromkeys(pages, 200)
    shown = [(path, hour) for path, each in answers.items() for hour in hours(desks, head) if hour in each.text]
    assert (shown, "Their deputy begins" in answers[CLASHES].text) == ([], True)


def test_a_move_by_script_tells_the_clash_and_not_the_hour(desks: KeepingFlask, tokyo: Organiser) -> None:
    head = seoul_comes_late(desks)
    path = f"{REHEARSAL}/schedule/sessions/session-4"
    values = held(tokyo.get(path)) | {"starts": "09:00", "ends": ""}
    answer = tokyo.client.post(path, data=values, headers={"Accept": "application/json"})
    assert LATE in answer.get_json()["cards"]["session-4"]
    assert [hour for hour in hours(desks, head) if hour in answer.text] == []


def test_no_table_but_its_own_holds_the_hour(desks: KeepingFlask, tokyo: Organiser) -> None:
    head = seoul_comes_late(desks)
    ask(desks, frozen(desks))
    ask(desks, frozen(desks, Task.SEAT), key="another form")
    tokyo.send(f"{CLASHES}/accept?clash=not arrived|session-4 delegate:{head.uid}", {"reason": "Their deputy begins"})
    found = set()
    with desks.app_context(), db.engine.connect() as connection:
        for name in inspect(db.engine).get_table_names():
            rows = connection.exec_driver_sql(f'SELECT * FROM "{name}"').fetchall()
            text = " ".join(_text(value) for each in rows for value in each)
            if any(hour in text for hour in hours(desks, head)):
                found.add(name)
    assert found == {"logistics"}


def _text(value: object) -> str:
    return str(value.astimezone(UTC) if isinstance(value, datetime) else value)


def test_what_is_kept_of_a_question_holds_no_journey(desks: KeepingFlask) -> None:
    seoul_comes_late(desks)
    kept = wire.load(Request, row(desks, ask(desks, frozen(desks))).asked)
    assert kept.problem is not None
    assert {(each.arrives, each.departs) for each in kept.problem.people} == {(None, None)}


def test_the_solver_hears_the_journeys_all_the_same(desks: KeepingFlask) -> None:
    head = seoul_comes_late(desks)
    asked = question(desks, Task.PROPOSE)
    assert asked.problem is not None
    begins = span(desks, "session-4")[0]
    there = next(each for each in asked.problem.people if each.id == f"delegate:{head.uid}")
    assert there.arrives == begins.replace(minute=0) + timedelta(hours=1)


def test_cities_are_shared_out_by_when_who_speaks_is_there(desks: KeepingFlask) -> None:
    seoul_comes_late(desks)
    asked = question(desks, Task.SEAT)
    assert asked.summit is not None
    there = span(desks, "session-4")[0].replace(minute=0) + timedelta(hours=1)
    seoul = next(each for each in asked.summit.cities if each.id == "city:seoul")
    assert seoul.absences == (Absence(Span(there - FOREVER, there)),)


def question(app: KeepingFlask, task: Task) -> Request:
    """What the solver is asked, after a form was sent."""
    found = row(app, ask(app, frozen(app, task)))
    with app.app_context():
        return working.question(working.Held(found.id, found.event_id, found.asked, "a worker"))
