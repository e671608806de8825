"""The planner on the desk: asked, worked out beside the web, compared, adopted, explained."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import threading
import time as time_module
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select, update

from app import db as database
from app.agenda.models import Absence, Act, Appearance, Pin, Session
from app.db import db, write
from app.delegations.models import Delegation
from app.events.models import Event, Person, Room
from app.network.models import Member
from app.planning import wire
from app.planning.model import Placing
from app.planning.proposals import Outcome, Progress, Proven, Request, Task
from app.planning.rules import Rule, Step
from app.schedule import plan, settings
from app.schedule.models import Proposal, State
from app.schedule.proposing import seating, service, working
from app.schedule.proposing.views import bench
from app.web.kept import KeepingFlask
from tests.desk.office import ARCHIVE, REHEARSAL, Organiser, held, notes, rows, stored, words
from tests.queries import counted
from tests.schedule.test_cities import order

ROOT = Path(__file__).resolve().parents[2]
NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
TABLE = f"{REHEARSAL}/schedule/proposals"


def within(app: KeepingFlask, act: Callable[[Event], Any], slug: str = "rehearsal") -> Any:
    """Do something with an event, in a transaction that is stored."""
    with app.app_context():
        return write(lambda: act(db.session.execute(select(Event).where(Event.slug == slug)).scalar_one()))


def frozen(app: KeepingFlask, task: Task = Task.PROPOSE, slug: str = "rehearsal", seconds: int = 2) -> Request:
    asked: Request = within(app, lambda event: service.frozen(event, plan.of(event), task, seconds, seed=1), slug)
    return asked


def ask(app: KeepingFlask, asked: Request, slug: str = "rehearsal", key: str = "form") -> str:
    """The uid of a proposal that waits."""
    row = within(app, lambda event: service.ask(event.id, asked, key, who="KOIKE Yuriko", now=NOW), slug)
    return str(row.uid)


def work(app: KeepingFlask, *, stopped: bool = False) -> int:
    """What the worker does."""
    stop = threading.Event()
    if stopped:
        stop.set()
    with app.app_context():
        return working.take_up(write, stop)


def row(app: KeepingFlask, uid: str) -> Proposal:
    with app.app_context():
        return db.session.execute(select(Proposal).where(Proposal.uid == uid)).scalar_one()


def change(app: KeepingFlask, uid: str, **values: Any) -> None:
    with app.app_context():
        write(lambda: db.session.execute(update(Proposal).where(Proposal.uid == uid).values(**values)))


def answered(app: KeepingFlask, *moves: Placing, key: str = "form", slug: str = "rehearsal") -> str:
    """A proposal with a ready answer: today's draft with these moves."""
    asked = frozen(app, slug=slug)
    new = {each.session: each for each in moves}
    found = Outcome(tuple(new.get(each.session, each) for each in asked.plan), tiers=(Proven(0, 0),) * 4)
    uid = ask(app, asked, slug, key)
    change(app, uid, state=State.DONE, result=wire.dump(found))
    return uid


def at(app: KeepingFlask, code: str, hour: int, minute: int = 0, days: int = 0, room: int = 0) -> Placing:
    """A place on the clocks of Tokyo, on the day of the session, in its room or another."""
    session = stored(app, "rehearsal", code)
    assert session.day is not None
    start = datetime.combine(session.day, time(hour, minute), UTC) - timedelta(hours=9) + timedelta(days=days)
    return Placing(code, start, str(room or session.room_id))


def press(organiser: Organiser, path: str, verb: str) -> Any:
    """Press a button of a page."""
    token = re.findall(r'name="csrf_token" value="([^"]+)"', organiser.get(path).text)[0]
    return organiser.client.post(f"{path}/{verb}", data={"csrf_token": token})


def act_count(app: KeepingFlask) -> int:
    with app.app_context():
        return db.session.execute(select(func.count(Act.id))).scalar_one()


def when(app: KeepingFlask, code: str, slug: str = "rehearsal") -> tuple[date | None, time | None, int | None]:
    session = stored(app, slug, code)
    return session.day, session.starts, session.room_id


# Asking


def test_the_form_stores_a_question_for_the_worker(desks: KeepingFlask, tokyo: Organiser) -> None:
    answer = tokyo.send(TABLE, {"task": "propose", "seconds": "60"})
    assert answer.status_code == 303
    found = row(desks, answer.location.rsplit("/", 1)[1])
    assert (found.task, found.state, found.seconds, found.who) == (Task.PROPOSE, State.WAITING, 60, "KOIKE Yuriko")
    assert [each.what for each in notes(desks, f"proposal/{found.uid}")] == ["proposal asked for"]


def test_the_same_form_sent_twice_asks_once(tokyo: Organiser) -> None:
    page = tokyo.get(TABLE)
    answers = [tokyo.send(TABLE, {"task": "repair", "seconds": "10"}, page=page) for _ in range(2)]
    assert answers[0].location == answers[1].location
    assert len(rows(tokyo.get(TABLE))) == 1


def test_a_fourth_waiting_proposal_is_refused(tokyo: Organiser) -> None:
    answers = [tokyo.send(TABLE, {"task": "propose", "seconds": "10"}) for _ in range(4)]
    assert [each.status_code for each in answers] == [303, 303, 303, 422]
    assert "Stop one of them or wait." in words(answers[3])


@pytest.mark.parametrize("typed", [{"task": "give up"}, {"task": "x"}, {"seconds": "600"}, {"seconds": "-1"}])
def test_what_is_not_offered_is_refused(tokyo: Organiser, typed: dict[str, str]) -> None:
    assert tokyo.send(TABLE, {"task": "propose", "seconds": "10"} | typed).status_code == 422


def test_cities_cannot_be_shared_out_while_sessions_have_no_time(desks: KeepingFlask, rome: Organiser) -> None:
    answer = rome.send(f"{ARCHIVE}/schedule/proposals", {"task": "seat", "seconds": "10"})
    assert answer.status_code == 422
    assert "These sessions have no time yet: Session 1, Session 2" in words(answer)


def test_the_page_of_proposals_asks_the_same_whatever_their_number(desks: KeepingFlask, tokyo: Organiser) -> None:
    ask(desks, frozen(desks))
    with counted(desks) as one:
        tokyo.get(TABLE)
    for key in ("second", "third"):
        answered(desks, key=key)
    with counted(desks) as three:
        tokyo.get(TABLE)
    assert len(three) == len(one)


def test_another_events_proposal_is_not_there(desks: KeepingFlask, tokyo: Organiser, rome: Organiser) -> None:
    uid = answered(desks, at(desks, "session-5", 16, 30))
    for path in (f"{ARCHIVE}/schedule/proposals/{uid}", f"{TABLE}/{uid}"):
        assert rome.get(path).status_code == 404
        assert rome.get(f"{path}/progress").status_code == 404
    assert tokyo.get(f"{TABLE}/{uid}").status_code == 200
    assert tokyo.get(f"{TABLE}/%F0%9F%92%A3'--").status_code == 404


# The worker


def test_the_worker_places_an_unplaced_summit_and_it_is_adopted_in_one_act(
    desks: KeepingFlask, rome: Organiser
) -> None:
    uid = ask(desks, frozen(desks, slug="gnets-2023", seconds=3), "gnets-2023")
    assert work(desks) == 1
    path = f"{ARCHIVE}/schedule/proposals/{uid}"
    assert "All placed after" in words(rome.get(path))
    assert press(rome, path, "adopt").status_code == 303
    numbers = [stored(desks, "gnets-2023", f"session-{number}").starts is not None for number in range(1, 7)]
    assert (numbers, act_count(desks)) == ([True] * 6, 1)


def test_a_repair_moves_the_one_session_whose_moderator_is_away(desks: KeepingFlask, tokyo: Organiser) -> None:
    def away(event: Event) -> None:
        session = db.session.execute(select(Session).where(Session.code == "session-5", Session.event_id == event.id))
        starts, ends = session.scalar_one().span(event.zone) or (NOW, NOW)
        person = db.session.execute(select(Person.id).where(Person.event_id == event.id, Person.code == "koresawa"))
        told = {"zone": event.zone, "note": "", "entered_by": "Tokyo", "entered_at": NOW}
        db.session.add(Absence(event_id=event.id, person_id=person.scalar_one(), starts=starts, ends=ends, **told))

    within(desks, away)
    uid = ask(desks, frozen(desks, Task.REPAIR))
    work(desks)
    said = words(tokyo.get(f"{TABLE}/{uid}"))
    assert "1 session moves" in said
    assert (
        "KORESAWA Atsushi is not available during “Safe and Secure Cities”." in said.split("This would be mended:")[1]
    )


def test_cities_are_shared_out_and_queensland_finds_its_session(desks: KeepingFlask, tokyo: Organiser) -> None:
    uid = ask(desks, frozen(desks, Task.SEAT))
    work(desks)
    page = tokyo.get(f"{TABLE}/{uid}")
    assert "Queensland is in no session." in words(page).split("This would be mended:")[1]
    press(tokyo, f"{TABLE}/{uid}", "adopt")
    with desks.app_context():
        found = db.session.execute(
            select(func.count(Appearance.id))
            .join(Session, Appearance.session_id == Session.id)
            .join(Event, Session.event_id == Event.id)
            .join(Delegation, Appearance.delegation_id == Delegation.id)
            .join(Member, Delegation.member_id == Member.id)
            .where(Event.slug == "rehearsal", Member.name == "Queensland")
        ).scalar_one()
    assert found == 1


def test_a_worker_told_to_stop_keeps_the_best_so_far(desks: KeepingFlask) -> None:
    uid = ask(desks, frozen(desks, seconds=20))
    work(desks, stopped=True)
    found = row(desks, uid)
    assert (found.state, found.lease_until) == (State.STOPPED, None)
    assert wire.load(Outcome, found.result).unplaced == 0


def test_what_cannot_be_answered_fails_in_words(
    desks: KeepingFlask, tokyo: Organiser, caplog: pytest.LogCaptureFixture
) -> None:
    uid = ask(desks, frozen(desks))
    change(desks, uid, asked={"task": "no such task"})
    work(desks)
    assert row(desks, uid).state == State.FAILED
    assert "The planner gave no answer." in words(tokyo.get(f"{TABLE}/{uid}"))
    assert len(caplog.records) == 1


def test_two_workers_never_hold_the_same_proposal(desks: KeepingFlask) -> None:
    uid = ask(desks, frozen(desks))
    number = row(desks, uid).id
    with desks.app_context():
        now = database.now()
        taken = [write(lambda: working.take(number, now)) for _ in range(2)]
    assert [each is not None for each in taken] == [True, False]


def test_a_lapsed_lease_is_taken_up_again_but_not_for_ever(desks: KeepingFlask) -> None:
    uid = ask(desks, frozen(desks))
    number = row(desks, uid).id
    taken = []
    with desks.app_context():
        now = database.now()
        for tried in range(5):
            later = now + tried * 2 * working.LEASE
            due = working.due(later)
            taken.append(due == number and write(partial(working.take, number, later)) is not None)
    assert (taken, row(desks, uid).state) == ([True, True, True, False, False], State.FAILED)


PROGRESS = Progress("quality", 1.5, 0, 3, {Rule.SCATTERED: 12}, (0, 0, 18, 0), bound=12)


def running(app: KeepingFlask, uid: str) -> working.Run:
    """A worker that holds this proposal."""
    number = row(app, uid).id
    with app.app_context():
        now = database.now()
        held = write(lambda: working.take(number, now))
    assert held is not None
    return working.Run(held, app, write, threading.Event())


def test_what_is_heard_is_stored_and_shown_in_words(desks: KeepingFlask, tokyo: Organiser) -> None:
    uid = ask(desks, frozen(desks))
    run = running(desks, uid)
    run.heard(replace(PROGRESS, phase="first", seconds=0.3))
    run.heard(PROGRESS)
    assert run.beat() is False
    news: Any = tokyo.get(f"{TABLE}/{uid}/progress").json
    assert "All placed after 0.3 s; 3 wishes unmet; at most 1 more can be gained." in news["html"]
    assert news["over"] is False


def test_stop_and_keep_reaches_the_worker(desks: KeepingFlask, tokyo: Organiser) -> None:
    uid = ask(desks, frozen(desks))
    run = running(desks, uid)
    assert run.beat() is False
    press(tokyo, f"{TABLE}/{uid}", "stop")
    press(tokyo, f"{TABLE}/{uid}", "stop")
    assert run.beat() is True
    assert [each.what for each in notes(desks, f"proposal/{uid}")] == ["proposal asked for", "proposal stopped"]


def test_one_that_waits_is_taken_off_by_stop(desks: KeepingFlask, tokyo: Organiser) -> None:
    uid = ask(desks, frozen(desks))
    press(tokyo, f"{TABLE}/{uid}", "stop")
    assert (row(desks, uid).state, work(desks)) == (State.STOPPED, 0)


def test_who_lost_the_lease_stores_nothing(desks: KeepingFlask) -> None:
    uid = ask(desks, frozen(desks))
    run = running(desks, uid)
    change(desks, uid, worker="another")
    run.heard(PROGRESS)
    assert run.beat() is True
    with desks.app_context():
        assert run.finish(Outcome()) is None
    assert (row(desks, uid).progress, row(desks, uid).result) == (None, None)


def test_a_worker_that_is_told_to_end_ends_after_it_has_stored_what_it_has(desks: KeepingFlask) -> None:
    uid = ask(desks, frozen(desks, seconds=60))
    settings_of = {f"PLENARY_{name}": desks.config[name] for name in ("INSTANCE", "DATABASE_URL", "SECRET_KEY")}
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "worker"]
    with subprocess.Popen(command, cwd=ROOT, env=os.environ | settings_of) as worker:
        for _ in range(300):
            if row(desks, uid).state == State.RUNNING or worker.poll() is not None:
                break
            time_module.sleep(0.1)
        worker.send_signal(signal.SIGTERM)
        try:
            assert worker.wait(60) == 0
        finally:
            worker.kill()
    found = row(desks, uid)
    assert (found.state, found.result is None) == (State.STOPPED, False)


def test_letters_do_not_wait_for_the_planner(desks: KeepingFlask) -> None:
    uid = ask(desks, frozen(desks))
    stop = threading.Event()
    with desks.app_context():
        assert bench.turn(stop) == 0
        stop.set()
        assert bench.turn(stop) == 0
    bench.join()
    assert row(desks, uid).state == State.STOPPED


# Beside the draft


def test_the_page_says_what_moves_and_whom_it_concerns(desks: KeepingFlask, tokyo: Organiser) -> None:
    uid = answered(desks, at(desks, "session-5", 12, 30, room=2))
    page = tokyo.get(f"{TABLE}/{uid}")
    now, then, _why = rows(page)["Session 5"].split(" | ")
    assert now.endswith(" 16:20–17:20, Rehearsal Hall")
    assert then.endswith(" 12:30–13:30, Rehearsal Studio")
    said = words(page)
    assert "Tirana would take part in “Session 5” from 04:30 to 05:30 of its own clocks." in said
    assert "1 session would stand elsewhere." in said
    assert rows(page)["Tirana"] == "0 | 60 60 at night"


def test_adopting_twice_is_one_act_and_the_board_takes_it_back(desks: KeepingFlask, tokyo: Organiser) -> None:
    before = when(desks, "session-5")
    uid = answered(desks, at(desks, "session-5", 18, 0))
    page = tokyo.get(f"{TABLE}/{uid}").text
    token = re.findall(r'name="csrf_token" value="([^"]+)"', page)[0]
    answers = [tokyo.client.post(f"{TABLE}/{uid}/adopt", data={"csrf_token": token}) for _ in range(2)]
    assert ([each.status_code for each in answers], act_count(desks)) == ([303, 303], 1)
    assert when(desks, "session-5")[1] == time(18)
    number = row(desks, uid).act
    tokyo.client.post(f"{REHEARSAL}/schedule/acts/{number}/undo", data={"csrf_token": token})
    assert when(desks, "session-5") == before


def test_a_session_moved_since_is_named_and_nothing_is_adopted(desks: KeepingFlask, tokyo: Organiser) -> None:
    uid = answered(desks, at(desks, "session-5", 18, 0))
    tokyo.send(f"{REHEARSAL}/schedule/sessions/session-5", {"starts": "19:00", "ends": ""})
    path = f"{TABLE}/{uid}"
    assert "Somebody has moved “Session 5” since." in words(tokyo.get(path))
    assert "Adopt it" not in words(tokyo.get(path))
    tokyo.client.post(f"{path}/adopt", data={"csrf_token": held(tokyo.get(TABLE))["csrf_token"]})
    assert (when(desks, "session-5")[1], row(desks, uid).act) == (time(19), None)


def test_a_place_taken_since_is_said(desks: KeepingFlask, tokyo: Organiser) -> None:
    uid = answered(desks, at(desks, "session-5", 19, 0))
    tokyo.send(f"{REHEARSAL}/schedule/sessions/session-6", {"starts": "19:00", "ends": ""})
    said = words(tokyo.get(f"{TABLE}/{uid}"))
    assert "this does not fit it any more" in said
    assert "“Session 5” and “Session 6” are in Rehearsal Hall at the same time." in said


def test_another_change_since_leaves_it_fitting(desks: KeepingFlask, tokyo: Organiser) -> None:
    uid = answered(desks, at(desks, "session-5", 19, 0))
    tokyo.send(f"{REHEARSAL}/schedule/sessions/session-3", {"starts": "14:00", "ends": ""})
    assert "What it would move still fits." in words(tokyo.get(f"{TABLE}/{uid}"))
    assert press(tokyo, f"{TABLE}/{uid}", "adopt").status_code == 303
    assert when(desks, "session-5")[1] == time(19)


def test_an_answer_of_another_version_is_not_read(desks: KeepingFlask, tokyo: Organiser) -> None:
    uid = answered(desks, at(desks, "session-5", 19, 0))
    change(desks, uid, result={"plan": "elsewhere"})
    assert "This proposal comes from an older version." in words(tokyo.get(f"{TABLE}/{uid}"))


def test_a_result_is_gone_on_from(desks: KeepingFlask, tokyo: Organiser) -> None:
    move = at(desks, "session-5", 19, 0)
    uid = answered(desks, move)
    found = wire.load(Outcome, row(desks, uid).result)
    change(desks, uid, result=wire.dump(replace(found, tiers=(Proven(5, 0),) * 4)))
    path = f"{TABLE}/{uid}"
    values = held(tokyo.get(path)) | {"seconds": "60"}
    answer = tokyo.client.post(f"{path}/longer", data=values)
    further = row(desks, answer.location.rsplit("/", 1)[1])
    asked = wire.load(Request, further.asked)
    assert (further.seconds, further.seed, move in asked.plan) == (60, 2, True)


def seated(app: KeepingFlask, *moves: tuple[str, str]) -> str:
    """A proposal with a ready answer: today's cities in their sessions, but these (city, session) elsewhere."""
    asked = frozen(app, Task.SEAT)
    with app.app_context():
        event = db.session.execute(select(Event).where(Event.slug == "rehearsal")).scalar_one()
        assert asked.summit is not None
        today = seating.present(plan.of(event), asked.summit)
    moved = {city for city, _ in moves}
    cities = (*(each for each in today.cities if each[0] not in moved), *moves)
    uid = ask(app, asked)
    found = Outcome(seating=replace(today, cities=cities), tiers=(Proven(0, 0),) * 4)
    change(app, uid, state=State.DONE, result=wire.dump(found))
    return uid


def test_a_city_moves_with_all_that_was_arranged_for_it(desks: KeepingFlask, tokyo: Organiser) -> None:
    path = f"{TABLE}/{seated(desks, ('city:seoul', 'session-3'))}"
    found = rows(tokyo.get(path))
    assert (found["Session 3"], found["Session 4"]) == ("Seoul | –", "– | Seoul")
    assert press(tokyo, path, "adopt").status_code == 303
    assert order(desks, "session-3") == ["Tokyo", "Amsterdam", "Brussels", "São Paulo", "Singapore", "Seoul"]
    assert order(desks, "session-4") == ["Los Angeles", "Miami", "Tel Aviv"]


def test_cities_for_other_times_are_refused_by_name(desks: KeepingFlask, tokyo: Organiser) -> None:
    uid = seated(desks, ("city:seoul", "session-3"))
    tokyo.send(f"{REHEARSAL}/schedule/sessions/session-6", {"starts": "18:00", "ends": ""})
    assert "The times of the sessions are others since." in words(tokyo.get(f"{TABLE}/{uid}"))


# What is asked


def test_a_confirmed_city_stays_in_its_session(desks: KeepingFlask) -> None:
    def confirm(event: Event) -> None:
        seats = (
            select(Appearance.id)
            .join(Session, Appearance.session_id == Session.id)
            .join(Delegation, Appearance.delegation_id == Delegation.id)
            .join(Member, Delegation.member_id == Member.id)
            .where(Session.event_id == event.id, Member.slug == "seoul")
        )
        db.session.execute(update(Appearance).where(Appearance.id.in_(seats)).values(confirmed=True))

    within(desks, confirm)
    asked = frozen(desks, Task.SEAT)
    assert asked.summit is not None
    assert asked.summit.fixed == (("city:seoul", "session-4"),)


def test_no_persons_name_is_kept_in_a_question(desks: KeepingFlask) -> None:
    uid = ask(desks, frozen(desks))
    assert "KORESAWA" not in str(row(desks, uid).asked)


def test_pins_meals_and_what_was_published_reach_the_planner(desks: KeepingFlask) -> None:
    def pin(event: Event) -> None:
        mine = (Session.event_id == event.id, Session.code == "session-5")
        db.session.execute(update(Session).where(*mine).values(pin=Pin.PLACE))

    within(desks, pin)
    asked = frozen(desks)
    assert asked.problem is not None
    pins = {each.id: each.pin.value for each in asked.problem.sessions}
    assert (pins["session-5"], pins["session-6"], pins["site-visit"]) == ("place", "free", "place")
    assert "block-safe" not in pins
    assert {each.session for each in asked.reference} >= {"session-1", "session-6"}


def test_sliders_are_stored_beside_everything_else(desks: KeepingFlask, tokyo: Organiser) -> None:
    def other(event: Event) -> None:
        event.planning = {**event.planning, "a later key": 1, "severity": {"capacity": "ignore"}}

    within(desks, other)
    path = f"{REHEARSAL}/schedule/levels"
    values = held_steps(tokyo.get(path).text) | {"rule_late": "off", "rule_edge_hours": "must"}
    assert tokyo.client.post(path, data=values).status_code == 303
    chosen = within(desks, lambda event: dict(event.planning))
    assert (chosen["a later key"], chosen["severity"]) == (1, {"capacity": "ignore"})
    assert chosen["level"] == {"edge hours": "must", "late": "off"}
    assert frozen(desks).wishes.step(Rule.EDGE_HOURS) is Step.MUST
    assert notes(desks, "event/rehearsal")[-1].after == {"level": chosen["level"]}


def held_steps(page: str) -> dict[str, str]:
    """What a page of radio buttons holds."""
    chosen = re.findall(r'<input checked [^>]*name="(rule_[a-z_]+)"[^>]*value="([a-z]+)"', page)
    hidden = re.findall(r'name="(csrf_token|submit_key)"[^>]*value="([^"]+)"', page)
    return dict(chosen) | dict(hidden)


def test_the_rules_of_clashes_leave_the_sliders(desks: KeepingFlask, tokyo: Organiser) -> None:
    within(desks, lambda event: service.set_levels(event.id, {Rule.LATE: Step.HIGH}, who="Tokyo", now=NOW))
    tokyo.send(f"{REHEARSAL}/schedule/rules", {"walking": "15"})
    chosen = within(desks, lambda event: settings.read(event.planning))
    assert (chosen.walking, chosen.wishes.step(Rule.LATE)) == (15, Step.HIGH)


# Explanations


def test_why_not_in_the_morning_is_said_by_local_hours(tokyo: Organiser) -> None:
    path = f"{REHEARSAL}/schedule/sessions/session-6/why"
    said = words(tokyo.send(path, {"starts": "10:40"}))
    assert "London would take part in “Session 6” from 01:40 to 03:00 of its own clocks." in said
    assert "would clash" in said


def test_the_places_of_a_session_are_counted_by_reason(tokyo: Organiser) -> None:
    said = words(tokyo.get(f"{REHEARSAL}/schedule/sessions/session-6/why"))
    assert re.search(r"Of \d+ places \d+ are free", said)
    assert re.search(r"\d+ places: A city online at night \(London\)", said)


def test_a_visit_is_left_where_it_is(tokyo: Organiser) -> None:
    said = words(tokyo.get(f"{REHEARSAL}/schedule/sessions/block-safe/why"))
    assert "The planner leaves this one where it is" in said
    assert tokyo.get(f"{REHEARSAL}/schedule/sessions/nothing/why").status_code == 404


def test_the_place_of_a_session_leads_to_the_reasons(tokyo: Organiser) -> None:
    page = tokyo.get(f"{REHEARSAL}/schedule/sessions/session-6").text
    assert f'href="{REHEARSAL}/schedule/sessions/session-6/why"' in page


def test_what_to_give_up_names_the_rule_that_a_pin_breaks(desks: KeepingFlask, tokyo: Organiser) -> None:
    def pin(event: Event) -> None:
        mine = (Session.event_id == event.id, Session.code == "session-6")
        db.session.execute(update(Session).where(*mine).values(pin=Pin.TIME, starts=time(12, 30), ends=time(13, 50)))

    within(desks, pin)
    path = f"{REHEARSAL}/schedule/sessions/session-6"
    token = held(tokyo.get(f"{path}/why"))["csrf_token"]
    where = tokyo.client.post(f"{path}/give-up", data={"csrf_token": token}).location
    work(desks)
    said = words(tokyo.get(where))
    assert "A city online at night: “Session 6”, London" in said


def test_an_answer_that_was_not_found_in_time_promises_nothing(desks: KeepingFlask, tokyo: Organiser) -> None:
    uid = ask(desks, frozen(desks, Task.GIVE_UP))
    run = running(desks, uid)
    with desks.app_context():
        run.finish(Outcome(tiers=(Proven(90, 0),)))
    said = words(tokyo.get(f"{TABLE}/{uid}"))
    assert ("No answer was found in this time." in said, "Everything can be had" in said) == (True, False)


# Apart from the web


def test_the_web_never_loads_the_solver(desks: KeepingFlask) -> None:
    program = f"""
import sys
from app import create_app
from tests.accounts.people import sign_in
app = create_app({{"INSTANCE": {desks.config["INSTANCE"]!r}, "DATABASE_URL": {desks.config["DATABASE_URL"]!r},
    "BASE_URL": "http://localhost", "SECRET_KEY": {desks.config["SECRET_KEY"]!r}, "TESTING": True}})
client = app.test_client()
sign_in(client, "tokyo")
for path in ("proposals", "levels", "sessions/session-6/why", "hours", "clashes", ""):
    print(client.get("{REHEARSAL}/schedule" + ("/" + path if path else "")).status_code)
print("ortools" in sys.modules)
"""
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, env=environment, check=False)
    assert done.stdout.split() == ["200"] * 6 + ["False"], done.stderr


WAYS = {
    "sqlite": ["PRAGMA reverse_unordered_selects = ON"],
    "postgresql": [f"SET LOCAL enable_{way} = off" for way in ("hashjoin", "mergejoin", "indexscan", "bitmapscan")],
}
"""What makes a database answer in another order where none is asked for."""


def test_the_same_draft_is_the_same_question_however_the_database_reads_it(desks: KeepingFlask) -> None:
    """Else a proposal would count as one for another draft, once the database has found a better way to its rows."""

    def otherwise() -> Request:
        connection = db.session.connection()
        for way in WAYS[connection.dialect.name]:
            connection.exec_driver_sql(way)
        return asked()

    def asked() -> Request:
        event = db.session.execute(select(Event).where(Event.slug == "gnets-2023")).scalar_one()
        return service.frozen(event, plan.of(event), Task.PROPOSE, 1, 1)

    with desks.app_context():
        first = write(asked)
        db.engine.dispose()  # a new line has prepared nothing yet
        try:
            assert write(otherwise) == first
        finally:
            db.engine.dispose()  # and is used no more


def test_the_command_prints_the_outcome_and_adopts_it(desks: KeepingFlask) -> None:
    done = desks.test_cli_runner().invoke(args=["propose", "gnets-2023", "--seconds", "3", "--seed", "1", "--adopt"])
    assert done.exit_code == 0, done.output
    assert "All placed" in done.output
    assert "proven optimal" in done.output
    assert done.output.endswith("Adopted as change 1 of the draft; the board can take it back.\n")


def test_the_command_says_no_in_words(desks: KeepingFlask) -> None:
    done = desks.test_cli_runner().invoke(args=["propose", "atlantis"])
    assert (done.exit_code, done.output) == (1, "There is no event 'atlantis'.\n")


def test_rooms_are_those_of_the_event(desks: KeepingFlask) -> None:
    asked = frozen(desks)
    assert asked.problem is not None
    names = within(
        desks, lambda event: list(db.session.execute(select(Room.name).where(Room.event_id == event.id)).scalars())
    )
    assert {each.name for each in asked.problem.rooms} == set(names)
