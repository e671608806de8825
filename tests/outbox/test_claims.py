"""Several workers at once, on a real database: each letter goes once."""

from __future__ import annotations

import threading
from collections import Counter

import pytest
from flask import Flask

from app.db import db
from app.outbox import claims, deliver
from app.outbox.transport import Parcel
from tests.outbox.cast import NOW, letter, put, states


class Meeting:
    """A carrier that begins only when all workers have claimed."""

    def __init__(self, all_here: threading.Barrier) -> None:
        self.all_here, self.met = all_here, False
        self.carried: list[str] = []

    def open(self) -> None:
        if not self.met:
            self.all_here.wait(timeout=20)
            self.met = True

    def carry(self, parcel: Parcel) -> None:
        self.carried.append(parcel.to)

    def close(self) -> None: ...


def run(house: Flask, workers: int, limit: int) -> list[Meeting]:
    barrier = threading.Barrier(workers)
    carriers = [Meeting(barrier) for _ in range(workers)]

    def work(carrier: Meeting) -> None:
        with house.app_context():
            deliver(NOW, limit, carrier=carrier)

    threads = [threading.Thread(target=work, args=(each,)) for each in carriers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return carriers


def test_workers_that_claim_at_once_share_the_letters_out(house: Flask) -> None:
    put(*(letter(f"City {number}") for number in range(40)))
    carriers = run(house, workers=4, limit=10)
    assert [len(each.carried) for each in carriers] == [10, 10, 10, 10]
    carried = Counter(to for each in carriers for to in each.carried)
    assert (carried, states()) == (Counter(f"office@city-{number}.example" for number in range(40)), ["sent"] * 40)


def test_a_claim_takes_no_more_than_its_limit(house: Flask) -> None:
    put(*(letter(f"City {number}") for number in range(12)))
    [carrier] = run(house, workers=1, limit=5)
    assert (carrier.carried, Counter(states())) == (
        [f"office@city-{number}.example" for number in range(5)],
        Counter(sent=5, queued=7),
    )


def test_of_ten_who_choose_at_the_same_instant_each_finds_a_letter_and_the_rest_wait(house: Flask) -> None:
    """Where rows are locked one by one; SQLite lets one in after the other."""
    if db.engine.dialect.name == "sqlite":
        pytest.skip("one writes at a time")
    put(*(letter(f"City {number}") for number in range(12)))
    chosen: list[list[int]] = []
    all_here, all_done = threading.Barrier(2, timeout=20), threading.Event()

    def choose() -> None:
        with house.app_context():
            db.session.connection(execution_options={"write": True})
            chosen.append(claims._chosen(claims._due(NOW, ()), 1))
            all_here.wait()
            all_done.wait(20)
            db.session.rollback()

    threads = [threading.Thread(target=choose) for _each in range(11)]
    for thread in threads:
        thread.start()
        all_here.wait()
    all_done.set()
    for thread in threads:
        thread.join(timeout=60)
    assert chosen == [*([number] for number in range(1, 11)), []]
