"""Where each session may go: every start and room that breaks no hard rule, with what it costs there.

What is pinned to its place stands as it is, whatever it breaks; all else is fitted round it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from app.planning.conflicts import of_pair, of_place, of_room, of_time
from app.planning.facts import Where, minute
from app.planning.kinds import HARD
from app.planning.model import Pin, Placing, Problem, Session
from app.planning.rules import Remark, Tier, Wishes
from app.planning.score import NO_WISHES, Scales

TICK = 5
"""Minutes that one bit of a mask stands for; what lies between is rounded outwards."""


@dataclass(frozen=True, slots=True)
class Place:
    """A start and a room that a session may have, and the cost there by tier, apart from its neighbours."""

    where: Where
    mask: int
    room_mask: int
    """The mask with the changeover of the room after it."""
    cost: tuple[int, ...]
    remarks: tuple[Remark, ...]


class Places:
    """The places of all free sessions, and what stands fixed."""

    def __init__(
        self,
        problem: Problem,
        wishes: Wishes = NO_WISHES,
        placings: Iterable[Placing] = (),
        reference: Iterable[Placing] = (),
        free: Collection[str] | None = None,
    ) -> None:
        """`placings` is the plan as it stands, from which pins are read; with `free` given, all others keep to it."""
        self.problem = problem
        self.scales = Scales(problem, wishes, reference)
        self.facts = self.scales.facts
        self.now = {each.id: Placing(each.id) for each in problem.sessions}
        self.now |= {each.session: each for each in placings if each.session in self.now}
        self.fixed = {session.id: self.now[session.id] for session in problem.sessions if self._is_fixed(session, free)}
        self._reach = max([0, problem.walking, *(room.changeover for room in problem.rooms)])
        named = self._named()
        self.keys = {each: card.keys.keys() - named for each, card in self.facts.cards.items()}
        """Who cannot be in two proposed places at once."""
        moments = [each.start for each in self.now.values() if each.start is not None]
        moments += [*problem.grid.starts, *(window.start for window in problem.grid.windows)]
        self._first = min((minute(each) for each in moments), default=0) // TICK * TICK
        self.stand = {each: where for each, at in self.fixed.items() if (where := self.facts.where(at))}
        self.places: dict[str, tuple[Place, ...]] = {}
        stuck = []
        for session in problem.sessions:
            if session.id in self.fixed:
                continue
            self.places[session.id] = tuple(
                each for each in self.could(session.id) if not self._taken(session.id, each.where)
            )
            if not self.places[session.id] and self._pinned_to_time(session):
                stuck.append(session.id)
        for each in stuck:
            self._stay(each)

    def _is_fixed(self, session: Session, free: Collection[str] | None) -> bool:
        pinned = session.pin is Pin.PLACE and self.now[session.id].start is not None
        return pinned or (free is not None and session.id not in free)

    def _pinned_to_time(self, session: Session) -> bool:
        return session.pin in (Pin.TIME, Pin.PLACE) and self.now[session.id].start is not None

    def _stay(self, session: str) -> None:
        """A start that is pinned though no room suits it stays as it is, for the organiser to see."""
        del self.places[session]
        self.fixed[session] = self.now[session]
        where = self.facts.where(self.now[session])
        if where is None:
            return
        self.stand[session] = where
        for other, places in self.places.items():
            self.places[other] = tuple(each for each in places if not self.clash(session, where, other, each.where))

    def _named(self) -> frozenset[str]:
        """Cities that say for each of their sessions who speaks: their people count, not the city."""
        silent = {
            key
            for card in self.facts.cards.values()
            for key, (_, speaker, _) in card.keys.items()
            if key in self.facts.cities and not speaker
        }
        return frozenset(self.facts.cities.keys() - silent)

    def mask(self, begins: int, ends: int) -> int:
        """The ticks from one minute to another as bits."""
        first, last = (begins - self._first) // TICK, -(-(ends - self._first) // TICK)
        return ((1 << (last - first)) - 1) << first

    def starts(self, session: Session) -> Iterator[Where]:
        """The times that the pin of a session leaves it, in no room yet."""
        pinned = self.now[session.id].start if session.pin is not Pin.FREE else None
        to_time = pinned is not None and session.pin is not Pin.DAY
        for start in (pinned,) if to_time else self.problem.grid.every_start():
            where = self.facts.where(Placing(session.id, start))
            if where is None:
                continue
            if pinned is None or to_time or where.day == self.problem.grid.day(pinned):
                yield where

    def could(self, session_id: str) -> Iterator[Place]:
        """Every place that suits a session, were it alone in the world."""
        facts, card, scales = self.facts, self.facts.cards[session_id], self.scales
        session = card.session
        rooms = [
            (room, tuple(scales.in_room(session, room.id)))
            for room in self.problem.rooms
            if not any(each.kind in HARD for each in of_room(facts, card, room))
        ]
        rooms = [each for each in rooms if not self._must_not(each[1])]
        for when in self.starts(session):
            if any(each.kind in HARD for each in of_time(facts, card, when)):
                continue
            timed = tuple(scales.at_time(session, when))
            if self._must_not(timed):
                continue
            for room, costs in rooms:
                where = Where(when.start, when.end, when.begins, when.ends, when.day, room.id)
                if any(each.kind in HARD for each in of_place(card, where, room)):
                    continue
                yield self._place(session, where, (*timed, *costs, *scales.moved(session, where)), room.changeover)
            if not self.problem.rooms:
                yield self._place(session, when, (*timed, *scales.moved(session, when)), 0)

    def _must_not(self, remarks: Iterable[Remark]) -> bool:
        return any(self.scales.wishes.must(each.rule) for each in remarks)

    def _place(self, session: Session, where: Where, remarks: tuple[Remark, ...], changeover: int) -> Place:
        cost = [0] * len(Tier)
        for each in remarks:
            cost[each.tier] += each.cost
        return Place(
            where,
            self.mask(where.begins, where.ends),
            self.mask(where.begins, where.ends + changeover),
            tuple(cost),
            remarks,
        )

    def _taken(self, session: str, where: Where) -> bool:
        """Whether something fixed is in the way."""
        return any(self.clash(other, there, session, where) for other, there in self.stand.items())

    def clash(self, one: str, here: Where, two: str, there: Where) -> bool:
        """Whether these two placings break a hard rule together, or one whose slider stands at must."""
        facts = self.facts
        gap = max(here.begins - there.ends, there.begins - here.ends)
        if gap >= self._reach and two not in facts.cards[one].linked:
            return False
        if any(each.kind in HARD for each in of_pair(facts, facts.cards[one], here, facts.cards[two], there)):
            return True
        if gap >= 0:
            return False
        if self.keys[one] & self.keys[two] and two not in facts.cards[one].family:
            return True
        return self._must_not(self.scales.at_once(facts.sessions[one], facts.sessions[two]))

    def near(self, session: str, where: Where) -> Iterator[str]:
        """Who stands so near to this place that the two may clash."""
        linked = self.facts.cards[session].linked
        begins, ends = where.begins - self._reach, where.ends + self._reach
        for each, there in self.stand.items():
            if each != session and ((there.begins < ends and begins < there.ends) or each in linked):
                yield each

    def plan(self, chosen: Mapping[str, Place]) -> tuple[Placing, ...]:
        """The plan with these places; a session that has none is unplaced."""
        return tuple(
            self.fixed.get(session.id)
            or (
                Placing(session.id, at.where.start, at.where.room)
                if (at := chosen.get(session.id))
                else Placing(session.id)
            )
            for session in self.problem.sessions
        )
