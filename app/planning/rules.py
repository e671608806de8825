"""The named rules of a good plan: what each weighs, in which tier, and the five steps of its slider.

Tiers are compared in turn: one more session placed beats any quality, one change less beats any comfort. Weights count
within their tier alone. Whoever changes a weight raises VERSION, which is stored with each result.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum

VERSION = 2


class Tier(IntEnum):
    """What comes first."""

    PLACED = 0
    CHANGES = 1
    QUALITY = 2
    COMFORT = 3


class Step(StrEnum):
    """A slider: how much the organiser cares. `MUST` makes the rule a hard one."""

    OFF = "off"
    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"
    MUST = "must"


FACTOR: Mapping[Step, int] = {Step.OFF: 0, Step.LOW: 1, Step.NORMAL: 2, Step.HIGH: 6, Step.MUST: 6}


class Rule(StrEnum):
    """A rule by its name in files and results."""

    UNPLACED = "unplaced"
    RETIMED = "retimed"
    REDATED = "redated"
    REROOMED = "reroomed"
    DISTURBED = "disturbed"
    EDGE_HOURS = "edge hours"
    SAME_THEME = "same theme"
    SIMILAR_THEME = "similar theme"
    COMMON_PUBLIC = "common public"
    SCATTERED = "scattered"
    THEME_ROOMS = "theme rooms"
    IN_A_ROW = "in a row"
    CROWDED = "crowded"
    OVERSIZED = "oversized"
    LATE = "late"
    IDLE = "idle room"
    WISH = "wish"
    ONE_REGION = "one region"
    FEW_REGIONS = "few regions"
    FEW_HEADS = "few heads"
    MANY_ONLINE = "many online"
    SIZE = "size"
    RESEATED = "reseated"


@dataclass(frozen=True, slots=True)
class Weight:
    """What breaking a rule once costs at the slider's middle, halved; and how a slider names the rule."""

    tier: Tier
    points: int
    name: str


RULES: Mapping[Rule, Weight] = {
    Rule.UNPLACED: Weight(Tier.PLACED, 5000, "Every session and city has its place"),
    Rule.RETIMED: Weight(Tier.CHANGES, 30, "Published sessions keep their time"),
    Rule.REDATED: Weight(Tier.CHANGES, 30, "Published sessions keep their day"),
    Rule.REROOMED: Weight(Tier.CHANGES, 10, "Published sessions keep their room"),
    Rule.DISTURBED: Weight(Tier.CHANGES, 1, "Few registered people are affected by changes"),
    Rule.RESEATED: Weight(Tier.CHANGES, 15, "Cities stay in the session they were told"),
    Rule.EDGE_HOURS: Weight(Tier.QUALITY, 5, "Nobody online before 08:00 or after 20:00"),
    Rule.SAME_THEME: Weight(Tier.QUALITY, 8, "Sessions of one theme are not at the same time"),
    Rule.SIMILAR_THEME: Weight(Tier.QUALITY, 4, "Similar themes are not at the same time"),
    Rule.COMMON_PUBLIC: Weight(Tier.QUALITY, 1, "Few people want to be in two sessions at once"),
    Rule.SCATTERED: Weight(Tier.QUALITY, 6, "The sessions of a theme follow one another"),
    Rule.THEME_ROOMS: Weight(Tier.QUALITY, 3, "A theme stays in one room"),
    Rule.IN_A_ROW: Weight(Tier.QUALITY, 3, "No delegation has three sessions in a row"),
    Rule.WISH: Weight(Tier.QUALITY, 6, "Cities speak on the themes they asked for"),
    Rule.ONE_REGION: Weight(Tier.QUALITY, 8, "No region fills a session"),
    Rule.FEW_REGIONS: Weight(Tier.QUALITY, 8, "Each session hears at least three regions"),
    Rule.FEW_HEADS: Weight(Tier.QUALITY, 10, "Each session has at least two heads of city"),
    Rule.MANY_ONLINE: Weight(Tier.QUALITY, 8, "No session has more than two cities online"),
    Rule.SIZE: Weight(Tier.QUALITY, 2, "Sessions have five or six cities"),
    Rule.CROWDED: Weight(Tier.COMFORT, 1, "Rooms are not too full"),
    Rule.OVERSIZED: Weight(Tier.COMFORT, 2, "Rooms are not too large"),
    Rule.LATE: Weight(Tier.COMFORT, 1, "The last hour of a day stays free"),
    Rule.IDLE: Weight(Tier.COMFORT, 1, "Rooms in use are used on every day"),
}
"""Where every weight stands."""


@dataclass(frozen=True, slots=True)
class Wishes:
    """The organiser's sliders; a rule that is not named stands at normal. UNPLACED has no slider."""

    steps: Mapping[Rule, Step] = field(default_factory=dict)

    def step(self, rule: Rule) -> Step:
        return Step.NORMAL if rule is Rule.UNPLACED else self.steps.get(rule, Step.NORMAL)

    def points(self, rule: Rule) -> int:
        """What breaking this rule once costs: 0 when it is off."""
        return RULES[rule].points * FACTOR[self.step(rule)]

    def must(self, rule: Rule) -> bool:
        return self.step(rule) is Step.MUST


@dataclass(frozen=True, slots=True)
class Remark:
    """A rule that a plan does not meet: what it costs, the sessions concerned, and the people, cities or room."""

    rule: Rule
    cost: int
    sessions: tuple[str, ...] = ()
    who: tuple[str, ...] = ()

    @property
    def tier(self) -> Tier:
        return RULES[self.rule].tier


SENTENCES: Mapping[Rule, str] = {
    Rule.UNPLACED: "%(what)s has no place.",
    Rule.RETIMED: "%(what)s is at another time than published.",
    Rule.REDATED: "%(what)s is on another day than published.",
    Rule.REROOMED: "%(what)s is in another room than published.",
    Rule.DISTURBED: "Registered people of %(what)s are affected by its change.",
    Rule.EDGE_HOURS: "%(who)s joins %(what)s early or late on its own clocks.",
    Rule.SAME_THEME: "%(what)s share a theme and run at the same time.",
    Rule.SIMILAR_THEME: "%(what)s have similar themes and run at the same time.",
    Rule.COMMON_PUBLIC: "Several people want to be in each of %(what)s, which run at the same time.",
    Rule.SCATTERED: "The sessions of one theme do not follow one another: %(what)s.",
    Rule.THEME_ROOMS: "The sessions of one theme are in several rooms: %(what)s.",
    Rule.IN_A_ROW: "%(who)s has three sessions in a row: %(what)s.",
    Rule.CROWDED: "%(what)s will fill its room.",
    Rule.OVERSIZED: "%(what)s is in a room much larger than it needs.",
    Rule.LATE: "%(what)s is in the last hour of its day.",
    Rule.IDLE: "%(who)s is used, yet stands idle for a whole day.",
    Rule.WISH: "%(who)s speaks in %(what)s, not on the theme it asked for first.",
    Rule.ONE_REGION: "%(what)s hears more than three cities of one region.",
    Rule.FEW_REGIONS: "%(what)s hears fewer than three regions.",
    Rule.FEW_HEADS: "%(what)s has fewer than two heads of city.",
    Rule.MANY_ONLINE: "%(what)s has more than two cities online.",
    Rule.SIZE: "%(what)s has fewer than five or more than six cities.",
    Rule.RESEATED: "%(who)s is in another session than it was told.",
}
"""A sentence for each rule; `what` names the sessions, `who` the cities or people, or the room."""
