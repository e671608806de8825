"""A release at a set moment: made once, of what the draft is then, or refused with a sentence that is kept."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta

import pytest
from sqlalchemy import func, select, update

from app.db import db, write
from app.desk.releases.views import publish_due
from app.events.models import Event
from app.journal import Note
from app.publishing import planned
from app.publishing.models import Planned, Release, Stage
from app.publishing.planned import Wish
from app.refused import Refused
from app.web.kept import KeepingFlask
from tests.publishing.summits import edit, publish, rehearsed, released

NOW = datetime(2023, 1, 10, 9, tzinfo=UTC)
AT = NOW + timedelta(hours=3)


@pytest.fixture
def draft(rehearsal: KeepingFlask) -> Iterator[KeepingFlask]:
    with rehearsal.app_context():
        yield rehearsal


def plan(at: datetime = AT, key: str = "a form", reason: str = "") -> Planned:
    event = rehearsed()
    return write(lambda: planned.plan(event, Wish(at, key, "As planned", reason), who="Tokyo", now=NOW))


def carry_out(now: datetime = AT) -> list[int]:
    """As the worker does; the ids it dealt with."""
    found = planned.due(now)
    for key in found:
        write(lambda key=key: planned.carry_out(key, now))  # type: ignore[misc]
    return found


def newest() -> Planned:
    db.session.expire_all()
    found = planned.newest(rehearsed().id)
    assert found is not None
    return found


def test_it_is_made_of_what_the_draft_says_then(draft: KeepingFlask) -> None:
    plan()
    edit("session-2", title="A round on rivers")
    carry_out()
    row = newest()
    assert (row.stage, row.release, rehearsed().release) == (Stage.DONE, 2, 2)
    made = released(2)
    assert (made.published_by, made.note, made.published_at) == ("Tokyo", "As planned", AT)
    assert "A round on rivers" in {each["title"] for each in made.programme["sessions"]}


def test_it_is_not_made_before_its_moment(draft: KeepingFlask) -> None:
    plan()
    edit("session-2", title="A round on rivers")
    assert carry_out(AT - timedelta(seconds=1)) == []
    assert rehearsed().release == 1


def test_it_is_made_once(draft: KeepingFlask) -> None:
    key = plan().id
    edit("session-2", title="A round on rivers")
    for _worker in range(2):
        write(lambda: planned.carry_out(key, AT))
    assert (newest().stage, rehearsed().release) == (Stage.DONE, 2)


def test_of_workers_at_once_one_makes_it(draft: KeepingFlask) -> None:
    key = plan().id
    edit("session-2", title="A round on rivers")
    ready = threading.Barrier(4)

    def work() -> None:
        with draft.app_context():
            ready.wait()
            write(lambda: planned.carry_out(key, AT))

    workers = [threading.Thread(target=work) for _worker in range(4)]
    for each in workers:
        each.start()
    for each in workers:
        each.join()
    assert newest().stage is Stage.DONE
    event_id = rehearsed().id
    asked = select(func.count()).select_from(Release).where(Release.event_id == event_id)
    assert db.session.execute(asked).scalar_one() == 2


def test_the_duty_makes_it(draft: KeepingFlask) -> None:
    plan()
    edit("session-2", title="A round on rivers")
    assert publish_due(threading.Event()) == 1  # the moment, in 2023, is long over
    assert (newest().stage, publish_due(threading.Event())) == (Stage.DONE, 0)


def test_nothing_changed_is_refused_and_kept(draft: KeepingFlask) -> None:
    plan()
    carry_out()
    row = newest()
    assert (row.stage, row.refusal) == (
        Stage.REFUSED,
        "Nothing has changed since release 1, so there is nothing to publish.",
    )
    note = db.session.execute(select(Note).where(Note.what == "planned release refused")).scalar_one()
    assert (note.after or {})["refused"] == row.refusal


def test_an_hour_that_never_comes_is_refused_and_kept(draft: KeepingFlask) -> None:
    event_id = rehearsed().id
    plan()
    write(lambda: db.session.execute(update(Event).where(Event.id == event_id).values(zone="Europe/Brussels")))
    edit("session-2", day=date(2023, 3, 26), starts=time(2, 30), ends=time(4))
    carry_out()
    assert (newest().stage, rehearsed().release) == (Stage.REFUSED, 1)
    assert newest().refusal.startswith("Session 2: On 26 March 2023")


def test_a_bad_hour_that_came_since_is_refused(draft: KeepingFlask) -> None:
    plan(reason="No reason is needed yet")
    edit("session-2", starts=time(19), ends=time(20))
    carry_out()
    assert newest().refusal.startswith("Since it was planned the draft has come to hold")
    assert rehearsed().release == 1


def test_a_bad_hour_needs_a_reason_and_goes_with_it(draft: KeepingFlask) -> None:
    edit("session-2", starts=time(19), ends=time(20))
    with pytest.raises(Refused) as no:
        plan()
    assert no.value.field == "reason"
    plan(reason="Lancaster agreed to it")
    carry_out()
    assert (newest().stage, released(2).reason) == (Stage.DONE, "Lancaster agreed to it")


def test_one_waits_at_a_time(draft: KeepingFlask) -> None:
    plan()
    with pytest.raises(Refused, match="A release is planned already"):
        plan(AT + timedelta(hours=1), "another form")


def test_the_same_form_twice_plans_one(draft: KeepingFlask) -> None:
    assert plan().id == plan().id


@pytest.mark.parametrize(("at", "field"), [(NOW, "time"), (NOW + timedelta(days=400), "day")])
def test_a_moment_that_is_over_or_far_is_refused(draft: KeepingFlask, at: datetime, field: str) -> None:
    with pytest.raises(Refused) as no:
        plan(at)
    assert no.value.field == field


def test_it_can_be_taken_back(draft: KeepingFlask) -> None:
    event_id, uid = rehearsed().id, plan().uid
    edit("session-2", title="A round on rivers")
    for _click in range(2):
        write(lambda: planned.take_back(event_id, uid, who="Tokyo", now=NOW))
    assert (carry_out(), newest().stage, rehearsed().release) == ([], Stage.TAKEN_BACK, 1)
    assert plan(key="another form").stage is Stage.WAITING


def test_what_was_made_cannot_be_taken_back(draft: KeepingFlask) -> None:
    event_id, uid = rehearsed().id, plan().uid
    edit("session-2", title="A round on rivers")
    carry_out()
    with pytest.raises(Refused, match="It is too late"):
        write(lambda: planned.take_back(event_id, uid, who="Tokyo", now=AT))


def test_another_event_s_cannot_be_taken_back(draft: KeepingFlask) -> None:
    uid = plan().uid
    other = db.session.execute(select(Event.id).where(Event.slug == "gnets-2023")).scalar_one()
    with pytest.raises(Refused, match="not there"):
        write(lambda: planned.take_back(other, uid, who="Rome", now=NOW))
    assert newest().stage is Stage.WAITING


def test_publishing_by_hand_leaves_it_to_say_that_nothing_is_new(draft: KeepingFlask) -> None:
    plan()
    edit("session-2", title="A round on rivers")
    publish()
    carry_out()
    assert newest().refusal == "Nothing has changed since release 2, so there is nothing to publish."
