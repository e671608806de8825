"""Site visits: who goes where, with 1,000 people and 12 visits, beside drawing by lot in turn.

What is drawn here is like a summit of cities: a few visits that many want, parties of one to four.
"""

from __future__ import annotations

import random
import resource
import time
from typing import Any

from app.planning.allocate.deciding import allocate
from app.planning.allocate.ground import Ground, Places
from app.planning.allocate.model import Party, Question, Signature, Vehicle, Visit

SEEDS = (1, 2, 3)


def crowd(
    seed: int,
    people: int = 1000,
    visits: int = 12,
    together: float = 0.25,
    step_free: float = 0.02,
    of_delegation: int | None = None,
    least: int = 0,
    spare: float = 1.0,
) -> Question:
    """People of 70 delegations; `together` of the parties have two to four, and there are `spare` seats for each."""
    chance = random.Random(seed)
    parties: list[Party] = []
    while (missing := people - sum(each.people for each in parties)) > 0:
        size = min(missing, chance.choice((2, 2, 3, 4))) if chance.random() < together else 1
        needs = int(chance.random() < step_free * size)
        names = _wishes(chance, visits)
        parties.append(Party(f"party {len(parties)}", f"city {chance.randrange(70)}", names, size, needs))
    seats = int(people * spare / visits)
    buses = (Vehicle("bus", seats - seats // 3, 2), Vehicle("van", seats // 3, 1))
    return Question(
        tuple(Visit(f"visit {n}", buses, least, None, of_delegation) for n in range(visits)), tuple(parties), str(seed)
    )


def _wishes(chance: random.Random, visits: int) -> tuple[str, ...]:
    """One to three, mostly three; the n-th visit is wished for as often as its number is small."""
    found: dict[str, None] = {}
    weights = [1 / n for n in range(1, visits + 1)]
    wanted = min(visits, chance.choice((1, 2, 3, 3, 3)))
    while len(found) < wanted:
        found[f"visit {chance.choices(range(visits), weights)[0]}"] = None
    return tuple(found)


def main() -> None:
    """Print all measurements."""
    before = _peak()
    for name, more in CASES.items():
        for seed in SEEDS:
            question = crowd(seed=seed, **more)
            ground = Ground(question)
            start = time.process_time()
            by_lot = ground.signature(drawn(ground))
            lots = time.process_time() - start
            start = time.process_time()
            found = allocate(question)
            spent = time.process_time() - start
            proof = "proven the best" if found.proven else f"at least {_told(found.bound)}"
            print(
                f"{f'{name}, seed {seed}':44}{spent:7.2f} s CPU{spent / lots:7.1f} × by lot"
                f"   {_told(found.signature)}, {proof}; by lot {_told(by_lot)}"
            )
    print(f"{'peak memory, and what it was before':44}{_peak():7} MB {before:7} MB")


def _peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


CASES: dict[str, dict[str, Any]] = {
    "1,000 people alone, 12 visits": {"together": 0.0, "step_free": 0.0},
    "1,000 people in parties": {},
    "the same, at most 4 of a city": {"of_delegation": 4},
    "the same, with minima": {"least": 60},
    "parties of two to four only": {"together": 1.0},
}


def _told(signature: Signature) -> str:
    return "/".join(str(each) for each in signature)


def drawn(ground: Ground) -> Places:
    """Each party in turn takes the best of its wishes that is left: what a drawing of lots gives."""
    places: Places = {}
    going: dict[str, list[str]] = {each: [] for each in ground.visits}
    for name, wishes in ground.wishes.items():
        for visit in wishes:
            if ground.fits(visit, [*going[visit], name]):
                going[visit].append(name)
                places[name] = visit
                break
    return places


if __name__ == "__main__":
    main()
