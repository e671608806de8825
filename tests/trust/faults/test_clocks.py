"""F20 and F22: clocks that are wrong, step or reach the end of a year, and workers that were all away for hours."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask, session
from sqlalchemy import select

from app import clock
from app import db as database
from app.accounts import service as accounts
from app.announcing import reminding
from app.announcing.models import Run
from app.db import db, write
from app.events.models import Due
from app.outbox import State, deliver
from app.outbox.claims import LEASE
from app.outbox.transport import Parcel, Passing
from app.registration.models import Delegate
from app.tokens import digest
from app.travel import views as travel
from app.travel.models import Kind, Logistics
from app.web.kept import KeepingFlask
from tests.accounts.people import person
from tests.announcing.cast import letters, rule, set_deadline, settle, work
from tests.announcing.test_reminding import DEADLINE, MOMENT, SESSION, THREE_DAYS, TWO_HOURS
from tests.outbox.cast import Bag, fails, letter, put, row, states
from tests.outbox.conftest import _greeting
from tests.outbox.servers import Sink, free_port, listening
from tests.registration.cast import Cast, assemble
from tests.registration.people import at_once
from tests.trust.faults.mail import fill, settings, standing
from tests.trust.faults.test_mail import until
from tests.trust.faults.worker import workers
from tests.trust.figures import Figures

__all__ = ["_greeting"]
HOUR = timedelta(hours=1)


@pytest.fixture
def house(app: KeepingFlask) -> Iterator[KeepingFlask]:
    with app.app_context():
        yield app


@pytest.fixture
def cast(app: KeepingFlask) -> Iterator[Cast]:
    made = assemble(app)
    with app.app_context():
        settle()
        yield made


def by_wrong_clocks(app: Flask, people: int, slow: float = 0.01, without: str = "") -> list[tuple[str, bytes]]:
    """Letters to so many, by three workers: one is an hour ahead, one an hour behind."""
    fill(app, people)
    sink, port = Sink(slow=slow), free_port()
    with listening(sink, port), workers(settings(app, port), ahead=[3600, -3600, 0], without=without):
        until(lambda: standing(app)[State.SENT] == people, 600)
    return sink.taken


def test_workers_with_wrong_clocks_send_each_letter_once(app: Flask, figures: Figures, full: bool) -> None:
    if figures.database == "sqlite":
        pytest.skip("SQLite is used from one machine, which has one clock")
    people = 1500 if full else 60
    taken = by_wrong_clocks(app, people)
    figures.hold("F20", f"letters lost of {people}, workers an hour ahead and behind", people - len(taken), exactly=0)
    figures.hold("F20", "letters that came twice", len(taken) - len({to for to, _raw in taken}), exactly=0)


@pytest.mark.trust
def test_control_by_their_own_clocks_they_send_letters_twice(app: Flask, figures: Figures) -> None:
    if figures.database == "sqlite":
        pytest.skip("SQLite is used from one machine, which has one clock")
    taken = by_wrong_clocks(app, 300, slow=0.1, without="database's clock")
    assert len(taken) > len({to for to, _raw in taken})


NIGHT = datetime(2028, 2, 28, 23, 59, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    "at",
    [NIGHT, NIGHT + timedelta(days=1), datetime(2027, 12, 31, 23, 59, 30, tzinfo=UTC)],
    ids=["before 29 Feb", "29 Feb", "end of the year"],
)
def test_a_letter_is_tried_again_on_the_other_side_of_the_night(house: Flask, at: datetime) -> None:
    put(letter("Rome"))
    deliver(at, carrier=Bag(fails(Passing("451 later"))))
    bag = Bag()
    assert [deliver(at + each, carrier=bag) for each in (timedelta(0), timedelta(minutes=2), HOUR)] == [0, 1, 0]
    dated = row().dated
    assert (states(), len(bag.carried), dated and dated.date()) == (["sent"], 1, at.date())


def test_a_clock_that_steps_back_delays_and_doubles_nothing(house: Flask, figures: Figures) -> None:
    at, bag, both = datetime(2028, 2, 29, 12, tzinfo=UTC), Bag(), (letter("Rome"), letter("Milan"))
    put(*both)
    deliver(at, 1, carrier=bag)
    deliver(at, 1, carrier=Bag(fails(Passing("451 later"))))
    assert [deliver(at + each, carrier=bag) for each in (-HOUR, timedelta(0), timedelta(minutes=2), HOUR)] == [
        0,
        0,
        1,
        0,
    ]
    figures.hold("F20", "letters lost or doubled when the clock steps back by an hour", len(bag.carried) - 2, exactly=0)


def test_a_clock_that_steps_ahead_doubles_what_is_in_hand_at_most(house: Flask, figures: Figures) -> None:
    """The one machine of SQLite steps ahead by more than a lease while a worker speaks to the server."""
    at, other = datetime(2028, 2, 29, 12, tzinfo=UTC), Bag()
    put(*(letter(f"City {each}") for each in range(10)))
    ahead = [at + LEASE + HOUR]

    def step(_parcel: Parcel) -> None:
        if ahead:
            deliver(ahead.pop(), carrier=other)

    bag = Bag(step)
    deliver(at, carrier=bag)
    came: list[Parcel] = [*bag.carried, *other.carried]
    figures.hold("F20", "letters lost when the clock steps ahead by an hour", states().count("sent") - 10, exactly=0)
    figures.hold("F20", "letters doubled, for each worker at that moment", len(came) - 10, most=1)
    assert len({each.octets for each in came}) == 10


@pytest.fixture(params=[HOUR, -HOUR], ids=["ahead", "behind"])
def wrong(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> timedelta:
    """This machine's clock is wrong by an hour from here on."""
    real = clock.now
    off: timedelta = request.param
    monkeypatch.setattr(clock, "now", lambda: real() + off)
    return off


def test_a_sign_in_ends_by_the_databases_clock(house: Flask, figures: Figures, wrong: timedelta) -> None:
    def begun(ago: timedelta) -> str:
        key = f"key {ago}"
        write(lambda: accounts.begin(user, digest(key), database.now() - ago))
        return key

    def act() -> tuple[int, str]:
        made = person("rome")
        db.session.add(made)
        db.session.flush()
        return made.id, made.fs_uniquifier

    user, mark = write(act)
    last, over = begun(accounts.SIGNED_IN_FOR - timedelta(seconds=50)), begun(accounts.SIGNED_IN_FOR)
    stands = [accounts.signed_in(mark, digest(each), accounts.SIGNED_IN_FOR * 2) is not None for each in (last, over)]
    figures.hold("F20", "sign-ins that ended more than 60 s too early", 1 - stands[0], exactly=0)
    assert stands == [True, False]


def test_what_a_code_opened_closes_by_the_databases_clock(cast: Cast, figures: Figures, wrong: timedelta) -> None:
    row = Logistics(told_from="anna@rome.example")
    with cast.app.test_request_context():
        one = db.session.execute(select(Delegate).where(Delegate.name == "Anna Bianchi")).scalar_one()
        travel._open(one, Kind.TRAVEL)
        (until_,) = session["opened"].values()
        early = travel.OPEN - (datetime.fromisoformat(until_) - database.now())
        figures.hold("F20", "seconds by which a page opened by a code closes early", early.seconds, most=60)
        assert travel.is_open(one, row, Kind.TRAVEL)


def test_after_three_hours_without_a_worker_two_remind_each_once(cast: Cast, figures: Figures) -> None:
    set_deadline(Due.MODE, DEADLINE)
    rule(THREE_DAYS)
    db.session.rollback()

    def begin(_number: int) -> int:
        with cast.app.app_context():
            return work(MOMENT + 3 * HOUR)

    made = sum(at_once(2, begin))
    keys = [each.key for each in letters()]
    figures.hold("F22", "reminders made twice after three hours without a worker", made - len(set(keys)), exactly=0)
    figures.hold("F22", "of four, reminders not made", 4 - len(set(keys)), exactly=0)


def test_a_reminder_of_what_is_over_is_not_sent_and_says_so(cast: Cast, figures: Figures) -> None:
    """Everything stood still from before the moment until the session had begun."""
    rule(TWO_HOURS)
    made = work(SESSION + HOUR)
    (run,) = db.session.execute(select(Run)).scalars()
    figures.hold("F22", "reminders sent of what was over by then", made, exactly=0)
    assert run.outcome.value == "over"


def test_a_letter_that_waited_until_it_was_of_no_use_is_skipped_with_a_note(cast: Cast, figures: Figures) -> None:
    """The reminders were made in time, and then nothing was sent for days."""
    set_deadline(Due.MODE, DEADLINE)
    rule(THREE_DAYS, role=["head"])
    work(MOMENT)
    bag = Bag()
    deliver(DEADLINE + HOUR, carrier=bag)
    (one,) = letters()
    figures.hold("F22", "reminders sent though they were of no use any more", len(bag.carried), exactly=0)
    assert (one.state.value, bool(one.error)) == ("skipped", True)
    assert reminding.due(DEADLINE + HOUR) == []
