"""What an allocation gives, counted: how many got which wish, how each visit fills, which delegation is worst off."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from fractions import Fraction

from app.planning.allocate.model import MOST_WISHES, Given, Outcome, Party, Question


@dataclass(frozen=True, slots=True)
class Level:
    """How many people got their n-th wish; wish 0 is none."""

    wish: int
    people: int
    percent: int
    """Of all people, rounded so that all levels make 100."""


@dataclass(frozen=True, slots=True)
class Filled:
    """How a visit fills. `first` and `wished` count the people who ranked it first or at all."""

    visit: str
    seats: int
    people: int
    kept: int
    first: int
    wished: int
    runs: bool


@dataclass(frozen=True, slots=True)
class Served:
    """What a delegation got: its people by wish, `wishes[0]` those without a visit."""

    delegation: str
    people: int
    wishes: tuple[int, ...]
    steps: float
    """Steps down from the first wish a person, none counting three: 0 when all have their first wish."""


@dataclass(frozen=True, slots=True)
class Report:
    """The figures. Delegations stand with the worst-off first; `worst` is empty where all have their first wish."""

    levels: tuple[Level, ...]
    visits: tuple[Filled, ...]
    delegations: tuple[Served, ...]
    worst: str
    proven: bool


def report(question: Question, outcome: Outcome) -> Report:
    """Count the outcome of a question. A kept seat counts as the wish that it is, as the first if it is none."""
    given = {each.party: each for each in outcome.given}
    by: Counter[int] = Counter()
    for party in question.parties:
        by[_level(party, given[party.id])] += party.people
    delegations = _delegations(question, given)
    worst = delegations[0].delegation if delegations and delegations[0].steps else ""
    return Report(_levels(by), _visits(question, outcome), delegations, worst, outcome.proven)


def _level(party: Party, got: Given) -> int:
    return got.wish or (1 if party.kept else 0)


def _levels(by: Counter[int]) -> tuple[Level, ...]:
    """Percentages by largest remainders: people read them as parts of a whole."""
    order, total = (*range(1, MOST_WISHES + 1), 0), by.total()
    exact = {wish: Fraction(by[wish] * 100, total or 1) for wish in order}
    percent = {wish: int(each) for wish, each in exact.items()}
    missing = 100 - sum(percent.values()) if total else 0
    for wish in sorted(order, key=lambda wish: percent[wish] - exact[wish])[:missing]:
        percent[wish] += 1
    return tuple(Level(wish, by[wish], percent[wish]) for wish in order)


def _visits(question: Question, outcome: Outcome) -> tuple[Filled, ...]:
    given = {each.party: each for each in outcome.given}
    people: Counter[str] = Counter()
    kept: Counter[str] = Counter()
    first: Counter[str] = Counter()
    wished: Counter[str] = Counter()
    for party in question.parties:
        seat = given[party.id].seat
        people[seat.visit if seat else ""] += party.people
        kept[party.kept.visit if party.kept else ""] += party.people
        for n, visit in enumerate(party.wishes):
            wished[visit] += party.people
            first[visit] += 0 if n else party.people
    found = []
    for each in question.visits:
        seats = sum(vehicle.seats for vehicle in each.vehicles)
        most = seats if each.most is None else min(seats, each.most)
        name, runs = each.id, each.id not in outcome.idle
        found.append(Filled(name, most, people[name], kept[name], first[name], wished[name], runs))
    return tuple(found)


def _delegations(question: Question, given: dict[str, Given]) -> tuple[Served, ...]:
    by: dict[str, Counter[int]] = defaultdict(Counter)
    for party in question.parties:
        by[party.delegation][_level(party, given[party.id])] += party.people
    found = []
    for delegation, counts in by.items():
        people = counts.total()
        steps = sum(count * ((wish or MOST_WISHES + 1) - 1) for wish, count in counts.items())
        found.append(Served(delegation, people, tuple(counts[n] for n in range(MOST_WISHES + 1)), steps / people))
    return tuple(sorted(found, key=lambda each: (-each.steps, each.delegation)))
