"""Why a session is here, why not there, and why nowhere: read off the evaluator, without a solver."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from app.planning.clashes import Clashes
from app.planning.conflicts import of_pair, of_place, of_room, of_time
from app.planning.facts import Facts, Where
from app.planning.kinds import HARD, Conflict, Kind
from app.planning.model import Placing, Problem, Room
from app.planning.places import Places
from app.planning.rules import Remark, Wishes
from app.planning.score import NO_WISHES, Scales


@dataclass(frozen=True, slots=True)
class Difference:
    """What a move would bring and take away, in hard rules and in wishes.

    `worse` and `better` are remarks that come and go; `cost` is the change of each tier, below 0 for the better.
    """

    move: Placing
    breaks: tuple[Conflict, ...]
    mends: tuple[Conflict, ...]
    worse: tuple[Remark, ...]
    better: tuple[Remark, ...]
    cost: tuple[int, ...]

    @property
    def possible(self) -> bool:
        return not self.breaks


def why_not_there(
    problem: Problem,
    plan: Iterable[Placing],
    move: Placing,
    wishes: Wishes = NO_WISHES,
    reference: Iterable[Placing] = (),
) -> Difference:
    """What speaks against this move, and what for it."""
    before = tuple(plan)
    after = tuple(move if each.session == move.session else each for each in before)
    if move not in after:
        after = (*after, move)
    change = Clashes(problem, before).after(move)
    scales = Scales(problem, wishes, reference)
    now, then = scales.weigh(before), scales.weigh(after)
    came, went = Counter(then.remarks) - Counter(now.remarks), Counter(now.remarks) - Counter(then.remarks)
    return Difference(
        move,
        tuple(each for each in change.appeared if each.kind in HARD),
        tuple(each for each in change.vanished if each.kind in HARD),
        tuple(came.elements()),
        tuple(went.elements()),
        tuple(new - old for new, old in zip(then.tiers, now.tiers, strict=True)),
    )


@dataclass(frozen=True, slots=True)
class Here:
    """Why a session stands where it does: what is unmet there, and the best other places, the best first."""

    conflicts: tuple[Conflict, ...]
    remarks: tuple[Remark, ...]
    others: tuple[Difference, ...]

    @property
    def best(self) -> bool:
        """Whether no other free place is better as the plan stands."""
        return all(each.cost >= (0,) * len(each.cost) for each in self.others)


def why_here(
    problem: Problem,
    plan: Iterable[Placing],
    session: str,
    wishes: Wishes = NO_WISHES,
    reference: Iterable[Placing] = (),
    most: int = 3,
) -> Here:
    """What is unmet where the session stands, and how it would fare in up to `most` other places that are free."""
    given, told = tuple(plan), tuple(reference)
    at = next((each for each in given if each.session == session), Placing(session))
    table = Places(problem, wishes, given, told, {session})
    found = []
    for place in table.places.get(session, ()):
        move = Placing(session, place.where.start, place.where.room)
        if move != at:
            near = table.scales.around(table.facts.sessions[session], place.where, table.stand)
            found.append((tuple(one + two for one, two in zip(place.cost, near, strict=True)), move))
    found.sort(key=lambda pair: (pair[0], pair[1].start is not None and pair[1].start.timestamp(), pair[1].room or ""))
    others = tuple(why_not_there(problem, given, move, wishes, told) for _, move in found[:most])
    remarks = tuple(each for each in table.scales.remarks(given) if session in each.sessions)
    return Here(Clashes(problem, given).of(session), remarks, others)


@dataclass(frozen=True, slots=True)
class Reason:
    """So many places fall to one reason: a kind of conflict and the one concerned, a room, or another session."""

    kind: Kind
    places: int
    who: str = ""
    session: str = ""


@dataclass(frozen=True, slots=True)
class Nowhere:
    """Every start in every room, counted once by its first reason; `free` ones are left over."""

    places: int
    free: int
    reasons: tuple[Reason, ...]


def why_nowhere(problem: Problem, plan: Iterable[Placing], session: str) -> Nowhere:
    """Count the places of a session: what rules out each, hours and people first, then rooms, then what is taken."""
    facts = Facts(problem)
    stand = {
        each.session: where for each in plan if each.session != session and (where := facts.where(each)) is not None
    }
    count: Counter[tuple[Kind, str, str]] = Counter()
    free = places = 0
    rooms: list[Room | None] = [*problem.rooms] or [None]
    for start in problem.grid.every_start():
        for room in rooms:
            places += 1
            reason = _first(
                facts, session, facts.where(Placing(session, start, room.id if room else None)), room, stand
            )
            if reason is None:
                free += 1
            else:
                count[reason] += 1
    reasons = [Reason(kind, much, who, other) for (kind, who, other), much in count.items()]
    return Nowhere(places, free, tuple(sorted(reasons, key=lambda each: (-each.places, each.kind, each.who))))


def _first(
    facts: Facts, session: str, where: Where | None, room: Room | None, stand: dict[str, Where]
) -> tuple[Kind, str, str] | None:
    """The first hard rule that rules out a place."""
    if where is None:
        return None
    card = facts.cards[session]
    alone = [*of_time(facts, card, where), *(() if room is None else of_room(facts, card, room))]
    alone += () if room is None else of_place(card, where, room)
    for each in alone:
        if each.kind in HARD:
            return each.kind, each.who[0] if each.who else "", ""
    for other, there in stand.items():
        for each in of_pair(facts, facts.cards[other], there, card, where):
            if each.kind in HARD:
                return each.kind, each.who[0] if each.who else "", other
    return None
