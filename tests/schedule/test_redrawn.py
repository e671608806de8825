"""A draft as it was before a move: worked out from the one after it, and the same as what was read before."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest
from sqlalchemy import select, update

from app.agenda import acts
from app.agenda.models import Kind, Session
from app.agenda.moves import Target
from app.db import db, write
from app.events.models import Event
from app.schedule import arranging, clashes, plan, redrawn
from app.web.kept import KeepingFlask

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)


def rehearsal() -> Event:
    return db.session.execute(select(Event).where(Event.slug == "rehearsal")).scalar_one()


def make_a_break(code: str) -> None:
    write(lambda: db.session.execute(update(Session).where(Session.code == code).values(kind=Kind.MEAL)))


@pytest.mark.parametrize("to_tray", [False, True])
@pytest.mark.parametrize("code", ["session-6", "block-safe", "plenary", "communique"])
def test_what_stood_before_a_move_is_found_from_what_stands_after(
    desks: KeepingFlask, code: str, to_tray: bool
) -> None:
    with desks.app_context():
        make_a_break("communique")
        event = rehearsal()
        before = plan.of(event)
        day = event.starts_on + timedelta(days=1)
        target = Target() if to_tray else Target(day, time(11, 20), before.rooms[0].id)
        version = before.items[code].version
        act = write(lambda: arranging.place(rehearsal(), code, version, target, who="Tokyo", now=NOW))
        assert act is not None
        now = plan.of(rehearsal())
        moved = [each.before for each in acts.changes_of(act) if each.before]
        earlier = redrawn.stood(now, moved)
        assert earlier != now
        assert (earlier.problem, earlier.placings) == (before.problem, before.placings)
        assert {each.code: replace(each, version=0) for each in earlier.items.values()} == {
            each.code: replace(each, version=0) for each in before.items.values()
        }
        full = tuple(clashes.by_session(clashes.of(event.id, each)) for each in (before, now))
        assert clashes.both(event.id, earlier, now) == full
        assert full[0] != full[1]
