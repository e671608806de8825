"""Organisers approve and return delegations, and decide on changes that were asked for."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select, update

from app.db import db
from app.delegations.models import Answer, Delegation
from app.events.models import Approval, Due, Mode
from app.registration import approving, asking, nominating
from app.registration.asked import Asked, Outcome
from app.registration.models import Capacity, Delegate, Rank, State
from tests.desk.office import Organiser, rows, words
from tests.desk.test_approvals import DESK, cast, tokyo
from tests.queries import counted
from tests.registration.cast import Cast, read
from tests.registration.people import (
    OFFICE,
    approval,
    complete,
    delegation_id,
    do,
    later,
    nominate,
    now_of,
    register,
    seats,
    state,
)
from tests.registration.test_approving import answer
from tests.registration.test_asking import change, due, outcome

__all__ = ["cast", "tokyo"]
PAGE = f"{DESK}/approvals"


def sent(cast: Cast, city: str = "Rome", **more: Any) -> Delegate:
    """A city whose leader is named, filled in and sent."""
    approval(cast, Approval.BOTH)
    told = {"role": Capacity.HEAD, "rank": Rank.LEADER} | more
    mayor = complete(cast, nominate(cast, f"Mayor of {city}", city, **told))
    key = delegation_id(cast, city)
    do(cast, lambda: approving.send(key, who=OFFICE, now=later(1)))
    return mayor


def to(row: Asked, act: str) -> str:
    return f"{DESK}/changes/{row.id}/{act}"


@pytest.fixture
def wish(cast: Cast) -> Asked:
    """Anna of Rome is at the venue and asks, late, to take part online from Rome."""
    due(cast, Due.MODE)
    anna = register(cast, "Anna Bianchi")
    return change(cast, anna, mode=Mode.ONLINE, zone="Europe/Rome")[0]


def test_a_delegation_that_was_sent_is_listed_and_approved_with_its_people(cast: Cast, tokyo: Organiser) -> None:
    mayor = sent(cast)
    assert rows(tokyo.get(PAGE))["Rome"] == "1 | 1 | Nothing | Approve: Rome Return: Rome"
    done = tokyo.send(f"{DESK}/delegations/rome/approve")
    assert "With it: Mayor of Rome." in words(tokyo.get(done.location))
    assert (answer(cast), state(cast, mayor)) == (Answer.APPROVED, State.APPROVED)


def test_what_lacks_something_is_not_offered_for_approval(cast: Cast, tokyo: Organiser) -> None:
    sent(cast, rank=Rank.SENIOR)
    assert "Approve" not in rows(tokyo.get(PAGE))["Rome"]
    page = tokyo.send(f"{DESK}/delegations/rome/approve")
    assert (page.status_code, answer(cast)) == (422, Answer.SUBMITTED)
    assert "The letter of authority is missing" in words(page)


def test_a_delegation_is_returned_with_a_comment(cast: Cast, tokyo: Organiser) -> None:
    sent(cast)
    assert tokyo.send(f"{DESK}/delegations/rome/return").status_code == 422
    tokyo.send(f"{DESK}/delegations/rome/return", {"comment": "Who speaks?"})
    assert answer(cast) == Answer.RETURNED
    assert list(rows(tokyo.get(f"{DESK}/board?missing=returned"))) == ["RomeRome time"]


def test_the_board_names_the_next_step_of_what_was_sent_and_asked(cast: Cast, tokyo: Organiser, wish: Asked) -> None:
    sent(cast, "Milan")
    tokyo.send(f"{DESK}/delegations/milan/approve", {"people": None})
    sent(cast, "Lancaster", mode=Mode.ONLINE)
    board = tokyo.get(f"{DESK}/board")
    do(cast, lambda: db.session.execute(update(Delegate).values(state=State.APPROVED)))
    board = tokyo.get(f"{DESK}/board")
    assert f'href="{DESK}/delegations/lancaster/approve"' in board.text
    assert f'href="{PAGE}#asked"' in board.text


def test_a_change_that_waits_says_who_what_and_what_follows(cast: Cast, tokyo: Organiser, wish: Asked) -> None:
    (found,) = (line for name, line in rows(tokyo.get(PAGE)).items() if "Anna Bianchi" in name)
    assert "Rome | at the venue | online Late" in found
    assert "Session 2: 01:00–02:00 there" in found
    assert "Closed talk: 03:00–04:00 there" in found


def test_several_delegations_are_approved_at_once_and_one_without_a_head_stays(cast: Cast, tokyo: Organiser) -> None:
    sent(cast, "Rome")
    mayor = sent(cast, "Tokyo")
    do(cast, lambda: nominating.remove(mayor.id, who=OFFICE, now=later(2)))
    path = f"{DESK}/together/delegations"
    page = tokyo.get(path)
    assert (rows(page)["Rome"], "Approve one delegation" in words(page)) == ("1 | 1 | Nothing", True)
    for said in ("One delegation is approved.", "None of these delegations could be approved."):
        shown = words(tokyo.send(path, page=page))
        assert (said in shown, "Tokyo: Nobody is named yet" in shown) == (True, True)
    assert [answer(cast, city) for city in ("Rome", "Tokyo")] == [Answer.APPROVED, Answer.SUBMITTED]


def test_the_persons_page_on_the_desk_says_what_waits(cast: Cast, tokyo: Organiser, wish: Asked) -> None:
    reference = read(cast.app, lambda: db.session.get_one(Delegate, wish.delegate_id).reference)
    page = words(tokyo.get(f"{DESK}/registrations/{reference}"))
    assert "A change waits." in page
    assert "Way of taking part: online (now: at the venue)" in page


def test_a_change_is_granted_by_a_button(cast: Cast, tokyo: Organiser, wish: Asked) -> None:
    for _again in range(2):
        said = tokyo.send(to(wish, "grant"))
        assert "Granted: it is in force now." in words(tokyo.get(said.location.split("#")[0]))
    stored = read(cast.app, lambda: db.session.get_one(Delegate, wish.delegate_id))
    assert (stored.mode, stored.zone) == (Mode.ONLINE, "Europe/Rome")


def test_what_has_no_place_says_so_and_waits(cast: Cast, tokyo: Organiser) -> None:
    due(cast, Due.MODE)
    seats(cast, 0)
    anna = register(cast, "Anna Bianchi", mode=Mode.ONLINE)
    (row,) = change(cast, anna, mode=Mode.VENUE)
    assert "No place is left (at the venue)." in words(tokyo.get(PAGE))
    page = tokyo.send(to(row, "grant"))
    assert (page.status_code, outcome(cast, row)) == (422, Outcome.WAITING)
    assert "Grant a place first, or refuse" in words(page)


def test_a_refusal_is_given_with_its_reason(cast: Cast, tokyo: Organiser, wish: Asked) -> None:
    assert tokyo.send(to(wish, "refuse")).status_code == 422
    tokyo.send(to(wish, "refuse"), {"reason": "The line is full"})
    stored = read(cast.app, lambda: db.session.get_one(Asked, wish.id))
    assert (stored.outcome, stored.reason, stored.decided_by) == (Outcome.REFUSED, "The line is full", "KOIKE Yuriko")
    assert "This is decided already" in words(tokyo.get(to(wish, "grant")))


def test_organisers_of_another_event_find_nothing_here(cast: Cast, tokyo: Organiser, wish: Asked) -> None:
    for page in (f"/organise/congress/changes/{wish.id}/grant", "/organise/congress/delegations/seoul/approve"):
        assert tokyo.get(page).status_code in {403, 404}, page
    assert tokyo.get(f"{DESK}/changes/9999/grant").status_code == 404
    assert tokyo.get(f"{DESK}/delegations/atlantis/approve").status_code == 404


def test_the_whole_delegation_stands_in_the_same_queue(cast: Cast, tokyo: Organiser) -> None:
    mine = Delegation.uid == "summit-milan"
    do(cast, lambda: db.session.execute(update(Delegation).where(mine).values(modes_asked="video")))
    assert "Milan | At the venue" in rows(tokyo.get(PAGE))["The whole delegation"]


def test_who_would_be_left_behind_is_named_and_taken_along(cast: Cast, tokyo: Organiser) -> None:
    person = register(cast, "Luca Milani", "Milan")
    mine = Delegation.uid == "summit-milan"
    do(cast, lambda: db.session.execute(update(Delegation).where(mine).values(modes_asked="video")))
    page = f"{DESK}/invitations/city/milan/modes"
    assert "Luca Milani" in words(tokyo.get(page))
    assert tokyo.send(page, {"decision": "grant"}).status_code == 422
    tokyo.send(page, {"decision": "grant", "along": "y"})
    assert now_of(cast, person).mode == Mode.VIDEO


def test_the_page_costs_the_same_for_one_and_for_many(cast: Cast, tokyo: Organiser) -> None:
    due(cast, Due.MODE)
    seats(cast, None)
    costs = []
    for number, city in enumerate(("Rome", "Milan", "Lancaster", "Seoul")):
        approval(cast, Approval.NONE)
        person = register(cast, f"Delegate {number}", city)
        change(cast, person, mode=Mode.ONLINE)
        sent(cast, city)
        tokyo.get(PAGE)
        with counted(cast.app) as statements:
            tokyo.get(PAGE)
        costs.append(len(statements))
    assert len(set(costs)) == 1, costs


def test_a_hostile_name_is_only_a_name(cast: Cast, tokyo: Organiser) -> None:
    approval(cast, Approval.NONE)
    luca = complete(cast, nominate(cast))
    approval(cast, Approval.BOTH)
    (row,) = change(cast, luca, name="<script>alert(1)</script>")
    for page in (PAGE, to(row, "grant")):
        text = tokyo.get(page).text
        assert "<script>alert" not in text
        assert "&lt;script&gt;alert(1)" in text


def test_nothing_waits_any_more_when_all_is_decided(cast: Cast, tokyo: Organiser, wish: Asked) -> None:
    do(cast, lambda: asking.grant(wish.id, who="KOIKE Yuriko", now=later(3)))
    assert "Changes asked for" not in words(tokyo.get(PAGE))
    assert read(cast.app, lambda: db.session.execute(select(Asked.outcome)).scalars().all()) == [Outcome.GRANTED]
