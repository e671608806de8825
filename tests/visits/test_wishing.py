"""What people wish for: up to three visits in order, alone or together, until the list closes."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.events.models import Mode
from app.registration import service
from app.visits import allotting, wishing
from app.visits.wishing import Wishes
from tests.registration.cast import NOW, Cast, details, read
from tests.registration.people import refusal
from tests.visits.cast import act, bus, guests, visit
from tests.visits.wishers import AFTER, adopt, event, run, wish, wished, wishes


def test_wishes_are_kept_in_their_order_and_can_be_changed(cast: Cast) -> None:
    bay, zoo = wished(cast, "bay"), wished(cast, "zoo")
    (mayor,) = guests(cast, 1)
    wish(cast, [mayor], bay, zoo)
    assert wishes(cast, mayor) == ["Bay", "Zoo"]
    wish(cast, [mayor], zoo, seen=1)
    assert wishes(cast, mayor) == ["Zoo"]


def test_a_party_wishes_for_the_same_and_any_of_it_may_change_that(cast: Cast) -> None:
    bay, zoo = wished(cast, "bay"), wished(cast, "zoo")
    mayor, guard, other = guests(cast, 3)
    wish(cast, [other], bay)
    wish(cast, [mayor, guard], bay)
    wish(cast, [guard, mayor], zoo, bay, seen=1)
    assert [wishes(cast, each) for each in (mayor, guard, other)] == [["Zoo", "Bay"], ["Zoo", "Bay"], ["Bay"]]


def test_who_is_left_out_of_a_party_keeps_the_wishes_alone(cast: Cast) -> None:
    bay, zoo = wished(cast, "bay"), wished(cast, "zoo")
    mayor, guard = guests(cast, 2)
    wish(cast, [mayor, guard], bay)
    wish(cast, [mayor], zoo, seen=1)

    def parties() -> list[int]:
        return [len(wishing.party_of(each, wishing.stored(each.id))) for each in (mayor, guard)]

    assert (wishes(cast, mayor), wishes(cast, guard), read(cast.app, parties)) == (["Zoo"], ["Bay"], [1, 1])


def test_wishes_taken_back_are_gone_and_the_rest_of_the_party_keeps_theirs(cast: Cast) -> None:
    bay = wished(cast, "bay")
    mayor, guard = guests(cast, 2)
    wish(cast, [mayor, guard], bay)
    done = [act(cast, lambda: wishing.take_back(mayor.id, who="Rome", now=NOW)) for _ in range(2)]
    assert (done, wishes(cast, mayor), wishes(cast, guard)) == ([True, False], [], ["Bay"])


def asked(*visits: int, people: tuple[int, ...] = (), understood: bool = True) -> Wishes:
    return Wishes(visits, people, understood=understood)


@pytest.mark.parametrize(
    ("case", "said"),
    [
        ("none", "Choose at least one visit."),
        ("twice", "Choose each visit once."),
        ("first come", "One of these visits cannot be wished for any more. Please look at the list again."),
        ("closed", "The list is closed: wishes can be changed no more."),
        ("unread", "Please read what the visits ask for, and tick that it is understood."),
        ("stale", "These wishes were changed elsewhere meanwhile. Please look at them again."),
        ("others", "Rome 2 has wishes already. They can take them back, and then come along."),
        ("too many", "Bay: So many people find no room together. Wish in smaller parties."),
        ("online", "Rome 1: this visit is for another way of taking part (at the venue)."),
        ("another city", "Only people of one delegation can stay together."),
    ],
)
def test_what_cannot_be_wished_for_is_refused_in_words(cast: Cast, case: str, said: str) -> None:
    bay, boat = wished(cast, "bay", seats=2), visit(cast)
    mayor, guard, third = guests(cast, 3)
    (envoy,) = guests(cast, 1, "Seoul")
    wish(cast, [third], bay)
    if case == "online":
        act(cast, lambda: service.change(guard.id, details(Mode.ONLINE, name="Rome 1"), guard.version, NOW))
    wanted = {
        "none": asked(),
        "twice": asked(bay.id, bay.id),
        "first come": asked(boat.id),
        "unread": asked(bay.id, understood=False),
        "others": asked(bay.id, people=(third.id,)),
        "too many": asked(bay.id, people=(guard.id, mayor.id, guests(cast, 1, start=5)[0].id)),
        "online": asked(bay.id, people=(guard.id,)),
        "another city": asked(bay.id, people=(envoy.id,)),
    }.get(case, asked(bay.id))
    seen, now = int(case == "stale"), AFTER if case == "closed" else NOW
    no = refusal(lambda: act(cast, lambda: wishing.wish(mayor.id, wanted, seen, who="Rome", now=now)))
    assert (no, wishes(cast, mayor)) == (said, [])


def test_who_has_a_place_already_wishes_for_nothing_more(cast: Cast) -> None:
    bay, zoo = wished(cast, "bay"), wished(cast, "zoo", closes_at=AFTER + timedelta(days=9))
    mayor, guard = guests(cast, 2)
    wish(cast, [mayor], bay)
    no = refusal(lambda: adopt(cast, run(cast)))
    assert no == "A list is still open, so wishes may change. Places can be given once all lists have closed."
    adopt(cast, run(cast, now=AFTER + timedelta(days=10)), now=AFTER + timedelta(days=10))
    later = asked(zoo.id, people=(mayor.id,))
    said = refusal(lambda: act(cast, lambda: wishing.wish(guard.id, later, 0, who="Rome", now=NOW)))
    assert said == "Rome 0 has wishes already. They can take them back, and then come along."


def test_no_vehicle_takes_more_people_without_a_step_than_it_has_places(cast: Cast) -> None:
    bay = wished(cast, "bay")
    bus(cast, bay, 10, step_free=1)
    mayor, guard = guests(cast, 2)
    wish(cast, [mayor, guard], bay, step_free=True)
    said = refusal(lambda: wish(cast, [guard, mayor], bay, step_free=True, seen=1))
    assert said == "Bay: No vehicle has so many step-free places. Please write to the organisers."


def test_wishes_end_with_the_registration(cast: Cast) -> None:
    bay = wished(cast, "bay")
    mayor, guard = guests(cast, 2)
    wish(cast, [mayor], bay)
    wish(cast, [guard], bay)
    act(cast, lambda: service.withdraw(mayor.id, NOW))
    assert (wishes(cast, mayor), wishes(cast, guard)) == ([], ["Bay"])


def test_wishes_and_runs_are_forgotten_thirty_days_after_the_summit(cast: Cast) -> None:
    bay = wished(cast, "bay")
    wish(cast, guests(cast, 1), bay)
    run(cast)
    ends = read(cast.app, lambda: event(cast).ends_on)
    kept = act(cast, lambda: allotting.forget(ends + timedelta(days=30)))
    gone = act(cast, lambda: allotting.forget(ends + timedelta(days=31)))
    assert (kept, gone, read(cast.app, lambda: allotting.runs(cast.event_id))) == (0, 1, [])
