"""An older release made the newest: pages, calendars, and the draft if that is wanted."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import time

import pytest
from sqlalchemy import select, update

from app.agenda import acts
from app.agenda.acts import Changed
from app.agenda.draft import options
from app.agenda.facts import Facts
from app.agenda.models import Kind
from app.clock import now
from app.db import db, write
from app.delegations.models import Answer, Delegation
from app.events.models import Event, Room
from app.network.models import Member
from app.publishing import restoring, service
from app.publishing.programme import Programme, from_json
from app.publishing.service import Word
from app.refused import Refused
from app.web.kept import KeepingFlask
from tests.publishing.summits import edit, publish, rehearsed, released


@pytest.fixture
def draft(rehearsal: KeepingFlask) -> Iterator[KeepingFlask]:
    """Three releases: in the second Session 2 is later, in the third Session 4 is cancelled and Session 5 renamed."""
    with rehearsal.app_context():
        edit("session-2", starts=time(12, 10), ends=time(13, 30))
        publish()
        edit("session-4", cancelled=True)
        edit("session-5", title="On rivers")
        publish()
        yield rehearsal


def restore(number: int = 1, *, with_draft: bool = False, seen: str | None = None) -> int:
    event = rehearsed()
    word = Word("Tokyo", "Back to the start")
    return write(lambda: restoring.restore(event, number, word, with_draft=with_draft, now=now(), seen=seen)).number


def programme(number: int) -> Programme:
    return from_json(Programme, released(number).programme)


def facts() -> dict[str, Facts]:
    return acts.stored(rehearsed().id)


def told(code: str) -> tuple[int, bool]:
    shown = service.current("rehearsal")
    assert shown is not None
    entry, _visibility = shown.entries[code]
    return entry.sequence, entry.item.cancelled


def test_it_is_a_release_of_its_own_with_the_old_programme(draft: KeepingFlask) -> None:
    assert restore() == 4
    old, made = programme(1), programme(4)
    assert made == replace(old, release=4, published_at=made.published_at)
    assert made.published_at > programme(3).published_at
    assert (released(4).restores, released(4).note, released(4).sessions) == (1, "Back to the start", 3)


def test_calendars_follow_with_the_next_sequence(draft: KeepingFlask) -> None:
    before = [told(code) for code in ("session-1", "session-2", "session-4")]
    restore()
    assert before == [(0, False), (1, False), (1, True)]
    assert [told(code) for code in ("session-1", "session-2", "session-4")] == [(0, False), (2, False), (2, False)]


def test_the_draft_is_left_alone(draft: KeepingFlask) -> None:
    before = facts()
    restore()
    assert facts() == before


def test_the_draft_is_set_back_as_one_act_that_can_be_undone(draft: KeepingFlask) -> None:
    before = facts()
    restore(with_draft=True)
    now_there = facts()
    assert (now_there["session-2"].starts, now_there["session-4"].cancelled) == (time(11, 50), False)
    event_id = rehearsed().id
    (act,) = acts.history(event_id)
    assert (act.deed, len(act.changes)) == ("set back to release 1", 3)
    assert service.preview(event_id, now()).differences == ()
    write(lambda: acts.undo(event_id, act.number, who="Tokyo", now=now()))
    assert facts() == before


def test_what_was_arranged_with_those_who_appear_is_kept(draft: KeepingFlask) -> None:
    event_id = rehearsed().id
    before = facts()["session-2"]
    seats = tuple(replace(each, confirmed=True, minutes=7, topic="Rivers") for each in before.seats)
    after = replace(before, seats=seats[::-1])
    write(lambda: acts.perform(event_id, "session changed", [Changed(before, after)], who="Tokyo", now=now()))
    restore(with_draft=True)
    back = facts()["session-2"].seats
    assert [each.same for each in back] == [each.same for each in before.seats]
    assert {(each.confirmed, each.minutes, each.topic) for each in back} == {(True, 7, "")}


def test_what_the_draft_has_more_is_named_and_left(draft: KeepingFlask) -> None:
    event = rehearsed()
    new = Facts("rivers", "f" * 32, Kind.FORUM, "Forum on rivers")
    write(lambda: acts.perform(event.id, "session added", [Changed(None, new)], who="Tokyo", now=now()))
    assert restoring.set_back(rehearsed(), programme(1), options(rehearsed().id)).left == ("Forum on rivers",)
    restore(with_draft=True)
    assert facts()["rivers"] == new


def test_what_the_draft_lost_comes_back(draft: KeepingFlask) -> None:
    event_id, lost = rehearsed().id, facts()["session-6"]
    write(lambda: acts.perform(event_id, "session deleted", [Changed(lost, None)], who="Tokyo", now=now()))
    restore(with_draft=True)
    again = facts()["session-6"]
    assert (again.uid, again.number, again.parent, again.seats) == (lost.uid, lost.number, lost.parent, lost.seats)


def test_a_number_that_another_session_took_is_refused_in_words(draft: KeepingFlask) -> None:
    event_id, before = rehearsed().id, facts()["session-2"]
    new = Facts("rivers", "f" * 32, Kind.FORUM, "Forum on rivers", number=2)
    changes = [Changed(before, replace(before, number=None)), Changed(None, new)]
    write(lambda: acts.perform(event_id, "sessions changed", changes, who="Tokyo", now=now()))
    with pytest.raises(Refused, match="“Forum on rivers” has the number 2 now") as no:
        restore(with_draft=True)
    assert (no.value.field, rehearsed().release) == ("draft", 3)
    assert restore() == 4


def test_the_release_that_stands_is_refused(draft: KeepingFlask) -> None:
    with pytest.raises(Refused, match="What is published now says what release 3 said"):
        restore(3)


def test_a_release_that_never_was_is_not_found(draft: KeepingFlask) -> None:
    with pytest.raises(LookupError):
        restore(9)


def test_who_published_meanwhile_is_not_overrun(draft: KeepingFlask) -> None:
    seen = restoring.preview(rehearsed(), 1, now()).shown.seen
    edit("session-1", title="On lakes")
    publish()
    with pytest.raises(Refused, match="Somebody published since you looked"):
        restore(seen=seen)


def test_two_clicks_make_one_release(draft: KeepingFlask) -> None:
    seen = restoring.preview(rehearsed(), 1, now()).shown.seen
    restore(seen=seen)
    with pytest.raises(Refused):
        restore(seen=seen)
    assert rehearsed().release == 4


def test_cities_that_left_since_are_named_before(draft: KeepingFlask) -> None:
    event_id = rehearsed().id
    rome = select(Member.id).where(Member.slug == "rome")
    leave = update(Delegation).where(Delegation.event_id == event_id, Delegation.member_id.in_(rome))
    write(lambda: db.session.execute(leave.values(answer=Answer.DECLINED)))
    assert restoring.preview(db.session.get_one(Event, event_id), 1, now()).gone == ("Rome",)


def test_what_was_published_with_a_reason_is_brought_back_without_another(draft: KeepingFlask) -> None:
    edit("session-2", starts=time(19), ends=time(20))
    publish(reason="Lancaster agreed to it")
    edit("session-2", starts=time(11, 50), ends=time(13, 10))
    publish()
    restore(4)
    assert rehearsed().release == 6


def test_what_can_be_joined_stays_as_it_is_now(draft: KeepingFlask) -> None:
    for link in ("https://meet.example/old", ""):
        edit("session-1", title=f"Linked: {link}")
        write(lambda link=link: db.session.execute(update(Room).values(link=link)))  # type: ignore[misc]
        publish()
    restore(4)
    assert {each.joinable for each in programme(4).sessions if each.room} == {True}
    assert {each.joinable for each in programme(6).sessions if each.room} == {False}
