"""Who may sign up, and why not; the people of one city; another visit at the same time; what is forgotten."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app.db import db
from app.events.models import Mode
from app.outbox import Message
from app.registration import rows, service
from app.registration import states as registering
from app.registration.models import Capacity, Delegate
from app.visits import following, signing, vehicles, waiting
from app.visits.models import Filling, Vehicle
from app.visits.signing import Request
from tests.publishing.said import say, speak
from tests.registration.cast import NOW, Cast, read
from tests.registration.people import later, refusal
from tests.visits.cast import (
    ORGANISER,
    act,
    bus,
    change,
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


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({"opens_at": later(1)}, "The list of this visit is not open."),
        ({"closes_at": NOW}, "The list of this visit is not open."),
        ({"filling": Filling.WISHES}, "The places of this visit are given by wishes."),
        ({"modes": ["online"]}, "Rome 0: this visit is for another way of taking part (online)."),
        ({"roles": ["head"]}, "Rome 0: this visit is not for people of their role."),
        ({"per_delegation": 1}, "At most one person of one delegation can come."),
        ({"seats": 1}, "So many people find no room together. Sign up in smaller parties."),
    ],
)
def test_a_visit_says_why_not(cast: Cast, facts: dict[str, Any], said: str) -> None:
    boat = visit(cast, **facts)
    assert refusal(lambda: sign_up(cast, boat, *guests(cast, 2))) == said
    assert states(cast, boat) == {}


def test_people_of_two_cities_are_no_party(cast: Cast) -> None:
    boat = visit(cast)
    people = (*guests(cast, 1), *guests(cast, 1, "Milan"))
    assert refusal(lambda: sign_up(cast, boat, *people)) == "Only people of one delegation can stay together."


def test_more_step_free_places_than_any_vehicle_has_are_refused(cast: Cast) -> None:
    boat = visit(cast)
    bus(cast, boat, 10, 1)
    people = guests(cast, 2)
    said = refusal(lambda: sign_up(cast, boat, *people, step_free=(people[0], people[1])))
    assert said == "No vehicle has so many step-free places. Please write to the organisers."


def test_who_waits_tells_of_no_need_that_no_vehicle_could_meet_and_holds_up_nobody(cast: Cast) -> None:
    boat = visit(cast)
    bus(cast, boat, 1)
    first, second = (sign_up(cast, boat, each, now=later(n))[0] for n, each in enumerate(guests(cast, 2)))
    said = refusal(lambda: act(cast, lambda: signing.share_need(second.id, True, who="Rome", now=later(3))))
    act(cast, lambda: signing.give_back(first.id, whole=True, who="Rome", now=later(4)))
    assert said == "No vehicle has so many step-free places. Please write to the organisers."
    assert states(cast, boat) == {"Rome 0": "cancelled", "Rome 1": "offered"}


def test_somebody_signed_up_alone_joins_no_party_and_the_same_again_is_nothing_new(cast: Cast) -> None:
    boat = visit(cast)
    one, two = guests(cast, 2)
    first = sign_up(cast, boat, one)[0]
    assert sign_up(cast, boat, one)[0].id == first.id
    said = refusal(lambda: sign_up(cast, boat, one, two))
    assert (said, now_of(cast, boat).taken) == ("Rome 0 is signed up already. Give that back first.", 1)


def test_who_gave_back_signs_up_again_in_the_same_row(cast: Cast) -> None:
    boat = visit(cast)
    one = guests(cast, 1)[0]
    first = sign_up(cast, boat, one)[0]
    act(cast, lambda: signing.give_back(first.id, whole=True, who="Rome", now=later(1)))
    again = sign_up(cast, boat, one, now=later(2))[0]
    told = row(cast, boat, one).told
    assert told is not None
    assert (again.id == first.id, told["sequence"], told["item"]["cancelled"]) == (True, 2, False)


def test_nobody_is_on_two_visits_at_once(cast: Cast) -> None:
    boat, walk = visit(cast), visit(cast, "walk", title="Old town", leaves=time(11, 45), returns=time(13))
    one = guests(cast, 1)[0]
    sign_up(cast, boat, one)
    said = refusal(lambda: sign_up(cast, walk, one))
    assert said == "Rome 0 has a place on “Harbour by boat” at that time. Give that one back first."
    change(cast, walk, leaves=time(12), returns=time(13))
    sign_up(cast, walk, one)
    assert state(cast, walk, one) == "allocated"


def test_an_offer_is_taken_once_the_other_place_is_given_back(cast: Cast) -> None:
    boat, walk = visit(cast, seats=1), visit(cast, "walk", title="Old town")
    holder, one = guests(cast, 2)
    held = sign_up(cast, boat, holder)[0]
    offered = sign_up(cast, boat, one)[0]
    other = sign_up(cast, walk, one)[0]
    act(cast, lambda: signing.give_back(held.id, whole=True, who="Rome", now=later(1)))

    def take() -> object:
        return act(cast, lambda: waiting.accept(offered.id, who="Rome", now=later(2)))

    assert refusal(take) == "Rome 1 has a place on “Old town” at that time. Give that one back first."
    act(cast, lambda: signing.give_back(other.id, whole=True, who="Rome", now=later(2)))
    take()
    assert state(cast, boat, one) == "allocated"


def test_an_offer_that_has_passed_is_taken_no_more(cast: Cast) -> None:
    boat = visit(cast, seats=1)
    holder, one = guests(cast, 2)
    held, offered = sign_up(cast, boat, holder)[0], sign_up(cast, boat, one)[0]
    act(cast, lambda: signing.give_back(held.id, whole=True, who="Rome", now=later(1)))
    said = refusal(lambda: act(cast, lambda: waiting.accept(offered.id, who="Rome", now=later(26))))
    assert said == "The time to take this place is over. You keep your turn for the next one."


def test_who_declines_leaves_the_list_and_the_next_is_asked_at_once(cast: Cast) -> None:
    boat = visit(cast, seats=1)
    holder, one, two = guests(cast, 3)
    held = sign_up(cast, boat, holder)[0]
    offered = sign_up(cast, boat, one)[0]
    sign_up(cast, boat, two)
    act(cast, lambda: signing.give_back(held.id, whole=True, who="Rome", now=later(1)))
    act(cast, lambda: waiting.decline(offered.id, who="Rome", now=later(2)))
    assert states(cast, boat) == {"Rome 0": "cancelled", "Rome 1": "declined", "Rome 2": "offered"}


def test_a_city_with_all_it_may_have_holds_up_nobody_else(cast: Cast) -> None:
    boat = visit(cast, seats=2, per_delegation=1)
    rome, milan = guests(cast, 2), guests(cast, 1, "Milan")
    sign_up(cast, boat, rome[0])
    sign_up(cast, boat, rome[1])
    sign_up(cast, boat, *milan)
    assert states(cast, boat) == {"Rome 0": "allocated", "Rome 1": "waitlisted", "Milan 0": "allocated"}


def test_a_party_waits_in_the_class_of_its_first_in_protocol(cast: Cast) -> None:
    boat = visit(cast, seats=2, first_roles=["head"])
    holders, (aide, mayor) = guests(cast, 2), guests(cast, 2, "Milan")
    role(cast, mayor, Capacity.HEAD)
    sign_up(cast, boat, *holders)
    sign_up(cast, boat, aide, mayor)
    assert [row(cast, boat, each).list_class for each in (*holders, aide, mayor)] == [1, 1, 0, 0]


def test_of_a_party_one_alone_can_stay_away(cast: Cast) -> None:
    boat = visit(cast)
    one, two = guests(cast, 2)
    first = sign_up(cast, boat, one, two)[0]
    act(cast, lambda: signing.give_back(first.id, whole=False, who="Rome", now=later(1)))
    assert states(cast, boat) == {"Rome 0": "cancelled", "Rome 1": "allocated"}


def test_who_goes_online_is_told_and_who_withdraws_is_told_by_that_letter_alone(cast: Cast) -> None:
    boat = visit(cast)
    one, two = guests(cast, 2)
    sign_up(cast, boat, one)
    sign_up(cast, boat, two)
    act(cast, lambda: service.set_mode(one.id, Mode.ONLINE, who="Rome", now=later(1)))
    act(cast, lambda: service.withdraw(two.id, later(2)))
    assert (letters(cast, one), letters(cast, two)) == (["visit allocated", "visit given back"], ["visit allocated"])
    assert set(states(cast, boat).values()) == {"cancelled"}


def test_a_first_bus_seats_those_who_have_places_before_anybody_else(cast: Cast) -> None:
    boat = visit(cast, seats=None)
    people = guests(cast, 3)
    for each in people:
        sign_up(cast, boat, each)
    bus(cast, boat, 2)
    four = guests(cast, 1, start=3)[0]
    sign_up(cast, boat, four)
    second = bus(cast, boat, 2, name="Bus 2")
    seated = [row(cast, boat, each).vehicle_id for each in (*people, four)]
    assert (seated.count(None), state(cast, boat, four)) == (0, "offered")
    assert seated[3] == second.id


def test_people_in_a_vehicle_keep_it_from_being_removed_or_shrunk(cast: Cast) -> None:
    boat = visit(cast)
    car = bus(cast, boat, 2)
    sign_up(cast, boat, *guests(cast, 2))
    smaller = vehicles.Facts("Bus 1", 1)
    said = [
        refusal(lambda: act(cast, lambda: vehicles.change(car.id, smaller, who=ORGANISER, now=NOW))),
        refusal(lambda: act(cast, lambda: vehicles.remove(car.id, who=ORGANISER, now=NOW))),
    ]
    assert said == ["2 people sit in it. Move them first."] * 2


def test_needs_and_telephones_are_forgotten_when_given_back_and_after_the_summit(cast: Cast) -> None:
    boat = visit(cast)
    one, two = guests(cast, 2)
    first = sign_up(cast, boat, one, step_free=(one,))[0]
    sign_up(cast, boat, two, step_free=(two,))
    act(cast, lambda: signing.give_back(first.id, whole=True, who="Rome", now=later(1)))
    assert [(row(cast, boat, each).step_free, row(cast, boat, each).mobile) for each in (one, two)] == [
        (False, ""),
        (True, "+39061234"),
    ]
    kept, gone = (act(cast, lambda day=day: following.forget(day)) for day in (date(2090, 3, 31), date(2090, 4, 1)))  # type: ignore[misc]
    assert (kept, gone, row(cast, boat, two).mobile) == (0, 1, "")


def test_a_vehicle_tells_no_more_how_many_needed_a_step_free_place_once_needs_are_forgotten(cast: Cast) -> None:
    """Else the count would name whoever sat in it alone."""
    boat = visit(cast)
    van = bus(cast, boat, 2, step_free=2, name="Van")
    one, two = guests(cast, 2)
    for each in (one, two):
        sign_up(cast, boat, each, step_free=(each,))

    def counts() -> tuple[int, int]:
        there = act(cast, lambda: db.session.get_one(Vehicle, van.id, populate_existing=True))
        return there.taken, there.step_free_taken

    assert counts() == (2, 2)
    act(cast, lambda: following.forget_of(one.id))
    assert counts() == (2, 1)
    act(cast, lambda: following.forget(date(2090, 4, 1)))
    assert counts() == (2, 0)


def test_nobody_signs_up_once_it_has_left(cast: Cast) -> None:
    boat = visit(cast)
    one = guests(cast, 1)[0]
    left = datetime.fromisoformat("2090-02-27T09:00+09:00")
    asked = Request((one.id,), understood=True)
    said = refusal(lambda: act(cast, lambda: signing.sign_up(boat.id, asked, who="Rome", now=left)))
    assert said == "The list of this visit is not open."
    act(cast, lambda: signing.sign_up(boat.id, asked, who="Rome", now=left - timedelta(seconds=1)))
    assert state(cast, boat, one) == "allocated"


def test_a_visit_in_the_calendar_speaks_the_language_that_somebody_chooses_afterwards(cast: Cast) -> None:
    boat = visit(cast)
    anna = guests(cast, 1)[0]
    sign_up(cast, boat, anna)

    def choose() -> None:
        me = rows.one(anna.id)
        me.language = "fr"
        registering.change_language(me, later(1))

    before = row(cast, boat, anna).told
    act(cast, choose)
    after = row(cast, boat, anna).told
    assert before is not None
    assert after is not None
    assert [each["item"]["description"] for each in (before, after)] == [
        "Be at the meeting point at 08:45.",
        "Soyez au point de rendez-vous à 08:45.",
    ]
    assert (before["sequence"], after["sequence"]) == (0, 0)


def french(cast: Cast, code: str) -> None:
    """The summit speaks French, and has words of it for this visit."""

    def act_() -> None:
        speak(cast.event_id, {"fr": []})
        for field, text in (
            ("title", "Le port en bateau"),
            ("meeting_point", "Porte sud"),
            ("rules", "Gilet obligatoire"),
        ):
            say(cast.event_id, "fr", "visit", code, field, text)

    act(cast, act_)


def told_of(cast: Cast, who: Delegate) -> dict[str, Any]:
    """The facts of the letter about a place that this person got."""
    query = select(Message.facts).where(Message.kind == "visit allocated")
    found = read(cast.app, lambda: list(db.session.execute(query).scalars()))
    return next(each for each in found if each["reference"] == who.reference)


def test_letter_and_calendar_tell_of_a_visit_in_the_words_of_their_readers_language(cast: Cast) -> None:
    boat = visit(cast, rules="Life vest", meeting_point="South door")
    french(cast, boat.code)
    anna, ben = guests(cast, 2)
    act(cast, lambda: setattr(rows.one(anna.id), "language", "fr"))
    sign_up(cast, boat, anna)
    sign_up(cast, boat, ben)
    told = []
    for who in (anna, ben):
        stored = row(cast, boat, who).told
        assert stored is not None
        facts = told_of(cast, who)
        item = stored["item"]
        told.append([item["title"], item["place"], facts["visit"], facts["meeting_point"], facts["rules"]])
    assert told == [
        ["Le port en bateau", "Porte sud", "Le port en bateau", "Porte sud", "Gilet obligatoire"],
        ["Harbour by boat", "South door", "Harbour by boat", "South door", "Life vest"],
    ]
