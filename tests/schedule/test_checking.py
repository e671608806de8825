"""What the board knows is asked before publishing too."""

from __future__ import annotations

from datetime import time

import pytest

from app.clock import now
from app.db import write
from app.publishing import checks
from app.refused import Refused
from app.schedule import clashes, plan
from app.web.kept import KeepingFlask
from tests.desk.office import REHEARSAL, Organiser, words
from tests.publishing.summits import edit, publish, rehearsed


def found(app: KeepingFlask) -> dict[str, tuple[bool, list[str]]]:
    """Kind of clash -> whether it stops publishing, and the sessions in which it was found."""
    with app.app_context():
        return {each.name: (each.grave, [one.code for one in each.findings]) for each in checks.check(rehearsed().id)}


def test_the_rehearsal_holds_nothing_that_stops_publishing(rehearsal: KeepingFlask) -> None:
    assert [name for name, (grave, codes) in found(rehearsal).items() if grave and codes] == []


def test_lancaster_asleep_stops_publishing(rehearsal: KeepingFlask) -> None:
    with rehearsal.app_context():
        edit("session-2", starts=time(19), ends=time(20))
    assert found(rehearsal)["local hours"] == (True, ["session-2"])


def accept(conflict: str) -> None:
    """Accept the clash that is said in these words, with a reason."""
    event = rehearsed()
    (key,) = (
        clashes.mark(each.conflict)
        for each in clashes.of(event.id, plan.of(event))
        if clashes.words(each.conflict) == conflict
    )
    write(lambda: clashes.waive(event.id, key, "Lancaster wants it so.", who="Tokyo", now=now()))


def test_what_was_accepted_with_a_reason_needs_no_other(rehearsal: KeepingFlask) -> None:
    with rehearsal.app_context():
        edit("session-2", starts=time(19), ends=time(20))
        accept("Lancaster would take part in “Session 2” from 02:00 to 03:00 of its own clocks.")
        assert checks.grave(rehearsed().id) == []
        assert publish() == 2


def test_a_worse_hour_than_the_one_accepted_needs_a_reason_of_its_own(rehearsal: KeepingFlask) -> None:
    with rehearsal.app_context():
        edit("session-2", starts=time(15, 10), ends=time(15, 20))
        accept("Lancaster would take part in “Session 2” from 22:10 to 22:20 of its own clocks.")
        assert checks.grave(rehearsed().id) == []
        edit("session-2", starts=time(19), ends=time(20))
        with pytest.raises(Refused, match="from 02:00 to 03:00"):
            publish()


def test_a_session_without_a_time_is_counted_and_does_not_stop(rehearsal: KeepingFlask) -> None:
    with rehearsal.app_context():
        edit("session-5", day=None, starts=None, ends=None)
    assert found(rehearsal)["unplaced"] == (False, ["session-5"])


def test_the_page_before_publishing_counts_and_leads_to_the_clashes(desks: KeepingFlask, tokyo: Organiser) -> None:
    with desks.app_context():
        edit("session-2", starts=time(19), ends=time(20))
    page = tokyo.get(f"{REHEARSAL}/publish")
    assert "Lancaster would take part in “Session 2” from 02:00 to 03:00 of its own clocks." in words(page)
    assert f'href="{REHEARSAL}/schedule/clashes"' in page.text
