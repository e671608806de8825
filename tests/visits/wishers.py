"""People who wish for visits in tests, and organisers who give the places."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy import select

from app.db import db
from app.events.models import Event
from app.registration.models import Delegate
from app.visits import allotting, freezing, wishing
from app.visits.models import Filling, Visit
from app.visits.wishing import Wishes
from tests.registration.cast import NOW, Cast, read
from tests.visits.cast import ORGANISER, act, visit

CLOSES = NOW + timedelta(days=2)
AFTER = CLOSES + timedelta(hours=1)


def wished(cast: Cast, code: str, **facts: Any) -> Visit:
    """A visit whose places are given by wishes; its list is open for two days."""
    told = {"title": code.title(), "filling": Filling.WISHES, "closes_at": CLOSES, "minimum": None}
    return visit(cast, code, **(told | facts))


AFTERNOON: dict[str, Any] = {"leaves": time(14), "returns": time(16)}


def wish(
    cast: Cast,
    party: list[Delegate],
    *visits: Visit,
    step_free: bool = False,
    seen: int = 0,
    now: datetime = NOW,
) -> None:
    """The first of them wishes for all."""
    ids = tuple(each.id for each in party)
    me = frozenset({party[0].id})
    asked = Wishes(tuple(each.id for each in visits), ids, me if step_free else frozenset(), me, "+39061234", True)
    act(cast, lambda: wishing.wish(party[0].id, asked, seen, who=party[0].signed, now=now))


def wishes(cast: Cast, who: Delegate) -> list[str]:
    """The titles of what somebody wishes for, in order."""

    def asked() -> list[str]:
        found = wishing.stored(who.id)
        return [each.visit.title for each in found.wishes] if found else []

    return read(cast.app, asked)


def event(cast: Cast) -> Event:
    return db.session.execute(select(Event).where(Event.id == cast.event_id)).scalar_one()


def run(cast: Cast, seed: int = 7, now: datetime = AFTER, key: str = "") -> int:
    """Work out who goes where, and keep it to be looked at; the number of the run."""
    found = read(cast.app, lambda: allotting.work_out(freezing.freeze(event(cast), seed, now)))
    kept = key or f"run {seed} {now}"
    return act(cast, lambda: allotting.keep(cast.event_id, seed, found, kept, who=ORGANISER, now=now).id)


def adopt(cast: Cast, number: int, *, onto_lists: bool = False, now: datetime = AFTER) -> int:
    return act(cast, lambda: allotting.adopt(event(cast), number, onto_lists=onto_lists, who=ORGANISER, now=now))
