"""How many cities will have answered by the deadline, at the pace so far."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

import pytest

from app.delegations.models import Answer
from app.desk.pictures.figures import Move
from app.desk.pictures.forecast import Spell, forecast, pace, spells

pytestmark = pytest.mark.one_database
BEGIN = datetime(2089, 11, 1, tzinfo=UTC)


def day(number: float) -> datetime:
    return BEGIN + timedelta(days=number)


def invited(city: int, at: float = 0) -> Move:
    return Move(city, day(at), Answer.DRAFT, Answer.INVITED)


def answered(city: int, at: float, answer: Answer = Answer.ACCEPTED) -> Move:
    return Move(city, day(at), Answer.INVITED, answer)


def test_spells_end_with_an_answer_or_are_watched_until_now() -> None:
    answers = {1: Answer.ACCEPTED, 2: Answer.DECLINED, 3: Answer.INVITED, 4: Answer.LAPSED, 5: Answer.DRAFT}
    moves = [*(invited(city) for city in (1, 2, 3, 4)), answered(1, 2), answered(2, 3, Answer.DECLINED)]
    moves.append(answered(4, 5, Answer.LAPSED))
    found, ages = spells(answers, moves, {}, day(8))
    assert found == [Spell(2, True), Spell(3, True), Spell(5, False), Spell(8, False)]
    assert ages == [8]


def test_an_invitation_that_no_note_tells_of_counts_from_when_the_row_says() -> None:
    assert spells({1: Answer.INVITED}, [], {1: day(1)}, day(5)) == ([Spell(4, False)], [4])


def test_an_invitation_opened_again_is_a_spell_of_its_own() -> None:
    moves = [invited(1), answered(1, 3, Answer.LAPSED), Move(1, day(6), Answer.LAPSED, Answer.INVITED)]
    assert spells({1: Answer.INVITED}, moves, {1: day(6)}, day(7))[0] == [Spell(3, False), Spell(1, False)]


def test_the_pace_is_the_share_of_the_silent_that_answer_at_each_age() -> None:
    found = pace([Spell(1, True), Spell(2, True), Spell(4, True), Spell(4, False)])
    assert found is not None
    assert [(age, hazard) for age, hazard, _variance in found.steps] == [(1, 1 / 4), (2, 1 / 3), (4, 1 / 2)]
    assert found.watched == 4
    assert found.rate == 1 / 4  # one answer in the four days that two cities were watched after the second day


def test_too_few_answers_tell_no_pace() -> None:
    assert pace([Spell(1, True), Spell(2, True), Spell(4, False)]) is None


def some() -> tuple[dict[int, Answer], list[Move]]:
    """Ten cities, of which one answers each day, and six have so far."""
    answers = {city: Answer.ACCEPTED if city <= 6 else Answer.INVITED for city in range(1, 11)}
    return answers, [*map(invited, range(1, 11)), *(answered(city, city) for city in range(1, 7))]


def test_what_is_to_come_lies_between_what_is_there_and_all() -> None:
    found = forecast(*some(), {}, day(6.5), day(10))
    assert found is not None
    assert (found.answered, found.of, found.at) == (6, 10, day(10))
    assert 6 <= found.low <= found.likely <= found.high <= 10
    assert found.likely > 6


def test_more_time_never_brings_fewer_answers() -> None:
    said = [forecast(*some(), {}, day(6.5), day(end)) for end in (7, 8, 12, 30, 300)]
    likely = [each.likely for each in said if each]
    assert len(likely) == 5
    assert likely == sorted(likely)
    assert likely[-1] == 10


@pytest.mark.parametrize(
    ("until", "silent"),
    [(None, True), (day(6), True), (day(20), False)],
    ids=["no deadline", "the deadline is past", "all have answered"],
)
def test_there_is_nothing_to_foretell(until: datetime | None, silent: bool) -> None:
    answers, moves = some()
    if not silent:
        answers = {city: Answer.ACCEPTED for city in answers if city <= 6}
    assert forecast(answers, moves, {}, day(6.5), until) is None


def test_cities_not_invited_yet_count_nowhere() -> None:
    answers, moves = some()
    found = forecast(answers | {99: Answer.DRAFT}, moves, {}, day(6.5), day(10))
    assert found == forecast(answers, moves, {}, day(6.5), day(10))


@pytest.mark.parametrize("shape", [0.8, 1.0, 1.4], ids=["slower with age", "even", "quicker with age"])
def test_four_of_five_forecasts_hold(shape: float) -> None:
    """34 cities are invited at once, a tenth never answers; on the twelfth day we say how many will by the 30th."""
    chance, held, tries = random.Random(7), 0, 300
    for _ in range(tries):
        after = {city: chance.weibullvariate(14, shape) if chance.random() < 0.9 else 9_999.0 for city in range(1, 35)}
        answers = {city: Answer.ACCEPTED if at <= 12 else Answer.INVITED for city, at in after.items()}
        moves = [*map(invited, after), *(answered(city, at) for city, at in sorted(after.items(), key=lambda x: x[1]))]
        found = forecast(answers, [move for move in moves if move.at <= day(12)], {}, day(12), day(30))
        true = sum(at <= 30 for at in after.values())
        held += found is not None and found.low <= true <= found.high
    assert held / tries >= 0.8
