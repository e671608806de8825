"""The overview of an event: what needs a hand now, the first steps, figures; and the first hour without any event."""

from __future__ import annotations

import pytest
from sqlalchemy import delete

from app import clock
from app.accounts import Role
from app.accounts.models import Staff
from app.db import db, write
from app.delegations.models import Answer, FocalPoint
from app.desk.overview.steps import Counts, Step, begun, next_of, steps
from app.outbox import Message
from app.outbox.models import State
from app.web.kept import KeepingFlask
from tests.accounts.people import person
from tests.desk.office import REHEARSAL, Organiser, words
from tests.desk.test_board import put
from tests.desk.test_lists import keep_only, of_city
from tests.queries import counted

OVERVIEW = f"{REHEARSAL}/"


@pytest.mark.one_database
def test_with_nothing_there_the_network_comes_first() -> None:
    found = steps(Counts())
    assert [each.step for each in found] == list(Step)
    assert not any(each.done for each in found)
    assert next_of(found) is Step.NETWORK


@pytest.mark.one_database
def test_the_next_step_is_the_first_that_is_open() -> None:
    found = steps(Counts(networks=1, members=3, events=1, delegations=2, reachable=1, release=1))
    assert {each.step for each in found if each.done} == {
        Step.NETWORK, Step.MEMBERS, Step.EVENT, Step.CHOOSE, Step.PUBLISH
    }  # fmt: skip
    assert next_of(found) is Step.SPEAKERS
    assert not begun(found)


@pytest.mark.one_database
def test_the_first_hour_is_over_once_letters_went_and_something_is_published() -> None:
    assert begun(steps(Counts(invited=1, release=1)))


def test_what_waits_stands_first_with_the_way_there(desks: KeepingFlask, tokyo: Organiser) -> None:
    def act() -> None:
        of_city("Rome").answer = Answer.SUBMITTED
        mine = of_city("Milan")
        mine.answer = Answer.INVITED
        db.session.execute(delete(FocalPoint).where(FocalPoint.delegation_id == mine.id))

    put(desks, act)
    page = tokyo.get(OVERVIEW)
    said = words(page)
    assert "1 delegation to approve Look at them" in said
    assert "1 city without anybody who speaks for it Enter focal points" in said
    assert f'href="{REHEARSAL}/board?missing=approval"' in page.text
    assert said.index("What needs a hand now") < said.index("Figures") < said.index("At a glance")


def test_letters_that_did_not_arrive_are_counted(desks: KeepingFlask, tokyo: Organiser, rome: Organiser) -> None:
    def act() -> None:
        event = of_city("Rome").event_id
        for number in (1, 2):
            db.session.add(
                Message(
                    kind="confirmation", key=f"try/{number}", event_id=event, to=f"a{number}@example.org", to_name="A",
                    reply_to="", sender_name="", language="en", facts={}, state=State.FAILED, due_at=clock.now(),
                    created_at=clock.now(),
                )
            )  # fmt: skip

    put(desks, act)
    assert "2 letters did not arrive See which" in words(tokyo.get(OVERVIEW))
    assert "did not arrive" not in words(rome.get("/organise/gnets-2023/"))


def test_another_event_s_overview_is_not_found(rome: Organiser) -> None:
    assert rome.get(OVERVIEW).status_code == 404


def test_whoever_has_a_task_alone_is_led_to_it(desks: KeepingFlask) -> None:
    def act() -> None:
        event = of_city("Rome").event_id
        milan = person("seoul")
        db.session.add(milan)
        db.session.flush()
        db.session.add(Staff(user_id=milan.id, event_id=event, role=Role.LOGISTICS))

    put(desks, act)
    answer = Organiser(desks, "seoul").get(OVERVIEW)
    assert (answer.status_code, answer.headers["Location"]) == (303, f"{REHEARSAL}/travel")


def test_the_overview_costs_the_same_for_one_city_and_for_many(desks: KeepingFlask, tokyo: Organiser) -> None:
    costs = []
    for _ in range(2):
        with counted(desks) as statements:
            tokyo.get(OVERVIEW)
        costs.append(len(statements))
        keep_only(desks, "Rome")
    assert costs[0] == costs[1]


def test_an_organiser_of_everything_begins_with_a_network(app: KeepingFlask) -> None:
    def act() -> None:
        tokyo = person("tokyo")
        db.session.add(tokyo)
        db.session.flush()
        db.session.add(Staff(user_id=tokyo.id, event_id=None, role=Role.ORGANISER))

    with app.app_context():
        write(act)
    page = Organiser(app, "tokyo").get("/organise/")
    assert "Your first hour" in words(page)
    assert 'aria-current="step"' in page.text
    assert 'href="/organise/networks/new"' in page.text
    assert "Fill its register" in words(page)
    assert "/members" not in page.text  # nothing to do there before there is a network


def test_whoever_may_create_nothing_is_told_so(app: KeepingFlask) -> None:
    def act() -> None:
        tokyo = person("tokyo")
        db.session.add(tokyo)
        db.session.flush()
        db.session.add(Staff(user_id=tokyo.id, event_id=None, role=Role.VISA))

    with app.app_context():
        write(act)
    page = Organiser(app, "tokyo").get("/organise/")
    assert "There is no event for you yet." in words(page)
    assert "/organise/networks" not in page.text
