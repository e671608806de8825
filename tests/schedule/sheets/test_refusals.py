"""Files that are refused or dangerous, and people to whom they are none of their business."""

from __future__ import annotations

import io

import pytest
from openpyxl import Workbook
from sqlalchemy import update

from app import clock, sent
from app.db import db, write
from app.schedule.models import AgendaFile
from app.web.kept import KeepingFlask
from tests.desk.office import ARCHIVE, REHEARSAL, Organiser, held, stored, words
from tests.schedule.sheets.sending import (
    FILE,
    STOOD,
    count,
    looked,
    moved,
    send,
    taken_out,
    when,
    with_cells,
    written,
)
from tests.test_sheets import bomb


@pytest.mark.parametrize(
    ("octets", "name", "said"),
    [
        (b"", "agenda.csv", "The file is empty."),
        (b"Code,Title\n", "agenda.csv", "The file has a head but no row beneath it."),
        (
            b"Room,Day\nHall,1\n",
            "agenda.csv",
            "There is no column “Code” or “Title”, so no row says which session it is.",
        ),
        (b"Code,Room,Room\na,b,c\n", "agenda.csv", "Two columns are “Room”. Take one of them out."),
        (b"Title\n" + b"x\n" * 1001, "agenda.csv", "The file has more than 1000 rows. Split it into several files."),
        (b"Title\n" + (b"x" * 30_000 + b"\n") * 90, "agenda.csv", "The file holds more words than any such table."),
        (b"%PDF-1.7", "agenda.xlsx", "“agenda.xlsx” is no table. Choose a CSV or an .xlsx file."),
        (b"PK\x03\x04 and then nothing", "agenda.xlsx", "This workbook is damaged, or locked by a password."),
    ],
)
def test_what_is_no_table_of_sessions_is_refused_in_words(
    desks: KeepingFlask, tokyo: Organiser, octets: bytes, name: str, said: str
) -> None:
    answer = send(tokyo, octets, name)
    assert (answer.status_code, said in words(answer), count(desks, AgendaFile)) == (422, True, 0)


def test_a_bomb_is_refused(desks: KeepingFlask, tokyo: Organiser) -> None:
    answer = send(tokyo, bomb(), "agenda.xlsx")
    assert "This workbook is too large once unpacked." in words(answer)
    assert (answer.status_code, count(desks, AgendaFile)) == (422, 0)


def test_a_small_workbook_that_says_one_long_cell_many_times_is_refused(desks: KeepingFlask, tokyo: Organiser) -> None:
    book, out = Workbook(), io.BytesIO()
    for _row in range(100):
        book.worksheets[0].append(["x" * 30_000] * 5)
    book.worksheets[0].insert_rows(1)
    book.worksheets[0]["A1"] = "Title"
    book.save(out)
    assert len(out.getvalue()) < 100_000
    answer = send(tokyo, out.getvalue(), "agenda.xlsx")
    assert (answer.status_code, count(desks, AgendaFile)) == (422, 0)


def test_without_a_file_it_says_what_to_choose(tokyo: Organiser) -> None:
    answer = tokyo.send(FILE)
    assert (answer.status_code, "Choose a file: CSV or .xlsx." in words(answer)) == (422, True)


def test_hostile_cells_are_shown_as_words(desks: KeepingFlask, tokyo: Organiser) -> None:
    hostile = "<script>alert(1)</script> {{ 7*7 }}"
    found = with_cells(taken_out(tokyo), "session-2", Title=hostile, Note="'; DROP TABLE sessions; --", Room=hostile)
    found = [each | {"<b>bold</b>": "x"} for each in found]
    path, page = looked(tokyo, written(found), "../../<script>.csv")
    assert "<script>alert" not in page.text
    mended = with_cells(found, "session-2", Room="")
    path, page = looked(tokyo, written(mended))
    tokyo.send(path, page=page)
    assert stored(desks, "rehearsal", "session-2").title == hostile
    assert taken_out(tokyo)[6]["Title"] == hostile


PAGES = (f"{REHEARSAL}/schedule/agenda.csv", f"{REHEARSAL}/schedule/agenda.xlsx", FILE)


@pytest.mark.parametrize("path", PAGES)
def test_the_organiser_of_another_summit_finds_nothing(desks: KeepingFlask, rome: Organiser, path: str) -> None:
    assert rome.get(path).status_code == 404
    assert desks.test_client().get(path).location == f"/sign-in?next={path}"


def test_a_file_is_seen_by_who_sent_it_at_its_own_summit_alone(
    desks: KeepingFlask, tokyo: Organiser, rome: Organiser
) -> None:
    path, page = looked(tokyo, moved(tokyo))
    code = path.rpartition("/")[2]
    values = held(page)
    found = [
        *(rome.get(path).status_code, rome.get(f"{ARCHIVE}/schedule/file/{code}").status_code),
        rome.client.post(f"{ARCHIVE}/schedule/file/{code}", data=values).status_code,
        desks.test_client().get(path).status_code,
    ]
    assert (found, when(desks)) == ([404, 404, 404, 303], STOOD)


def test_a_file_of_one_summit_names_nothing_of_another(desks: KeepingFlask, tokyo: Organiser, rome: Organiser) -> None:
    """Rome sends the rehearsal's table into the archive: rooms and people of the rehearsal are none of its own."""
    file = written(taken_out(tokyo))
    sent = send(rome, file, path=f"{ARCHIVE}/schedule/file")
    said = words(rome.get(sent.location))
    assert "“Rehearsal Hall” is none of the rooms of this summit." in said
    assert "“Kim Trial (rehearsal)” is none of the people of this summit." in said
    assert "Store these" not in said


def test_a_file_waits_for_a_day(desks: KeepingFlask, tokyo: Organiser) -> None:
    path, _page = looked(tokyo, moved(tokyo))

    def age() -> None:
        db.session.execute(update(AgendaFile).values(sent_at=clock.now() - sent.WAITS))

    with desks.app_context():
        write(age)
    assert tokyo.get(path).status_code == 404
    looked(tokyo, moved(tokyo))
    assert count(desks, AgendaFile) == 1


@pytest.mark.parametrize("path", [f"{FILE}/none", f"{REHEARSAL}/schedule/agenda.pdf", "/organise/none/schedule/file"])
def test_what_is_not_there_is_not_found(tokyo: Organiser, path: str) -> None:
    assert tokyo.get(path).status_code == 404
