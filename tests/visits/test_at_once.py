"""Two things happen to a visit in the same moment: either comes first, and the places are right whichever it was."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import func, select

from app.db import db
from app.refused import Refused
from app.visits import editing, signing, waiting, wishing
from app.visits.models import HOLDING, SignUp, Visit
from tests.registration.cast import Cast, read
from tests.registration.people import at_once, later
from tests.visits.cast import ORGANISER, act, change, guests, now_of, row, sign_up, states, visit
from tests.visits.wishers import AFTER, adopt, run, wish, wished, wishes


def both(*acts: Callable[[], object]) -> list[str]:
    """Do these at once; what each was refused with, empty for what was done."""

    def done(number: int) -> str:
        try:
            acts[number]()
        except Refused as no:
            return no.message
        return ""

    return at_once(len(acts), done)


def counted(cast: Cast, made: Visit) -> tuple[int, int]:
    """How many places are counted as taken, and how many people hold one."""
    held = select(func.count(SignUp.id)).where(SignUp.visit_id == made.id, SignUp.state.in_(HOLDING))
    return now_of(cast, made).taken, read(cast.app, lambda: db.session.execute(held).scalar_one())


def test_an_offer_is_taken_or_passes_on_and_never_both(cast: Cast) -> None:
    boat = visit(cast, seats=1)
    people = guests(cast, 3)
    first, one, _two = (sign_up(cast, boat, each, now=later(n))[0] for n, each in enumerate(people))
    act(cast, lambda: signing.give_back(first.id, whole=True, who="Rome", now=later(4)))
    until = row(cast, boat, people[1]).offered_until
    assert until is not None
    said = both(
        lambda: act(cast, lambda: waiting.accept(one.id, who="Rome", now=until)),
        lambda: act(cast, lambda: waiting.expire_due(until + timedelta(seconds=1))),
    )
    taken = {"Rome 0": "cancelled", "Rome 1": "allocated", "Rome 2": "waitlisted"}
    passed = {"Rome 0": "cancelled", "Rome 1": "waitlisted", "Rome 2": "offered"}
    assert states(cast, boat) == (passed if said[0] else taken)
    assert counted(cast, boat) == (1, 1)


def test_a_visit_called_off_while_a_place_comes_free_offers_it_to_nobody(cast: Cast) -> None:
    boat = visit(cast, seats=1)
    first, _second = (sign_up(cast, boat, each, now=later(n))[0] for n, each in enumerate(guests(cast, 2)))
    both(
        lambda: act(cast, lambda: signing.give_back(first.id, whole=True, who="Rome", now=later(4))),
        lambda: act(cast, lambda: editing.cancel(boat.id, "A storm", who=ORGANISER, now=later(4))),
    )
    assert states(cast, boat)["Rome 1"] == "cancelled by organiser"
    assert counted(cast, boat) == (0, 0)


def test_fewer_places_while_people_sign_up_are_never_oversold(cast: Cast) -> None:
    boat = visit(cast, seats=4)
    people = guests(cast, 4)
    both(
        *(lambda each=each: sign_up(cast, boat, each) for each in people),
        lambda: change(cast, boat, seats=2),
    )
    there, (taken, held) = now_of(cast, boat), counted(cast, boat)
    assert (taken, there.seats) == (held, 4 if held > 2 else 2)
    assert list(states(cast, boat).values()).count("waitlisted") == 4 - held


def test_more_places_while_people_sign_up_go_to_everybody_who_fits(cast: Cast) -> None:
    boat = visit(cast, seats=1)
    people = guests(cast, 4)
    both(
        *(lambda each=each: sign_up(cast, boat, each) for each in people),
        lambda: change(cast, boat, seats=3),
    )
    assert counted(cast, boat) == (3, 3)
    assert list(states(cast, boat).values()).count("waitlisted") == 1


def test_a_wish_taken_back_while_places_are_given_gets_none_or_is_refused(cast: Cast) -> None:
    bay = wished(cast, "bay", seats=2)
    one, two = guests(cast, 2)
    wish(cast, [one], bay)
    wish(cast, [two], bay)
    number = run(cast)
    refused, _taken_back = both(
        lambda: adopt(cast, number),
        lambda: act(cast, lambda: wishing.take_back(one.id, who="Rome", now=AFTER - timedelta(hours=2))),
    )
    given = {} if refused else {"Rome 0": "allocated", "Rome 1": "allocated"}
    assert (states(cast, bay), wishes(cast, two)) == (given, ["Bay"])
    assert counted(cast, bay) == (len(given), len(given))
