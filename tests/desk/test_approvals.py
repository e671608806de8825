"""Organisers decide: approve, return, reject, the waiting list, places and quotas."""

from __future__ import annotations

import pytest
from sqlalchemy import update

from app.accounts import Role
from app.accounts.models import Staff
from app.db import db, write
from app.delegations.models import Category
from app.events.models import Approval, Mode
from app.registration.models import Delegate, State
from app.web.kept import KeepingFlask
from tests.accounts.people import person
from tests.desk.office import Organiser, rows, words
from tests.queries import counted
from tests.registration.cast import Cast, assemble
from tests.registration.people import (
    approval,
    complete,
    journal,
    later,
    nominate,
    now_of,
    places,
    quota,
    register,
    seats,
    state,
    used,
    waiter,
)

DESK = "/organise/summit"


@pytest.fixture
def cast(app: KeepingFlask) -> Cast:
    return assemble(app)


@pytest.fixture
def tokyo(cast: Cast) -> Organiser:
    """Tokyo runs this summit alone."""

    def act() -> None:
        user = person("tokyo")
        user.name = "KOIKE Yuriko"
        db.session.add(user)
        db.session.flush()
        db.session.add(Staff(user_id=user.id, event_id=cast.event_id, role=Role.ORGANISER))

    with cast.app.app_context():
        write(act)
    return Organiser(cast.app, "tokyo")  # type: ignore[arg-type]


def page(delegate: Delegate, act: str) -> str:
    return f"{DESK}/registrations/{delegate.reference}/{act}"


@pytest.fixture
def luca(cast: Cast) -> Delegate:
    """Endorsed, and waiting for the organisers."""
    approval(cast, Approval.BOTH)
    return complete(cast, nominate(cast))


def test_who_waits_for_a_decision_is_listed_and_approved(cast: Cast, tokyo: Organiser, luca: Delegate) -> None:
    assert "Luca Ferri" in next(iter(rows(tokyo.get(f"{DESK}/approvals"))))
    answer = tokyo.send(page(luca, "approve"))
    assert (answer.status_code, state(cast, luca)) == (303, State.APPROVED)
    assert journal(cast, luca)[-1] == ("approved", "KOIKE Yuriko")
    assert "Nobody waits for you." in words(tokyo.get(f"{DESK}/approvals"))


def test_a_comment_is_owed_when_returning_and_read_on_the_registration(
    cast: Cast, tokyo: Organiser, luca: Delegate
) -> None:
    answer = tokyo.send(page(luca, "return"))
    assert (answer.status_code, "Say why: the reason is told" in answer.text) == (422, True)
    tokyo.send(page(luca, "return"), {"comment": "Which department?"})
    assert state(cast, luca) == State.RETURNED
    assert "What was said: Which department?" in words(tokyo.get(f"{DESK}/registrations/{luca.reference}"))


def test_a_rejection_needs_a_reason_and_ends_it(cast: Cast, tokyo: Organiser, luca: Delegate) -> None:
    assert tokyo.send(page(luca, "reject")).status_code == 422
    tokyo.send(page(luca, "reject"), {"comment": "Not of the city"})
    assert state(cast, luca) == State.REJECTED


def test_a_full_venue_is_said_and_the_waiting_list_is_the_way_on(cast: Cast, tokyo: Organiser, luca: Delegate) -> None:
    seats(cast, 0)
    answer = tokyo.send(page(luca, "approve"))
    assert (answer.status_code, "Put this person on the waiting list" in answer.text) == (422, True)
    tokyo.send(page(luca, "wait"))
    assert (state(cast, luca), "Luca Ferri" in rows(tokyo.get(f"{DESK}/approvals"))["1"]) == (State.WAITLISTED, True)


def test_the_waiting_list_is_shown_in_its_order_with_what_holds_people_up(cast: Cast, tokyo: Organiser) -> None:
    seats(cast, 0)
    luca = waiter(cast, "Luca Ferri", now=later(1))
    waiter(cast, "Carla Neri", "Milan", now=later(2))
    tokyo.send(page(luca, "class"), {"list_class": "1"})
    quota(cast, "Milan", 0)
    found = rows(tokyo.get(f"{DESK}/approvals"))
    assert ("Carla Neri" in found["1"], "Luca Ferri" in found["2"]) == (True, True)
    assert "its city’s quota is used up" in found["1"]


def test_to_place_somebody_before_others_takes_a_reason_and_a_place(cast: Cast, tokyo: Organiser) -> None:
    seats(cast, 0)
    first, second = waiter(cast, "Luca Ferri", now=later(1)), waiter(cast, "Carla Neri", "Milan", now=later(2))
    quota(cast, "Rome", 0)
    assert "Say why others are passed over" in tokyo.send(page(second, "skip")).text
    answer = tokyo.send(page(second, "skip"), {"comment": "Speaks in Session 2"})
    assert "There are not enough places" in answer.text
    assert (state(cast, first), state(cast, second)) == (State.WAITLISTED, State.WAITLISTED)


def test_a_class_is_set_and_one_out_of_range_refused(cast: Cast, tokyo: Organiser) -> None:
    seats(cast, 0)
    luca = waiter(cast, "Luca Ferri")
    assert tokyo.send(page(luca, "class"), {"list_class": "12"}).status_code == 422
    tokyo.send(page(luca, "class"), {"list_class": "2"})
    assert now_of(cast, luca).list_class == 2


def test_more_places_are_offered_at_once_to_who_waits(cast: Cast, tokyo: Organiser) -> None:
    seats(cast, 0)
    luca = waiter(cast, "Luca Ferri")
    assert tokyo.send(f"{DESK}/places/venue", {"act": "grant", "number": "1"}).status_code == 422
    tokyo.send(f"{DESK}/places/venue", {"act": "grant", "number": "1", "reason": "A chair more"})
    assert (state(cast, luca), places(cast)) == (State.OFFERED, (0, 1, 1))
    assert "Places on offer" in words(tokyo.get(f"{DESK}/approvals"))


def test_fewer_places_than_taken_need_a_reason_and_show_by_how_many(cast: Cast, tokyo: Organiser) -> None:
    for number in range(3):
        register(cast, f"Delegate {number}")
    assert tokyo.send(f"{DESK}/places/venue", {"act": "set", "number": "1"}).status_code == 422
    tokyo.send(f"{DESK}/places/venue", {"act": "set", "number": "1", "reason": "A smaller hall"})
    assert (places(cast), "over by 2" in words(tokyo.get(f"{DESK}/approvals"))) == ((1, 3, 2), True)


def test_an_empty_number_lifts_the_limit(cast: Cast, tokyo: Organiser) -> None:
    tokyo.send(f"{DESK}/places/venue", {"act": "set", "number": ""})
    assert places(cast) == (None, 0, 0)


def test_a_quota_is_set_granted_beyond_and_lifted(cast: Cast, tokyo: Organiser) -> None:
    path = f"{DESK}/quotas/rome"
    tokyo.send(path, {"category": "delegates", "mode": "venue", "act": "set", "number": "4"})
    grant = {"category": "delegates", "mode": "venue", "act": "grant", "number": "1"}
    assert tokyo.send(path, grant).status_code == 422
    tokyo.send(path, grant | {"reason": "Signs the accord"})
    assert rows(tokyo.get(path))["Delegates"] == "At the venue | 0 | 4 | 1 | –"
    assert "1 by KOIKE Yuriko on" in words(tokyo.get(path))
    tokyo.send(path, {"category": "delegates", "mode": "venue", "act": "set", "number": ""})
    assert rows(tokyo.get(path)) == {}


def test_nothing_is_granted_where_there_is_no_limit(cast: Cast, tokyo: Organiser) -> None:
    granted = {"category": "heads", "mode": "venue", "act": "grant", "number": "1", "reason": "Two mayors"}
    answer = tokyo.send(f"{DESK}/quotas/rome", granted)
    assert (answer.status_code, "There is no limit here" in answer.text) == (422, True)


def test_an_organiser_changes_the_mode_after_every_deadline(cast: Cast, tokyo: Organiser) -> None:
    key = quota(cast, "Rome", 1, Category.DELEGATES, Mode.ONLINE)
    anna = register(cast, "Anna Bianchi")
    tokyo.send(page(anna, "mode"), {"mode": "online"})
    assert (now_of(cast, anna).mode, used(cast, key), places(cast)) == (Mode.ONLINE, (1, 1, 0), (3, 0, 0))


def test_to_cancel_asks_for_a_reason(cast: Cast, tokyo: Organiser) -> None:
    anna = register(cast, "Anna Bianchi")
    assert tokyo.send(page(anna, "cancel")).status_code == 422
    tokyo.send(page(anna, "cancel"), {"comment": "Registered twice"})
    assert (state(cast, anna), places(cast)) == (State.CANCELLED, (3, 0, 0))


def test_possible_doubles_are_shown_to_the_organiser(cast: Cast, tokyo: Organiser) -> None:
    nominate(cast, "Luca Ferri")
    nominate(cast, "Luca FERRI", "Milan")
    page = words(tokyo.get(f"{DESK}/approvals"))
    assert ("Possible duplicates" in page, "Luca Ferri, Rome" in page, "Luca FERRI, Milan" in page) == (True,) * 3


@pytest.mark.parametrize("path", ["registrations/ZZZZZZ/approve", "quotas/atlantis", "places/venue/x", "approvals/x"])
def test_what_is_not_there_answers_404(tokyo: Organiser, path: str) -> None:
    assert tokyo.get(f"{DESK}/{path}").status_code == 404


def test_the_page_of_decisions_costs_the_same_for_few_and_many(cast: Cast, tokyo: Organiser) -> None:
    costs = []
    for batch in range(2):
        approval(cast, Approval.BOTH)
        for number in range(2 + 6 * batch):
            complete(cast, nominate(cast, f"Endorsed {batch} {number}"))
        approval(cast, Approval.NONE)
        seats(cast, 0)
        for number in range(2 + 6 * batch):
            waiter(cast, f"Waiting {batch} {number}", "Milan")
        tokyo.get(f"{DESK}/approvals")
        with counted(cast.app) as statements:
            tokyo.get(f"{DESK}/approvals")
        costs.append(len(statements))
    assert costs[0] == costs[1] < 16


def test_a_stranger_to_the_summit_decides_nothing(cast: Cast, tokyo: Organiser, luca: Delegate) -> None:
    with cast.app.app_context():
        write(lambda: db.session.execute(update(Staff).values(event_id=cast.event_id + 1)))
    assert tokyo.get(page(luca, "approve")).status_code == 404
