"""The draft becomes a release: what the preview says, who may publish, and what the public sees before and after."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import date, datetime, time

import pytest
from sqlalchemy import select

from app.agenda.models import Session, Visibility
from app.clock import now
from app.db import db, write
from app.events.models import Event
from app.imports import bundled, load, read
from app.publishing import service
from app.publishing.composing import compose
from app.publishing.differences import Detail
from app.publishing.programme import Programme, from_json, to_json
from app.publishing.wording import tell
from app.refused import Refused
from app.web.kept import KeepingFlask
from tests.ical import parsers, rules


@pytest.fixture
def draft(rehearsal: KeepingFlask) -> Iterator[Event]:
    """The rehearsal's event, inside a context for services; no client is used while it is open."""
    with rehearsal.app_context():
        yield db.session.execute(select(Event).where(Event.slug == "rehearsal")).scalar_one()


def session(code: str) -> Session:
    return db.session.execute(
        select(Session).join(Event).where(Event.slug == "rehearsal", Session.code == code)
    ).scalar_one()


def edit(act: Callable[[], object]) -> None:
    write(act)


def publish(event: Event, seen: str | None = None) -> int:
    return write(lambda: service.publish(event.id, who="Tokyo", now=now(), seen=seen)).number


def test_the_preview_names_what_moved_before_and_after(draft: Event) -> None:
    edit(lambda: vars_of(session("session-2"), starts=time(12, 10), ends=time(13, 30)))
    (found,) = service.preview(draft.id, now()).differences
    assert (found.kinds, found.subject, found.name) == (("retimed",), "session", "Session 2")
    assert [line.before + " → " + line.after for each in tell([found], draft.zone) for line in each.lines] == [
        "11:50–13:10 → 12:10–13:30"
    ]


def vars_of(row: Session, **values: object) -> None:
    for name, value in values.items():
        setattr(row, name, value)


def test_the_preview_names_a_change_of_mode_of_a_city(draft: Event) -> None:
    def act() -> None:
        rows = db.session.execute(select(Session).where(Session.code == "session-5", Session.event_id == draft.id))
        row = rows.scalar_one()
        db.session.refresh(row, ["appearances"])
        row.appearances[3].mode = "online"  # type: ignore[assignment]

    edit(act)
    (found,) = service.preview(draft.id, now()).differences
    assert found.kinds == ("people",)
    assert found.details == (Detail("mode", "", "online", "Rome"),)


def test_publishing_nothing_is_refused(draft: Event) -> None:
    with pytest.raises(Refused, match="Nothing has changed since release 1"):
        publish(draft)


def test_a_draft_that_changed_since_the_preview_is_refused(draft: Event) -> None:
    edit(lambda: vars_of(session("session-2"), title="Session 2, first round"))
    seen = service.preview(draft.id, now()).seen
    edit(lambda: vars_of(session("session-3"), title="Session 3, second round"))
    with pytest.raises(Refused, match="The draft has changed since you looked"):
        publish(draft, seen)


def test_the_draft_that_was_seen_is_published(draft: Event) -> None:
    edit(lambda: vars_of(session("session-2"), title="Session 2, first round"))
    assert publish(draft, service.preview(draft.id, now()).seen) == 2


def test_of_two_who_publish_the_same_preview_one_succeeds(draft: Event) -> None:
    edit(lambda: vars_of(session("session-2"), title="Session 2, first round"))
    seen = service.preview(draft.id, now()).seen
    publish(draft, seen)
    with pytest.raises(Refused):
        publish(draft, seen)
    assert db.session.execute(select(Event.release).where(Event.id == draft.id)).scalar_one() == 2


def test_a_removed_session_is_cancelled_in_the_calendar_and_rises_again_when_it_returns(draft: Event) -> None:
    told: list[tuple[bool, int]] = []

    def note() -> None:
        shown = service.current("rehearsal")
        assert shown is not None
        entry, _ = shown.entries["session-4"]
        told.append((entry.item.cancelled, entry.sequence))

    day = session("session-4").day
    for values in ({"day": None, "starts": None, "ends": None}, {"day": day, "starts": time(15, 20), "ends": time(16)}):
        note()
        edit(lambda values=values: vars_of(session("session-4"), **values))  # type: ignore[misc]
        publish(draft)
    note()
    assert told == [(False, 0), (True, 1), (False, 2)]


def test_a_programme_survives_its_storing(draft: Event) -> None:
    programme = compose(draft.id, 2, now())
    assert from_json(Programme, json.loads(json.dumps(to_json(programme)))) == programme


def test_the_public_sees_a_change_only_when_it_is_published(rehearsal: KeepingFlask) -> None:
    client = rehearsal.test_client()
    paths = ("agenda", "agenda.json", "agenda.ics", "sessions/session-2")
    before = [client.get(f"/rehearsal/{path}").data for path in paths]
    with rehearsal.app_context():
        edit(lambda: vars_of(session("session-2"), title="A round on rivers"))
    assert [client.get(f"/rehearsal/{path}").data for path in paths] == before
    with rehearsal.app_context():
        publish(db.session.execute(select(Event).where(Event.slug == "rehearsal")).scalar_one())
    assert all(b"A round on rivers" in client.get(f"/rehearsal/{path}").data for path in paths)


def test_a_session_on_another_day_than_its_block_stands_on_that_day(rehearsal: KeepingFlask) -> None:
    with rehearsal.app_context():
        day = session("plenary").day
        edit(lambda: vars_of(session("session-3"), day=day, starts=time(13), ends=time(14)))
        event = db.session.execute(select(Event).where(Event.slug == "rehearsal")).scalar_one()
        days = dict(service.preview(event.id, now()).programme.days)
    rows = [(row.session.code, [each.code for each in row.within], row.continued) for row in days[day]]
    assert rows == [
        ("plenary", [], False),
        ("communique", [], False),
        ("block-inclusive", ["session-3"], True),
    ]


def test_what_stands_in_a_cancelled_block_is_cancelled_in_the_calendar_too(draft: Event) -> None:
    edit(lambda: vars_of(session("block-safe"), cancelled=True))
    publish(draft)
    shown = service.current("rehearsal")
    assert shown is not None
    entry, _ = shown.entries["session-5"]
    assert (entry.item.cancelled, entry.sequence) == (True, 1)


def close(code: str) -> None:
    vars_of(session(code), visibility=Visibility.CLOSED)


def test_what_stands_in_a_closed_block_is_nowhere_in_public(rehearsal: KeepingFlask) -> None:
    client = rehearsal.test_client()
    with rehearsal.app_context():
        edit(lambda: close("block-safe"))
        publish(db.session.execute(select(Event).where(Event.slug == "rehearsal")).scalar_one())
    answers = [client.get(f"/rehearsal/sessions/session-5{end}").status_code for end in ("", ".ics")]
    told = [b"session-5" in client.get(f"/rehearsal/{path}").data for path in ("agenda", "agenda.ics", "agenda.json")]
    assert (answers, told) == ([404, 404], [False, False, False])


def test_who_appears_in_closed_sessions_alone_is_not_named_in_public(rehearsal: KeepingFlask) -> None:
    client = rehearsal.test_client()
    assert "Kim Trial" in client.get("/rehearsal/people").text
    with rehearsal.app_context():
        edit(lambda: close("plenary"))
        publish(db.session.execute(select(Event).where(Event.slug == "rehearsal")).scalar_one())
    named = ["Kim Trial" in client.get(f"/rehearsal/{path}").text for path in ("people", "agenda.json", "agenda.ics")]
    assert named == [False, False, False]


def test_an_hour_that_the_clocks_skip_cannot_be_published(app: KeepingFlask) -> None:
    with app.app_context():
        event_id = brussels(date(2023, 3, 25))

        def act() -> None:
            row = db.session.execute(select(Session).where(Session.code == "session-1")).scalar_one()
            row.starts, row.ends = time(2, 30), time(4)

        edit(act)
        with pytest.raises(Refused, match=r"Session 1: .*26 March 2023.*Europe/Brussels"):
            service.preview(event_id, now())


def brussels(starts: date) -> int:
    """The summit as if it were in Brussels, in the night of whose second day the clocks go forward."""
    document = json.loads(bundled("gnets-2023").read_text(encoding="utf-8"))
    document["event"]["zone"] = "Europe/Brussels"
    return write(lambda: load(read(document), now(), starts=starts, timetable=True)).event_id


def test_three_parsers_agree_on_a_summit_during_which_the_clocks_change(app: KeepingFlask) -> None:
    with app.app_context():
        event_id = brussels(date(2023, 3, 25))
        write(lambda: service.publish(event_id, who="Brussels", now=now(), reason="Agreed"))
    octets = app.test_client().get("/gnets-2023/agenda.ics").data
    assert rules.faults(octets) == []
    first, *others = parsers.instants(octets).values()
    assert others == [first, first]
    starts = sorted(start for start, _ in first.values())
    assert [starts[0], starts[-1]] == [
        datetime.fromisoformat("2023-03-25T13:00:00+01:00"),
        datetime.fromisoformat("2023-03-27T10:55:00+02:00"),
    ]
