"""P2: the random walks over registrations and visits at full length, with the invariants of the faults after each step.

The product never merges cities, nor people, so no step does. Ordinary runs walk less far where the machines stand:
tests/registration/test_machine.py, tests/visits/test_machine.py.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import RuleBasedStateMachine, invariant, run_state_machine_as_test

from app import tokens
from app.db import db
from app.registration.models import Delegate
from app.web.kept import KeepingFlask
from tests.registration import test_machine as registration
from tests.registration.cast import Cast, assemble
from tests.trust import invariants
from tests.trust.figures import Figures
from tests.visits import test_machine as visits


class Books:
    """What the database itself says after each step, by plain SQL."""

    @invariant()
    def the_database_balances(self) -> None:
        connection = db.session.connection()
        assert invariants.miscounted(connection) == 0
        assert invariants.stuck(connection) == 0
        if connection.dialect.name == "sqlite":
            assert connection.exec_driver_sql("PRAGMA foreign_key_check").all() == []
        db.session.rollback()


class Registrations(Books, registration.Walk):
    def __init__(self) -> None:
        super().__init__()
        self.stood: dict[int, str] = {}
        self.posted = 0

    @invariant()
    def whoever_was_told_so_is_registered_once(self) -> None:
        told = {tokens.digest(f"{self.cast.event_id}/{form.submit_key}"): key for form, key in self.forms}
        assert invariants.unstored(db.session.connection(), told) == 0
        db.session.rollback()

    @invariant()
    def each_confirmation_is_posted_once(self) -> None:
        assert invariants.silent(db.session.connection()) == 0
        db.session.rollback()

    @invariant()
    def each_move_has_its_letter(self) -> None:
        """Whoever stands elsewhere than before this step is written to in it, or those who answer for their city."""
        ask = db.session.connection().exec_driver_sql
        fresh = ask(f"SELECT id, key FROM messages WHERE id > {self.posted}").all()
        people = ask("SELECT id, reference, state FROM delegates").all()
        moved = [each.reference for each in people if self.stood.get(each.id) != each.state]
        assert [name for name in moved if not any(f"/{name}/" in letter.key for letter in fresh)] == []
        self.stood = {each.id: each.state for each in people}
        self.posted = max([self.posted, *(letter.id for letter in fresh)])
        db.session.rollback()

    @invariant()
    def each_act_stands_in_the_journal(self) -> None:
        assert invariants.unwritten(db.session.connection()) == 0
        db.session.rollback()


@pytest.fixture
def cast(app: KeepingFlask) -> Cast:
    return assemble(app)


STEPS, PARTS = 30, 4
"""How far each walk goes, and in how many parts they are walked."""
in_parts = pytest.mark.parametrize("part", range(PARTS))


def walk(machine: type[RuleBasedStateMachine], examples: int = 100, steps: int = STEPS) -> None:
    """By other ways each time and in each part. Raises what the machine finds."""
    chosen = settings(
        max_examples=examples,
        stateful_step_count=steps,
        deadline=None,
        database=None,
        derandomize=False,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(machine, settings=chosen)


def walk_part(machine: type[RuleBasedStateMachine], over: str, figures: Figures, *, full: bool) -> None:
    """One part of 500 walks over these rows; of a few short ones where not `full`."""
    examples, steps = (500 // PARTS, STEPS) if full else (2, 15)
    walk(machine, examples, steps)
    what = f"walks over {over} of {steps} steps, without a fault, in each of {PARTS} parts"
    figures.hold("P2", what, examples, least=examples)


@in_parts
def test_registrations_waiting_lists_and_quotas(cast: Cast, figures: Figures, full: bool, part: int) -> None:
    walk_part(type("WalkHere", (Registrations,), {"cast": cast}), "registrations", figures, full=full)


@in_parts
def test_visits(app: KeepingFlask, figures: Figures, full: bool, part: int) -> None:
    walk_part(type("WalkHere", (Books, visits.prepared(app)), {}), "visits", figures, full=full)


def nothing(*_given: object, **_named: object) -> None:
    """In the place of a guard."""


def by_halves(delegate: Delegate, now: datetime) -> None:
    """In the place of what empties the row of somebody who is erased."""
    delegate.erased_at = now


GUARDS: dict[str, tuple[str, Callable[..., None]]] = {
    "a place is not freed": ("app.registration.places.free", nothing),
    "a letter is not posted": ("app.registration.notices.tell", nothing),
    "a line of the journal is not written": ("app.registration.service._note", nothing),
    "somebody is erased by halves": ("app.desk.erasing.service._blank", by_halves),
}


@pytest.mark.trust
@pytest.mark.parametrize("fault", GUARDS)
def test_control_it_is_found_that(cast: Cast, monkeypatch: pytest.MonkeyPatch, fault: str) -> None:
    monkeypatch.setattr(*GUARDS[fault])
    with pytest.raises(AssertionError):
        walk(type("WalkHere", (Registrations,), {"cast": cast}))


@pytest.mark.trust
def test_control_a_seat_of_a_visit_that_is_not_freed_is_found(
    app: KeepingFlask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.visits.seats.give_back", lambda *_seat: None)
    with pytest.raises(AssertionError):
        walk(type("WalkHere", (Books, visits.prepared(app)), {}))


@pytest.mark.trust
def test_control_whoever_waits_is_not_called_up_is_found(app: KeepingFlask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.visits.waiting.promote", lambda *_visit: 0)
    with pytest.raises(AssertionError):
        walk(type("WalkHere", (Books, visits.prepared(app)), {}))
