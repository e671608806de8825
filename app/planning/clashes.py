"""All conflicts of a plan, kept up to date move by move."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from app.planning.conflicts import of_city, of_pair, of_place, of_room, of_session, of_time
from app.planning.facts import Facts, Where
from app.planning.kinds import Conflict, Kind, found
from app.planning.model import Placing, Problem, Session

Key = tuple[Kind, str]
A_DAY = 24 * 60


@dataclass(frozen=True, slots=True)
class Change:
    """What a move brings and takes away. One that stays with other words (another hour) is in both."""

    appeared: tuple[Conflict, ...] = ()
    vanished: tuple[Conflict, ...] = ()


class Clashes:
    """An index over a plan: built once, then asked and moved. Not for several threads at once."""

    def __init__(self, problem: Problem, placings: Iterable[Placing]) -> None:
        self.facts = Facts(problem)
        self.placings: dict[str, Placing] = {each.id: Placing(each.id) for each in problem.sessions}
        self.placings |= {each.session: each for each in placings if each.session in self.placings}
        self._where: dict[str, Where] = {}
        self._rooms: dict[tuple[str, int], set[str]] = {}
        """Who is in a room on a day counted in UTC: only a drawer to look into."""
        self._of_key: dict[str, set[str]] = {}
        self._alone = {each.id for each in problem.sessions if each.alone}
        self._by_session: dict[str, dict[Key, Conflict]] = {}
        self._of_cities: dict[str, Conflict] = {}
        for session in problem.sessions:
            self._enter(self.placings[session.id])
            self._list(session.id)
        self._found: dict[Key, Conflict] = {}
        for conflict in self._every():
            self._keep(conflict)
        self._count(self.facts.cities)

    def full(self) -> tuple[Conflict, ...]:
        """Every conflict as the plan now stands, by kind and subject."""
        every = {**self._found, **{each.key: each for each in self._of_cities.values()}}
        return tuple(every[key] for key in sorted(every))

    def of(self, session: str) -> tuple[Conflict, ...]:
        """The conflicts that concern one session, for its card."""
        mine = self._by_session.get(session, {})
        return tuple(mine[key] for key in sorted(mine))

    def after(self, move: Placing) -> Change:
        """What this move would bring and take away; nothing is changed by asking."""
        return self.after_all([move])

    def after_all(self, moves: Iterable[Placing]) -> Change:
        """The same for several at once: all later by 20 minutes, a swap, a day to another."""
        wanted = list(moves)
        before = [self.placings[each.session] for each in wanted if each.session in self.placings]
        change = self.move_all(wanted)
        self.move_all(before)
        return change

    def move(self, move: Placing) -> Change:
        """Move one session and say what changed. Raises KeyError for a session that is not of this plan."""
        return self.move_all([move])

    def move_all(self, moves: Iterable[Placing]) -> Change:
        """Move several, as one act. Raises KeyError, and moves nothing, where one is not of this plan."""
        wanted = {move.session: move for move in moves}
        unknown = sorted(wanted.keys() - self.placings.keys())
        if unknown:
            raise KeyError(f"This plan has no {', '.join(unknown)}.")
        old: dict[Key, Conflict] = {}
        for session in wanted:
            old |= self._drop(session)
            self._leave(session)
        for move in wanted.values():
            self._enter(move)
        return _change(old, self._gather(wanted))

    def replace(self, session: Session) -> Change:
        """Take other facts of a session (length, cities, title) where it stands, and say what changed."""
        before = {each.who for each in self.facts.sessions[session.id].appearances}
        cities = (before | {each.who for each in session.appearances}) & self.facts.cities.keys()
        old = self._city_conflicts(cities) | self._drop(session.id)
        self._leave(session.id)
        self._unlist(session.id)
        touched = self.facts.replace(session)
        for other in touched:
            old |= self._drop(other)
        (self._alone.add if session.alone else self._alone.discard)(session.id)
        self._list(session.id)
        self._enter(self.placings[session.id])
        new = self._gather([session.id, *touched])
        self._count(cities)
        return _change(old, new | self._city_conflicts(cities))

    def _city_conflicts(self, cities: Iterable[str]) -> dict[Key, Conflict]:
        conflicts = (self._of_cities.get(who) for who in cities)
        return {each.key: each for each in conflicts if each is not None}

    def _gather(self, sessions: Iterable[str]) -> dict[Key, Conflict]:
        """Find anew, and keep, what concerns these sessions."""
        new = {}
        for session in sessions:
            for conflict in self._concerning(session):
                self._keep(conflict)
                new[conflict.key] = conflict
        return new

    def _every(self) -> Iterator[Conflict]:
        place = {session: n for n, session in enumerate(self.placings)}
        for session, mine in place.items():
            yield from self._alone_with_itself(session)
            yield from self._with_others(session, {each for each in self._near(session) if place[each] > mine})

    def _concerning(self, session: str) -> Iterator[Conflict]:
        yield from self._alone_with_itself(session)
        yield from self._with_others(session, self._near(session))

    def _alone_with_itself(self, session: str) -> Iterator[Conflict]:
        facts, where = self.facts, self._where.get(session)
        card = facts.cards[session]
        yield from of_session(facts, card)
        if where is None:
            yield found(Kind.UNPLACED, session, session=card.session.title)
        else:
            yield from of_time(facts, card, where)
        room = facts.rooms.get(self.placings[session].room or "")
        if room is not None:
            yield from of_room(facts, card, room)
            if where is not None:
                yield from of_place(card, where, room)
        elif where is not None and facts.rooms:
            yield found(Kind.NO_ROOM, session, session=card.session.title)

    def _with_others(self, session: str, others: Iterable[str]) -> Iterator[Conflict]:
        facts, where = self.facts, self._where.get(session)
        if where is None:
            return
        card, near = facts.cards[session], facts.problem.walking
        room = facts.rooms.get(where.room or "")
        near = max(near, room.changeover if room else 0)
        begins, ends, linked = where.begins - near, where.ends + near, card.linked
        for other in others:
            there = self._where[other]
            if (there.begins < ends and begins < there.ends) or other in linked:
                yield from of_pair(facts, card, where, facts.cards[other], there)

    def _near(self, session: str) -> set[str]:
        """Placed sessions that may clash with this one: its room's, its people's, plenaries, and those tied to it."""
        where = self._where.get(session)
        if where is None:
            return set()
        card = self.facts.cards[session]
        others = self._where.keys() & (card.linked | self._alone)
        room = self.facts.rooms.get(where.room or "")
        for drawer in _drawers(where, room.changeover if room else 0):
            others |= self._rooms.get(drawer, set())
        for key in card.keys:
            others |= self._where.keys() & self._of_key[key]
        if card.session.alone:
            others |= self._where.keys()
        others.discard(session)
        return others

    def _enter(self, placing: Placing) -> None:
        self.placings[placing.session] = placing
        where = self.facts.where(placing)
        if where is not None:
            self._where[placing.session] = where
            for drawer in _drawers(where):
                self._rooms.setdefault(drawer, set()).add(placing.session)

    def _leave(self, session: str) -> None:
        where = self._where.pop(session, None)
        if where is not None:
            for drawer in _drawers(where):
                self._rooms[drawer].discard(session)

    def _list(self, session: str) -> None:
        for key in self.facts.cards[session].keys:
            self._of_key.setdefault(key, set()).add(session)

    def _unlist(self, session: str) -> None:
        for key in self.facts.cards[session].keys:
            self._of_key[key].discard(session)

    def _keep(self, conflict: Conflict) -> None:
        key = conflict.key
        self._found[key] = conflict
        for session in conflict.sessions:
            self._by_session.setdefault(session, {})[key] = conflict

    def _drop(self, session: str) -> dict[Key, Conflict]:
        dropped = self._by_session.pop(session, {})
        for key, conflict in dropped.items():
            self._found.pop(key, None)
            for other in conflict.sessions:
                if other != session and other in self._by_session:
                    self._by_session[other].pop(key, None)
        return dropped

    def _count(self, cities: Iterable[str]) -> None:
        wanted = set(cities)
        counts = dict.fromkeys(wanted, 0)
        for session in self.facts.sessions.values():
            for who in {each.who for each in session.appearances} & wanted:
                counts[who] += 1
        for who, count in counts.items():
            self._of_cities.pop(who, None)
            for conflict in of_city(self.facts, who, count):
                self._of_cities[who] = conflict


def _drawers(where: Where, margin: int = 0) -> Iterator[tuple[str, int]]:
    if where.room is not None:
        for day in range((where.begins - margin) // A_DAY, (where.ends + margin) // A_DAY + 1):
            yield where.room, day


def _change(old: Mapping[Key, Conflict], new: Mapping[Key, Conflict]) -> Change:
    appeared = [new[key] for key in sorted(new) if old.get(key) != new[key]]
    vanished = [old[key] for key in sorted(old) if new.get(key) != old[key]]
    return Change(tuple(appeared), tuple(vanished))


def conflicts(problem: Problem, placings: Iterable[Placing]) -> tuple[Conflict, ...]:
    """Every conflict of a plan."""
    return Clashes(problem, placings).full()
