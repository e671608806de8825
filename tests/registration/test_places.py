"""The counting of places itself: where one is taken and given back, who goes first, and what the organisers may set."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import delete, select, update

from app.db import db, write
from app.events.models import Event, Mode
from app.journal import Note
from app.refused import Refused
from app.registration import places
from app.registration.models import Delegate, Places, State
from tests.registration.cast import NOW, Cast, read
from tests.registration.people import do, register, waiter

WHO: dict[str, Any] = {"who": "KOIKE Yuriko", "now": NOW}


def take(cast: Cast, times: int, mode: Mode = Mode.VENUE) -> None:
    for _each in range(times):
        do(cast, lambda: places.take(cast.event_id, mode))


def stored(cast: Cast, mode: Mode = Mode.VENUE) -> tuple[int | None, int, int, int]:
    """(seats, taken, granted, lowered)."""
    query = select(Places.seats, Places.taken, Places.granted, Places.lowered)
    query = query.where(Places.event_id == cast.event_id, Places.mode == mode)
    return read(cast.app, lambda: tuple(db.session.execute(query).one()))  # type: ignore[return-value]


def taken_anywhere(cast: Cast) -> list[int]:
    """By summit and mode: venue, online, video; and the same of the congress."""
    return read(cast.app, lambda: list(db.session.execute(select(Places.taken).order_by(Places.id)).scalars()))


def congress(cast: Cast) -> int:
    return read(cast.app, lambda: db.session.execute(select(Event.id).where(Event.slug == "congress")).scalar_one())


def refused(cast: Cast, act: Callable[[], object]) -> tuple[str | None, str]:
    with pytest.raises(Refused) as no:
        do(cast, act)
    return no.value.field, no.value.message.split(".")[0]


def no_video(cast: Cast) -> None:
    """The summit takes no video messages."""
    gone = delete(Places).where(Places.event_id == cast.event_id, Places.mode == Mode.VIDEO)
    do(cast, lambda: db.session.execute(gone))


def noted(cast: Cast) -> list[tuple[Any, ...]]:
    query = select(Note.what, Note.subject, Note.who, Note.at, Note.event_id, Note.before, Note.after)
    query = query.where(Note.subject.startswith("places/")).order_by(Note.id)
    return read(cast.app, lambda: [tuple(row) for row in db.session.execute(query)])


def test_a_place_is_taken_and_given_back_at_this_summit_and_in_this_mode_alone(cast: Cast) -> None:
    for mode in (Mode.VENUE, Mode.ONLINE, Mode.VENUE):
        take(cast, 1, mode)
    do(cast, lambda: places.take(congress(cast), Mode.VENUE))
    assert taken_anywhere(cast) == [2, 1, 0, 1, 0, 0]
    do(cast, lambda: places.free(cast.event_id, Mode.VENUE))
    assert taken_anywhere(cast) == [1, 1, 0, 1, 0, 0]


@pytest.mark.parametrize(
    ("mode", "said"),
    [
        (Mode.VENUE, "The venue is full"),
        (Mode.ONLINE, "No place online is left"),
        (Mode.VIDEO, "No video message more can be shown"),
    ],
)
def test_when_no_place_is_left_each_mode_says_so(cast: Cast, mode: Mode, said: str) -> None:
    do(cast, lambda: places.set_seats(cast.event_id, mode, 1, "", **WHO))
    take(cast, 1, mode)
    assert refused(cast, lambda: places.take(cast.event_id, mode)) == ("mode", said)


def test_a_place_that_was_never_taken_is_not_given_back(cast: Cast) -> None:
    take(cast, 1)
    do(cast, lambda: places.free(cast.event_id, Mode.VENUE))
    with pytest.raises(RuntimeError, match=r"^a place \(venue\) is given back that was never taken"):
        do(cast, lambda: places.free(cast.event_id, Mode.VENUE))


def test_while_somebody_waits_only_the_list_takes_a_place_and_elsewhere_everybody_does(cast: Cast) -> None:
    for number in range(2):
        register(cast, f"Delegate {number}")
    take(cast, 1)  # those who have a place wait for none
    waiter(cast, "Luca Ferri")
    do(cast, lambda: places.grant(cast.event_id, Mode.VENUE, 1, "Signs the accord", **WHO))
    assert read(cast.app, lambda: places.left(cast.event_id)) == {
        Mode.VENUE: False,
        Mode.ONLINE: True,
        Mode.VIDEO: True,
    }
    assert read(cast.app, lambda: places.left(congress(cast)))[Mode.VENUE]
    assert refused(cast, lambda: places.take(cast.event_id, Mode.VENUE))[0] == "mode"
    take(cast, 1, Mode.ONLINE)
    do(cast, lambda: places.take(congress(cast), Mode.VENUE))
    do(cast, lambda: places.take(cast.event_id, Mode.VENUE, from_list=True))
    assert refused(cast, lambda: places.take(cast.event_id, Mode.VENUE, from_list=True))[0] == "mode"


def test_whoever_leaves_the_line_in_the_same_act_waits_no_more(cast: Cast) -> None:
    take(cast, 3)
    luca = waiter(cast, "Luca Ferri")
    do(cast, lambda: places.grant(cast.event_id, Mode.VENUE, 1, "Signs the accord", **WHO))

    def act() -> None:
        db.session.get_one(Delegate, luca.id).state = State.WITHDRAWN
        places.take(cast.event_id, Mode.VENUE)

    do(cast, act)
    assert stored(cast) == (3, 4, 1, 0)


def test_a_mode_that_is_not_offered_has_no_places(cast: Cast) -> None:
    no_video(cast)
    offered = [Mode.VENUE, Mode.ONLINE]
    assert list(read(cast.app, lambda: places.left(cast.event_id))) == offered
    assert [each.mode for each in read(cast.app, lambda: places.of(cast.event_id))] == offered
    assert refused(cast, lambda: places.set_seats(cast.event_id, Mode.VIDEO, 5, "", **WHO))[0] == "seats"
    assert refused(cast, lambda: places.grant(cast.event_id, Mode.VIDEO, 1, "A reason", **WHO))[0] == "number"


def test_places_are_locked_and_listed_as_they_are_stored_now(cast: Cast) -> None:
    """Whatever was read of them before."""

    def act() -> list[int]:
        before = {
            row.id: row for row in db.session.execute(select(Places)).scalars()
        }  # held, or they would be forgotten
        told = {"synchronize_session": False}
        db.session.execute(update(Places).values(taken=1), execution_options=told)
        locked = places.lock(cast.event_id, [Mode.VENUE, Mode.VENUE])
        assert (list(locked), len(before)) == ([Mode.VENUE], 6)
        return [locked[Mode.VENUE].taken, *(row.taken for row in places.of(cast.event_id))]

    assert do(cast, act) == [1, 1, 1, 1]


def test_a_number_of_seats_is_kept_with_who_set_it_and_why(cast: Cast) -> None:
    assert refused(cast, lambda: places.set_seats(cast.event_id, Mode.VENUE, -1, "", **WHO)) == (
        "seats",
        "The number of seats is 0 or more",
    )
    row = do(cast, lambda: places.set_seats(cast.event_id, Mode.VENUE, 0, " A strike ", **WHO))
    assert (row.seats, stored(cast)) == (0, (0, 0, 0, 0))
    before = {"seats": 3, "granted": 0, "taken": 0}
    after = {"seats": 0, "granted": 0, "taken": 0, "reason": "A strike"}
    assert noted(cast) == [("set places", "places/venue", "KOIKE Yuriko", NOW, cast.event_id, before, after)]


def test_seats_set_below_their_use_are_granted_for_as_long_as_they_are_used(cast: Cast) -> None:
    """What was granted on purpose stays granted."""
    take(cast, 3)
    do(cast, lambda: places.grant(cast.event_id, Mode.VENUE, 1, "Signs the accord", **WHO))
    assert refused(cast, lambda: places.set_seats(cast.event_id, Mode.VENUE, 1, " ", **WHO))[0] == "reason"
    found = []
    for seats, reason in ((2, ""), (1, "A smaller hall"), (0, "A smaller one"), (2, ""), (None, ""), (3, "")):
        do(cast, lambda: places.set_seats(cast.event_id, Mode.VENUE, seats, reason, **WHO))  # noqa: B023
        found.append(stored(cast))
    assert found == [(2, 3, 1, 0), (1, 3, 2, 1), (0, 3, 3, 2), (2, 3, 1, 0), (None, 3, 1, 0), (3, 3, 1, 0)]


def test_places_given_back_after_the_seats_were_lowered_are_gone_until_the_number_fits(cast: Cast) -> None:
    take(cast, 3)
    do(cast, lambda: places.set_seats(cast.event_id, Mode.VENUE, 1, "A smaller hall", **WHO))
    found = [stored(cast)]
    for _each in range(3):
        do(cast, lambda: places.free(cast.event_id, Mode.VENUE))
        found.append(stored(cast))
    assert found == [(1, 3, 2, 2), (1, 2, 1, 1), (1, 1, 0, 0), (1, 0, 0, 0)]


def test_what_is_granted_is_kept_with_number_reason_and_name(cast: Cast) -> None:
    assert refused(cast, lambda: places.grant(cast.event_id, Mode.VENUE, 0, "A reason", **WHO)) == (
        "number",
        "Grant at least one place",
    )
    assert refused(cast, lambda: places.grant(cast.event_id, Mode.VENUE, 1, " ", **WHO))[0] == "reason"
    assert refused(cast, lambda: places.grant(cast.event_id, Mode.ONLINE, 1, "A reason", **WHO))[0] == "number"
    take(cast, 3)
    row = do(cast, lambda: places.grant(cast.event_id, Mode.VENUE, 1, " Signs the accord ", **WHO))
    do(cast, lambda: places.grant(cast.event_id, Mode.VENUE, 2, "Sings it", **WHO))
    assert (row.granted, stored(cast)) == (1, (3, 3, 3, 0))
    before = {"seats": 3, "granted": 0, "taken": 3}
    after = {"seats": 3, "granted": 1, "taken": 3, "reason": "Signs the accord"}
    assert noted(cast)[0] == ("granted places", "places/venue", "KOIKE Yuriko", NOW, cast.event_id, before, after)


def test_there_is_room_up_to_seats_and_grants_and_without_a_limit_always() -> None:
    rows = [(2, 1, 0), (2, 2, 0), (2, 2, 1), (2, 3, 1), (None, 900, 0)]
    found = [places.room(Places(seats=seats, taken=taken, granted=granted)) for seats, taken, granted in rows]
    assert found == [True, False, True, False, True]


def test_what_is_refused_changes_nothing(cast: Cast) -> None:
    take(cast, 3)

    def act() -> None:
        places.take(cast.event_id, Mode.ONLINE)
        places.take(cast.event_id, Mode.VENUE)

    with cast.app.app_context(), pytest.raises(Refused):
        write(act)
    assert taken_anywhere(cast)[:3] == [3, 0, 0]
