"""The one evaluator: what a plan costs, rule by rule. Editor, tests, greedy and solver all weigh by it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from app.planning.clashes import Clashes
from app.planning.conflicts import of_time
from app.planning.facts import Facts, Where
from app.planning.kinds import HARD, Conflict, Kind
from app.planning.model import LEISURE, Pin, Placing, Problem, Room, Session, Span
from app.planning.rules import Remark, Rule, Tier, Wishes

NO_WISHES = Wishes()
REST = 30
"""So many minutes between two sessions are a rest: without it they count as in a row."""


@dataclass(frozen=True, slots=True)
class Score:
    """A plan weighed: every remark, and what it breaks that it must not."""

    remarks: tuple[Remark, ...]
    broken: tuple[Conflict, ...] = ()
    musts: tuple[Remark, ...] = ()
    """Remarks of rules whose slider stands at must; they count in the tiers too."""

    @property
    def tiers(self) -> tuple[int, ...]:
        """The cost of each tier, to be compared in turn."""
        sums = Counter(dict.fromkeys(Tier, 0))
        for each in self.remarks:
            sums[each.tier] += each.cost
        return tuple(sums[tier] for tier in Tier)

    @property
    def by_rule(self) -> dict[Rule, int]:
        """The cost of each rule that is not wholly met."""
        sums: Counter[Rule] = Counter()
        for each in self.remarks:
            sums[each.rule] += each.cost
        return dict(sorted(sums.items()))

    @property
    def unplaced(self) -> int:
        return sum(each.rule is Rule.UNPLACED for each in self.remarks)

    @property
    def unmet(self) -> int:
        """Wishes that are not met: remarks other than of what has no place."""
        return len(self.remarks) - self.unplaced


class Scales:
    """Weighs plans of one problem by one set of wishes, against what was published (`reference`)."""

    def __init__(self, problem: Problem, wishes: Wishes = NO_WISHES, reference: Iterable[Placing] = ()) -> None:
        self.facts = Facts(problem)
        self.problem = problem
        self.wishes = wishes
        self.told = {each.session: each for each in reference if each.start is not None}
        self.bands = problem.grid.bands()
        self._touched: dict[tuple[int, int], tuple[int, ...]] = {}
        self.last = _last_of_days(problem, self.bands)
        self.themes: dict[str, list[str]] = {}
        for session in problem.sessions:
            if session.theme and not session.parent:
                self.themes.setdefault(session.theme, []).append(session.id)
        self.delegations = self._delegations()
        self.open_days = {room.id: self._open_days(room) for room in problem.rooms}
        self._similar = {frozenset((one, two)): much for one, two, much in problem.similar}

    def _delegations(self) -> dict[str, list[str]]:
        """The sessions in which each city, or somebody of it, takes part live; of those with three or more."""
        found: dict[str, list[str]] = {}
        of = {each.id: each.city for each in self.problem.people}
        for session in self.problem.sessions:
            if session.kind not in LEISURE and session.id not in self.facts.children:
                who = {one.who.id for one in self.facts.cards[session.id].present}
                for city in sorted({of.get(each, each) for each in who} - {""}):
                    found.setdefault(city, []).append(session.id)
        return {city: ids for city, ids in found.items() if len(ids) > 2}

    def _open_days(self, room: Room) -> frozenset[object]:
        windows = self.problem.grid.windows
        return frozenset(
            self.problem.grid.day(window.start)
            for window in windows
            if room.open is None or any(span.meets(window) for span in room.open)
        )

    def _remark(self, rule: Rule, times: int, *sessions: str, who: str = "") -> Iterator[Remark]:
        cost = self.wishes.points(rule) * times
        if cost > 0:
            yield Remark(rule, cost, sessions, (who,) if who else ())

    def unplaced(self, session: Session) -> Iterator[Remark]:
        """What it costs to leave a session out: what is pinned weighs 10, a plenary 5, one with a head of city 3."""
        heads = any(one.who.head for one in self.facts.cards[session.id].present)
        times = 10 if session.pin is not Pin.FREE else 5 if session.alone else 3 if heads else 1
        yield from self._remark(Rule.UNPLACED, times, session.id)

    def at_time(self, session: Session, where: Where) -> Iterator[Remark]:
        """What a start costs, in whichever room."""
        card = self.facts.cards[session.id]
        for each in of_time(self.facts, card, where):
            if each.kind is Kind.EDGE_HOURS:
                head = self.facts.everybody[each.who[0]].head
                yield from self._remark(Rule.EDGE_HOURS, 2 if head else 1, session.id, who=each.who[0])
        if any(where.start < band.end and band.start < where.end for band in self.last):
            yield from self._remark(Rule.LATE, 1, session.id)
        told = self.told.get(session.id)
        if told is not None and told.start is not None and told.start != where.start:
            yield from self._remark(Rule.RETIMED, 1, session.id)
            if self.facts.grid.day(told.start) != where.day:
                yield from self._remark(Rule.REDATED, 1, session.id)

    def in_room(self, session: Session, room_id: str | None) -> Iterator[Remark]:
        """What a room costs, at whichever time."""
        room = self.facts.rooms.get(room_id or "")
        if room is not None and room.seats is not None and session.expected:
            over = (10 * session.expected - 8 * room.seats) // 50  # steps of 5 people over 80 % of the seats
            yield from self._remark(Rule.CROWDED, max(0, over), session.id)
            yield from self._remark(Rule.OVERSIZED, int(room.seats > 4 * session.expected), session.id)
        told = self.told.get(session.id)
        if told is not None and told.room is not None and told.room != room_id:
            yield from self._remark(Rule.REROOMED, 1, session.id)

    def moved(self, session: Session, where: Where) -> Iterator[Remark]:
        """What it costs that the people of a published session must be told."""
        told = self.told.get(session.id)
        if told is not None and (told.start != where.start or (told.room is not None and told.room != where.room)):
            yield from self._remark(Rule.DISTURBED, session.expected // 50, session.id)

    def at_once(self, one: Session, two: Session) -> Iterator[Remark]:
        """What it costs when these two overlap."""
        if two.parent == one.id or one.parent == two.id:
            return
        ids = one.id, two.id
        if one.theme and one.theme == two.theme:
            yield from self._remark(Rule.SAME_THEME, 1, *ids)
        else:
            much = self._similar.get(frozenset((one.theme, two.theme)), 0)
            yield from self._remark(Rule.SIMILAR_THEME, much, *ids)
        yield from self._remark(Rule.COMMON_PUBLIC, len(one.audience & two.audience) // 3, *ids)

    def runs(self, wheres: Iterable[Where]) -> int:
        """How many rows of neighbouring bands these fill."""
        taken = sorted({n for where in wheres for n in self.touched(where)})
        return sum(n == 0 or taken[n] - taken[n - 1] > 1 for n in range(len(taken)))

    def touched(self, where: Where) -> tuple[int, ...]:
        """The bands of the grid in which a session lies."""
        key = where.begins, where.ends
        if key not in self._touched:
            self._touched[key] = tuple(
                n for n, band in enumerate(self.bands) if where.start < band.end and band.start < where.end
            )
        return self._touched[key]

    def theme(self, sessions: Mapping[str, Where]) -> Iterator[Remark]:
        """What it costs how the sessions of one theme lie to each other."""
        ids = tuple(sorted(sessions))
        yield from self._remark(Rule.SCATTERED, self.runs(sessions.values()) - 1, *ids)
        rooms = {each.room for each in sessions.values()} & self.facts.rooms.keys()
        yield from self._remark(Rule.THEME_ROOMS, len(rooms) - 1, *ids)

    def rows(self, city: str, sessions: Mapping[str, Where]) -> Iterator[Remark]:
        """What it costs that a delegation has no rest: each session with one just before it and one just after."""
        ordered = sorted(sessions.items(), key=lambda pair: (pair[1].begins, pair[0]))
        for mine, where in ordered:
            before = [each for each, at in ordered if 0 <= where.begins - at.ends < REST]
            after = [each for each, at in ordered if 0 <= at.begins - where.ends < REST]
            if before and after:
                yield from self._remark(Rule.IN_A_ROW, 1, before[-1], mine, after[0], who=city)

    def idle(self, wheres: Mapping[str, Where]) -> Iterator[Remark]:
        """What it costs that a room that is used on one day is not on another."""
        for room, days in sorted(self.idle_days(wheres).items()):
            there = sorted(each for each, where in wheres.items() if where.room == room and self.counts(each))
            yield from self._remark(Rule.IDLE, len(days), *there, who=room)

    def idle_days(self, wheres: Mapping[str, Where]) -> dict[str, frozenset[object]]:
        """For each room with sessions, the days on which it is open and empty while there are sessions elsewhere."""
        taken: dict[str, set[object]] = {}
        for where in wheres.values():
            taken.setdefault(where.room or "", set()).add(where.day)
        held = {(where.room, where.day) for each, where in wheres.items() if self.counts(each)}
        days = {day for room, day in held if room in self.facts.rooms}
        return {
            room: (self.open_days[room] & days) - taken[room]
            for room in sorted({room for room, _ in held if room in self.facts.rooms})
        }

    def counts(self, session: str) -> bool:
        """Whether rooms are there for it, and not for what people do between sessions."""
        return self.facts.sessions[session].kind not in LEISURE

    def around(self, session: Session, where: Where, others: Mapping[str, Where]) -> tuple[int, ...]:
        """By tier, what this place costs together with where the others stand, its own cost apart."""
        sums = [0] * len(Tier)
        beside = (
            self.facts.sessions[other]
            for other, there in others.items()
            if there.begins < where.ends and where.begins < there.ends
        )
        remarks = [each for other in beside for each in self.at_once(session, other)]
        there = {**others, session.id: where}
        for each in (*remarks, *self.together(session, there), *self.idle(there)):
            sums[each.tier] += each.cost
        return tuple(sums)

    def together(self, session: Session, wheres: Mapping[str, Where]) -> Iterator[Remark]:
        """What it costs how the sessions lie that share a theme or a delegation with this one."""
        if session.theme and not session.parent:
            yield from self.theme({each: wheres[each] for each in self.themes[session.theme] if each in wheres})
        for city, ids in self.delegations.items():
            if session.id in ids:
                yield from self.rows(city, {each: wheres[each] for each in ids if each in wheres})

    def remarks(self, placings: Iterable[Placing]) -> Iterator[Remark]:
        """Everything a plan does not meet, hard rules apart."""
        given = {each.session: each for each in placings}
        wheres: dict[str, Where] = {}
        for session in self.problem.sessions:
            placing = given.get(session.id, Placing(session.id))
            where = self.facts.where(placing)
            if where is None:
                yield from self.unplaced(session)
                continue
            wheres[session.id] = where
            yield from self.at_time(session, where)
            yield from self.in_room(session, where.room)
            yield from self.moved(session, where)
        ordered = sorted(wheres.items(), key=lambda pair: (pair[1].begins, pair[0]))
        for n, (one, where) in enumerate(ordered):
            for two, other in ordered[n + 1 :]:
                if other.begins >= where.ends:
                    break
                yield from self.at_once(self.facts.sessions[one], self.facts.sessions[two])
        for ids in self.themes.values():
            placed = {each: wheres[each] for each in ids if each in wheres}
            if placed:
                yield from self.theme(placed)
        for city, ids in self.delegations.items():
            yield from self.rows(city, {each: wheres[each] for each in ids if each in wheres})
        yield from self.idle(wheres)

    def weigh(self, placings: Iterable[Placing]) -> Score:
        """A plan by the soft rules alone: quick, for plans known to break no hard one."""
        remarks = tuple(self.remarks(placings))
        return Score(remarks, (), tuple(each for each in remarks if self.wishes.must(each.rule)))

    def score(self, placings: Iterable[Placing]) -> Score:
        """A plan in full."""
        given = tuple(placings)
        weighed = self.weigh(given)
        broken = tuple(each for each in Clashes(self.problem, given).full() if each.kind in HARD)
        return Score(weighed.remarks, broken, weighed.musts)


def score(
    problem: Problem,
    placings: Iterable[Placing],
    wishes: Wishes = NO_WISHES,
    reference: Iterable[Placing] = (),
) -> Score:
    """What a plan costs and what it breaks."""
    return Scales(problem, wishes, reference).score(placings)


def _last_of_days(problem: Problem, bands: tuple[Span, ...]) -> tuple[Span, ...]:
    by_day = {problem.grid.day(band.start): band for band in bands}
    return tuple(by_day.values())
