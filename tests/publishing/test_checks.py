"""What is asked of a programme before it is published, and what needs a reason."""

from __future__ import annotations

from datetime import time

import pytest
from sqlalchemy import select, update

from app.agenda.models import Appearance
from app.agenda.models import Session as Row
from app.db import db, write
from app.journal import Note
from app.publishing import checks
from app.refused import Refused
from app.web.kept import KeepingFlask
from tests.publishing.summits import edit, publish, rehearsed, released


def test_confirmed_cities_are_counted_down(rehearsal: KeepingFlask) -> None:
    with rehearsal.app_context():
        event_id = rehearsed().id
        before = confirmed_by(event_id)
        one = select(Appearance.id).join(Row).where(Row.event_id == event_id, Row.code == "session-2")
        seat = one.where(Appearance.delegation_id.is_not(None)).order_by(Appearance.position).limit(1)
        key = db.session.execute(seat).scalar_one()
        write(lambda: db.session.execute(update(Appearance).where(Appearance.id == key).values(confirmed=True)))
        assert confirmed_by(event_id) == before - 1


def confirmed_by(event_id: int) -> int:
    """How many appearances nobody has confirmed."""
    (check,) = checks.unconfirmed(event_id)
    return len(check.findings)


def asleep() -> None:
    """Session 2 when Lancaster sleeps."""
    edit("session-2", starts=time(19), ends=time(20))


def test_a_bad_hour_is_published_only_with_a_reason(rehearsal: KeepingFlask) -> None:
    with rehearsal.app_context():
        asleep()
        with pytest.raises(Refused, match=r"Lancaster would take part in “Session 2” .* Say why") as no:
            publish()
        assert (no.value.field, rehearsed().release) == ("reason", 1)
        assert publish(reason="Lancaster agreed to it") == 2


def test_the_reason_is_kept_with_the_release_and_in_the_journal(rehearsal: KeepingFlask) -> None:
    with rehearsal.app_context():
        asleep()
        publish(reason="Lancaster agreed to it")
        note = db.session.execute(
            select(Note).where(Note.subject == "release/2", Note.what == "published")
        ).scalar_one()
        assert released(2).reason == "Lancaster agreed to it"
        assert (note.after or {})["reason"] == "Lancaster agreed to it"


def test_a_reason_that_is_too_long_is_refused(rehearsal: KeepingFlask) -> None:
    with rehearsal.app_context():
        edit("session-2", title="Rivers")
        with pytest.raises(Refused, match="At most 500"):
            publish(reason="x" * 501)
