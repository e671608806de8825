"""Several workers at once, on a real database: each letter goes once."""

from __future__ import annotations

import threading
from collections import Counter

from flask import Flask

from app.outbox import deliver
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
