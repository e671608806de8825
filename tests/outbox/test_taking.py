"""What a worker takes and is told besides: due letters alone, for five minutes, one to whom it is doubted goes well."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import insert, update

from app.db import db, write
from app.outbox import Message, State, claims, handling, pauses
from app.outbox.claims import Taken
from app.outbox.models import Mark, Pause, Why
from tests.outbox.cast import NOW, letter, put, rows, states

MOMENT = timedelta(seconds=1)


def take(now: datetime = NOW, limit: int = 20, worker: str = "first") -> Taken:
    return write(lambda: claims.take(worker, limit, now))


def cities(found: Taken) -> list[str]:
    return [each.to_name.removeprefix("Office of ") for each in found.letters]


def change(number: int, **values: Any) -> None:
    """Change the letter with this number, from 1."""
    write(lambda: db.session.execute(update(Message).where(Message.id == rows()[number - 1].id).values(**values)))


def pause(scope: str, until: datetime, faults: int = 0) -> None:
    write(lambda: pauses.close(scope, until, "421 not now", faults))


def test_a_letter_is_taken_when_it_is_due_and_held_for_five_minutes(house: Flask) -> None:
    put(letter("Rome"))
    assert [cities(take(NOW + after)) for after in (-MOMENT, timedelta(0))] == [[], ["Rome"]]
    [held] = rows()
    assert (held.state, held.worker, held.lease_until) == (State.INFLIGHT, "first", NOW + timedelta(minutes=5))
    lapses = NOW + timedelta(minutes=5)
    assert [cities(take(each, worker="second")) for each in (lapses - MOMENT, lapses)] == [[], ["Rome"]]
    assert rows()[0].worker == "second"


def test_what_is_skipped_or_refused_is_taken_no_more(house: Flask) -> None:
    put(*(letter(city) for city in ("Rome", "Milan", "Seoul", "Tokyo")))
    for number, state in enumerate((State.SKIPPED, State.REFUSED, State.FAILED), 1):
        change(number, state=state, lease_until=NOW - MOMENT)
    change(2, due_at=NOW + MOMENT)
    found = [take(), take(NOW + MOMENT)]
    assert [(cities(each), each.refused) for each in found] == [(["Tokyo"], True), ([], False)]
    assert states() == ["skipped", "failed", "failed", "inflight"]


def test_letters_are_handed_over_in_the_order_in_which_they_go(house: Flask) -> None:
    put(letter("Rome", priority=-1), letter("Milan", event_id=1), letter("Seoul", event_id=1), letter("Paris"))
    put(letter("Tokyo", event_id=2), letter("Lima", priority=2), letter("Quito", event_id=2))
    change(7, due_at=NOW - MOMENT)
    found = take()
    assert cities(found) == ["Lima", "Quito", "Milan", "Paris", "Seoul", "Tokyo", "Rome"]
    assert (found.letters[0].priority, found.letters[2].event_id, found.letters[0].attempts) == (2, 1, 0)


def test_where_nothing_is_known_nothing_is_told(house: Flask) -> None:
    put(letter("Rome"))
    found = take()
    assert (dict(found.faults), found.refused, found.dead, found.complained) == ({}, False, frozenset(), frozenset())
    assert take(NOW + MOMENT) == Taken([], {}, False, frozenset(), frozenset())


def test_what_is_known_of_an_address_is_told_with_its_letters(house: Flask) -> None:
    put(letter("Rome"), letter("Milan", to="Office@Milan.example"), letter("Seoul"))
    marks = (("office@rome.example", Why.BOUNCED), ("office@milan.example", Why.COMPLAINT))
    for number, (address, why) in enumerate(marks, 1):
        mark = {"address": address, "why": why, "at": NOW, "code": "5.1.1", "message_id": number}
        write(lambda: db.session.execute(insert(Mark).values(**mark)))  # noqa: B023
    found = take()
    assert (found.dead, found.complained) == ({"office@rome.example"}, {"office@milan.example"})


def test_while_everything_is_paused_nothing_is_taken(house: Flask) -> None:
    put(letter("Rome"), letter("Milan"))
    pause(pauses.ALL, NOW + MOMENT, faults=3)
    found = take()
    assert (found, found.refused, states()) == (Taken(), False, ["queued", "queued"])
    found = take(NOW + MOMENT)
    assert (cities(found), dict(found.faults)) == (["Rome"], {pauses.ALL: 3})
    assert take(NOW + MOMENT, worker="second") == Taken()


def test_a_pause_of_everything_lets_nothing_go_though_nobody_doubts_what_comes_after_it(house: Flask) -> None:
    put(letter("Rome"))
    pause(pauses.ALL, NOW + MOMENT)
    assert take() == Taken()


def test_whoever_reads_of_a_pause_that_another_has_begun_to_try_takes_nothing(
    house: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(letter("Rome"), letter("Milan"))
    pause(pauses.ALL, NOW, faults=1)
    read = write(
        lambda: {
            scope: Pause(scope=scope, until=each.until, faults=each.faults, said="")
            for scope, each in pauses.present().items()
        }
    )
    take()
    monkeypatch.setattr(pauses, "present", lambda: read)
    assert (take(worker="second"), states()) == (Taken(), ["inflight", "queued"])


def test_a_letter_that_another_has_taken_since_it_was_chosen_stays_with_them(
    house: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(letter("Rome"), letter("Milan"))
    chosen = [each.id for each in take(limit=1).letters]
    monkeypatch.setattr(claims, "_chosen", lambda _due, _limit: [*chosen, rows()[1].id])
    assert (cities(take(worker="second")), rows()[0].worker) == (["Milan"], "first")


def test_after_a_pause_of_everything_one_worker_tries_one_letter(house: Flask) -> None:
    put(letter("Rome"), letter("Milan"))
    pause(pauses.ALL, NOW)
    found = take()
    assert (cities(found), dict(found.faults)) == (["Rome"], {pauses.ALL: 0})
    assert take(worker="second") == Taken()


def test_that_letter_may_be_to_a_domain_whose_own_pause_is_over(house: Flask) -> None:
    put(letter("Rome"), letter("Milan"))
    for scope, ended in ((pauses.ALL, NOW), ("rome.example", NOW + MOMENT), ("milan.example", NOW)):
        pause(scope, ended, faults=1)
    assert cities(take()) == ["Milan"]


def test_a_pause_of_everything_that_is_over_is_left_to_who_has_a_letter(house: Flask) -> None:
    pause(pauses.ALL, NOW, faults=1)
    assert take().letters == []
    put(letter("Rome"))
    assert cities(take()) == ["Rome"]


def test_after_their_pause_domains_are_tried_one_letter_in_five_and_one_each(house: Flask) -> None:
    """The domain that has waited longest first, and to it the letter that somebody waits for."""
    for number in range(3):
        put(*(letter(f"City {city}", key=f"{city}/{number}") for city in range(3)))
    for city, ended in ((0, NOW), (1, NOW), (2, NOW + MOMENT)):
        pause(f"city-{city}.example", ended, faults=1)
    change(8, priority=1)
    change(5, due_at=NOW - MOMENT)
    put(*(letter(f"Other {number}") for number in range(9)))
    found = take(limit=5)
    assert [each for each in cities(found) if each.startswith("City")] == ["City 0"]
    assert len(found.letters) == 5
    assert dict.fromkeys((f"city-{city}.example" for city in range(3)), 1) == dict(found.faults)
    more = take(limit=6, worker="second")
    assert (more.letters[0].id, cities(more)[0], len(more.letters)) == (8, "City 1", 6)


def test_what_is_paused_still_or_never_was_keeps_no_domain_from_being_tried(house: Flask) -> None:
    put(letter("Rome"), letter("Seoul"), letter("Milan"))
    for number in (2, 3):
        change(number, due_at=NOW - MOMENT)
    pause("rome.example", NOW, faults=1)
    pause("seoul.example", NOW + MOMENT, faults=1)
    assert cities(take(limit=2)) == ["Milan", "Rome"]


def test_however_many_are_not_due_those_that_are_are_taken(house: Flask) -> None:
    put(*(letter(f"City {number}", priority=1) for number in range(10)), letter("Rome"))
    for number in range(1, 11):
        change(number, due_at=NOW + MOMENT)
    assert cities(take(limit=1)) == ["Rome"]


def test_of_a_held_summit_goes_only_what_is_more_urgent_than_others(house: Flask) -> None:
    put(letter("Rome", event_id=1), letter("Milan", event_id=1, priority=1), letter("Seoul", event_id=2))
    write(lambda: handling.hold_all(1, who="Tokyo", now=NOW))
    assert cities(take()) == ["Milan", "Seoul"]


def test_two_letters_of_six_may_be_tries(house: Flask) -> None:
    put(*(letter(f"City {city}") for city in range(3)), *(letter(f"Other {number}") for number in range(9)))
    for city in range(3):
        pause(f"city-{city}.example", NOW, faults=1)
    assert [each for each in cities(take(limit=6)) if each.startswith("City")] == ["City 0", "City 1"]


def test_a_domain_is_not_tried_by_two(house: Flask) -> None:
    put(letter("Rome"), letter("Rome", key="Rome/2"))
    pause("rome.example", NOW, faults=1)
    assert [cities(take(worker=each)) for each in ("first", "second")] == [["Rome"], []]


def test_a_letter_is_of_use_until_its_last_moment(house: Flask) -> None:
    put(letter("Rome", until=NOW + MOMENT), letter("Milan", until=NOW + 2 * MOMENT))
    put(letter("Seoul", until=NOW + MOMENT))
    change(3, state=State.SENT, sent_at=NOW)
    assert (cities(take(NOW + MOMENT)), states()) == (["Milan"], ["skipped", "inflight", "sent"])
