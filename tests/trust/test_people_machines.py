"""P2: the random walks over registrations and visits at full length, with the invariants of the faults after each step.

Ordinary runs walk less far where the machines stand: tests/registration/test_machine.py, tests/visits/test_machine.py.
"""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import RuleBasedStateMachine, invariant, run_state_machine_as_test

from app.db import db
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
    @invariant()
    def each_act_stands_in_the_journal(self) -> None:
        assert invariants.unwritten(db.session.connection()) == 0
        db.session.rollback()


@pytest.fixture
def cast(app: KeepingFlask) -> Cast:
    return assemble(app)


def walk(machine: type[RuleBasedStateMachine], examples: int, steps: int) -> None:
    chosen = settings(
        max_examples=examples,
        stateful_step_count=steps,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(machine, settings=chosen)


def far(full: bool) -> tuple[int, int]:
    return (500, 30) if full else (3, 15)


def test_registrations_waiting_lists_and_quotas(cast: Cast, figures: Figures, full: bool) -> None:
    examples, steps = far(full)
    walk(type("WalkHere", (Registrations,), {"cast": cast}), examples, steps)
    figures.hold("P2", f"walks over registrations of {steps} steps, without a fault", examples, least=examples)


def test_visits(app: KeepingFlask, figures: Figures, full: bool) -> None:
    examples, steps = far(full)
    walk(type("WalkHere", (Books, visits.prepared(app)), {}), examples, steps)
    figures.hold("P2", f"walks over visits of {steps} steps, without a fault", examples, least=examples)


@pytest.mark.trust
def test_control_a_place_that_is_not_freed_is_found(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.registration.places.free", lambda *_place: None)
    with pytest.raises(AssertionError):
        walk(type("WalkHere", (Registrations,), {"cast": cast}), 100, 30)
