"""Who is on a visit is missed on the board: on the bus until 13:30, on stage at 13:30."""

from __future__ import annotations

from typing import Any

from app import clock
from app.db import write
from app.visits import editing, signing
from app.visits.signing import Request
from app.web.kept import KeepingFlask
from tests.desk.office import REHEARSAL, Organiser, stored, words
from tests.schedule.delegates import NOW, delegate, span

CLASHES = f"{REHEARSAL}/schedule/clashes"


def goes(app: KeepingFlask, after: int, **facts: Any) -> None:
    """The head of Seoul is on a visit that returns when Session 4 begins, in which Seoul speaks."""
    who, starts = delegate(app, "seoul", "OH Se-hoon"), clock.local(span(app, "session-4")[0], "Asia/Tokyo")
    returns = starts.time()
    told = editing.Facts(
        title="Harbour by boat",
        day=starts.date(),
        leaves=returns.replace(hour=returns.hour - 1),
        returns=returns,
        after=after,
        **facts,
    )
    event_id = stored(app, "rehearsal", "session-4").event_id

    def act() -> None:
        made = editing.make(event_id, told, "boat", who="Tokyo", now=NOW)
        signing.sign_up(made.id, Request((who.id,), understood=True), who=who.signed, now=NOW)

    with app.app_context():
        write(act)


def test_a_visit_that_returns_as_a_session_begins_is_a_clash_by_the_way_back(
    desks: KeepingFlask, tokyo: Organiser
) -> None:
    goes(desks, after=15)
    said = words(tokyo.get(CLASHES))
    assert "OH Se-hoon (Seoul) is on the visit “Harbour by boat, back at" in said


def test_without_a_way_back_it_is_none(desks: KeepingFlask, tokyo: Organiser) -> None:
    goes(desks, after=0)
    assert "Harbour by boat" not in words(tokyo.get(CLASHES))
