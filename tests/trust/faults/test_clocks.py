"""F20 and F22: clocks that are wrong, step or reach the end of a year, and workers that were all away for hours."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask, session
from sqlalchemy import literal, select, update

from app import clock
from app import db as database
from app.accounts import service as accounts
from app.accounts.service import SIGNED_IN_FOR
from app.announcing import letters as wording
from app.announcing import reminding
from app.announcing.models import Anchor, Run, Unit
from app.announcing.reminding import When
from app.db import Instant, db, write
from app.events.models import Due
from app.outbox import Message, State, deliver
from app.outbox.claims import LEASE
from app.outbox.delivery import Batch
from app.outbox.transport import Parcel, Passing
from app.registration.models import Delegate
from app.tokens import digest
from app.travel import views as travel
from app.travel.models import Kind, Logistics
from app.web.kept import KeepingFlask
from tests.accounts.people import person
from tests.announcing.cast import letters, rule, set_deadline, settle, told, work
from tests.announcing.test_reminding import DEADLINE, MOMENT, SESSION, THREE_DAYS, TWO_HOURS
from tests.outbox.cast import Bag, fails, letter, put, row, states
from tests.outbox.conftest import _greeting
from tests.outbox.servers import Sink, free_port, listening
from tests.registration.cast import Cast, assemble
from tests.trust.faults.mail import fill, settings, standing
from tests.trust.faults.test_mail import until
from tests.trust.faults.worker import workers
from tests.trust.figures import Figures

__all__ = ["_greeting"]
HOUR = timedelta(hours=1)
ONE_CLOCK = "SQLite is used from one machine, which has one clock"


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


def test_workers_with_wrong_clocks_send_each_letter_once(
    app: Flask, figures: Figures, full: bool, tmp_path: Path
) -> None:
    if figures.database == "sqlite":
        pytest.skip(ONE_CLOCK)
    people, sink, port, ahead = 1500 if full else 60, Sink(slow=0.01), free_port(), [3600, -3600, 0]
    with listening(sink, port), workers(settings(app, port), ahead=ahead, seen=tmp_path):
        until(lambda: len(list(tmp_path.iterdir())) == len(ahead))
        fill(app, people)
        until(lambda: standing(app)[State.SENT] == people, 600)
    taken = sink.taken
    figures.hold("F20", f"letters lost of {people}, workers an hour ahead and behind", people - len(taken), exactly=0)
    figures.hold("F20", "letters that came twice", len(taken) - len({to for to, _raw in taken}), exactly=0)


@pytest.mark.trust
def test_control_by_their_own_clocks_they_send_letters_twice(app: Flask, figures: Figures) -> None:
    """For whoever is an hour ahead, what another one is just sending has long lapsed."""
    if figures.database == "sqlite":
        pytest.skip(ONE_CLOCK)
    told: dict[str, Any] = {"without": "database's clock", "patience": 90}
    sink, port = Sink(slow=30), free_port()
    with listening(sink, port), workers(settings(app, port), ahead=[0], **told):
        fill(app, 1)
        until(lambda: sink.lines == 1)
        with workers(settings(app, port), ahead=[3600], **told):
            until(lambda: sink.lines == 2)
            sink.slow = 0
            until(lambda: len(sink.taken) == 2)
    assert [to for to, _raw in sink.taken] == ["office-0@d0.example"] * 2


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


def stepping_ahead() -> list[Parcel]:
    """Of ten letters what comes when the one machine of SQLite steps ahead by more than a lease while a worker speaks
    to the server, and another worker looks for what is due."""
    at, other = datetime(2028, 2, 29, 12, tzinfo=UTC), Bag()
    put(*(letter(f"City {each}") for each in range(10)))
    ahead = [at + LEASE + HOUR]

    def step(_parcel: Parcel) -> None:
        if ahead:
            deliver(ahead.pop(), carrier=other)

    bag = Bag(step)
    deliver(at, carrier=bag)
    return [*bag.carried, *other.carried]


def test_a_clock_that_steps_ahead_doubles_what_is_in_hand_at_most(house: Flask, figures: Figures) -> None:
    came = stepping_ahead()
    figures.hold("F20", "letters lost when the clock steps ahead by an hour", states().count("sent") - 10, exactly=0)
    figures.hold("F20", "letters doubled, for each worker at that moment", len(came) - 10, most=1)
    assert len({each.octets for each in came}) == 10


def test_control_who_does_not_ask_whose_letter_it_is_doubles_all_of_them(
    house: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Batch, "ours", lambda batch, letter: update(Message).where(Message.id == letter))
    assert len(stepping_ahead()) - 10 > 1


@pytest.fixture(params=[HOUR, -HOUR], ids=["ahead", "behind"])
def wrong(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> timedelta:
    """This machine's clock is wrong by an hour from here on."""
    real = clock.now
    off: timedelta = request.param
    monkeypatch.setattr(clock, "now", lambda: real() + off)
    return off


def standing_sign_ins() -> list[bool]:
    """Whether two sign-ins stand: one that has 50 seconds to go, and one whose time is over just now."""

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
    last, over = begun(SIGNED_IN_FOR - timedelta(seconds=50)), begun(SIGNED_IN_FOR)
    return [accounts.signed_in(mark, digest(each), SIGNED_IN_FOR * 2) is not None for each in (last, over)]


def test_a_sign_in_ends_by_the_databases_clock(house: Flask, figures: Figures, wrong: timedelta) -> None:
    stands = standing_sign_ins()
    figures.hold("F20", "sign-ins that ended more than 60 s too early", 1 - stands[0], exactly=0)
    assert stands == [True, False]


def test_control_by_its_own_clock_a_machine_ends_them_too_early_or_too_late(
    house: Flask, figures: Figures, wrong: timedelta, monkeypatch: pytest.MonkeyPatch
) -> None:
    if figures.database == "sqlite":
        pytest.skip(ONE_CLOCK)
    monkeypatch.setattr(database, "present", lambda: literal(clock.now(), Instant()))
    assert standing_sign_ins() == [wrong < timedelta(0)] * 2


def test_control_a_sign_in_whose_end_nobody_looks_at_goes_on(house: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """On SQLite, too, whose one clock is no other than ours."""
    monkeypatch.setattr(accounts, "SIGNED_IN_FOR", 10 * SIGNED_IN_FOR)
    assert standing_sign_ins() == [True, True]


def opened(cast: Cast) -> tuple[float, bool]:
    """By how many seconds a page that a code has opened closes too early or too late, and whether it is open."""
    row = Logistics(told_from="anna@rome.example")
    with cast.app.test_request_context():
        one = db.session.execute(select(Delegate).where(Delegate.name == "Anna Bianchi")).scalar_one()
        travel._open(one, Kind.TRAVEL)
        (until_,) = session["opened"].values()
        off = travel.OPEN - (datetime.fromisoformat(until_) - database.now())
        return abs(off.total_seconds()), travel.is_open(one, row, Kind.TRAVEL)


def test_what_a_code_opened_closes_by_the_databases_clock(cast: Cast, figures: Figures, wrong: timedelta) -> None:
    off, is_open = opened(cast)
    figures.hold("F20", "seconds by which a page opened by a code closes early", off, most=60)
    assert is_open


def test_control_by_its_own_clock_a_machine_closes_it_an_hour_off(
    cast: Cast, figures: Figures, wrong: timedelta, monkeypatch: pytest.MonkeyPatch
) -> None:
    if figures.database == "sqlite":
        pytest.skip(ONE_CLOCK)
    monkeypatch.setattr(travel, "db", SimpleNamespace(now=clock.now))
    assert opened(cast)[0] > 60


def back_after_three_hours(cast: Cast, folder: Path, enough: int, without: str = "") -> list[Message]:
    """The letters that come of a reminder whose moment is three hours ago, once two workers have looked for what is
    due and there are `enough`."""
    ends = database.now() + timedelta(days=2)
    set_deadline(Due.MODE, ends)
    rule(When(Anchor.DEADLINE, "mode", -51, Unit.HOURS), now=ends - timedelta(days=4))
    db.session.rollback()
    with workers(settings(cast.app, 0, MAIL_SERVER=""), seen=folder, without=without):
        until(lambda: len(list(folder.iterdir())) == 2 and len(letters()) >= enough)
    return letters()


def test_after_three_hours_without_a_worker_two_remind_each_once(cast: Cast, figures: Figures, tmp_path: Path) -> None:
    made = back_after_three_hours(cast, tmp_path, 4)
    whom = {each.to for each in made}
    figures.hold("F22", "reminders made twice after three hours without a worker", len(made) - len(whom), exactly=0)
    figures.hold("F22", "of four, reminders not made", 4 - len(whom), exactly=0)
    assert len(told("reminded")) == 1


@pytest.mark.trust
def test_control_without_a_note_of_what_is_done_each_worker_reminds(cast: Cast, tmp_path: Path) -> None:
    assert len(back_after_three_hours(cast, tmp_path, 8, "reminded once")) >= 8


def over_by_then() -> int:
    """How many are reminded of a session an hour after it began: everything stood still from before the moment."""
    rule(TWO_HOURS)
    return work(SESSION + HOUR)


def test_a_reminder_of_what_is_over_is_not_sent_and_says_so(cast: Cast, figures: Figures) -> None:
    made = over_by_then()
    (run,) = db.session.execute(select(Run)).scalars()
    figures.hold("F22", "reminders sent of what was over by then", made, exactly=0)
    assert run.outcome.value == "over"


def test_control_who_does_not_ask_until_when_it_is_of_use_reminds_of_what_is_over(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = reminding._occurrences

    def endless(*asked: Any) -> Any:
        return [replace(each, until=SESSION + 24 * HOUR) for each in found(*asked)]

    monkeypatch.setattr(reminding, "_occurrences", endless)
    assert over_by_then() > 0


def sent_late() -> int:
    """How many letters go of a reminder that was made in time, and then nothing was sent for days."""
    set_deadline(Due.MODE, DEADLINE)
    rule(THREE_DAYS, role=["head"])
    work(MOMENT)
    bag = Bag()
    deliver(DEADLINE + HOUR, carrier=bag)
    return len(bag.carried)


def test_control_a_letter_without_an_end_is_sent_however_late(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    reminder = wording.reminder
    monkeypatch.setattr(wording, "reminder", lambda *facts: replace(reminder(*facts), until=None))
    assert sent_late() == 1


def test_a_letter_that_waited_until_it_was_of_no_use_is_skipped_with_a_note(cast: Cast, figures: Figures) -> None:
    sent = sent_late()
    (one,) = letters()
    figures.hold("F22", "reminders sent though they were of no use any more", sent, exactly=0)
    assert (one.state.value, bool(one.error)) == ("skipped", True)
    assert reminding.due(DEADLINE + HOUR) == []
