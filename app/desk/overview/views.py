"""The overview of one event, and the way there for those who have a task alone."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import redirect, render_template
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.accounts import Role
from app.accounts.service import is_staff
from app.desk.board.needs import totals
from app.desk.deadlines.forms import KINDS
from app.desk.overview import service
from app.desk.overview.steps import Step, begun, next_of, steps
from app.desk.overview.words import hands, tasks
from app.desk.pictures import drawing
from app.desk.pictures.known import fill_words, group_words, known, mode_words
from app.events.models import Event
from app.events.views import desk


def of_organiser(event: Event, now: datetime) -> ResponseReturnValue:
    """What needs a hand now, the first steps while they are not done, figures and small pictures."""
    found, counts = known(event, now), service.counts(event)
    stood = steps(counts)
    modes, people = drawing.modes(found)
    ahead = [(KINDS[kind], limit) for kind, limit in found.limits.items() if not limit.over(now)]
    return render_template(
        "desk/overview/event.html",
        hands=hands(event, found.rows, service.waiting(event)),
        totals=totals(found.rows),
        stood=stood,
        begun=begun(stood),
        next=next_of(stood),
        tasks=tasks(event, counts.network),
        deadlines=sorted(ahead, key=lambda each: each[1].at),
        now=now,
        answers=drawing.answers(found),
        modes=modes,
        people=people,
        days=drawing.days(found),
        mode_words=mode_words(),
        regions=drawing.regions(found),
        words={each.value: word for each, word in group_words().items()},
        fills=drawing.fills(found),
        fill_notes=drawing.fill_notes(found),
        fill_words=fill_words(),
        **desk(event),
    )


def of_home() -> dict[str, Any]:
    """What the list of events says to somebody who may create the first one."""
    counts = service.nothing_yet(current_user.id)
    stood = [each for each in steps(counts) if each.step in BEFORE]
    may_create = is_staff(current_user.id, (Role.ORGANISER,))
    return {
        "stood": stood, "next": next_of(stood), "tasks": tasks(None, counts.network), "network": counts.network,
        "may_create": may_create,
    }  # fmt: skip


BEFORE = (Step.NETWORK, Step.MEMBERS, Step.EVENT)


def of_helper(event: Event) -> ResponseReturnValue:
    """To the first of the pages that one may open."""
    _key, _label, address = desk(event)["rooms"][0]
    return redirect(address, 303)
