"""What to give up so that everything finds a place: the fewest hard rules, each by its name and whom it concerns.

Every session is placed, pins hold, and each rule that a placing breaks costs one; two sessions in one room are allowed
only where pins put them there.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from itertools import combinations

from ortools.sat.python import cp_model

from app.planning.conflicts import of_place, of_room, of_time
from app.planning.facts import Facts, Where
from app.planning.greedy import Greedy
from app.planning.kinds import HARD, Conflict, Kind
from app.planning.model import Pin, Placing, Problem, Session
from app.planning.places import Places
from app.planning.proposals import GivenUp, Proven, Request
from app.planning.solve.model import Var
from app.planning.solve.search import run, whole
from app.planning.solve.stop import Stop

OUT = 10
"""Leaving a session out costs as much as giving up so many rules: it is what is done when rooms do not suffice."""
Name = tuple[str, tuple[str, ...], tuple[str, ...]]


class Relaxed:
    """Every session in every place, and a yes or no for every rule that may be given up."""

    def __init__(self, request: Request, problem: Problem) -> None:
        self.cp = cp_model.CpModel()
        self.problem, self.request = problem, request
        self.places = Places(problem, request.wishes, request.plan, (), {each.id for each in problem.sessions})
        self.facts: Facts = self.places.facts
        self.given: dict[Name, Var] = {}
        self.x: dict[str, list[tuple[Where, Var]]] = {}
        self.out: dict[str, Var] = {}
        self.wrong: dict[int, list[Var]] = {}
        """The rules to give up for a place, by the index of its variable."""
        for session in problem.sessions:
            self._session(session)
        self._rooms()
        self._people()
        self._pairs()

    def hint(self) -> None:
        """Begin with a quick plan that leaves sessions out and gives up no more than pins ask for."""
        table = Places(self.problem, self.request.wishes, self.request.plan)
        quick, _ = Greedy(table).run(self.request.seed)
        at = {each.session: (each.start, each.room) for each in quick}
        given: set[int] = set()
        for each, options in self.x.items():
            placed = False
            for where, var in options:
                here = (where.start, where.room) == at[each]
                placed |= here
                self.cp.add_hint(var, int(here))
                given |= {rule.index for rule in self.wrong[var.index]} if here else set()
            self.cp.add_hint(self.out[each], int(not placed))
        for rule in self.given.values():
            self.cp.add_hint(rule, int(rule.index in given))

    def _rule(self, name: Name) -> Var:
        if name not in self.given:
            self.given[name] = self.cp.new_bool_var("")
        return self.given[name]

    def _session(self, session: Session) -> None:
        options = []
        for where, wrong in self._everywhere(session):
            var = self.cp.new_bool_var("")
            self.wrong[var.index] = [self._rule((each.kind, each.sessions, each.who)) for each in wrong]
            for rule in self.wrong[var.index]:
                self.cp.add_implication(var, rule)
            options.append((where, var))
        self.x[session.id] = options
        self.out[session.id] = self.cp.new_bool_var("")
        self.cp.add_exactly_one([*(var for _, var in options), self.out[session.id]])

    def _everywhere(self, session: Session) -> Iterator[tuple[Where, list[Conflict]]]:
        """Each place and the rules it breaks; for a session that has good places only those that break at most one."""
        now = self.places.now[session.id]
        good = any(True for _ in self.places.could(session.id))
        for where in self.places.starts(session):
            late = [each for each in of_time(self.facts, self.facts.cards[session.id], where) if each.kind in HARD]
            for room in self._rooms_for(session, now):
                at = Where(where.start, where.end, where.begins, where.ends, where.day, room)
                wrong = [*late, *self._of_room(session, at)]
                if session.pin is Pin.PLACE or not good or len(wrong) <= 1:
                    yield at, wrong

    def _rooms_for(self, session: Session, now: Placing) -> list[str | None]:
        if session.pin is Pin.PLACE and now.start is not None:
            return [now.room]
        return [room.id for room in self.problem.rooms] or [None]

    def _of_room(self, session: Session, at: Where) -> list[Conflict]:
        room = self.facts.rooms.get(at.room or "")
        if room is None:
            return []
        card = self.facts.cards[session.id]
        return [each for each in (*of_room(self.facts, card, room), *of_place(card, at, room)) if each.kind in HARD]

    def _rooms(self) -> None:
        by_room: dict[str, list[tuple[str, int, int, Var]]] = defaultdict(list)
        for each, options in self.x.items():
            if self.facts.children.get(each):
                continue  # what a block holds fills the room
            for where, var in options:
                room = self.facts.rooms.get(where.room or "")
                if room is not None:
                    by_room[room.id].append((each, where.begins, where.ends + room.changeover, var))
        for covered in by_room.values():
            for moment in sorted({begins for _, begins, _, _ in covered}):
                here = [(each, var) for each, begins, ends, var in covered if begins <= moment < ends]
                stuck = [each for each, _ in here if self._pinned(each)]
                if len(set(stuck)) > 1:
                    self._stuck_together(sorted(set(stuck)))
                else:
                    self.cp.add_at_most_one(var for _, var in here)

    def _pinned(self, session: str) -> bool:
        return self.facts.sessions[session].pin is Pin.PLACE and self.places.now[session].start is not None

    def _stuck_together(self, sessions: list[str]) -> None:
        name = Kind.ROOM_TWICE, tuple(sessions), ()
        self.cp.add(self._rule(name) == 1)

    def _people(self) -> None:
        """Somebody in two places at once is a rule of that person."""
        of_key: dict[str, list[tuple[str, Where, Var]]] = defaultdict(list)
        for each, places in self.x.items():
            for key in sorted(self.places.keys[each]) if not self.facts.children.get(each) else ():
                of_key[key] += [(each, where, var) for where, var in places]
        for key, options in of_key.items():
            if len({each for each, _, _ in options}) < 2:
                continue
            kind = Kind.CITY_TWICE if key in self.facts.cities else Kind.PERSON_TWICE
            given = self._rule((kind, (), (key,)))
            for moment in sorted({where.begins for _, where, _ in options}):
                here = [var for _, where, var in options if where.begins <= moment < where.ends]
                sessions = {each for each, where, _ in options if where.begins <= moment < where.ends}
                if len(sessions) > 1:
                    self.cp.add(sum(here) <= 1 + (len(sessions) - 1) * given)

    def _pairs(self) -> None:
        """Order, same day, kept apart, plenaries: a rule of the two sessions."""
        for one, two in combinations(self.x, 2):
            alone = self.facts.sessions[one].alone or self.facts.sessions[two].alone
            linked = two in self.facts.cards[one].linked
            if not alone and not linked:
                continue
            late = self._starts(two)
            for here, first in self._starts(one):
                for there, second in late:
                    near = linked or (here.begins < there.ends and there.begins < here.ends)
                    if near and self.places.clash(one, here, two, there):
                        given = self._rule((Kind.ORDER if not alone else Kind.BESIDE_PLENARY, (one, two), ()))
                        self.cp.add_bool_or([~first, ~second, given])

    def _starts(self, session: str) -> list[tuple[Where, Var]]:
        return [(Where(at.start, at.end, at.begins, at.ends, at.day, None), var) for at, var in self.x[session]]


def give_up(request: Request, stop: Stop) -> tuple[tuple[Placing, ...], tuple[GivenUp, ...], tuple[Proven, ...]]:
    """A whole plan, the rules it gives up, and how well that is proven."""
    if request.problem is None:
        raise ValueError("To give up rules needs a problem.")
    model = Relaxed(request, request.problem)
    cost = sum(model.given.values()) + OUT * sum(model.out.values())
    model.cp.minimize(cost)
    model.hint()
    solver, status = run(model.cp, stop, stop.left, request.seed, request.workers)
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return request.plan, (), (Proven(OUT * len(model.out), 0),)
    given = [GivenUp(kind, ids, who) for (kind, ids, who), var in model.given.items() if solver.value(var)]
    given += [GivenUp(Kind.UNPLACED, (each,)) for each, var in model.out.items() if solver.value(var)]
    plan = tuple(
        next((Placing(each, at.start, at.room) for at, var in options if solver.value(var)), Placing(each))
        for each, options in model.x.items()
    )
    reached = Proven(round(solver.objective_value), whole(solver.best_objective_bound))
    return plan, tuple(sorted(given, key=lambda each: (each.kind, each.sessions, each.who))), (reached,)
