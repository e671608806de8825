"""An allocation in words, for those who organise."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import ngettext

from app.planning.allocate.model import Outcome, Why
from app.planning.allocate.report import Served
from app.visits.models import GOING, SignUp, Standing
from app.web.wording import listed


def why(reason: Why, sees_needs: bool) -> str:
    """Why a wish was not granted. That step-free places are used up tells of a need, and is for those who see needs."""
    apart = _("no vehicle has room that fits them")
    said = {
        Why.FULL: _("full"),
        Why.STEP_FREE: _("step-free places used up") if sees_needs else apart,
        Why.APART: apart,
        Why.DELEGATION: _("the delegation has its most there"),
        Why.MINIMUM: _("too few people go"),
    }
    return str(said[reason])


def wish(number: int) -> str:
    """Which wish it is."""
    said = {0: _("no place"), 1: _("first wish"), 2: _("second wish"), 3: _("third wish")}
    return str(said[number])


def so_far(sign_up: SignUp | None) -> str:
    """What somebody has today."""
    if sign_up is None:
        return "–"
    if sign_up.state == Standing.WAITLISTED:
        return str(_("waits: %(visit)s", visit=sign_up.visit.title))
    if sign_up.state in GOING:
        return sign_up.visit.title
    return str(_("offered: %(visit)s", visit=sign_up.visit.title))


def proof(outcome: Outcome) -> str:
    """How good it is known to be."""
    missed, third, second = (got - least for got, least in zip(outcome.signature, outcome.bound, strict=True))
    if outcome.proven:
        return str(
            _("Proven: no other allocation leaves fewer people without a place, or then fewer at their last wish.")
        )
    if missed:
        said = ngettext(
            "At most one more person could have a place; parties that stay together may make that impossible.",
            "At most %(num)s more people could have a place; parties that stay together may make that impossible.",
            missed,
        )
        return str(said)
    if third > 0:
        said = ngettext(
            "Proven: nobody more can have a place. At most one person fewer could be at the third wish.",
            "Proven: nobody more can have a place. At most %(num)s people fewer could be at their third wish.",
            third,
        )
        return str(said)
    said = ngettext(
        "Proven: nobody more can have a place. At most one person fewer could be at the second wish.",
        "Proven: nobody more can have a place. At most %(num)s people fewer could be at their second wish.",
        max(second, 1),
    )
    return str(said)


def served(city: str, each: Served) -> str:
    """How a delegation fares, in a sentence."""
    said = [f"{wish(rank)}: {each.wishes[rank]}" for rank in (1, 2, 3, 0) if each.wishes[rank]]
    return f"{city}: {listed(said)}"
