"""First come: places for whole parties, a strict list, offers that hold them, and a promotion on every freeing path."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from app.db import db
from app.delegations import answering
from app.events.models import Mode
from app.registration import deciding, nominating, service
from app.registration.models import Capacity
from app.visits import editing, signing, waiting
from app.visits.models import Visit
from tests.registration.cast import NOW, Cast
from tests.registration.people import delegation_id, later, nomination, refusal
from tests.visits.cast import (
    LATE,
    ORGANISER,
    act,
    guests,
    letters,
    now_of,
    role,
    row,
    sign_up,
    state,
    states,
    visit,
)

CERTAIN, WAITS, OFFERED, GONE = "allocated", "waitlisted", "offered", "cancelled"


def test_whoever_comes_first_has_a_place_and_the_next_waits(cast: Cast) -> None:
    boat = visit(cast, seats=1)
    one, two = guests(cast, 2)
    sign_up(cast, boat, one)
    sign_up(cast, boat, two)
    assert states(cast, boat) == {"Rome 0": CERTAIN, "Rome 1": WAITS}
    assert (letters(cast, one), letters(cast, two)) == (["visit allocated"], ["visit waitlisted"])


def test_a_party_of_three_for_one_of_twenty_places_waits_whole_until_three_are_free(cast: Cast) -> None:
    """J15, until the offer passes to the next, and both are told."""
    boat = visit(cast, seats=20)
    crowd = guests(cast, 19, "Tokyo")
    for each in crowd:
        sign_up(cast, boat, each)
    mayor, interpreter, guard = guests(cast, 3)
    sign_up(cast, boat, mayor, interpreter, guard, now=later(1))
    next_up = guests(cast, 3, "Milan")
    sign_up(cast, boat, *next_up, now=later(2))
    assert {state(cast, boat, each) for each in (mayor, interpreter, guard)} == {WAITS}

    gone = [row(cast, boat, each).id for each in crowd]
    act(cast, lambda: signing.give_back(gone[0], whole=False, who="Tokyo", now=later(3)))
    assert (state(cast, boat, mayor), now_of(cast, boat).taken) == (WAITS, 18)
    act(cast, lambda: signing.give_back(gone[1], whole=False, who="Tokyo", now=later(4)))
    assert {state(cast, boat, each) for each in (mayor, interpreter, guard)} == {OFFERED}
    assert row(cast, boat, guard).offered_until == later(28)

    act(cast, lambda: waiting.expire_due(later(28) + timedelta(seconds=1)))
    assert {state(cast, boat, each) for each in (mayor, interpreter, guard)} == {WAITS}
    assert {state(cast, boat, each) for each in next_up} == {OFFERED}
    assert letters(cast, guard) == ["visit waitlisted", "visit offered", "visit offer passed"]
    assert letters(cast, next_up[2]) == ["visit waitlisted", "visit offered"]
    assert now_of(cast, boat).taken == 20


def test_whoever_lets_two_offers_pass_is_off_the_list(cast: Cast) -> None:
    boat = visit(cast, seats=1)
    one, two = guests(cast, 2)
    first = sign_up(cast, boat, one)[0]
    sign_up(cast, boat, two)
    act(cast, lambda: signing.give_back(first.id, whole=False, who="Rome", now=later(1)))
    act(cast, lambda: waiting.expire_due(later(30)))
    assert state(cast, boat, two) == OFFERED
    act(cast, lambda: waiting.expire_due(later(60)))
    assert (state(cast, boat, two), now_of(cast, boat).taken) == ("expired", 0)


def test_the_class_goes_before_the_time_of_joining(cast: Cast) -> None:
    boat = visit(cast, seats=1, first_roles=["head"])
    one, two, mayor = guests(cast, 3)
    role(cast, mayor, Capacity.HEAD)
    first = sign_up(cast, boat, one)[0]
    sign_up(cast, boat, two)
    sign_up(cast, boat, mayor, now=later(5))
    act(cast, lambda: signing.give_back(first.id, whole=False, who="Rome", now=later(6)))
    assert states(cast, boat) == {"Rome 0": GONE, "Rome 1": WAITS, "Rome 2": OFFERED}


def test_organisers_pass_others_over_with_a_reason_alone(cast: Cast) -> None:
    boat = visit(cast, seats=2)
    one, other, two, three, four = guests(cast, 5)
    first = sign_up(cast, boat, one)[0]
    sign_up(cast, boat, other)
    pair = sign_up(cast, boat, two, three)[0]
    single = sign_up(cast, boat, four)[0]
    act(cast, lambda: signing.give_back(first.id, whole=False, who="Rome", now=later(1)))
    assert state(cast, boat, four) == WAITS
    said = [
        refusal(lambda: act(cast, lambda: waiting.skip_to(single.id, " ", who=ORGANISER, now=later(2)))),
        refusal(lambda: act(cast, lambda: waiting.skip_to(pair.id, "A mayor", who=ORGANISER, now=later(2)))),
    ]
    assert said == [
        "Say why others are passed over: the reason is kept with your name.",
        "There is no room for all of them: 2 places are needed, 1 are free.",
    ]
    act(cast, lambda: waiting.skip_to(single.id, "Speaks there", who=ORGANISER, now=later(2)))
    assert (state(cast, boat, four), state(cast, boat, two)) == (OFFERED, WAITS)


@pytest.mark.parametrize(
    ("now", "until"),
    [
        (NOW, NOW + timedelta(hours=24)),
        (LATE, LATE + timedelta(hours=4)),
        (datetime.fromisoformat("2090-02-27T05:30+09:00"), None),
    ],
)
def test_an_offer_holds_a_day_four_hours_near_and_none_is_made_later(
    cast: Cast, now: datetime, until: datetime | None
) -> None:
    boat = visit(cast, seats=1)
    one, two = guests(cast, 2)
    first = sign_up(cast, boat, one)[0]
    sign_up(cast, boat, two)
    act(cast, lambda: signing.give_back(first.id, whole=False, who="Rome", now=now))
    assert row(cast, boat, two).offered_until == until


def test_nothing_is_offered_once_the_list_has_closed(cast: Cast) -> None:
    boat = visit(cast, seats=1, closes_at=later(10))
    one, two = guests(cast, 2)
    first = sign_up(cast, boat, one)[0]
    waiter = sign_up(cast, boat, two)[0]
    act(cast, lambda: signing.give_back(first.id, whole=False, who="Rome", now=later(10)))
    assert state(cast, boat, two) == WAITS
    act(cast, lambda: waiting.skip_to(waiter.id, "Called", who=ORGANISER, now=later(11)))
    assert state(cast, boat, two) == CERTAIN


def freed_by(cast: Cast, how: str) -> tuple[str, str]:
    """Somebody of Milan waits behind one of Rome; what becomes of both when the place comes free in this way."""
    boat = visit(cast, seats=1)
    (held,), (waits,) = guests(cast, 1), guests(cast, 1, "Milan")
    mine = sign_up(cast, boat, held)[0]
    sign_up(cast, boat, waits)
    now = later(3)
    rome = delegation_id(cast, "Rome")
    ways = {
        "given back": lambda: signing.give_back(mine.id, whole=True, who="Rome", now=now),
        "off the venue": lambda: service.set_mode(held.id, Mode.ONLINE, who="Rome", now=now),
        "withdrawn": lambda: service.withdraw(held.id, now),
        "cancelled": lambda: deciding.cancel(held.id, "Ill", who=ORGANISER, now=now),
        "city withdrawn": lambda: answering.withdraw_city(rome, "Strike", who="Rome", now=now),
        "taken off": lambda: signing.take_off([mine.id], "Full", who=ORGANISER, now=now),
        "replaced": lambda: nominating.substitute(held.id, nomination("Paola Conti"), who="Rome", now=now),
        "more seats": lambda: change_in(cast, boat.id, now),
    }
    act(cast, ways[how])
    return str(state(cast, boat, held)), str(state(cast, boat, waits))


def change_in(cast: Cast, visit_id: int, now: datetime) -> None:
    there = db.session.get_one(Visit, visit_id)
    told = editing.Facts(**(vars(editing.Facts.of(there)) | {"seats": 2}))
    editing.change(visit_id, told, there.version, who=ORGANISER, now=now)


@pytest.mark.parametrize(
    "how",
    ["given back", "off the venue", "withdrawn", "cancelled", "city withdrawn", "taken off", "replaced", "more seats"],
)
def test_every_path_that_frees_a_place_offers_it(cast: Cast, how: str) -> None:
    held, waits = freed_by(cast, how)
    assert waits == OFFERED
    assert held == {"more seats": CERTAIN, "taken off": "cancelled by organiser"}.get(how, GONE)
