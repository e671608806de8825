"""Reminders go at their moment, once to each whom the filter finds then, and follow what they are counted from."""

from __future__ import annotations

import threading
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import select

from app.agenda.models import Visibility
from app.announcing import reminding
from app.announcing.models import Anchor, Run, Unit
from app.announcing.moments import Ground, moved, occurrences
from app.announcing.reminding import When
from app.announcing.service import Written
from app.db import db, write
from app.delegations import deadlines
from app.delegations.models import Answer, Delegation
from app.desk.reminders.views import remind_due
from app.events.models import Due
from app.outbox import deliver
from app.outbox.openings import Wording
from app.outbox.rendering import render
from app.refused import Refused
from app.registration.models import State
from tests.announcing.cast import (
    NOW,
    addressed,
    alter,
    answers,
    do,
    letters,
    rule,
    set_deadline,
    told,
    work,
)
from tests.outbox.cast import Bag
from tests.publishing.digests.people import delegation_of, edit, event_of, join, publish
from tests.registration.cast import Cast

DEADLINE = datetime(2090, 2, 10, 14, 59, 59, 999999, tzinfo=UTC)
"""The end of 10 February in Tokyo."""
THREE_DAYS = When(Anchor.DEADLINE, "mode", -3, Unit.DAYS, clock=time(18))
MOMENT = datetime(2090, 2, 7, 9, tzinfo=UTC)
"""Three days before, 18:00 in Tokyo: 10:00 in Rome."""
SESSION = datetime(2090, 2, 28, 0, tzinfo=UTC)
"""The start of Session 2."""
TWO_HOURS = When(Anchor.SESSION, "session-2", -2, Unit.HOURS)


@pytest.fixture
def due(cast: Cast) -> Cast:
    set_deadline(Due.MODE, DEADLINE)
    return cast


def line() -> reminding.Line:
    db.session.rollback()
    (only,) = reminding.table(event_of(), NOW)
    return only


def test_it_goes_at_its_moment_and_once(due: Cast) -> None:
    rule(THREE_DAYS, role=["head"])
    assert [work(MOMENT - timedelta(seconds=1)), work(MOMENT), work(MOMENT + timedelta(hours=1))] == [0, 1, 0]
    assert addressed() == ["Anna Bianchi"]


def test_the_filter_is_asked_at_that_moment(due: Cast) -> None:
    rule(THREE_DAYS)
    join("New York", "Dan Miller")
    alter("Bob Smith", state=State.WITHDRAWN)
    work(MOMENT)
    assert addressed() == ["Anna Bianchi", "Carlo Verdi", "Dan Miller", "Gaia Romani"]


def test_two_workers_remind_once(due: Cast) -> None:
    rule(THREE_DAYS)
    done: list[int] = []
    db.session.rollback()

    def work_too() -> None:
        with due.app.app_context():
            waits = reminding.due(MOMENT)
            db.session.rollback()
            barrier.wait(timeout=20)
            done.extend(write(partial(reminding.carry_out, *each, MOMENT)) for each in waits)

    barrier = threading.Barrier(3)
    workers = [threading.Thread(target=work_too) for _ in range(3)]
    for each in workers:
        each.start()
    for each in workers:
        each.join(timeout=60)
    assert sorted(done) == [0, 0, 4]
    assert addressed() == ["Anna Bianchi", "Bob Smith", "Carlo Verdi", "Gaia Romani"]
    assert len(told("reminded")) == 1


def test_the_letter_says_what_is_due_and_when_by_both_clocks(due: Cast) -> None:
    rule(THREE_DAYS, role=["delegate"])
    work(MOMENT)
    letter = next(each for each in letters() if each.to_name == "Bob Smith")
    text = render(letter.kind, letter.facts, letter.language).text
    assert "Changing the way of taking part: 10 February 2090, 23:59 (Tokyo)" in text
    assert "10 February 2090, 06:59 (Los Angeles)" in text
    assert letter.until == DEADLINE


def test_a_deadline_that_moves_moves_it(due: Cast) -> None:
    rule(THREE_DAYS, role=["head"])
    set_deadline(Due.MODE, DEADLINE + timedelta(days=10))
    assert [work(MOMENT), work(MOMENT + timedelta(days=10))] == [0, 1]


def test_a_deadline_that_moves_after_it_went_is_reminded_of_again(due: Cast) -> None:
    rule(THREE_DAYS, role=["head"])
    work(MOMENT)
    set_deadline(Due.MODE, DEADLINE + timedelta(days=10))
    work(MOMENT + timedelta(days=10))
    assert addressed() == ["Anna Bianchi", "Anna Bianchi"]


def test_a_deadline_that_comes_nearer_than_its_moment_is_reminded_of_at_once(due: Cast) -> None:
    rule(THREE_DAYS, role=["head"])
    set_deadline(Due.MODE, NOW + timedelta(days=1))
    assert work(NOW) == 1


def test_a_city_that_was_given_longer_is_reminded_of_its_own_deadline(due: Cast) -> None:
    later = DEADLINE + timedelta(days=5)

    def act() -> None:
        rome = db.session.execute(select(Delegation).where(Delegation.id == delegation_of("Rome"))).scalar_one()
        deadlines.extend(rome, Due.MODE, later, "The council meets late", who="Tokyo", now=NOW)

    write(act)
    rule(THREE_DAYS)
    assert line().reaches == 4
    work(MOMENT)
    assert addressed() == ["Bob Smith", "Carlo Verdi"]
    found = line()
    assert (found.next.moment if found.next else None, found.reaches) == (MOMENT + timedelta(days=5), 2)
    work(MOMENT + timedelta(days=5))
    assert addressed() == ["Anna Bianchi", "Bob Smith", "Carlo Verdi", "Gaia Romani"]
    assert {each.until for each in letters() if each.to_name == "Anna Bianchi"} == {later}


def test_a_session_that_moves_moves_it_once_that_is_published(cast: Cast) -> None:
    rule(TWO_HOURS, role=["delegate"])
    assert occurrences(line().rule, Ground(event_of()))[0].moment == SESSION - timedelta(hours=2)
    edit(starts=time(15), ends=time(16))
    assert occurrences(line().rule, Ground(event_of()))[0].moment == SESSION - timedelta(hours=2)
    publish()
    assert occurrences(line().rule, Ground(event_of()))[0].moment == SESSION + timedelta(hours=4)


@pytest.mark.parametrize(
    ("values", "why"),
    [
        ({"cancelled": True}, "This session is cancelled."),
        ({"starts": None, "ends": None}, "The time of this session is not announced yet."),
    ],
)
def test_without_a_start_there_is_no_moment_and_it_says_why(cast: Cast, values: dict[str, Any], why: str) -> None:
    rule(TWO_HOURS)
    edit(**values)
    publish()
    assert (line().next, line().why_not) == (None, why)
    assert work(SESSION) == 0


def test_of_a_session_for_few_nobody_else_is_told(cast: Cast) -> None:
    rule(When(Anchor.SESSION, "closed-talk", -36, Unit.HOURS))
    assert line().reaches == 2
    work(SESSION - timedelta(hours=34))
    assert addressed() == ["Anna Bianchi", "Gaia Romani"]


def test_of_a_session_that_is_not_public_those_who_do_not_come_are_told_nothing(cast: Cast) -> None:
    edit("session-2", visibility=Visibility.DELEGATES)
    publish()
    alter("Anna Bianchi", state=State.WITHDRAWN)
    answers("Milan", Answer.DECLINED)
    states, given = ["submitted", "approved", "withdrawn"], ["accepted", "declined"]
    rule(When(Anchor.SESSION, "session-2", -36, Unit.HOURS), state=states, answer=given)
    work(SESSION - timedelta(hours=34))
    assert addressed() == ["Bob Smith"]


def test_nobody_is_reminded_of_what_is_over(cast: Cast) -> None:
    rule(TWO_HOURS)
    assert work(SESSION) == 0
    assert line().last is not None
    assert line().last.outcome.value == "over"  # type: ignore[union-attr]


def test_a_letter_that_waits_is_not_sent_when_it_is_over(due: Cast) -> None:
    rule(THREE_DAYS, role=["head"])
    work(MOMENT)
    bag = Bag()
    deliver(DEADLINE, carrier=bag)
    assert (bag.carried, [each.state.value for each in letters()]) == ([], ["skipped"])


def test_who_sleeps_until_it_is_over_gets_none(cast: Cast) -> None:
    rule(TWO_HOURS, role=["delegate", "head"])
    work(SESSION - timedelta(hours=2))  # 22:00 UTC: 23:00 in Rome, 14:00 in Lancaster, the venue wakes at 08:00
    assert addressed() == ["Anna Bianchi", "Bob Smith"]


def test_a_rule_that_comes_too_late_says_so_and_never_goes(due: Cast) -> None:
    rule(THREE_DAYS, now=MOMENT + timedelta(minutes=1))
    assert (line().next, line().why_not) == (None, "It was set too late: its moment was over already.")
    assert work(MOMENT + timedelta(minutes=2)) == 0


def test_a_worker_that_was_away_makes_good_for_it(due: Cast) -> None:
    rule(THREE_DAYS, role=["head"])
    assert work(MOMENT + timedelta(days=2)) == 1


def test_a_stopped_rule_rests_and_what_was_over_meanwhile_stays_without_letters(due: Cast) -> None:
    made = rule(THREE_DAYS).uid
    assert do(lambda event: reminding.stop(event, made, who="Tokyo", now=NOW))
    assert not do(lambda event: reminding.stop(event, made, who="Tokyo", now=NOW))
    assert work(MOMENT) == 0
    assert do(lambda event: reminding.resume(event, made, who="Tokyo", now=MOMENT + timedelta(hours=1)))
    assert work(MOMENT + timedelta(hours=2)) == 0
    assert [each.what for each in told("reminder stopped", "reminder resumed")] == [
        "reminder stopped",
        "reminder resumed",
    ]


def test_a_rule_that_was_thrown_away_meanwhile_reminds_nobody(due: Cast) -> None:
    row = rule(THREE_DAYS)
    uid, waits = row.uid, reminding.due(MOMENT)
    do(lambda event: reminding.throw_away(event, uid, who="Tokyo", now=NOW))
    assert [write(partial(reminding.carry_out, *each, MOMENT)) for each in waits] == [0]
    with pytest.raises(Refused, match="thrown away meanwhile"):
        do(lambda event: reminding.stop(event, uid, who="Tokyo", now=NOW))


def test_resumed_in_time_it_goes(due: Cast) -> None:
    made = rule(THREE_DAYS, role=["head"]).uid
    do(lambda event: reminding.stop(event, made, who="Tokyo", now=NOW))
    do(lambda event: reminding.resume(event, made, who="Tokyo", now=NOW))
    assert work(MOMENT) == 1


def test_a_set_moment_is_one_on_the_clocks_of_the_summit(cast: Cast) -> None:
    rule(When(Anchor.MOMENT, day=date(2090, 2, 1), clock=time(18)), role=["head"])
    assert [work(datetime(2090, 2, 1, 8, 59, tzinfo=UTC)), work(datetime(2090, 2, 1, 9, tzinfo=UTC))] == [0, 1]
    (letter,) = letters()
    assert "{" not in render(letter.kind, letter.facts, letter.language).text


def test_days_before_the_summit_are_days_of_its_calendar(cast: Cast) -> None:
    rule(When(Anchor.EVENT, "", -7, Unit.DAYS, clock=time(18)), role=["head"])
    (what,) = occurrences(line().rule, Ground(event_of()))
    assert what.moment == datetime(2090, 2, 20, 9, tzinfo=UTC)
    work(what.moment)
    (letter,) = letters()
    text = render(letter.kind, letter.facts, "en").text
    assert "The summit begins: 27 February – 1 March 2090, Tokyo time" in text


def test_days_keep_the_time_of_day_over_a_change_of_the_clocks() -> None:
    after = datetime(2026, 3, 30, 7, tzinfo=UTC)  # 09:00 in Rome, a day after its clocks went forward
    assert moved(after, -2, Unit.DAYS, None, "Europe/Rome") == datetime(2026, 3, 28, 8, tzinfo=UTC)
    assert moved(after, -48, Unit.HOURS, None, "Europe/Rome") == datetime(2026, 3, 28, 7, tzinfo=UTC)


def test_without_a_deadline_there_is_nothing_to_count_from(cast: Cast) -> None:
    with pytest.raises(Refused) as no:
        rule(THREE_DAYS)
    assert (no.value.field, no.value.message) == ("anchor", "This deadline is not set.")


def test_a_deadline_that_is_lifted_leaves_it_without_a_moment(due: Cast) -> None:
    rule(THREE_DAYS)
    write(lambda: deadlines.set_deadlines(event_of(), {Due.MODE: None}, who="Tokyo", now=NOW))
    assert (line().next, line().why_not, work(MOMENT)) == (None, "This deadline is not set.", 0)


def test_changed_words_are_those_that_go(due: Cast) -> None:
    made = rule(THREE_DAYS, role=["head"])
    uid, given = made.uid, Written({"en": Wording("At last", "Please.")}, "en", {"role": ["head"]})
    do(lambda event: reminding.store(event, uid, given, THREE_DAYS, 1, "", who="Rome", now=NOW))
    work(MOMENT)
    (letter,) = letters()
    assert render(letter.kind, letter.facts, letter.language).subject == "At last"


def test_two_who_change_a_rule_at_once_do_not_overwrite_each_other(due: Cast) -> None:
    made = rule(THREE_DAYS)
    uid, given = made.uid, Written({"en": Wording("At last", "Please.")}, "en", {})
    do(lambda event: reminding.store(event, uid, given, THREE_DAYS, 1, "", who="Rome", now=NOW))
    with pytest.raises(Refused):
        do(lambda event: reminding.store(event, uid, given, TWO_HOURS, 1, "", who="Tokyo", now=NOW))


def test_the_same_form_twice_is_one_rule(due: Cast) -> None:
    assert rule(THREE_DAYS, "one").uid == rule(THREE_DAYS, "one").uid


def test_the_table_shows_what_is_next_what_was_last_and_whom_it_would_reach(due: Cast) -> None:
    rule(THREE_DAYS, role=["head", "focal point"])
    before = line()
    assert (before.next.moment if before.next else None, before.last, before.reaches) == (MOMENT, None, 2)
    work(MOMENT)
    after = line()
    assert (after.next, after.why_not) == (None, "Its moment has been.")
    assert (after.last.letters if after.last else 0) == 2


def test_the_worker_sees_to_each_rule_whose_moment_has_come(due: Cast) -> None:
    rule(When(Anchor.MOMENT, day=date(2020, 1, 1), clock=time(9)), "first", now=datetime(2019, 1, 1, tzinfo=UTC))
    rule(When(Anchor.MOMENT, day=date(2020, 1, 2), clock=time(9)), "second", now=datetime(2019, 1, 1, tzinfo=UTC))
    assert remind_due(threading.Event()) == 2
    assert sorted(db.session.execute(select(Run.outcome)).scalars()) == ["over", "over"]
    assert remind_due(threading.Event()) == 0


def test_letters_of_a_reminder_go_behind_all_others(due: Cast) -> None:
    rule(THREE_DAYS, role=["head"])
    work(MOMENT)
    assert {each.priority for each in letters()} == {-20}
