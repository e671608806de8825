"""How many cities will have answered by a deadline, at the pace so far.

Every time that an invitation waited is a spell, ended by an answer or watched until now (or until it lapsed). From the
spells comes a pace: at each age of an invitation, the share of those still silent that answered then (the Nelson-Aalen
estimate of the cumulative hazard, Ann. Statist. 6 (1978) 701). It makes no guess about the shape of the pace, and uses
what is known of those who have not answered yet. Beyond the longest age watched, the pace of the second half of that
age goes on. The spread counts both the chance of each city and how few answers the pace is read from.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import exp, sqrt

from app.delegations.models import Answer
from app.desk.pictures.figures import Group, Move, group_of

LEAST = 3
"""Fewer answers tell no pace."""
SURE = 0.8
"""How likely the number is to lie between the two that are said, if the pace holds."""
Z = 1.2816
"""The same, in standard deviations on either side of a normal distribution."""
DAY = 86_400
ANSWERS = frozenset({Group.COMES, Group.NOT})


@dataclass(frozen=True)
class Spell:
    """One invitation that waited: for how many days, and whether an answer ended it."""

    days: float
    answered: bool


@dataclass(frozen=True)
class Pace:
    """`steps`: (age in days, hazard there, its variance), by age. Beyond `watched` days, `rate` a day goes on."""

    steps: tuple[tuple[float, float, float], ...]
    watched: float
    rate: float
    spread: float
    """The variance of `rate`."""

    def between(self, young: float, old: float) -> tuple[float, float]:
        """(hazard, standard deviation) that a silent city meets between two ages, in days."""
        met = [(hazard, variance) for age, hazard, variance in self.steps if young < age <= old]
        beyond = max(0.0, old - max(young, self.watched))
        hazard = sum(each for each, _variance in met) + self.rate * beyond
        return hazard, sqrt(sum(variance for _hazard, variance in met) + self.spread * beyond**2)


@dataclass(frozen=True)
class Forecast:
    """How many will have answered at a moment: from `low` to `high` in four of five cases, `likely` in the middle."""

    at: datetime
    answered: int
    """How many have answered by now."""
    low: int
    likely: int
    high: int
    of: int
    """How many were invited."""


def spells(
    answers: Mapping[int, Answer], moves: Iterable[Move], invited: Mapping[int, datetime], now: datetime
) -> tuple[list[Spell], list[float]]:
    """All spells, and the ages in days of those that go on.

    `answers` are those of now by city, `moves` in order of time; `invited` says since when a city is invited of which
    no move tells.
    """
    found, since = [], {city: at for city, at in invited.items() if answers.get(city) == Answer.INVITED}
    for move in moves:
        begun = since.pop(move.city, None)
        if move.before == Answer.INVITED and begun is not None and begun <= move.at:
            found.append(Spell((move.at - begun).total_seconds() / DAY, group_of(move.after) in ANSWERS))
        if move.after == Answer.INVITED:
            since[move.city] = move.at
    still = {city: at for city, at in since.items() if answers.get(city) == Answer.INVITED and at <= now}
    ages = sorted((now - at).total_seconds() / DAY for at in still.values())
    return [*found, *(Spell(age, answered=False) for age in ages)], ages


def pace(found: Sequence[Spell]) -> Pace | None:
    """At which ages how many of the silent answer; None when too few have."""
    events = sorted({each.days for each in found if each.answered})
    if sum(each.answered for each in found) < LEAST:
        return None
    steps = []
    for age in events:
        risk = sum(each.days >= age for each in found)
        here = sum(each.days == age and each.answered for each in found)
        steps.append((age, here / risk, here / risk**2))
    watched = max(each.days for each in found)
    late = sum(each.answered and each.days > watched / 2 for each in found)
    exposed = sum(max(0.0, each.days - watched / 2) for each in found)
    rate = late / exposed if exposed else 0.0
    return Pace(tuple(steps), watched, rate, late / exposed**2 if exposed else 0.0)


def forecast(
    answers: Mapping[int, Answer],
    moves: Sequence[Move],
    invited: Mapping[int, datetime],
    now: datetime,
    until: datetime | None,
) -> Forecast | None:
    """How many will have answered `until` then; None when that is past, nobody is silent, or too few have answered."""
    groups = [group_of(each) for each in answers.values()]
    answered, asked = sum(each in ANSWERS for each in groups), sum(each is not Group.NEW for each in groups)
    found, silent = spells(answers, moves, invited, now)
    known = pace(found)
    if until is None or until <= now or not silent or known is None:
        return None
    ahead = (until - now).total_seconds() / DAY
    met = [known.between(age, age + ahead) for age in silent]
    slow, even, quick = (
        _distribution([1 - exp(-max(0.0, hazard + z * deviation)) for hazard, deviation in met]) for z in (-Z, 0, Z)
    )
    tail = (1 - SURE) / 2
    low, likely, high = _quantile(slow, tail), _quantile(even, 0.5), _quantile(quick, 1 - tail)
    return Forecast(until, answered, answered + low, answered + likely, answered + high, asked)


def _distribution(chances: Iterable[float]) -> list[float]:
    """How likely it is that 0, 1, 2 ... of independent chances come true."""
    found = [1.0]
    for chance in chances:
        came, stayed = [0.0, *(each * chance for each in found)], [*(each * (1 - chance) for each in found), 0.0]
        found = [one + other for one, other in zip(came, stayed, strict=True)]
    return found


def _quantile(distribution: Sequence[float], share: float) -> int:
    """The least number that is reached or stayed below in this share of cases."""
    total = 0.0
    for number, chance in enumerate(distribution):
        total += chance
        if total >= share - 1e-9:
            return number
    return len(distribution) - 1
