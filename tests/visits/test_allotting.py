"""Places of visits given to wishes: worked out, looked at, adopted once, and kept when it is done again."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from app.db import db
from app.outbox import Message
from app.registration.models import Delegate
from app.visits import allotting, signing, wishing
from app.visits.models import Allocation
from tests.registration.cast import Cast, read
from tests.registration.people import at_once, refusal
from tests.visits.cast import act, bus, change, guests, letters, now_of, row, sign_up, states, visit
from tests.visits.wishers import AFTER, AFTERNOON, CLOSES, adopt, run, wish, wished

CERTAIN, WAITS = "allocated", "waitlisted"


def test_everybody_gets_a_place_and_a_letter_that_says_which_wish_it_was(cast: Cast) -> None:
    bay, zoo = wished(cast, "bay", seats=1), wished(cast, "zoo")
    (mayor,), (envoy,) = guests(cast, 1), guests(cast, 1, "Seoul")
    wish(cast, [mayor], bay, zoo)
    wish(cast, [envoy], bay)
    assert adopt(cast, run(cast)) == 2
    assert (states(cast, bay), states(cast, zoo)) == ({"Seoul 0": CERTAIN}, {"Rome 0": CERTAIN})
    assert [told(cast, each, "wish") for each in (mayor, envoy)] == [2, 1]
    assert letters(cast, mayor) == ["visit wish granted"]


def told(cast: Cast, who: Delegate, name: str) -> object:
    """What the last letter about visits to somebody says of this."""
    query = select(Message.facts).where(Message.kind.like("visit wish%")).order_by(Message.id.desc())
    facts = read(cast.app, lambda: list(db.session.execute(query).scalars()))
    return next(each[name] for each in facts if each["reference"] == who.reference)


def test_places_are_counted_on_visit_and_vehicle_and_a_party_rides_together(cast: Cast) -> None:
    bay = wished(cast, "bay", seats=20)
    van, coach = bus(cast, bay, 2, name="Van"), bus(cast, bay, 5, step_free=1, name="Coach")
    party, alone = guests(cast, 3), guests(cast, 1, "Seoul")
    wish(cast, party, bay, step_free=True)
    wish(cast, alone, bay)
    adopt(cast, run(cast))
    assert now_of(cast, bay).taken == 4
    assert {row(cast, bay, each).vehicle_id for each in party} == {coach.id}
    assert {row(cast, bay, each).party for each in party} == {row(cast, bay, party[0]).party}
    assert [row(cast, bay, each).step_free for each in party] == [True, False, False]
    assert row(cast, bay, alone[0]).vehicle_id in {van.id, coach.id}


def test_who_gets_nothing_is_told_why_and_waits_where_the_organisers_chose_so(cast: Cast) -> None:
    bay = wished(cast, "bay", seats=1)
    both = [guests(cast, 1)[0], guests(cast, 1, "Seoul")[0]]
    for each in both:
        wish(cast, [each], bay)
    adopt(cast, run(cast), onto_lists=True)
    assert sorted(states(cast, bay).values()) == [CERTAIN, WAITS]
    (missed,) = [each for each in both if letters(cast, each) == ["visit wish missed"]]
    assert (told(cast, missed, "wishes"), told(cast, missed, "listed")) == ([["Bay", "full"]], "Bay")


def test_a_place_given_back_after_the_list_has_closed_is_offered_to_who_waits(cast: Cast) -> None:
    bay = wished(cast, "bay", seats=1)
    both = [guests(cast, 1)[0], guests(cast, 1, "Seoul")[0]]
    for each in both:
        wish(cast, [each], bay)
    adopt(cast, run(cast), onto_lists=True)
    seated = next(each for each in both if states(cast, bay)[each.name] == CERTAIN)
    number = row(cast, bay, seated).id
    act(cast, lambda: signing.give_back(number, whole=False, who="Rome", now=AFTER))
    assert sorted(states(cast, bay).values()) == ["cancelled", "offered"]


def test_lists_stand_in_the_order_of_the_lots(cast: Cast) -> None:
    bay = wished(cast, "bay", seats=1)
    people = [guests(cast, 1, city)[0] for city in ("Rome", "Seoul", "Milan", "Tokyo")]
    for each in people:
        wish(cast, [each], bay)
    number = run(cast)
    adopt(cast, number, onto_lists=True)
    found = read(cast.app, lambda: allotting.read(cast.event_id, number))
    lots = [
        found.people[each.party][0] for each in sorted(found.outcome.given, key=lambda each: each.turn) if not each.seat
    ]
    waits = [each for each in people if states(cast, bay)[each.name] == WAITS]
    assert [each.id for each in sorted(waits, key=lambda each: str(row(cast, bay, each).joined_at))] == lots


def test_without_a_list_who_gets_nothing_has_no_sign_up(cast: Cast) -> None:
    bay = wished(cast, "bay", seats=1)
    for city in ("Rome", "Seoul"):
        wish(cast, guests(cast, 1, city), bay)
    adopt(cast, run(cast))
    assert list(states(cast, bay).values()) == [CERTAIN]


def test_adopted_twice_it_is_done_once(cast: Cast) -> None:
    bay = wished(cast, "bay")
    (mayor,) = guests(cast, 1)
    wish(cast, [mayor], bay)
    number = run(cast)
    assert at_once(3, lambda _: adopt(cast, number)) == [1, 1, 1]
    assert (now_of(cast, bay).taken, letters(cast, mayor)) == (1, ["visit wish granted"])


def test_what_changed_since_it_was_looked_at_is_not_adopted(cast: Cast) -> None:
    bay = wished(cast, "bay", seats=1)
    (mayor,) = guests(cast, 1)
    wish(cast, [mayor], bay)
    number = run(cast)
    change(cast, bay, seats=2)
    assert refusal(lambda: adopt(cast, number)) == (
        "Wishes, places or vehicles have changed since this was worked out. Work it out again."
    )
    assert states(cast, bay) == {}


def test_done_again_it_keeps_what_was_given_and_tells_nobody_twice(cast: Cast) -> None:
    bay = wished(cast, "bay", seats=1)
    people = [guests(cast, 1)[0], guests(cast, 1, "Seoul")[0], guests(cast, 1, "Milan")[0]]
    for each in people:
        wish(cast, [each], bay)
    adopt(cast, run(cast))
    (first,) = states(cast, bay)
    change(cast, bay, seats=2)
    adopt(cast, run(cast, seed=8))
    after = states(cast, bay)
    assert (after[first], list(after.values())) == (CERTAIN, [CERTAIN, CERTAIN])
    given = [each for each in people if each.name in after and each.name != first]
    missed = [each for each in people if each.name not in after]
    assert [letters(cast, each) for each in (*given, *missed)] == [
        ["visit wish missed", "visit wish granted"],
        ["visit wish missed"],
    ]


def test_a_place_given_back_goes_to_whom_it_is_given_next(cast: Cast) -> None:
    bay = wished(cast, "bay", seats=1)
    people = [guests(cast, 1)[0], guests(cast, 1, "Seoul")[0]]
    for each in people:
        wish(cast, [each], bay)
    adopt(cast, run(cast))
    (first,) = states(cast, bay)
    (gone,) = [each for each in people if each.name == first]
    sign = row(cast, bay, gone).id
    act(cast, lambda: signing.give_back(sign, whole=False, who="Rome", now=AFTER))
    act(cast, lambda: drop(gone.id))
    adopt(cast, run(cast, seed=9))
    assert sorted(states(cast, bay).values()) == [CERTAIN, "cancelled"]


def drop(delegate_id: int) -> None:
    found = wishing.stored(delegate_id)
    if found is not None:
        db.session.delete(found)


def test_a_wish_for_the_hours_of_a_place_that_one_has_counts_no_more(cast: Cast) -> None:
    boat = visit(cast)
    bay, zoo = wished(cast, "bay"), wished(cast, "zoo", **AFTERNOON)
    (mayor,) = guests(cast, 1)
    wish(cast, [mayor], bay, zoo)
    sign_up(cast, boat, mayor)
    adopt(cast, run(cast))
    assert (states(cast, bay), states(cast, zoo)) == ({}, {"Rome 0": CERTAIN})


def test_early_and_late_wishes_are_alike(cast: Cast) -> None:
    """The same seed draws the same lots whoever asked first."""
    bay = wished(cast, "bay", seats=1)
    early, late = guests(cast, 1)[0], guests(cast, 1, "Seoul")[0]
    wish(cast, [early], bay)
    wish(cast, [late], bay, now=CLOSES - timedelta(minutes=1))
    first = [planned(cast, run(cast, seed)) for seed in range(12)]
    act(cast, lambda: drop(early.id))
    act(cast, lambda: drop(late.id))
    wish(cast, [late], bay)
    wish(cast, [early], bay, now=CLOSES - timedelta(minutes=1))
    again = [planned(cast, run(cast, seed, key=f"again {seed}")) for seed in range(12)]
    assert (first, set(first)) == (again, {early.id, late.id})


def planned(cast: Cast, number: int) -> int:
    """Who has the only place in a run."""
    found = read(cast.app, lambda: allotting.read(cast.event_id, number))
    (given,) = [each for each in found.outcome.given if each.seat]
    return found.people[given.party][0]


def test_nothing_of_needs_stands_in_what_is_kept_of_a_run(cast: Cast) -> None:
    bay = wished(cast, "bay")
    bus(cast, bay, 4, step_free=1)
    (mayor,) = guests(cast, 1)
    wish(cast, [mayor], bay, step_free=True)
    adopt(cast, run(cast))
    kept = read(cast.app, lambda: str(db.session.execute(select(Allocation.report)).scalar_one()))
    assert "step" not in kept.replace("'steps'", "")
