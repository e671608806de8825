"""Whose turn it is: priorities, summits that share the line, domains that ask for patience, holds, and time limits."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import insert, select, update

from app.db import db, write
from app.outbox import Message, State, deliver, handling
from app.outbox.delivery import SPELL
from app.outbox.models import Mark, Pause, Why
from app.outbox.transport import Parcel, Passing
from tests.outbox.cast import NOW, Bag, fails, letter, put, row, rows, states


def minutes(number: float) -> timedelta:
    return timedelta(minutes=number)


def slow_rome(parcel: Parcel) -> None:
    if parcel.to.endswith("rome.example"):
        raise Passing("421 4.7.0 too many at once", phase="RCPT")


def to(bag: Bag) -> list[str]:
    return [each.to.partition("@")[2].removesuffix(".example") for each in bag.carried]


def test_among_equals_no_summit_waits_for_all_of_another(house: Flask) -> None:
    put(*(letter(f"City {number}", event_id=1) for number in range(20)))
    put(letter("Rome", event_id=2), letter("Milan", event_id=2), letter("Seoul"))
    bag = Bag()
    deliver(NOW, 6, carrier=bag)
    assert to(bag) == ["city-0", "rome", "seoul", "city-1", "milan", "city-2"]


def test_a_greater_priority_still_goes_before_every_summits_turn(house: Flask) -> None:
    put(letter("Rome", event_id=2, priority=-10), letter("Milan", event_id=1), letter("Seoul", event_id=1))
    bag = Bag()
    deliver(NOW, carrier=bag)
    assert to(bag) == ["milan", "seoul", "rome"]


def test_a_long_batch_gives_the_rest_back_for_what_came_meanwhile(
    house: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(*(letter(f"City {number}", priority=-10) for number in range(3)))
    monkeypatch.setattr("app.outbox.delivery.SPELL", -1.0)
    bag = Bag(lambda parcel: put(letter("Rome", key=f"greeting/{parcel.to}")))
    assert (deliver(NOW, carrier=bag), states()) == (1, ["sent", "queued", "queued", "queued"])
    deliver(NOW, carrier=bag)
    assert (to(bag), SPELL) == (["city-0", "rome"], 5.0)


def test_a_domain_that_asks_for_patience_delays_no_other(house: Flask) -> None:
    put(*(letter(city, key=f"{city}/{number}") for number in range(3) for city in ("Rome", "Milan")))
    bag = Bag(slow_rome)
    assert deliver(NOW, carrier=bag) == 4
    assert (to(bag), states()) == (["milan"] * 3, ["retry", "sent", "queued", "sent", "queued", "sent"])
    assert [each.attempts for each in rows()] == [1, 1, 0, 1, 0, 1]


def test_after_the_pause_a_domain_gets_one_letter_and_then_all(house: Flask) -> None:
    put(*(letter("Rome", key=f"Rome/{number}") for number in range(4)))
    deliver(NOW, carrier=Bag(slow_rome))
    bag = Bag()
    assert deliver(NOW + timedelta(seconds=50), carrier=bag) == 0
    assert [deliver(NOW + minutes(2), carrier=bag) for _ in range(3)] == [1, 3, 0]


def test_domains_that_wait_for_nothing_keep_no_other_from_being_tried(house: Flask) -> None:
    cities = [f"City {number}" for number in range(12)]
    put(*(letter(city) for city in cities))
    deliver(NOW, carrier=Bag(fails(Passing("421 too many at once"))), seed=1)
    later = {"due_at": NOW + minutes(60)}
    write(lambda: db.session.execute(update(Message).where(Message.id <= 10).values(**later)))
    assert deliver(NOW + minutes(2), 5, carrier=Bag()) == 1
    assert deliver(NOW + minutes(2), 5, carrier=Bag()) == 1
    assert states() == ["retry"] * 10 + ["sent"] * 2


def test_a_domain_that_was_left_alone_for_a_day_is_forgiven(house: Flask) -> None:
    put(letter("Rome"))
    deliver(NOW, carrier=Bag(slow_rome))
    write(lambda: db.session.execute(update(Message).values(due_at=NOW + timedelta(days=9))))
    deliver(NOW + timedelta(days=2), carrier=Bag())
    assert db.session.scalars(select(Pause)).all() == []


def test_the_pauses_of_a_domain_grow_and_are_forgiven_one_by_one(house: Flask) -> None:
    put(*(letter("Rome", key=f"Rome/{number}") for number in range(9)))
    now, pauses = NOW, []
    for _ in range(3):
        assert deliver(now, carrier=Bag(slow_rome)) == 1
        pause = db.session.get_one(Pause, "rome.example", populate_existing=True)
        pauses.append(round((pause.until - now) / minutes(1)))
        now = pause.until + timedelta(seconds=1)
    assert pauses == [1, 2, 5]
    assert [deliver(now, carrier=Bag()) for _ in range(4)] == [1, 1, 1, 6]


def test_a_domain_that_is_tried_by_one_worker_is_left_alone_by_the_others(house: Flask) -> None:
    put(*(letter("Rome", key=f"Rome/{number}") for number in range(4)))
    deliver(NOW, carrier=Bag(slow_rome))
    other: list[int] = []
    first = Bag(lambda parcel: other.append(deliver(NOW + minutes(2), carrier=Bag())))
    assert (deliver(NOW + minutes(2), carrier=first), other) == (1, [0])


@pytest.mark.parametrize("code", ["421", "432", "451"])
def test_these_codes_ask_for_patience(house: Flask, code: str) -> None:
    put(letter("Rome"), letter("Rome", key="Rome/2"))
    assert (deliver(NOW, carrier=Bag(fails(Passing(f"{code} not now"))), seed=1), states()) == (1, ["retry", "queued"])


def test_a_greylisted_letter_delays_no_other_to_its_domain(house: Flask) -> None:
    put(letter("Rome"), letter("Rome", key="Rome/2"))
    assert (deliver(NOW, carrier=Bag(fails(Passing("450 later")))), states()) == (2, ["retry", "retry"])


def test_letters_of_a_held_summit_wait_and_those_of_others_go(house: Flask) -> None:
    put(letter("Rome", event_id=1), letter("Milan", event_id=2), letter("Seoul"))
    write(lambda: handling.hold_all(1, who="Tokyo", now=NOW))
    put(letter("Tokyo", event_id=1))
    deliver(NOW, carrier=Bag())
    assert states() == ["queued", "sent", "sent", "queued"]
    write(lambda: handling.release_all(1, who="Tokyo", now=NOW))
    deliver(NOW, carrier=Bag())
    assert states() == ["sent"] * 4


def test_what_somebody_sits_and_waits_for_goes_though_its_summit_is_held(house: Flask) -> None:
    write(lambda: handling.hold_all(1, who="Tokyo", now=NOW))
    put(letter("Rome", event_id=1, priority=2))
    assert (deliver(NOW, carrier=Bag()), states()) == (1, ["sent"])


def test_a_letter_whose_time_is_over_is_not_sent(house: Flask) -> None:
    put(letter("Rome", until=NOW + minutes(15)), letter("Milan", until=NOW + minutes(30)))
    deliver(NOW + minutes(15), carrier=Bag())
    assert [(each.state, each.error) for each in rows()] == [
        ("skipped", "Its time was over before it could be sent."),
        ("sent", ""),
    ]


def test_a_letter_is_tried_until_its_time_is_over(house: Flask) -> None:
    put(letter("Rome", until=NOW + minutes(15)))
    now, tries = NOW, 0
    while row().state in {"queued", "retry"}:
        tries += deliver(now, carrier=Bag(fails(Passing("450 later"))), seed=3)
        now = row().due_at
    assert (tries, row().state, now > NOW + minutes(15)) == (3, "skipped", True)


def test_a_letter_that_a_dead_worker_held_past_its_time_is_not_sent(house: Flask) -> None:
    put(letter("Rome", until=NOW + minutes(1)))
    held = {"state": State.INFLIGHT, "worker": "dead", "lease_until": NOW + minutes(5)}
    write(lambda: db.session.execute(update(Message).values(**held)))
    bag = Bag()
    deliver(NOW + minutes(6), carrier=bag)
    assert (states(), bag.carried) == (["skipped"], [])


def test_an_address_from_which_letters_come_back_gets_none_but_what_is_waited_for(house: Flask) -> None:
    put(letter("Rome"), letter("Rome", key="code", priority=2), letter("Milan"))
    mark = {"address": "office@rome.example", "why": Why.BOUNCED, "at": NOW, "code": "5.1.1", "message_id": 1}
    write(lambda: db.session.execute(insert(Mark).values(**mark)))
    deliver(NOW, carrier=Bag())
    assert [(each.state, each.error) for each in rows()] == [
        ("skipped", "Letters to this address come back."),
        ("sent", ""),
        ("sent", ""),
    ]
