"""The draft as a table: what is stored, what is refused in words, and what nobody else sees."""

from __future__ import annotations

from datetime import date, time

import pytest
from sqlalchemy import delete, select, update

from app.agenda.models import Appearance, Session
from app.db import db, write
from app.events.models import Event
from app.web.kept import KeepingFlask
from tests.desk.office import ARCHIVE, REHEARSAL, Organiser, line, notes, stored, words
from tests.queries import counted

TABLE = f"{REHEARSAL}/agenda"
ARCHIVED = f"{ARCHIVE}/agenda"


def times(app: KeepingFlask, slug: str = "rehearsal", code: str = "session-2") -> tuple[time | None, time | None]:
    row = stored(app, slug, code)
    return row.starts, row.ends


def move(organiser: Organiser, code: str = "session-2", **values: str) -> str:
    """Change one row, save, and read the page that follows."""
    page = organiser.get(TABLE)
    answer = organiser.send(TABLE, line(page, code, **values))
    assert answer.status_code == 303
    return words(organiser.get(answer.location))


def test_session_2_moves_by_twenty_minutes(desks: KeepingFlask, tokyo: Organiser) -> None:
    move(tokyo, starts="12:10", ends="13:30")
    assert times(desks) == (time(12, 10), time(13, 30))


def test_the_page_says_how_many_changed_and_that_nobody_sees_it(tokyo: Organiser) -> None:
    said = move(tokyo, starts="12:10", ends="13:30")
    assert "One session was changed. The public does not see it until it is published." in said


def test_a_moved_session_keeps_to_the_draft(desks: KeepingFlask, tokyo: Organiser) -> None:
    before = desks.test_client().get("/rehearsal/agenda").data
    move(tokyo, starts="12:10", ends="13:30", title="Session 2, later")
    assert desks.test_client().get("/rehearsal/agenda").data == before


def test_only_the_changed_row_gets_a_new_version(desks: KeepingFlask, tokyo: Organiser) -> None:
    before = {code: stored(desks, "rehearsal", code).version for code in ("session-1", "session-2")}
    move(tokyo, starts="12:10", ends="13:30")
    after = {code: stored(desks, "rehearsal", code).version for code in ("session-1", "session-2")}
    assert after == {"session-1": before["session-1"], "session-2": before["session-2"] + 1}


def test_the_journal_keeps_before_and_after(desks: KeepingFlask, tokyo: Organiser) -> None:
    move(tokyo, starts="12:10", ends="13:30")
    (kept,) = notes(desks, "session/session-2")
    assert (kept.who, kept.what, kept.before, kept.after) == (
        "KOIKE Yuriko",
        "session moved",
        {"start": "11:50", "end": "13:10"},
        {"start": "12:10", "end": "13:30"},
    )


def test_saving_what_is_stored_changes_nothing(desks: KeepingFlask, tokyo: Organiser) -> None:
    assert "Nothing was different" in words(tokyo.get(tokyo.send(TABLE).location))
    assert notes(desks, "session/session-2") == []


def test_a_tick_cancels(desks: KeepingFlask, tokyo: Organiser) -> None:
    move(tokyo, "session-4", cancelled="y")
    assert stored(desks, "rehearsal", "session-4").cancelled is True


def refused(organiser: Organiser, code: str = "session-2", **values: str) -> str:
    page = organiser.get(TABLE)
    answer = organiser.send(TABLE, line(page, code, **values))
    assert answer.status_code == 422
    return words(answer)


def test_one_time_alone_is_refused(tokyo: Organiser) -> None:
    assert "Give both times, or none: then the time is to be announced." in refused(tokyo, ends="")


def test_an_end_before_the_start_is_refused(tokyo: Organiser) -> None:
    assert "The end must come after the start, on the same day." in refused(tokyo, ends="11:50")


def test_a_time_without_a_day_is_refused(tokyo: Organiser) -> None:
    assert "A time needs a day." in refused(tokyo, day="")


def test_an_empty_title_is_refused(tokyo: Organiser) -> None:
    assert "A session needs a title." in refused(tokyo, title="  ")


def test_a_word_for_a_time_is_refused_and_kept(tokyo: Organiser) -> None:
    page = tokyo.send(TABLE, line(tokyo.get(TABLE), "session-2", starts="noon"))
    assert "Write the time in 24 hours: 09:15." in words(page)
    assert 'value="noon"' in page.text


def test_another_year_is_refused(tokyo: Organiser) -> None:
    assert "more than a year away from the summit" in refused(tokyo, day="0001-01-01")


def test_a_room_of_another_summit_is_refused(tokyo: Organiser) -> None:
    assert "This room is no longer there." in refused(tokyo, room="9999")


def test_a_refused_row_keeps_all_the_others_from_being_stored(desks: KeepingFlask, tokyo: Organiser) -> None:
    page = tokyo.get(TABLE)
    answer = tokyo.send(TABLE, line(page, "session-2", starts="12:10", ends="13:30"), line(page, "session-3", ends=""))
    assert "Nothing was saved yet: one row needs another look." in words(answer)
    assert times(desks) == (time(11, 50), time(13, 10))


def test_a_refused_page_keeps_what_was_typed(tokyo: Organiser) -> None:
    page = tokyo.get(TABLE)
    answer = tokyo.send(TABLE, line(page, "session-2", title="Air and water"), line(page, "session-3", ends=""))
    assert 'value="Air and water"' in answer.text


def both_change_session_2(tokyo: Organiser) -> tuple[str, object]:
    """Tokyo opens the table in two tabs and saves two different times for Session 2."""
    page = tokyo.get(TABLE)
    tokyo.send(TABLE, line(page, "session-2", starts="12:00", ends="13:00"), page=page)
    answer = tokyo.send(TABLE, line(page, "session-2", starts="12:10", ends="13:30"), page=page)
    assert answer.status_code == 409
    return words(answer), answer


def test_a_stale_row_is_refused_with_what_is_stored(desks: KeepingFlask, tokyo: Organiser) -> None:
    said, _page = both_change_session_2(tokyo)
    assert "Somebody else changed this meanwhile. Stored now: start: 12:00; end: 13:00." in said
    assert times(desks) == (time(12, 0), time(13, 0))


def test_a_stale_row_keeps_what_was_typed_and_can_be_saved_after_all(desks: KeepingFlask, tokyo: Organiser) -> None:
    _said, page = both_change_session_2(tokyo)
    assert tokyo.send(TABLE, page=page).status_code == 303  # type: ignore[arg-type]
    assert times(desks) == (time(12, 10), time(13, 30))


def test_two_tabs_may_change_different_rows(desks: KeepingFlask, tokyo: Organiser) -> None:
    page = tokyo.get(TABLE)
    tokyo.send(TABLE, line(page, "session-2", starts="12:00", ends="13:00"), page=page)
    answer = tokyo.send(TABLE, line(page, "session-3", title="Session 3, renamed"), page=page)
    assert answer.status_code == 303
    assert times(desks) == (time(12, 0), time(13, 0))


def test_a_row_whose_session_is_gone_is_refused(tokyo: Organiser) -> None:
    page = tokyo.get(TABLE)
    answer = tokyo.send(TABLE, line(page, "session-2", code="nowhere", title="Taken over"))
    assert answer.status_code == 422
    assert "Somebody took this session off the draft meanwhile." in words(answer)


def brussels(app: KeepingFlask) -> None:
    """The archive as if it had been held in Brussels."""
    with app.app_context():
        write(
            lambda: db.session.execute(update(Event).where(Event.slug == "gnets-2023").values(zone="Europe/Brussels"))
        )


def test_an_hour_that_brussels_leaves_out_is_refused_with_the_next(desks: KeepingFlask, rome: Organiser) -> None:
    brussels(desks)
    page = rome.get(ARCHIVED)
    night = line(page, "session-2", day="2023-03-26", starts="02:30", ends="04:00")
    assert "the next valid time is 03:00" in words(rome.send(ARCHIVED, night))


def test_a_day_outside_the_summit_is_stored_with_a_warning(desks: KeepingFlask, rome: Organiser) -> None:
    page = rome.get(ARCHIVED)
    answer = rome.send(ARCHIVED, line(page, "session-2", day="2023-03-02"))
    assert stored(desks, "gnets-2023", "session-2").day == date(2023, 3, 2)
    assert "Session 2: This day is not one of the summit’s" in words(rome.get(answer.location))


def test_london_at_01_40_is_warned_of_after_saving(rome: Organiser) -> None:
    page = rome.get(ARCHIVED)
    answer = rome.send(ARCHIVED, line(page, "session-6", starts="10:40", ends="12:00"))
    assert "Session 6: London: 01:40 local" in words(rome.get(answer.location))


def test_london_at_08_30_is_not(rome: Organiser) -> None:
    page = rome.get(ARCHIVED)
    answer = rome.send(ARCHIVED, line(page, "session-6", starts="17:30", ends="18:50"))
    assert "London" not in words(rome.get(answer.location))


def test_rome_may_come_online_and_is_warned_of_too(rome: Organiser) -> None:
    page = rome.get(ARCHIVED)
    answer = rome.send(ARCHIVED, line(page, "session-5", starts="09:00", ends="10:00"))
    assert "Session 5: Rome: 01:00 local" in words(rome.get(answer.location))


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ({"version": "9" * 5000}, 409),
        ({"room": "9" * 5000}, 422),
        ({"title": "\x00" * 9}, 422),
        ({"day": "9999-12-31"}, 422),
    ],
)
def test_nonsense_is_refused_and_stores_nothing(
    desks: KeepingFlask, tokyo: Organiser, typed: dict[str, str], code: int
) -> None:
    page = tokyo.get(TABLE)
    answer = tokyo.send(TABLE, line(page, "session-2", **({"ends": "13:20"} | typed)))
    assert answer.status_code == code
    assert times(desks) == (time(11, 50), time(13, 10))


def test_sessions_stand_under_their_block(tokyo: Organiser) -> None:
    page = tokyo.get(TABLE).text
    places = [
        page.index(f'value="{code}"') for code in ("city-videos", "block-environment-a", "session-1", "session-2")
    ]
    assert places == sorted(places)


@pytest.mark.parametrize("city", ["rome", "milan"])
def test_a_stranger_finds_no_table(desks: KeepingFlask, city: str) -> None:
    assert Organiser(desks, city).get(TABLE).status_code == 404


def test_a_visitor_is_sent_to_sign_in(desks: KeepingFlask) -> None:
    answer = desks.test_client().get(TABLE)
    assert (answer.status_code, answer.location) == (303, "/sign-in?next=/organise/rehearsal/agenda")


def keep_only(app: KeepingFlask, *codes: str) -> None:
    """Take all but these sessions off the rehearsal's draft."""

    def act() -> None:
        event = select(Event.id).where(Event.slug == "rehearsal").scalar_subquery()
        gone = select(Session.id).where(Session.event_id == event, Session.code.not_in(codes))
        db.session.execute(update(Session).where(Session.event_id == event).values(parent_id=None))
        db.session.execute(delete(Appearance).where(Appearance.session_id.in_(gone)))
        db.session.execute(delete(Session).where(Session.event_id == event, Session.code.not_in(codes)))

    with app.app_context():
        write(act)


def test_the_table_costs_the_same_for_three_sessions_and_for_one(desks: KeepingFlask, tokyo: Organiser) -> None:
    costs = []
    for codes in (("session-2", "session-5", "session-6"), ("session-6",)):
        keep_only(desks, *codes)
        with counted(desks) as statements:
            assert tokyo.get(TABLE).text.count("Start, ") == len(codes)
        costs.append(len(statements))
    assert costs[0] == costs[1]
