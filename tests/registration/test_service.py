"""Places, changes, withdrawals: what stands in the database afterwards."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from typing import TypeVar

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from app.db import db, write
from app.events.models import Approval, Event, Mode
from app.ical import Entry
from app.outbox import Message
from app.refused import Refused
from app.registration import service
from app.registration.models import Delegate, Places, State
from tests.registration.cast import NOW, Cast, application, by_feed, delegates, details, needs, read, standing, taken
from tests.registration.people import journal

Done = TypeVar("Done")
LATER = NOW + timedelta(hours=1)


def register(cast: Cast, key: str = "the first form of all", **changes: object) -> Delegate:
    def act() -> Delegate:
        event = db.session.get_one(Event, cast.event_id)
        return service.register(event, application(cast, key, **changes), NOW)  # type: ignore[arg-type]

    return read(cast.app, lambda: write(act))


def do(cast: Cast, act: Callable[[], Done]) -> Done:
    return read(cast.app, lambda: write(act))


def letters(cast: Cast) -> list[str]:
    return read(cast.app, lambda: list(db.session.execute(select(Message.key).order_by(Message.id)).scalars()))


def entry(cast: Cast) -> Entry:
    (anna,) = delegates(cast.app)
    return Entry.from_json(anna.participation)


def at_once(count: int, act: Callable[[int], Done]) -> list[Done]:
    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(act, range(count)))


def outcome(cast: Cast, key: str) -> str:
    try:
        return register(cast, key, name=f"Delegate {key}").reference
    except Refused as no:
        return f"refused on {no.field}"


def test_twenty_people_at_once_take_three_seats_and_no_more(cast: Cast) -> None:
    outcomes = at_once(20, lambda number: outcome(cast, f"form number {number:08}"))
    assert Counter(each.startswith("refused") for each in outcomes) == {True: 17, False: 3}
    assert (taken(cast.app)["venue"], standing(cast.app), len(letters(cast))) == (3, 3, 3)


def test_without_its_condition_the_table_itself_refuses_to_oversell(cast: Cast) -> None:
    oversold = update(Places).where(Places.mode == Mode.VENUE).values(taken=4)
    with pytest.raises(IntegrityError):
        do(cast, lambda: db.session.execute(oversold))


def test_one_form_sent_by_eight_at_once_is_one_registration_and_one_letter(cast: Cast) -> None:
    references = at_once(8, lambda _number: register(cast).reference)
    assert len(set(references)) == 1
    assert (taken(cast.app)["venue"], standing(cast.app), len(letters(cast))) == (1, 1, 1)


def test_one_form_sent_twice_at_once_for_the_last_seat_is_not_told_that_it_is_taken(cast: Cast) -> None:
    for number in range(2):
        register(cast, f"form number {number:08}")
    references = at_once(6, lambda _number: register(cast).reference)
    assert (len(set(references)), taken(cast.app)["venue"]) == (1, 3)


def test_a_place_beyond_the_seats_is_taken_once_it_is_granted(cast: Cast) -> None:
    for number in range(3):
        register(cast, f"form number {number:08}")
    do(cast, lambda: db.session.execute(update(Places).where(Places.mode == Mode.VENUE).values(granted=1)))
    assert outcome(cast, "form number 4") != "refused on mode"


def test_registration_after_the_deadline_is_refused(cast: Cast) -> None:
    def late() -> None:
        event = db.session.get_one(Event, cast.event_id)
        service.register(event, application(cast), event.registration_closes or NOW)

    with pytest.raises(Refused, match="closed"):
        do(cast, late)


def test_where_the_office_approves_who_registers_alone_waits_for_it_without_a_place(cast: Cast) -> None:
    do(cast, lambda: db.session.execute(update(Event).values(approval=Approval.BOTH)))
    anna = register(cast)
    assert (anna.state, anna.participation, taken(cast.app)["venue"]) == (State.SUBMITTED, {}, 0)
    assert [key.split("/")[0] for key in letters(cast)] == ["submitted"]


def test_going_online_frees_the_seat_and_forgets_the_needs(cast: Cast) -> None:
    anna = register(cast)
    do(cast, lambda: service.change(anna.id, details(Mode.ONLINE), anna.version, LATER))
    (changed,) = delegates(cast.app)
    assert (taken(cast.app), needs(cast.app)) == ({"venue": 0, "online": 1, "video": 0}, [])
    assert (changed.mode, changed.mobile, changed.zone, changed.mode_changes) == (Mode.ONLINE, "", "Asia/Seoul", 1)


def test_the_calendar_entry_moves_with_the_mode_under_the_same_uid(cast: Cast) -> None:
    anna = register(cast)
    before = entry(cast)
    do(cast, lambda: service.change(anna.id, details(Mode.ONLINE), anna.version, LATER))
    after = entry(cast)
    assert (before.item.place, after.item.place) == ("Hilton Tokyo Shinjuku, Tokyo", "Online")
    assert (after.item.uid, after.sequence, after.changed_at) == (before.item.uid, 1, LATER)
    assert (after.item.starts, after.item.ends) == (date(2090, 2, 27), date(2090, 3, 2))


def test_a_change_to_a_full_venue_is_refused_and_keeps_the_old_place(cast: Cast) -> None:
    rome = register(cast, mode=Mode.ONLINE)
    for number in range(3):
        register(cast, f"form number {number:08}")
    with pytest.raises(Refused, match="The venue is full"):
        do(cast, lambda: service.change(rome.id, details(Mode.VENUE), rome.version, LATER))
    assert taken(cast.app) == {"venue": 3, "online": 1, "video": 0}


def test_withdrawing_frees_the_place_cancels_the_entry_and_forgets_the_needs(cast: Cast) -> None:
    anna = register(cast)
    do(cast, lambda: service.withdraw(anna.id, LATER))
    told = entry(cast)
    assert (taken(cast.app)["venue"], standing(cast.app), needs(cast.app)) == (0, 0, [])
    assert (told.item.cancelled, told.sequence, told.changed_at) == (True, 1, LATER)


def test_withdrawing_twice_frees_one_place_and_sends_one_letter(cast: Cast) -> None:
    anna = register(cast)
    register(cast, "another form altogether")
    at_once(4, lambda _number: do(cast, lambda: service.withdraw(anna.id, LATER)))
    kinds = Counter(key.split("/")[0] for key in letters(cast))
    assert (taken(cast.app)["venue"], kinds) == (1, {"confirmation": 2, "withdrawn": 1})


def test_a_freed_seat_can_be_taken_again(cast: Cast) -> None:
    first = [register(cast, f"form number {number:08}") for number in range(3)]
    do(cast, lambda: service.withdraw(first[0].id, LATER))
    assert not outcome(cast, "the next form").startswith("refused")


def test_who_has_withdrawn_changes_nothing_any_more(cast: Cast) -> None:
    anna = register(cast)
    gone = do(cast, lambda: service.withdraw(anna.id, LATER))
    with pytest.raises(Refused, match="no longer stands"):
        do(cast, lambda: service.change(anna.id, details(), gone.version, LATER))


def test_a_change_from_an_old_page_is_refused(cast: Cast) -> None:
    anna = register(cast)
    seen = anna.version
    do(cast, lambda: service.change(anna.id, details(position="Mayor"), seen, LATER))
    with pytest.raises(Refused) as no:
        do(cast, lambda: service.change(anna.id, details(position="Aide"), seen, LATER))
    assert (no.value.field, delegates(cast.app)[0].position) == ("version", "Mayor")


def test_two_changes_at_once_from_one_page_lose_nothing(cast: Cast) -> None:
    anna = register(cast)

    def change(number: int) -> str:
        try:
            do(cast, lambda: service.change(anna.id, details(position=f"Office {number}"), anna.version, LATER))
        except Refused as no:
            return str(no.field)
        return "stored"

    assert Counter(at_once(4, change)) == {"stored": 1, "version": 3}


def test_people_who_change_seats_in_both_directions_do_not_wait_for_each_other(cast: Cast) -> None:
    modes = [Mode.VENUE, Mode.ONLINE] * 3
    people = [register(cast, f"form number {number:08}", mode=mode) for number, mode in enumerate(modes)]
    do(cast, lambda: db.session.execute(update(Places).values(seats=None)))

    def swap(number: int) -> None:
        other = Mode.ONLINE if modes[number] == Mode.VENUE else Mode.VENUE
        do(cast, lambda: service.change(people[number].id, details(other), people[number].version, LATER))

    at_once(6, swap)
    assert taken(cast.app) == {"venue": 3, "online": 3, "video": 0}


def test_nothing_new_tells_nobody(cast: Cast) -> None:
    anna = register(cast)
    do(cast, lambda: service.change(anna.id, details(), anna.version, LATER))
    assert (delegates(cast.app)[0].version, len(letters(cast))) == (anna.version, 1)


def test_new_needs_alone_are_a_change(cast: Cast) -> None:
    anna = register(cast)
    done = do(cast, lambda: service.change(anna.id, details(dietary="Halal"), anna.version, NOW))
    assert (needs(cast.app), done.version) == ([("Halal", "")], anna.version + 1)
    assert letters(cast)[1:] == [f"changed/summit/{anna.reference}/{done.version}"]


def test_every_reference_is_its_own(cast: Cast) -> None:
    people = [register(cast, f"form number {number:08}", mode=Mode.ONLINE) for number in range(12)]
    assert len({each.reference for each in people}) == 12
    assert {len(each.reference) for each in people} == {6}


def test_a_new_link_makes_the_old_one_useless_and_leaves_the_other(cast: Cast) -> None:
    anna = register(cast)
    with cast.app.app_context():
        page, feed = anna.link, anna.feed
    do(cast, lambda: service.renew(anna.id, "page", LATER))
    with cast.app.app_context():
        assert by_feed(feed) == anna.id
        with pytest.raises(LookupError):
            service.by_link(page)


def test_neither_secret_opens_what_the_other_opens(cast: Cast) -> None:
    anna = register(cast)
    with cast.app.app_context():
        with pytest.raises(LookupError):
            service.by_link(anna.feed)
        assert by_feed(anna.link) is None


def test_needs_are_forgotten_thirty_days_after_the_summit(cast: Cast) -> None:
    register(cast)
    assert do(cast, lambda: service.forget_needs(date(2090, 3, 31))) == 0
    assert do(cast, lambda: service.forget_needs(date(2090, 4, 1))) == 1
    assert needs(cast.app) == []


def test_somebody_of_the_longest_name_acts_under_as_much_of_it_as_the_journal_holds(cast: Cast) -> None:
    made = register(cast, name="W" * 200)
    do(cast, lambda: service.withdraw(made.id, NOW))
    signed = f"{made.reference} ({'W' * 180})"
    assert [who for _what, who in journal(cast, made)] == [signed, signed]
