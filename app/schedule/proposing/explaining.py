"""Why a session stands here, why not there, why nowhere: in words, at once and without the solver."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from flask_babel import gettext as _
from flask_babel import ngettext

from app.events.models import Event
from app.planning import explain
from app.planning.explain import Difference, Nowhere, Reason
from app.planning.kinds import HARD, Kind
from app.planning.model import Placing, Problem
from app.planning.proposals import GivenUp
from app.planning.rules import SENTENCES, Remark, Tier
from app.refused import Refused
from app.schedule import clashes
from app.schedule.plan import Plan
from app.schedule.proposing import freezing
from app.schedule.words import LABELS

OF_A_PLACE = HARD | {Kind.NO_ROOM}
"""Clashes that another time or room could mend."""


@dataclass(frozen=True)
class Place:
    """A place that a session could have, with what speaks against it and for it."""

    placing: Placing
    possible: bool
    against: tuple[str, ...]
    favour: tuple[str, ...]
    better: bool


@dataclass(frozen=True)
class Why:
    """All that can be said of one session."""

    placed: bool
    here: tuple[str, ...]
    """What is unmet where it stands."""
    best: bool
    others: tuple[Place, ...]
    places: int
    free: int
    reasons: tuple[str, ...]


def why(event: Event, plan: Plan, code: str) -> Why:
    """Why here, and where else. Refused for what the planner leaves where it is."""
    problem = _asked(plan, code)
    now = freezing.placings(plan, problem)
    wishes, told = plan.settings.wishes, freezing.published(event, plan)
    placed = any(each.session == code and each.start is not None for each in now)
    here = explain.why_here(problem, now, code, wishes, told)
    nowhere = explain.why_nowhere(problem, now, code)
    unmet = (clashes.words(each) for each in here.conflicts if each.kind in OF_A_PLACE)
    return Why(
        placed=placed,
        here=(*unmet, *(remark(plan, each) for each in here.remarks)),
        best=here.best,
        others=tuple(_place(plan, each) for each in here.others),
        places=nowhere.places,
        free=nowhere.free,
        reasons=tuple(_reason(plan, each) for each in _most(nowhere)),
    )


def there(event: Event, plan: Plan, code: str, move: Placing) -> Place:
    """What speaks against this place, and what for it."""
    problem = _asked(plan, code)
    now = freezing.placings(plan, problem)
    told = freezing.published(event, plan)
    return _place(plan, explain.why_not_there(problem, now, move, plan.settings.wishes, told))


def _asked(plan: Plan, code: str) -> Problem:
    problem = freezing.problem(plan)
    if code not in {each.id for each in problem.sessions}:
        raise Refused(_("The planner leaves this one where it is, so it does not weigh other places for it."))
    return problem


def _place(plan: Plan, found: Difference) -> Place:
    """Costs of the tiers are compared in turn, below nought is better."""
    return Place(
        placing=found.move,
        possible=found.possible,
        against=(*map(clashes.words, found.breaks), *(remark(plan, each) for each in found.worse)),
        favour=(
            *(_("No more: %(said)s", said=clashes.words(each)) for each in found.mends),
            *(_("No more: %(said)s", said=remark(plan, each)) for each in found.better),
        ),
        better=found.possible and found.cost < (0,) * len(Tier),
    )


def remark(plan: Plan, each: Remark) -> str:
    """ "“Session 2” and “Session 4” share a theme and run at the same time." """
    what = ", ".join(f"“{plan.titles.get(code, code)}”" for code in each.sessions)
    who = ", ".join(named(plan, key) for key in each.who)
    return str(_(SENTENCES[each.rule])) % {"what": what or who, "who": who}


def named(plan: Plan, key: str) -> str:
    """ "city:rome" by its name, and so a room; a session by its title."""
    names = {each.id: each.name for each in (*plan.problem.cities, *plan.problem.people)}
    names |= {each.id: each.name for each in plan.problem.rooms}
    return names.get(key) or plan.titles.get(key, key)


def _most(found: Nowhere, most: int = 12) -> Iterable[Reason]:
    return found.reasons[:most]


def _reason(plan: Plan, each: Reason) -> str:
    """ "48 places: Somebody who is not available (ISHII Keiko)"."""
    about = ", ".join(
        (*([named(plan, each.who)] if each.who else []), *([f"“{named(plan, each.session)}”"] if each.session else []))
    )
    label = LABELS[each.kind]
    said = ngettext("%(num)s place: %(why)s", "%(num)s places: %(why)s", each.places, why=label)
    return f"{said} ({about})" if about else str(said)


def given_up(plan: Plan, found: GivenUp) -> str:
    """A rule to give up, in words."""
    about = [*(f"“{plan.titles.get(code, code)}”" for code in found.sessions), *(named(plan, key) for key in found.who)]
    label = LABELS[Kind(found.kind)]
    return f"{label}: {', '.join(about)}" if about else str(label)
