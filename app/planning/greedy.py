"""A full plan in a fraction of a second and without any dependency: what the solver starts from.

Sessions are placed one by one where they cost least. Pass by pass, what found no place or paid a penalty goes earlier
(Joslin and Clements, "Squeaky wheel optimization", 1999), and the sessions of a theme stay together. The best plan of
all passes is then improved by lifting a few themes out and putting them back, now and then past a place that seemed
best (the "blinks" of Christiaens and Vanden Berghe, "Slack induction by string removals", 2020). The same seed gives
the same plan.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from app.planning.facts import Where
from app.planning.model import Placing
from app.planning.places import Place, Places
from app.planning.rules import Rule, Tier
from app.planning.score import Score

PASSES = 12
ROUNDS = 60
"""Times that some themes are lifted out of the best plan."""
LIFTED = 8
"""Sessions lifted out at once, at most."""
PATIENCE = 400
"""Rounds in a row without gain after which it is enough."""
BLINK = 0.08
"""How often a place is overlooked on purpose."""
SCALE = {Tier.CHANGES: 1_000_000, Tier.QUALITY: 1_000, Tier.COMFORT: 1}
"""Within one choice tiers are added up, far enough from each other to come in turn."""
LEFT_OUT = 10**9
"""The cost of what cannot be."""


@dataclass(slots=True)
class _State:
    """One pass: what is taken so far."""

    chosen: dict[str, Place] = field(default_factory=dict)
    rooms: dict[str | None, int] = field(default_factory=dict)
    busy: dict[str, int] = field(default_factory=dict)
    any: int = 0
    alone: int = 0
    bands: dict[str, int] = field(default_factory=dict)
    theme_rooms: dict[str, set[str | None]] = field(default_factory=dict)


Weighed = tuple[dict[str, Place], Score]


class Greedy:
    """Builds plans for one table of places."""

    def __init__(self, places: Places) -> None:
        self.table = places
        self.scales = places.scales
        facts, wishes = places.facts, places.scales.wishes
        self.sessions = facts.sessions
        self._neighbours = self._beside()
        self._strict = any(wishes.must(rule) for rule in Rule)
        self._members: dict[str, list[str]] = {}
        for each in places.places:
            self._members.setdefault(self.sessions[each].theme or each, []).append(each)
        self._slow = {each for each, card in facts.cards.items() if card.linked or facts.buildings}
        self._runs, self._rooms = wishes.points(Rule.SCATTERED), wishes.points(Rule.THEME_ROOMS)
        self._one_room = wishes.must(Rule.THEME_ROOMS)
        self._touched: dict[tuple[int, int], int] = {}
        self._best = self._weighed({})

    def _beside(self) -> dict[str, list[tuple[str, int, bool]]]:
        """For each free session, whom it had better not overlap: (other, cost, never)."""
        found: dict[str, list[tuple[str, int, bool]]] = {}
        every = list(self.sessions.values())
        for n, one in enumerate(every):
            for two in every[n + 1 :]:
                remarks = list(self.scales.at_once(one, two))
                if remarks:
                    cost = sum(each.cost * SCALE[each.tier] for each in remarks)
                    never = any(self.scales.wishes.must(each.rule) for each in remarks)
                    found.setdefault(one.id, []).append((two.id, cost, never))
                    found.setdefault(two.id, []).append((one.id, cost, never))
        return found

    def run(
        self, seed: int, passes: int = PASSES, rounds: int = ROUNDS, stop: Callable[[], bool] = lambda: False
    ) -> tuple[tuple[Placing, ...], Score]:
        """The best plan of so many passes and rounds, and its score by the soft rules."""
        self.first(seed, passes, stop)
        return self.improved(seed, rounds, stop)

    def first(
        self, seed: int, passes: int = PASSES, stop: Callable[[], bool] = lambda: False
    ) -> tuple[tuple[Placing, ...], Score]:
        """The best plan of so many passes."""
        chance = random.Random(seed)  # noqa: S311 (a plan, not a secret)
        blame = dict.fromkeys(self.table.places, 0.0)
        self._best = self._weighed({})
        for _ in range(max(1, passes)):
            self._best = min(self._best, self._weighed(self._pass(self._order(blame, chance), blame)), key=_tiers)
            if stop() or not any(_tiers(self._best)):
                break
        return self.table.plan(self._best[0]), self._best[1]

    def improved(
        self, seed: int, rounds: int = ROUNDS, stop: Callable[[], bool] = lambda: False
    ) -> tuple[tuple[Placing, ...], Score]:
        """The plan of `first` after so many rounds; ends early when PATIENCE of them in a row bring nothing."""
        chance = random.Random(seed)  # noqa: S311 (a plan, not a secret)
        best, idle = self._best, 0
        for _ in range(rounds):
            if stop() or idle >= PATIENCE or not any(_tiers(best)) or not self.table.places:
                break
            tried = self._weighed(self._lifted(best, chance))
            idle = 0 if _tiers(tried) < _tiers(best) else idle + 1
            best = min(tried, best, key=_tiers)
        self._best = best
        return self.table.plan(best[0]), best[1]

    def _weighed(self, chosen: dict[str, Place]) -> Weighed:
        kept = self._mended(chosen)
        return kept, self.scales.weigh(self.table.plan(kept))

    def _lifted(self, best: Weighed, chance: random.Random) -> dict[str, Place]:
        """The plan with a theme that pays and some others lifted out and put back."""
        chosen, score = best
        pays: dict[str, int] = {}
        for remark in score.remarks:
            for each in remark.sessions:
                if each in self.table.places and remark.tier is not Tier.COMFORT:
                    theme = self.sessions[each].theme or each
                    pays[theme] = pays.get(theme, 0) + remark.cost
        themes = sorted(self._members)
        chance.shuffle(themes)
        themes = [*(chance.choices(sorted(pays), [pays[each] for each in sorted(pays)]) if pays else ()), *themes]
        out = [each for each in self.table.places if each not in chosen]
        for theme in themes:
            if len(out) >= LIFTED:
                break
            out += [each for each in self._members[theme] if each not in out]
        state = self._standing()
        for each, place in chosen.items():
            if each not in out:
                self._take(each, place, state)
        chance.shuffle(themes)
        rank = {theme: n for n, theme in enumerate(themes)}
        out.sort(
            key=lambda each: (self._depth(each), each in chosen, self._rank(each, rank), len(self.table.places[each]))
        )
        for each in out:
            found = self._cheapest(each, state, chance)
            if found is not None:
                self._take(each, found[1], state)
        return state.chosen

    def _rank(self, each: str, rank: Mapping[str, int]) -> int:
        return rank.get(self.sessions[each].theme or each, -1)

    def _depth(self, each: str) -> int:
        return bool(self.sessions[each].parent) + bool(self.sessions[each].after)

    def _order(self, blame: Mapping[str, float], chance: random.Random) -> list[str]:
        """Who found no place first; then plenaries, then themes by their blame and size, the hardest session first."""
        by_theme: dict[str, float] = {}
        for each, much in blame.items():
            theme = self.sessions[each].theme or each
            by_theme[theme] = by_theme.get(theme, 0.0) + 1 + min(much, LEFT_OUT) / SCALE[Tier.QUALITY]
        noise = {theme: chance.uniform(0.8, 1.25) for theme in sorted(by_theme)}

        def key(each: str) -> tuple[object, ...]:
            session, theme = self.sessions[each], self.sessions[each].theme or each
            out = blame[each] >= LEFT_OUT
            few = len(self.table.places[each])
            return self._depth(each), not session.alone, not out, -by_theme[theme] * noise[theme], theme, few, each

        return sorted(blame, key=key)

    def _pass(self, order: list[str], blame: dict[str, float]) -> dict[str, Place]:
        state = self._standing()
        for each in order:
            found = self._cheapest(each, state)
            if found is None:
                blame[each] += LEFT_OUT
                continue
            cost, place = found
            blame[each] = blame[each] / 2 + cost if blame[each] < LEFT_OUT else blame[each]
            self._take(each, place, state)
        return state.chosen

    def _standing(self) -> _State:
        """Nothing but what stands fixed."""
        state = _State()
        for each, where in self.table.stand.items():
            session = self.sessions[each]
            if session.theme and not session.parent:
                self._theme(state, session.theme, self._band_mask(where), where.room)
        return state

    def _cheapest(self, each: str, state: _State, chance: random.Random | None = None) -> tuple[int, Place] | None:
        session, slow = self.sessions[each], each in self._slow
        beside = self._neighbours.get(each, ())
        near = [(state.chosen[other].mask, cost) for other, cost, _ in beside if other in state.chosen]
        fixed = [(self.table.stand[other], cost) for other, cost, _ in beside if other in self.table.stand]
        theme = "" if session.parent else session.theme
        best: tuple[int, Place] | None = None
        for place in self._open(each, state):
            if chance is not None and chance.random() < BLINK:
                continue
            mask, where = place.mask, place.where
            cost = place.cost[1] * SCALE[Tier.CHANGES] + place.cost[2] * SCALE[Tier.QUALITY] + place.cost[3]
            cost += sum(much for other, much in near if mask & other)
            if fixed:
                cost += sum(much for at, much in fixed if at.begins < where.ends and where.begins < at.ends)
            if theme:
                cost += self._theme_cost(theme, place, state)
            if (best is None or cost < best[0]) and not (slow and self._in_the_way(each, place, state)):
                best = cost, place
        return None if best is None or best[0] >= LEFT_OUT else best

    def _open(self, each: str, state: _State) -> Iterator[Place]:
        """The places that nothing chosen blocks; for the slow ones that is asked at the end."""
        if each in self._slow:
            yield from self.table.places[each]
            return
        taken = state.any if self.sessions[each].alone else state.alone
        for key in self.table.keys[each]:
            taken |= state.busy.get(key, 0)
        for other, _, never in self._neighbours.get(each, ()):
            if never and other in state.chosen:
                taken |= state.chosen[other].mask
        for place in self.table.places[each]:
            if not (place.mask & taken or place.room_mask & state.rooms.get(place.where.room, 0)):
                yield place

    def _in_the_way(self, each: str, place: Place, state: _State) -> bool:
        clash = self.table.clash
        return any(clash(other, at.where, each, place.where) for other, at in state.chosen.items())

    def _theme_cost(self, theme: str, place: Place, state: _State) -> int:
        """What a place adds to the theme's cost: too much where the theme must stay in the room it has."""
        rooms = state.theme_rooms.get(theme)
        if not rooms:
            return 0
        other_room = place.where.room not in rooms
        if other_room and self._one_room:
            return LEFT_OUT
        before = state.bands.get(theme, 0)
        where = place.where
        after = before | self._band_mask(where)
        more = self._runs * (_runs(after) - _runs(before)) + self._rooms * other_room
        return more * SCALE[Tier.QUALITY]

    def _band_mask(self, where: Where) -> int:
        key = where.begins, where.ends
        if key not in self._touched:
            self._touched[key] = sum(1 << n for n in self.scales.touched(where))
        return self._touched[key]

    def _take(self, each: str, place: Place, state: _State) -> None:
        session, room = self.sessions[each], place.where.room
        state.chosen[each] = place
        state.rooms[room] = state.rooms.get(room, 0) | place.room_mask
        for key in self.table.keys[each]:
            state.busy[key] = state.busy.get(key, 0) | place.mask
        state.any |= place.mask
        if session.alone:
            state.alone |= place.mask
        if session.theme and not session.parent:
            where = place.where
            self._theme(state, session.theme, self._band_mask(where), room)

    def _theme(self, state: _State, theme: str, bands: int, room: str | None) -> None:
        state.bands[theme] = state.bands.get(theme, 0) | bands
        state.theme_rooms.setdefault(theme, set()).add(room)

    def _mended(self, chosen: dict[str, Place]) -> dict[str, Place]:
        """The choice, with sessions taken out until no rule that must hold is broken."""
        left = dict(chosen)
        while self._strict:
            musts = self.scales.weigh(self.table.plan(left)).musts
            wrong = [each for remark in musts for each in remark.sessions if each in left]
            if not wrong:
                break
            del left[max(wrong, key=lambda each: (len(self.table.places[each]), each))]
        return left


def _tiers(weighed: Weighed) -> tuple[int, ...]:
    return weighed[1].tiers


def _runs(bands: int) -> int:
    return (bands & ~(bands << 1)).bit_count()


def quick(
    places: Places, seed: int = 1, passes: int = PASSES, rounds: int = ROUNDS
) -> tuple[tuple[Placing, ...], Score]:
    """A good plan at once."""
    return Greedy(places).run(seed, passes, rounds)
