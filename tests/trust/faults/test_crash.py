"""F1: web processes are killed while people register. Who was told "you are registered" is, once, and gets a letter."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from random import Random

import pytest

from tests.trust.faults.conftest import Storm, broken
from tests.trust.faults.deaths import dying
from tests.trust.figures import Figures
from tests.trust.served import Served


def one_of(house: Served, chance: Random) -> None:
    """A web process dies, though never the last that answers."""
    if len(house.alive()) > 1:
        house.kill(chance)


def test_no_registration_is_lost_or_doubled_when_web_processes_are_killed(
    storm: Storm, figures: Figures, full: bool
) -> None:
    crowd, before = storm.crowd(), storm.house.kills
    wanted, people = (15, 3000) if full else (3, 150)
    with dying(partial(one_of, storm.house)):
        crowd.register(people)
        while storm.house.kills - before < wanted:
            crowd.register(50)
    tally = crowd.tally
    figures.hold("F1", "web processes killed while people registered", storm.house.kills - before, least=wanted)
    figures.hold("F1", "people who got no answer or another than they should", len(tally.gone), exactly=0)
    figures.hold("F1", "answers that were a fault of ours (500)", tally.answers[500], exactly=0)
    figures.hold("F1", "people who registered", len(tally.told), least=people)
    storm.examine(crowd).hold(figures, "F1")


@pytest.mark.trust
def test_letters_of_a_second_transaction_would_be_lost(careless: Storm) -> None:
    crowd = careless.crowd()
    with dying(partial(one_of, careless.house)):
        for _wave in range(10):
            crowd.register(100)
            if careless.examine().silent:
                break
    assert careless.examine().silent > 0


@pytest.mark.trust
def test_people_told_before_it_is_stored_would_be_lost(request: pytest.FixtureRequest, tmp_path: Path) -> None:
    with broken(request, tmp_path, "answers_first") as hasty:
        crowd = hasty.crowd()
        with dying(partial(one_of, hasty.house)):
            for _wave in range(10):
                crowd.register(50)
                if hasty.examine(crowd).lost:
                    break
        assert hasty.examine(crowd).lost > 0
