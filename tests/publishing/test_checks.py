"""What is asked of a programme before it is published, and what needs a reason."""

from __future__ import annotations

from dataclasses import replace
from datetime import time

import pytest
from sqlalchemy import select, update

from app.agenda.models import Appearance
from app.agenda.models import Session as Row
from app.clock import now
from app.db import db, write
from app.journal import Note
from app.publishing import checks, service
from app.publishing.programme import Appearance as Appears
from app.refused import Refused
from app.web.kept import KeepingFlask
from tests.publishing.summits import PROGRAMME, SESSION_2, SESSION_5, at, changed, edit, publish, rehearsed, released


def found(judge: checks.Judge, programme: object) -> list[tuple[str, str]]:
    return [(each.code, each.words) for each in judge(0, programme).findings]  # type: ignore[arg-type]


def test_lancaster_is_asleep_at_seven_in_the_evening_of_tokyo(app: KeepingFlask) -> None:
    with app.app_context():
        asleep = found(checks.hours, changed(starts=at(19), ends=at(20)))
    assert asleep == [("session-2", "Lancaster, 02:00–03:00 by its own clocks")]


def test_seven_in_the_morning_is_an_hour_for_lancaster(app: KeepingFlask) -> None:
    with app.app_context():
        assert found(checks.hours, PROGRAMME) == []


def test_a_city_in_two_places_at_once(app: KeepingFlask) -> None:
    beside = replace(
        SESSION_5, starts=at(12), ends=at(13), appearances=(Appears("speaker", city="new-york", mode="venue"),)
    )
    with app.app_context():
        said = found(checks.clashes, replace(PROGRAMME, sessions=(SESSION_2, beside)))
    assert said == [("session-2", "New York is also in Session 5"), ("session-5", "New York is also in Session 2")]


def test_a_session_without_a_time_and_one_without_a_moderator(app: KeepingFlask) -> None:
    bare = replace(SESSION_5, starts=None, ends=None, appearances=SESSION_5.appearances[1:])
    programme = replace(PROGRAMME, sessions=(SESSION_2, bare))
    with app.app_context():
        assert found(checks.unplaced, programme) == [("session-5", "")]
        assert found(checks.moderators, programme) == [("session-5", "")]


def test_what_is_cancelled_is_not_asked_about(app: KeepingFlask) -> None:
    with app.app_context():
        programme = changed(cancelled=True, starts=at(23), ends=at(23, 30), appearances=())
        assert [found(judge, programme) for judge in (checks.hours, checks.moderators, checks.unplaced)] == [[], [], []]


def test_confirmed_cities_and_named_speakers_are_counted_down(rehearsal: KeepingFlask) -> None:
    with rehearsal.app_context():
        event_id = rehearsed().id
        shown = service.preview(event_id, now()).programme
        before = [len(judge(event_id, shown).findings) for judge in (checks.unconfirmed, checks.speakers)]
        one = select(Appearance.id).join(Row).where(Row.event_id == event_id, Row.code == "session-2")
        seat = one.where(Appearance.delegation_id.is_not(None)).order_by(Appearance.position).limit(1)
        key = db.session.execute(seat).scalar_one()
        write(lambda: db.session.execute(update(Appearance).where(Appearance.id == key).values(confirmed=True)))
        after = [len(judge(event_id, shown).findings) for judge in (checks.unconfirmed, checks.speakers)]
    assert (after[0], after[1]) == (before[0] - 1, before[1])


def asleep() -> None:
    """Session 2 when Lancaster sleeps."""
    edit("session-2", starts=time(19), ends=time(20))


def test_a_bad_hour_is_published_only_with_a_reason(rehearsal: KeepingFlask) -> None:
    with rehearsal.app_context():
        asleep()
        with pytest.raises(Refused, match=r"Session 2: Lancaster, .* Say why") as no:
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
