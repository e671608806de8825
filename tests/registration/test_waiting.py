"""The waiting list: strict order, parties whole, offers that hold for hours, and a promotion on every freeing path."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.delegations.models import Category
from app.events.models import Approval, Event, Mode
from app.refused import Refused
from app.registration import deciding, leading, line, nominating, service, waiting
from app.registration import places as stored_places
from app.registration.line import Waiting, in_order, next_up
from app.registration.models import Capacity, Delegate, State
from tests.registration.cast import NOW, Cast, details, read
from tests.registration.people import (
    OFFICE,
    approval,
    at_once,
    complete,
    do,
    journal,
    later,
    letters,
    nominate,
    nomination,
    now_of,
    places,
    quota,
    refusal,
    register,
    seats,
    state,
    waiter,
)


def one(key: int, number: int = 0, hours: float = 0, city: int = 1, party: str = "") -> Waiting:
    return Waiting(key, number, later(hours), city, Category.DELEGATES, party)


def ids(people: list[Waiting]) -> list[int]:
    return [each.id for each in people]


def test_class_goes_before_time_of_joining_and_that_before_id() -> None:
    people = [one(1, 1), one(2, 0, 5), one(4, 0, 2), one(3, 0, 2)]
    assert [ids(party) for party in in_order(people)] == [[3], [4], [2], [1]]


def line_of(cast: Cast) -> list[int]:
    """Who waits for a place at the venue, in the order of the list."""
    return read(
        cast.app, lambda: [each.id for party in in_order(line.waiting(cast.event_id, Mode.VENUE)) for each in party]
    )


def test_a_party_stands_where_its_first_stands() -> None:
    people = [one(1), one(2, hours=1), one(3, hours=2, party="a"), one(4, hours=0.5, party="a")]
    assert [ids(party) for party in in_order(people)] == [[1], [4, 3], [2]]


def test_the_same_mark_in_two_cities_is_two_parties() -> None:
    assert [ids(party) for party in in_order([one(1, party="a"), one(2, city=2, party="a")])] == [[1], [2]]


def test_a_party_that_does_not_fit_is_neither_split_nor_passed() -> None:
    line_up = in_order([one(1, party="a"), one(2, party="a"), one(3, hours=1)])
    assert [ids(next_up(line_up, left, {})) for left in (0, 1, 2, 3, None)] == [[], [], [1, 2], [1, 2, 3], [1, 2, 3]]


def test_who_lacks_a_place_in_their_own_citys_quota_holds_up_nobody_else() -> None:
    line_up = in_order([one(1), one(2, hours=1, city=2), one(3, hours=2)])
    full = {(1, Category.DELEGATES): 0}
    assert (ids(next_up(line_up, 1, full)), ids(next_up(line_up, 1, {}))) == ([2], [1])


@given(
    st.lists(
        st.builds(
            one,
            st.integers(1, 10**6),
            st.integers(0, 2),
            st.integers(0, 5),
            st.integers(1, 3),
            st.sampled_from(("", "", "a")),
        ),
        unique_by=lambda each: each.id,
        max_size=12,
    ),
    st.none() | st.integers(0, 6),
    st.dictionaries(st.tuples(st.integers(1, 3), st.just(Category.DELEGATES)), st.integers(0, 4)),
)
def test_whoever_is_placed_nobody_in_front_could_have_been(
    people: list[Waiting], left: int | None, room: dict[tuple[int, Category], int]
) -> None:
    parties = in_order(people)
    placed = next_up(parties, left, room)
    assert left is None or len(placed) <= left
    chosen = set(ids(placed))
    assert all(chosen >= set(ids(party)) or not chosen & set(ids(party)) for party in parties)
    for city, category in room:
        assert sum(each.delegation_id == city for each in placed) <= room[city, category]
    last = max((number for number, party in enumerate(parties) if party[0].id in chosen), default=0)
    for party in parties[:last]:
        if party[0].id not in chosen:  # passed over: its city's quota alone is the reason
            taken = sum(each.delegation_id == party[0].delegation_id for each in placed)
            assert room[party[0].delegation_id, Category.DELEGATES] - taken < len(party)


def test_an_offer_holds_a_day_four_hours_near_the_start_and_none_is_made_later() -> None:
    event = Event(starts_on=date(2090, 2, 27), zone="Asia/Tokyo")
    begins = datetime.fromisoformat("2090-02-27T00:00+09:00")
    held = [
        line.offer_holds(begins - before, event)
        for before in (timedelta(days=3, seconds=1), timedelta(days=3), timedelta(seconds=1), timedelta(0))
    ]
    assert held == [timedelta(hours=24), timedelta(hours=4), timedelta(hours=4), None]


def full(cast: Cast) -> list[Delegate]:
    """Three people on the three seats."""
    return [register(cast, f"Delegate {number}") for number in range(3)]


def test_the_first_in_line_is_offered_the_place_of_who_withdraws(cast: Cast) -> None:
    anna, *_rest = full(cast)
    first, second = waiter(cast, "Luca Ferri", now=later(1)), waiter(cast, "Carla Neri", "Milan", later(2))
    do(cast, lambda: service.withdraw(anna.id, later(3)))
    offered = now_of(cast, first)
    assert (offered.state, offered.offered_until, state(cast, second)) == (State.OFFERED, later(27), State.WAITLISTED)
    assert (places(cast), letters(cast)[-2:]) == ((3, 3, 0), ["withdrawn", "offered"])


def test_every_way_of_freeing_a_place_offers_it(cast: Cast) -> None:
    approval(cast, Approval.NONE)
    one, two, three = full(cast)
    line_up = [waiter(cast, f"Waiting {number}", "Milan", later(number)) for number in range(7)]
    ways = [
        lambda: service.withdraw(one.id, later(8)),
        lambda: nominating.remove(two.id, who=OFFICE, now=later(8)),
        lambda: deciding.cancel(three.id, "A reason", who="Tokyo", now=later(8)),
        lambda: service.set_mode(line_up[0].id, Mode.ONLINE, who="Tokyo", now=later(8)),
        lambda: waiting.decline(line_up[1].id, later(8)),
        lambda: waiting.set_places(cast.event_id, Mode.VENUE, 4, "", who="Tokyo", now=later(8)),
        lambda: waiting.grant_places(cast.event_id, Mode.VENUE, 1, "A reason", who="Tokyo", now=later(8)),
    ]
    for number, way in enumerate(ways):
        do(cast, way)
        assert state(cast, line_up[number]) == State.OFFERED, number


def test_a_party_waits_until_there_is_room_for_all_of_it(cast: Cast) -> None:
    people = full(cast)
    head, guard = (waiter(cast, name, "Seoul", later(1)) for name in ("OH Se-hoon", "KIM Minji"))
    alone = waiter(cast, "Carla Neri", "Milan", later(2))
    do(cast, lambda: waiting.together([head.id, guard.id], who=OFFICE, now=later(3)))
    do(cast, lambda: service.withdraw(people[0].id, later(4)))
    assert {state(cast, each) for each in (head, guard, alone)} == {State.WAITLISTED}
    do(cast, lambda: service.withdraw(people[1].id, later(5)))
    assert [state(cast, each) for each in (head, guard, alone)] == [State.OFFERED, State.OFFERED, State.WAITLISTED]


def test_a_free_place_that_a_party_waits_for_is_nobody_elses(cast: Cast) -> None:
    people = full(cast)
    pair = [waiter(cast, name, "Seoul", later(1)) for name in ("OH Se-hoon", "KIM Minji")]
    do(cast, lambda: waiting.together([each.id for each in pair], who=OFFICE, now=later(2)))
    do(cast, lambda: service.withdraw(people[0].id, later(3)))
    with pytest.raises(Refused, match="The venue is full"):
        register(cast, "Carla Neri", "Milan", later(4))
    assert places(cast) == (3, 2, 0)


def test_who_waits_only_for_their_own_citys_quota_keeps_no_place_from_others(cast: Cast) -> None:
    people = full(cast)
    waiter(cast, "OH Se-hoon", "Seoul", later(1))
    quota(cast, "Seoul", 0)
    do(cast, lambda: service.withdraw(people[0].id, later(2)))
    assert register(cast, "Carla Neri", "Milan", later(3)).state == State.APPROVED


def test_whoever_waited_for_a_quota_is_offered_a_place_once_the_city_has_room(cast: Cast) -> None:
    people = full(cast)
    seoul = waiter(cast, "OH Se-hoon", "Seoul", later(1))
    key = quota(cast, "Seoul", 0)
    do(cast, lambda: service.withdraw(people[0].id, later(2)))
    do(cast, lambda: waiting.grant_quota(key, 1, "Speaks", who="Tokyo", now=later(3)))
    assert state(cast, seoul) == State.OFFERED


def test_only_people_of_one_city_and_mode_are_a_party(cast: Cast) -> None:
    full(cast)
    people = [waiter(cast, "OH Se-hoon", "Seoul"), waiter(cast, "Carla Neri", "Milan")]
    with pytest.raises(Refused, match="one city"):
        do(cast, lambda: waiting.together([each.id for each in people], who=OFFICE, now=NOW))


def test_who_takes_the_place_is_approved_and_taking_it_twice_is_once(cast: Cast) -> None:
    anna, *_rest = full(cast)
    luca = waiter(cast, "Luca Ferri")
    do(cast, lambda: service.withdraw(anna.id, later(1)))
    for hour in (2, 3):
        do(cast, lambda: waiting.accept(luca.id, later(hour)))  # noqa: B023
    assert (state(cast, luca), places(cast), letters(cast).count("confirmation")) == (State.APPROVED, (3, 3, 0), 4)


def test_an_offer_that_passed_cannot_be_taken(cast: Cast) -> None:
    anna, *_rest = full(cast)
    luca = waiter(cast, "Luca Ferri")
    do(cast, lambda: service.withdraw(anna.id, later(1)))
    with pytest.raises(Refused, match="The time to take this place is over"):
        do(cast, lambda: waiting.accept(luca.id, later(26)))


def test_an_unanswered_offer_goes_to_the_next_and_its_owner_to_the_end(cast: Cast) -> None:
    anna, *_rest = full(cast)
    first, second = waiter(cast, "Luca Ferri", now=later(1)), waiter(cast, "Carla Neri", "Milan", later(2))
    do(cast, lambda: service.withdraw(anna.id, later(3)))
    assert do(cast, lambda: waiting.expire_due(later(27))) == 0
    assert do(cast, lambda: waiting.expire_due(later(28))) == 1
    back = now_of(cast, first)
    assert (back.state, back.joined_list_at, state(cast, second)) == (State.WAITLISTED, later(28), State.OFFERED)
    assert letters(cast)[-2:] == ["offer passed", "offered"]


def test_who_lets_two_offers_pass_is_off_the_list(cast: Cast) -> None:
    anna, *_rest = full(cast)
    luca = waiter(cast, "Luca Ferri")
    do(cast, lambda: service.withdraw(anna.id, later(1)))
    do(cast, lambda: waiting.expire_due(later(26)))
    do(cast, lambda: waiting.expire_due(later(51)))
    assert (state(cast, luca), places(cast), letters(cast)[-1]) == (State.EXPIRED, (3, 2, 0), "expired")


def test_once_the_summit_has_begun_nothing_is_offered_and_the_organiser_places_by_hand(cast: Cast) -> None:
    anna, *_rest = full(cast)
    luca = waiter(cast, "Luca Ferri")
    begun = datetime.fromisoformat("2090-02-27T08:00+09:00")
    do(cast, lambda: service.withdraw(anna.id, begun))
    assert state(cast, luca) == State.WAITLISTED
    do(cast, lambda: waiting.skip_to(luca.id, "Called on the telephone", who="Tokyo", now=begun))
    assert (state(cast, luca), places(cast)) == (State.APPROVED, (3, 3, 0))


def test_to_pass_others_over_takes_a_reason_which_is_kept(cast: Cast) -> None:
    full(cast)
    first, second = waiter(cast, "Luca Ferri", now=later(1)), waiter(cast, "Carla Neri", "Milan", later(2))
    with pytest.raises(Refused) as no:
        do(cast, lambda: waiting.skip_to(second.id, "", who="Tokyo", now=later(3)))
    assert no.value.field == "reason"
    with pytest.raises(Refused, match="1 are needed, 0 are free"):
        do(cast, lambda: waiting.skip_to(second.id, "Speaks in Session 2", who="Tokyo", now=later(3)))

    def act() -> None:
        """A place is granted for this person, before others are asked."""
        deciding_places = stored_places.grant(cast.event_id, Mode.VENUE, 1, "Speaks", who="Tokyo", now=later(3))
        assert deciding_places.granted == 1
        waiting.skip_to(second.id, "Speaks in Session 2", who="Tokyo", now=later(3))

    do(cast, act)
    assert (state(cast, first), state(cast, second)) == (State.WAITLISTED, State.OFFERED)
    assert ("passed over others", "Tokyo") in journal(cast, second)


def test_a_lower_class_comes_first(cast: Cast) -> None:
    anna, *_rest = full(cast)
    first, second = waiter(cast, "Luca Ferri", now=later(1)), waiter(cast, "Carla Neri", "Milan", later(2))
    do(cast, lambda: waiting.set_class(first.id, 1, who="Tokyo", now=later(3)))
    do(cast, lambda: service.withdraw(anna.id, later(4)))
    assert (state(cast, first), state(cast, second)) == (State.WAITLISTED, State.OFFERED)


def test_who_goes_online_instead_of_waiting_has_a_place_at_once(cast: Cast) -> None:
    full(cast)
    luca = waiter(cast, "Luca Ferri")
    do(cast, lambda: service.change(luca.id, details(Mode.ONLINE), now_of(cast, luca).version, later(1)))
    assert (state(cast, luca), places(cast, Mode.ONLINE)) == (State.OFFERED, (None, 1, 0))


def test_fewer_seats_than_are_taken_shrink_as_they_come_free(cast: Cast) -> None:
    people = full(cast)
    luca = waiter(cast, "Luca Ferri")
    seats(cast, 1)
    assert places(cast) == (1, 3, 2)
    for each in people:
        do(cast, lambda: service.withdraw(each.id, later(1)))  # noqa: B023
    assert (places(cast), state(cast, luca)) == ((1, 1, 0), State.OFFERED)


def test_seats_are_not_taken_away_below_use_without_a_reason(cast: Cast) -> None:
    full(cast)
    act = waiting.set_places
    with pytest.raises(Refused) as no:
        do(cast, lambda: act(cast.event_id, Mode.VENUE, 1, " ", who="Tokyo", now=NOW))
    assert no.value.field == "reason"


def test_the_last_seat_is_sold_once_to_approvals_nominations_and_registrations_together(cast: Cast) -> None:
    approval(cast, Approval.BOTH)
    people = [complete(cast, nominate(cast, f"Nominated {number}")) for number in range(4)]
    approval(cast, Approval.NONE)
    seats(cast, 1)

    def act(number: int) -> str | None:
        if number < 4:
            return refusal(lambda: do(cast, lambda: deciding.approve(people[number].id, who="Tokyo", now=later(1))))
        if number < 8:
            return refusal(lambda: register(cast, f"Delegate {number}", "Milan"))
        return refusal(lambda: complete(cast, nominate(cast, f"Late {number}", "Seoul")))

    at_once(12, act)
    assert places(cast) == (1, 1, 0)


def test_withdrawals_and_those_who_join_the_line_at_once_leave_no_place_empty(cast: Cast) -> None:
    people = full(cast)
    named = [nominate(cast, f"Nominated {number}", "Milan") for number in range(3)]

    def act(number: int) -> object:
        if number < 3:
            return do(cast, lambda: service.withdraw(people[number].id, later(1)))
        return complete(cast, named[number - 3], later(1))

    at_once(6, act)
    assert places(cast) == (3, 3, 0)
    assert {state(cast, each) for each in named} <= {State.OFFERED, State.APPROVED}


def test_whoever_is_stored_first_comes_first_though_others_pressed_sooner(cast: Cast) -> None:
    approval(cast, Approval.BOTH)
    seats(cast, 0)
    people = [complete(cast, nominate(cast, f"Nominated {number}")) for number in range(8)]
    others = line_of(cast)

    def act(number: int) -> tuple[int, int]:
        """Each pressed a second before the one who was asked before them; the turn is read as a page would."""

        def join() -> int:
            deciding.put_on_list(people[number].id, who="Tokyo", now=later(1) - timedelta(seconds=number))
            return len(line.waiting(cast.event_id, Mode.VENUE))

        return do(cast, join), people[number].id

    told = [key for _turn, key in sorted(at_once(8, act))]
    assert line_of(cast) == [*others, *told]


def test_an_offer_that_passes_goes_behind_those_who_joined_a_moment_later(cast: Cast) -> None:
    people = full(cast)
    first = waiter(cast, "First", "Milan", later(1))
    second = waiter(cast, "Second", "Milan", later(40))
    do(cast, lambda: service.withdraw(people[0].id, later(5)))
    assert state(cast, first) == State.OFFERED
    do(cast, lambda: waiting.expire_due(later(30)))
    assert (state(cast, first), state(cast, second)) == (State.WAITLISTED, State.OFFERED)
    third = waiter(cast, "Third", "Milan", later(2))
    assert line_of(cast) == [first.id, third.id]


def test_offers_that_expire_while_they_are_taken_hold_one_place_each(cast: Cast) -> None:
    people = full(cast)
    line_up = [waiter(cast, f"Waiting {number}", "Milan", later(number)) for number in range(4)]
    do(cast, lambda: [service.withdraw(each.id, later(5)) for each in people[:2]])

    def act(number: int) -> object:
        if number < 2:
            return refusal(lambda: do(cast, lambda: waiting.accept(line_up[number].id, later(29))))
        return do(cast, lambda: waiting.expire_due(later(30)))

    at_once(4, act)
    held = [each for each in line_up if state(cast, each) in {State.OFFERED, State.APPROVED}]
    assert (len(held), places(cast)) == (2, (3, 3, 0))


def test_a_successor_keeps_the_place_in_line_and_the_party(cast: Cast) -> None:
    anna, *_rest = full(cast)
    first, second = waiter(cast, "Luca Ferri", now=later(1)), waiter(cast, "Carla Neri", "Milan", later(2))
    new = do(cast, lambda: nominating.substitute(first.id, nomination("Mara Villa"), who=OFFICE, now=later(3)))
    do(cast, lambda: service.withdraw(anna.id, later(4)))
    assert (new.joined_list_at, state(cast, new), state(cast, second)) == (later(1), State.OFFERED, State.WAITLISTED)
    with pytest.raises(Refused, match="fill in your registration first"):
        do(cast, lambda: waiting.accept(new.id, later(5)))
    complete(cast, new, later(6))
    do(cast, lambda: waiting.accept(new.id, later(7)))
    assert state(cast, new) == State.APPROVED


def short_of_quota(cast: Cast) -> tuple[Delegate, Delegate]:
    """Luca, who takes the one place of Rome's quota of delegates, and Mara, who waits for it beside a free seat."""
    seats(cast, 1)
    luca, mara = complete(cast, nominate(cast)), waiter(cast, "Mara Villa")
    quota(cast, "Rome", 1)
    seats(cast, 2)
    assert state(cast, mara) == State.WAITLISTED
    return luca, mara


def test_a_successor_in_another_role_frees_the_quota_for_who_waits(cast: Cast) -> None:
    luca, mara = short_of_quota(cast)
    mayor, act = nomination("Roberto Gualtieri", Capacity.HEAD), nominating.substitute
    do(cast, lambda: act(luca.id, mayor, who=OFFICE, now=later(2)))
    assert state(cast, mara) == State.OFFERED


@pytest.mark.parametrize("role", [Capacity.HEAD, Capacity.INTERPRETER])
def test_whoever_gets_another_role_frees_the_quota_for_who_waits(cast: Cast, role: Capacity) -> None:
    luca, mara = short_of_quota(cast)
    do(cast, lambda: leading.change_role(luca.id, role, who=OFFICE, now=later(2)))
    assert state(cast, mara) == State.OFFERED


@pytest.mark.parametrize("role", [Capacity.HEAD, Capacity.INTERPRETER])
def test_whoever_waits_and_gets_a_role_with_room_is_offered_a_place(cast: Cast, role: Capacity) -> None:
    _luca, mara = short_of_quota(cast)
    do(cast, lambda: leading.change_role(mara.id, role, who=OFFICE, now=later(2)))
    assert state(cast, mara) == State.OFFERED


def test_the_successor_of_who_waits_is_offered_a_place_in_a_role_with_room(cast: Cast) -> None:
    _luca, mara = short_of_quota(cast)
    mayor, act = nomination("Roberto Gualtieri", Capacity.HEAD), nominating.substitute
    new = do(cast, lambda: act(mara.id, mayor, who=OFFICE, now=later(2)))
    assert state(cast, new) == State.OFFERED
