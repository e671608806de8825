"""The pages that take a file of sessions, as Tokyo uses them for the rehearsal; Rome has the archive."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import date, time, timedelta
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook
from sqlalchemy import update

from app.agenda import acts
from app.agenda.models import Act, Session
from app.db import db, write
from app.events.models import Event
from app.events.service import event_by_slug
from app.schedule.models import AgendaFile
from app.web.kept import KeepingFlask
from tests.desk.office import REHEARSAL, Organiser, line, notes, rows, stored, words
from tests.queries import counted
from tests.schedule.sheets.sending import (
    STOOD,
    THEN,
    count,
    looked,
    moved,
    taken_out,
    when,
    with_cells,
    written,
)


@pytest.mark.parametrize("page", [f"{REHEARSAL}/schedule", f"{REHEARSAL}/agenda"])
def test_board_and_table_lead_to_the_files(tokyo: Organiser, page: str) -> None:
    text = tokyo.get(page).text
    found = [f'href="{REHEARSAL}/schedule/{each}"' in text for each in ("agenda.xlsx", "agenda.csv", "file")]
    assert found == [True, True, True]


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_the_draft_comes_as_a_file_with_its_accents(tokyo: Organiser, kind: str) -> None:
    answer = tokyo.get(f"{REHEARSAL}/schedule/agenda.{kind}")
    assert answer.headers["Content-Disposition"] == f'attachment; filename="rehearsal-agenda.{kind}"'
    found = {each["Code"]: each["Cities"] for each in taken_out(tokyo, kind)}
    assert (
        found["session-3"] == "Tokyo (venue); Amsterdam (venue); Brussels (venue); São Paulo (venue); Singapore (venue)"
    )


def test_a_csv_begins_with_the_mark_that_keeps_accents_in_spreadsheets(tokyo: Organiser) -> None:
    assert tokyo.get(f"{REHEARSAL}/schedule/agenda.csv").data.startswith(b"\xef\xbb\xbfCode,Kind,")


def test_no_title_runs_as_a_formula(desks: KeepingFlask, tokyo: Organiser) -> None:
    tokyo.send(f"{REHEARSAL}/agenda", line(tokyo.get(f"{REHEARSAL}/agenda"), "session-2", title="=1+1"))
    assert stored(desks, "rehearsal", "session-2").title == "=1+1"
    octets = tokyo.get(f"{REHEARSAL}/schedule/agenda.csv").data
    cells = [row[3] for row in csv.reader(io.StringIO(octets.decode("utf-8-sig"), newline=""))]
    assert ("'=1+1" in cells, "=1+1" in cells) == (True, False)
    book = load_workbook(io.BytesIO(tokyo.get(f"{REHEARSAL}/schedule/agenda.xlsx").data))
    assert {cell.data_type for row in book.worksheets[0].iter_rows() for cell in row if cell.value} == {"s"}


def test_the_look_stores_nothing(desks: KeepingFlask, tokyo: Organiser) -> None:
    _path, page = looked(tokyo, moved(tokyo))
    assert rows(page)["Session 2session-2"] == "8 | Starts11:50 becomes 12:10Ends13:10 becomes 13:30"
    assert (when(desks), count(desks, Act)) == (STOOD, 0)


def test_the_look_tells_what_would_clash_and_what_would_be_mended(tokyo: Organiser) -> None:
    found = with_cells(taken_out(tokyo), "session-6", Starts="10:40", Ends="12:00")
    said = words(looked(tokyo, written(found))[1])
    assert "London would take part in “Session 6” from 01:40 to 03:00 of its own clocks." in said
    mended = with_cells(taken_out(tokyo), "plenary", Cities="Queensland (venue)")
    said = words(looked(tokyo, written(mended))[1])
    assert "This would be mended:Queensland is in no session." in said


def test_stored_it_is_one_act_told_on_the_board(desks: KeepingFlask, tokyo: Organiser) -> None:
    found = with_cells(taken_out(tokyo), "plenary", Title="Closing plenary")
    found = with_cells(found, "session-2", Starts="12:10", Ends="13:30")
    found.append(dict.fromkeys(found[0], "") | {"Title": "Tea", "Kind": "break"})
    path, page = looked(tokyo, written(found))
    assert "Store these 3 changes" in words(page)
    answer = tokyo.send(path, page=page)
    assert (answer.status_code, answer.location) == (303, f"{REHEARSAL}/schedule#history")
    board = words(tokyo.get(f"{REHEARSAL}/schedule"))
    assert "3 sessions are stored. 1 of them is new. It was one change." in board
    assert ("File stored" in board, "KOIKE Yuriko, " in board) == (True, True)
    assert (when(desks), stored(desks, "rehearsal", "tea").kind, count(desks, Act)) == (THEN, "break", 1)


def test_undo_takes_the_whole_file_back_in_one_step_and_redo_stores_it_again(
    desks: KeepingFlask, tokyo: Organiser
) -> None:
    def whole() -> Any:
        with desks.app_context():
            return acts.stored(event_by_slug("rehearsal").id)

    before = whole()
    found = with_cells(
        taken_out(tokyo), "session-2", Starts="12:10", Ends="13:30", Cities="Milan; Tokyo", Needs="stage"
    )
    found = with_cells(found, "session-1", Number="2")
    found = with_cells(found, "session-2", Number="1")
    found.append(dict.fromkeys(found[0], "") | {"Title": "Evening", "Kind": "block"})
    found.append(dict.fromkeys(found[0], "") | {"Title": "Talk", "Block": "Evening"})
    path, page = looked(tokyo, written(found))
    tokyo.send(path, page=page)
    after = whole()
    assert (len(after), after["session-1"].number, after["talk"].parent) == (len(before) + 2, 2, "evening")
    board = tokyo.get(f"{REHEARSAL}/schedule")
    token = {"csrf_token": board.text.split('data-token="')[1].split('"')[0]}
    tokyo.client.post(f"{REHEARSAL}/schedule/acts/1/undo", data=token)
    assert whole() == before
    tokyo.client.post(f"{REHEARSAL}/schedule/acts/1/redo", data=token)
    assert whole() == after


def test_the_public_sees_nothing_of_it(desks: KeepingFlask, tokyo: Organiser) -> None:
    before = desks.test_client().get("/rehearsal/agenda").data
    path, page = looked(tokyo, moved(tokyo, Title="Session 2, later"))
    tokyo.send(path, page=page)
    assert desks.test_client().get("/rehearsal/agenda").data == before


def test_the_journal_tells_of_each_session(desks: KeepingFlask, tokyo: Organiser) -> None:
    path, page = looked(tokyo, moved(tokyo))
    tokyo.send(path, page=page)
    (kept,) = notes(desks, "session/session-2")
    assert (kept.who, kept.what, kept.before, kept.after) == (
        "KOIKE Yuriko",
        "session moved",
        {"start": "11:50", "end": "13:10"},
        {"start": "12:10", "end": "13:30"},
    )


def test_the_file_is_gone_once_it_is_stored(desks: KeepingFlask, tokyo: Organiser) -> None:
    path, page = looked(tokyo, moved(tokyo))
    answers = [tokyo.send(path, page=page).status_code for _press in range(2)]
    assert (answers, count(desks, AgendaFile), count(desks, Act)) == ([303, 404], 0, 1)
    assert "This file was stored already, or has waited for more than a day." in words(tokyo.get(path))


def test_a_file_without_an_edit_has_nothing_to_store(desks: KeepingFlask, tokyo: Organiser) -> None:
    path, page = looked(tokyo, written(taken_out(tokyo)))
    assert "The draft stands so already: there is nothing to store." in words(page)
    answer = tokyo.send(path, page=page)
    assert (answer.status_code, "This would change nothing." in words(answer), count(desks, Act)) == (422, True, 0)


def test_what_the_file_does_not_hold_is_left_alone_and_said(desks: KeepingFlask, tokyo: Organiser) -> None:
    only = [each for each in taken_out(tokyo) if each["Code"] == "session-2"]
    path, page = looked(tokyo, written(with_cells(only, "session-2", Title="Two")))
    assert "15 sessions of the draft are not in the file and stay as they are" in words(page)
    before = count(desks, Session)
    tokyo.send(path, page=page)
    assert (count(desks, Session), stored(desks, "rehearsal", "session-2").title) == (before, "Two")


def test_a_wrong_row_keeps_everything_from_being_stored(desks: KeepingFlask, tokyo: Organiser) -> None:
    found = with_cells(taken_out(tokyo), "session-2", Starts="12:10", Ends="13:30")
    path, page = looked(tokyo, written(with_cells(found, "session-3", Room="Garden", Day="03/01/2023")))
    said = rows(page)["Session 3session-3"]
    assert "Room: “Garden” is none of the rooms of this summit." in said
    assert "Day: “03/01/2023” may be 2023-03-01 or 2023-01-03." in said
    assert "Store these" not in words(page)
    answer = tokyo.send(path, page=page)
    assert answer.status_code == 422
    assert "Nothing is stored while a row is wrong." in words(answer)
    assert (when(desks), count(desks, Act)) == (STOOD, 0)


def test_a_draft_changed_since_the_look_is_refused_with_the_differences(desks: KeepingFlask, tokyo: Organiser) -> None:
    path, page = looked(tokyo, moved(tokyo))
    table = f"{REHEARSAL}/agenda"
    tokyo.send(table, line(tokyo.get(table), "session-2", starts="14:00", ends="15:00"))
    answer = tokyo.send(path, page=page)
    said = words(answer)
    assert answer.status_code == 422
    assert "The draft has changed since you looked. Here is what the file would change now." in said
    assert "Done since you looked:KOIKE Yuriko: Session moved: Session 2" in said
    assert rows(answer)["Session 2session-2"].endswith("Starts14:00 becomes 12:10Ends15:00 becomes 13:30")
    assert when(desks) == (time(14), time(15))
    assert tokyo.send(path, page=answer).status_code == 303
    assert when(desks) == THEN


def test_a_change_of_another_session_does_not_stand_in_the_way(desks: KeepingFlask, tokyo: Organiser) -> None:
    only = [each for each in taken_out(tokyo) if each["Code"] == "session-2"]
    path, page = looked(tokyo, written(with_cells(only, "session-2", Starts="12:10", Ends="13:30")))
    table = f"{REHEARSAL}/agenda"
    tokyo.send(table, line(tokyo.get(table), "session-3", title="Three"))
    assert tokyo.send(path, page=page).status_code == 303
    assert (when(desks), stored(desks, "rehearsal", "session-3").title) == (THEN, "Three")


def test_a_row_that_would_undo_what_others_did_since_the_file_was_taken_out_is_marked(tokyo: Organiser) -> None:
    file = written(taken_out(tokyo))
    table = f"{REHEARSAL}/agenda"
    tokyo.send(table, line(tokyo.get(table), "session-2", starts="14:00", ends="15:00"))
    said = rows(looked(tokyo, file)[1])["Session 2session-2"]
    assert said == (
        "8 | Somebody changed this session after the file was taken out. Look whether this row undoes that."
        "Starts14:00 becomes 11:50Ends15:00 becomes 13:10"
    )


def test_cities_are_known_by_any_name_and_it_is_told_how_they_were_read(desks: KeepingFlask, tokyo: Organiser) -> None:
    found = with_cells(taken_out(tokyo), "plenary", Cities="NewYork (video, 3 min); Sao Paulo; 東京")
    path, page = looked(tokyo, written(found))
    assert "Read as: NewYork → New York; Sao Paulo → São Paulo; 東京 → Tokyo." in words(page)
    tokyo.send(path, page=page)
    row = next(each for each in taken_out(tokyo) if each["Code"] == "plenary")
    assert row["Cities"] == "New York (video, 3 min); São Paulo (venue); Tokyo (venue)"


def test_columns_that_are_not_known_are_named(tokyo: Organiser) -> None:
    found = [each | {"Responsible": "KOIKE", "": ""} for each in taken_out(tokyo)]
    said = words(looked(tokyo, written(found))[1])
    assert "These columns are not known and were passed over: Responsible." in said


def workbook(*lines: tuple[Any, ...]) -> bytes:
    book, out = Workbook(), io.BytesIO()
    for each in lines:
        book.worksheets[0].append(each)
    book.save(out)
    return out.getvalue()


def test_a_workbook_with_cells_of_dates_times_numbers_and_ticks_is_read(desks: KeepingFlask, tokyo: Organiser) -> None:
    day = stored(desks, "rehearsal", "session-2").day
    assert day is not None
    octets = workbook(
        ("Code", "Day", "Starts", "Ends", "Length", "Expected audience", "Cancelled"),
        ("session-2", day + timedelta(days=1), time(9, 30), time(10, 50), 80, 120.0, True),
    )
    path, page = looked(tokyo, octets, "agenda.xlsx")
    tokyo.send(path, page=page)
    row = stored(desks, "rehearsal", "session-2")
    assert (row.day, row.starts, row.ends, row.length, row.audience, row.cancelled) == (
        day + timedelta(days=1),
        time(9, 30),
        time(10, 50),
        80,
        120,
        True,
    )


def test_looking_costs_the_same_for_one_session_and_for_three_hundred(desks: KeepingFlask, tokyo: Organiser) -> None:
    def cost(octets: bytes) -> int:
        path, _page = looked(tokyo, octets)
        with counted(desks) as statements:
            assert tokyo.get(path).status_code == 200
        return len(statements)

    few = cost(moved(tokyo))
    found = taken_out(tokyo)
    found += [dict.fromkeys(found[0], "") | {"Title": f"Talk {each}", "Cities": "Rome"} for each in range(300)]
    path, page = looked(tokyo, written(found))
    tokyo.send(path, page=page)
    changed = [each | {"Starts": "16:00", "Ends": "17:00"} if each["Day"] else each for each in taken_out(tokyo)]
    assert cost(written(changed)) == few


def within(app: KeepingFlask, act: Callable[[], object]) -> None:
    with app.app_context():
        write(act)


def test_a_session_whose_hour_is_skipped_is_refused_on_the_page(desks: KeepingFlask, tokyo: Organiser) -> None:
    def to_rome() -> None:
        spring = {"zone": "Europe/Rome", "starts_on": date(2027, 3, 27), "ends_on": date(2027, 3, 29)}
        db.session.execute(update(Event).where(Event.slug == "rehearsal").values(**spring))

    within(desks, to_rome)
    found = with_cells(taken_out(tokyo), "session-2", Day="Sun 28 Mar", Starts="02:30", Ends="03:30")
    said = rows(looked(tokyo, written(found))[1])["Session 2session-2"]
    assert "On 28 March 2027 the clocks in Europe/Rome go forward and 02:30 is left out" in said
