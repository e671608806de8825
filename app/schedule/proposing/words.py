"""How the pages of the planner call rules, steps, states and how far a search is."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask_babel import format_decimal, ngettext
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.planning.proposals import Outcome, Progress, Proven, Task
from app.planning.rules import RULES, Rule, Step, Tier, Wishes
from app.schedule.models import State

TASKS: dict[Task, Any] = {
    Task.PROPOSE: _l("A new plan"),
    Task.REPAIR: _l("A repair with the fewest moves"),
    Task.SEAT: _l("Cities to sessions"),
    Task.GIVE_UP: _l("What to give up"),
}
STATES: dict[State, tuple[Any, str]] = {
    State.WAITING: (_l("waits for the worker"), "plain"),
    State.RUNNING: (_l("at work"), "info"),
    State.DONE: (_l("ready"), "good"),
    State.STOPPED: (_l("stopped"), "warn"),
    State.FAILED: (_l("failed"), "bad"),
}
"""Each state in words, and the kind of its chip."""
STEPS: dict[Step, Any] = {
    Step.OFF: _l("Off"),
    Step.LOW: _l("Low"),
    Step.NORMAL: _l("Normal"),
    Step.HIGH: _l("High"),
    Step.MUST: _l("Must"),
}
GROUPS: tuple[tuple[Any, tuple[Rule, ...]], ...] = (
    (
        _l("What was published"),
        (Rule.RETIMED, Rule.REDATED, Rule.REROOMED, Rule.DISTURBED, Rule.RESEATED),
    ),
    (
        _l("Times and rooms"),
        (
            *(Rule.EDGE_HOURS, Rule.SAME_THEME, Rule.SIMILAR_THEME, Rule.COMMON_PUBLIC, Rule.SCATTERED),
            *(Rule.THEME_ROOMS, Rule.IN_A_ROW, Rule.CROWDED, Rule.OVERSIZED, Rule.LATE, Rule.IDLE),
        ),
    ),
    (
        _l("Cities in sessions"),
        (Rule.WISH, Rule.ONE_REGION, Rule.FEW_REGIONS, Rule.FEW_HEADS, Rule.MANY_ONLINE, Rule.SIZE),
    ),
)
"""The sliders as they stand on the page."""
MEANINGS: dict[Rule, Any] = {
    Rule.RETIMED: _l("Counts each session that would begin at another time than the public was told."),
    Rule.REDATED: _l("Counts each session that would be on another day than the public was told."),
    Rule.REROOMED: _l("Counts each session that would be in another room than the public was told."),
    Rule.DISTURBED: _l("Counts the people expected in a published session that moves, by fifties."),
    Rule.RESEATED: _l("Counts each city that would speak in another session than the public was told."),
    Rule.EDGE_HOURS: _l("Counts each city online that would be early or late on its own clocks; a head counts twice."),
    Rule.SAME_THEME: _l("Counts each pair of one theme that overlaps."),
    Rule.SIMILAR_THEME: _l("Counts each pair of themes with the same public that overlaps."),
    Rule.COMMON_PUBLIC: _l("Counts by threes the people who marked both of two sessions that overlap."),
    Rule.SCATTERED: _l("Counts each gap between the sessions of a theme."),
    Rule.THEME_ROOMS: _l("Counts each further room of a theme."),
    Rule.IN_A_ROW: _l("Counts each session of a city that begins and ends within half an hour of two others of it."),
    Rule.CROWDED: _l("Counts people beyond four fifths of a room's seats, by fives."),
    Rule.OVERSIZED: _l("Counts each session in a room with more than four times the seats it needs."),
    Rule.LATE: _l("Counts each session in the last hour of its day."),
    Rule.IDLE: _l("Counts each day with sessions on which a room that has sessions on others is open and empty."),
    Rule.WISH: _l("Counts each city that speaks on a theme it did not ask for first."),
    Rule.ONE_REGION: _l("Counts each city of one region beyond the third in a session."),
    Rule.FEW_REGIONS: _l("Counts each session with cities of fewer than three regions."),
    Rule.FEW_HEADS: _l("Counts each head that a session lacks of two."),
    Rule.MANY_ONLINE: _l("Counts each city online beyond the second in a session."),
    Rule.SIZE: _l("Counts each city that a session has too few of five or too many of six."),
}
PHASES = {tier.name.lower(): tier for tier in Tier}


def name(rule: Rule) -> str:
    """How a slider is called."""
    return str(_(RULES[rule].name))


def progress(told: Progress | None, placed_after: float | None, wishes: Wishes) -> str:
    """ "All placed after 0.3 s; 3 wishes unmet; at most 1 more can be gained." """
    if told is None:
        return str(_("The planner is starting."))
    parts = [_placed(told.unplaced, placed_after), _unmet(told.unmet)]
    tier = PHASES.get(told.phase)
    if tier is not None and told.bound is not None and len(told.tiers) > tier:
        parts.append(gain([(tier, Proven(told.tiers[tier], told.bound))], told.by_rule, told.unmet, wishes))
    return "; ".join(each for each in parts if each) + "."


def line(told: Progress, wishes: Wishes) -> str:
    """The same for a terminal, with the seconds before it."""
    return f"{told.seconds:6.1f} s  {progress(told, None, wishes)}"


def outcome(task: Task, found: Outcome, wishes: Wishes) -> str:
    """The same of the answer, or that no better one exists."""
    if task is Task.GIVE_UP:
        return _relaxed(found)
    if task is Task.REPAIR and not found.tiers:
        return str(_("Nothing on the draft is impossible, so there is nothing to repair."))
    parts = [_placed(found.unplaced, found.placed_after), _unmet(found.unmet)]
    if task is Task.REPAIR:
        moves = found.tiers[1]
        parts.append(ngettext("%(num)s session moves", "%(num)s sessions move", moves.value))
        if moves.optimal:
            parts.append(_("no repair moves fewer"))
    if found.optimal:
        parts.append(_("proven best"))
    elif task is not Task.REPAIR:
        parts.append(gain(list(zip(Tier, found.tiers, strict=False)), found.by_rule, found.unmet, wishes))
    if found.stopped:
        parts.append(_("stopped early"))
    return "; ".join(str(each) for each in parts if each) + "."


def _relaxed(found: Outcome) -> str:
    if not found.given_up and not found.optimal:
        return str(_("No answer was found in this time."))
    if not found.given_up:
        return str(_("Everything can be had: no rule has to be given up."))
    said = ngettext("%(num)s rule has to be given up", "%(num)s rules have to be given up", len(found.given_up))
    return f"{said}; {_('fewer are not enough')}." if found.optimal else f"{said}; {_('perhaps fewer would do')}."


def _placed(unplaced: int, after: float | None) -> str:
    if unplaced:
        return str(ngettext("%(num)s has no place", "%(num)s have no place", unplaced))
    return str(
        _("All placed after %(seconds)s s", seconds=format_decimal(round(after, 1)))
        if after is not None
        else _("All placed")
    )


def _unmet(number: int) -> str:
    return str(ngettext("%(num)s wish unmet", "%(num)s wishes unmet", number) if number else _("every wish met"))


def gain(tiers: Iterable[tuple[Tier, Proven]], by_rule: Iterable[Rule], unmet: int, wishes: Wishes) -> str:
    """How many more wishes can be met at the most: what lies between result and bound, by the lightest unmet rule."""
    most = 0
    for tier, each in tiers:
        points = [wishes.points(rule) for rule in by_rule if RULES[rule].tier is tier]
        if not each.optimal:
            most += max(1, (each.value - each.bound) // min(filter(None, points), default=1))
    most = min(most, unmet)
    if not most:
        return ""
    return str(ngettext("at most %(num)s more can be gained", "at most %(num)s more can be gained", most))


def report(task: Task, found: Outcome, wishes: Wishes) -> list[str]:
    """The answer as lines for a terminal: by rule, then whether it is proven, or how far it can be from the best."""
    lines = [outcome(task, found, wishes)]
    lines += [f"  {points:6} {name(rule)}" for rule, points in found.by_rule.items()]
    if found.optimal:
        return [*lines, "proven optimal"]
    bounds = [f"{each.value} (not below {each.bound})" for each in found.tiers]
    return [*lines, f"not proven optimal; by tiers: {', '.join(bounds)}"]
