"""Tables in and out: what people send is read or refused in words, and what we send runs no formula."""

from __future__ import annotations

import csv
import io
import struct
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from datetime import date, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from app import sheets
from app.refused import Refused
from app.sheets import COLUMNS, ROWS, harmless, read, write_csv, write_xlsx
from app.web.kept import KeepingFlask
from tests.trust.attacks.payloads import FORMULAS

pytestmark = pytest.mark.one_database

CITIES = ("São Paulo", "Malmö", "東京", "서울")


@pytest.fixture(autouse=True)
def spoken(standing: KeepingFlask) -> Iterator[None]:
    """Refusals speak a language, so they need an application."""
    with standing.app_context():
        yield


def workbook(*rows: tuple[Any, ...]) -> bytes:
    book, out = Workbook(), io.BytesIO()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(row)
    book.save(out)
    return out.getvalue()


@pytest.mark.parametrize("coding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_a_csv_is_read_in_any_usual_form(coding: str, separator: str) -> None:
    text = "\r\n".join([f"Name{separator}Country", *(f"{city}{separator}XX" for city in CITIES)])
    sheet = read(text.encode(coding), "members.csv")
    assert (sheet.header, sheet.rows) == (("Name", "Country"), tuple((city, "XX") for city in CITIES))


def test_an_old_csv_of_windows_keeps_its_accents() -> None:
    assert read("Name\r\nSão Paulo\r\nMalmö".encode("cp1252"), "a.csv").rows == (("São Paulo",), ("Malmö",))


def test_a_separator_within_quotation_marks_parts_nothing() -> None:
    sheet = read(b'"Name; with, commas,,";Country\n"Washington, D.C.";US\n', "a.csv")
    assert sheet.rows == (("Washington, D.C.", "US"),)


def test_the_separator_that_a_spreadsheet_declares_is_taken() -> None:
    sheet = read(b"sep=;\r\nName, long;Country\r\nRome;IT\r\n", "a.csv")
    assert (sheet.header, sheet.rows, sheet.numbers) == (("Name, long", "Country"), (("Rome", "IT"),), (3,))


def test_empty_rows_are_left_out_and_the_others_keep_their_numbers() -> None:
    sheet = read(b"\n\nName,Country\n,,\nRome,IT\n\nMilan\n", "a.csv")
    assert (sheet.rows, sheet.numbers) == ((("Rome", "IT"), ("Milan", "")), (5, 7))


def test_a_workbook_is_read_as_text() -> None:
    octets = workbook(
        ("Name", "Since", "At", "People", "Share", "Full"),
        ("Seoul", date(2013, 11, 5), datetime.fromisoformat("2013-11-05T09:30"), 2013, 37.5, True),
    )
    assert read(octets, "a.xlsx").rows == (("Seoul", "2013-11-05", "2013-11-05 09:30", "2013", "37.5", "yes"),)


def test_a_formula_of_a_workbook_is_not_read() -> None:
    assert read(workbook(("Name", "Note"), ("Rome", "=1+1")), "a.xlsx").rows == (("Rome", ""),)


def test_marks_that_turn_text_around_do_not_come_in() -> None:
    assert read("Name\nRo\u202eme\x00\x07".encode(), "a.csv").rows == (("Rome",),)


def test_a_workbook_that_lies_about_its_size_is_read_by_what_it_holds() -> None:
    octets = workbook(("Name",), ("Rome",))
    with zipfile.ZipFile(io.BytesIO(octets)) as packed:
        parts = {each: packed.read(each) for each in packed.namelist()}
    sheet = parts["xl/worksheets/sheet1.xml"]
    parts["xl/worksheets/sheet1.xml"] = sheet.replace(b'ref="A1:A2"', b'ref="A1:XFD1048576"')
    assert sheet != parts["xl/worksheets/sheet1.xml"]
    assert read(packed_of(parts), "a.xlsx").rows == (("Rome",),)


def packed_of(parts: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in parts.items():
            packed.writestr(name, content)
    return out.getvalue()


def refusal(octets: bytes, name: str = "members.xlsx") -> str:
    with pytest.raises(Refused) as no:
        read(octets, name)
    return no.value.message


def bomb() -> bytes:
    """A workbook of some kilobytes that says it unpacks to three gigabytes, in sheets of 500 MB each."""
    whole = 500 * 1024 * 1024
    squeezer = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = squeezer.compress(bytes(1024 * 1024)) + squeezer.flush()
    entries, listing = b"", b""
    for name in (b"xl/workbook.xml", *(b"xl/worksheets/sheet%d.xml" % n for n in range(6))):
        fields = struct.pack("<HHHHHIIIHH", 20, 0, 8, 0, 0, 0, len(packed), whole, len(name), 0)
        listing += b"PK\x01\x02" + struct.pack("<H", 20) + fields
        listing += struct.pack("<HHHII", 0, 0, 0, 0, len(entries)) + name
        entries += b"PK\x03\x04" + fields + name + packed
    end = b"PK\x05\x06" + struct.pack("<HHHHIIH", 0, 0, 7, 7, len(listing), len(entries), 0)
    return entries + listing + end


def test_a_zip_bomb_is_refused_before_it_is_unpacked() -> None:
    assert refusal(bomb()) == "This workbook is too large once unpacked. Save the one sheet that is needed alone."


def test_an_entity_bomb_is_refused() -> None:
    parts = {"xl/workbook.xml": b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa">]><x>&a;</x>'}
    assert refusal(packed_of(parts)) == "This workbook holds what no spreadsheet writes, so it was not opened."


TOO_LARGE = "This workbook is too large once unpacked. Save the one sheet that is needed alone."
NO_SHEET = "This workbook cannot be read. Open it in a spreadsheet and save it again as .xlsx."


@pytest.mark.parametrize(("parts", "said"), [(1_000, NO_SHEET), (1_001, TOO_LARGE)])
def test_a_workbook_may_be_packed_of_a_thousand_files(parts: int, said: str) -> None:
    assert refusal(packed_of({"xl/workbook.xml": b""} | {f"xl/{each}": b"" for each in range(1, parts)})) == said


@pytest.mark.parametrize(("more", "said"), [(0, NO_SHEET), (1, TOO_LARGE)])
def test_a_workbook_may_take_forty_megabytes_unpacked(more: int, said: str) -> None:
    assert refusal(packed_of({"xl/workbook.xml": b"", "xl/media/a.png": bytes(40 * 1024 * 1024 + more)})) == said


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("xl/_rels/workbook.xml.rels", "This workbook holds what no spreadsheet writes, so it was not opened."),
        ("xl/media/a.png", NO_SHEET),
    ],
)
def test_entities_are_looked_for_where_they_would_be_read(name: str, said: str) -> None:
    assert refusal(packed_of({"xl/workbook.xml": b"", name: b'<!DOCTYPE x [<!ENTITY a "aaaa">]>'})) == said


def test_the_limits_are_those_that_were_measured() -> None:
    """The memory and time that a file may cost were measured with these; a greater one is measured anew first."""
    assert (ROWS, COLUMNS, sheets.CELL, sheets.LETTERS, sheets.BLANK) == (20_000, 200, 32_767, 2_000_000, 100_000)


@pytest.mark.parametrize(
    ("octets", "said"),
    [
        (b"", "The file is empty."),
        (b"\r\n \r\n", "The file is empty."),
        (b"PK\x03\x04 and then nothing", "This workbook is damaged, or locked by a password."),
        (packed_of({"letter.txt": b"Dear all"}), "This file is packed, but it is no .xlsx workbook."),
        (
            packed_of({"xl/workbook.xml": b"<nonsense/>"}),
            "This workbook cannot be read. Open it in a spreadsheet and save it again as .xlsx.",
        ),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 old",
            "“members.xlsx” is in an old format of Excel. Save it as .xlsx or as CSV.",
        ),
        (b"%PDF-1.7", "“members.xlsx” is no table. Choose a CSV or an .xlsx file."),
        (b"\x81\x8d\x8f", "The letters in this file cannot be told. Save it as “CSV UTF-8” or as .xlsx."),
        (b"," * COLUMNS + b"x\n", f"The table has more than {COLUMNS} columns."),
        (b"Name\n" + b"Rome\n" * (ROWS + 1), f"The table has more than {ROWS} rows. Split it into several files."),
        (b"Name\n" + b"x" * 200_000, "Row 2 cannot be read as CSV; a quotation mark may be missing."),
    ],
)
def test_what_cannot_be_read_is_refused_in_words(octets: bytes, said: str) -> None:
    assert refusal(octets) == said


def test_a_table_of_the_greatest_size_is_read() -> None:
    assert len(read(b"Name\n" + b"Rome\n" * ROWS, "a.csv").rows) == ROWS


@pytest.mark.parametrize("payload", FORMULAS)
def test_no_cell_of_a_csv_begins_as_a_formula(payload: str) -> None:
    (cell,) = list(csv.reader(io.StringIO(write_csv(["Name"], [[payload]]).decode("utf-8-sig"), newline="")))[1]
    assert cell == f"'{payload}"


def test_no_cell_of_a_workbook_is_a_formula() -> None:
    sheet = load_workbook(io.BytesIO(write_xlsx(["Name"], [[each] for each in FORMULAS]))).active
    assert sheet is not None
    cells = [(cell.data_type, cell.value) for row in sheet.iter_rows(min_row=2) for cell in row]
    assert [kind for kind, _ in cells] == ["s"] * len(FORMULAS)


@pytest.mark.parametrize("sign", ["\t", "\r", "\n"])
def test_a_cell_that_begins_with_a_break_is_guarded_whatever_follows_and_reads_back_without_it(sign: str) -> None:
    assert harmless(f"{sign}Rome") == f"'{sign}Rome"
    assert read(write_csv(["Name"], [[f"{sign}Rome"]]), "a.csv").rows == (("Rome",),)


@pytest.mark.parametrize(
    "plain", ["+81 3 1234 5678", "-46.6333", "2013-11", "São Paulo", "Côte d'Ivoire", "O'Higgins", "x=1"]
)
def test_what_cannot_run_stays_as_it_is(plain: str) -> None:
    assert harmless(plain) == plain


@pytest.mark.parametrize(
    ("longest", "longer"),
    [("-123456789012345", "-1234567890123456"), ("+8" + " 1" * 15, "+8" + " 1" * 15 + "2"), ("+81234", "+8123")],
)
def test_a_number_too_long_or_too_short_to_be_one_is_taken_for_a_formula(longest: str, longer: str) -> None:
    assert (harmless(longest), harmless(longer)) == (longest, f"'{longer}")


def test_an_apostrophe_that_guards_nothing_is_part_of_the_text() -> None:
    assert read(b"Name\n'Rome\n'=1+1\n", "a.csv").rows == (("'Rome",), ("=1+1",))


def test_a_csv_is_written_as_spreadsheets_like_it() -> None:
    assert write_csv(["Name"], [["Rome"]]) == b"\xef\xbb\xbfName\r\nRome\r\n"


def test_a_workbook_is_written_with_a_head_that_stays_and_columns_as_wide_as_their_words() -> None:
    rows = [["Rome", "x" * 90, "Ostia\nand the sea"]]
    sheet = load_workbook(io.BytesIO(write_xlsx(["A long heading", "B", "C"], rows))).active
    assert sheet is not None
    assert [sheet[each].font.b for each in ("A1", "C1", "A2", "C2")] == [True, True, False, False]
    assert sheet.freeze_panes == "A2"
    wide = [round(sheet.column_dimensions[each].width - 0.7) for each in "ABC"]  # the file adds a cell's own margin
    assert wide == [len("A long heading") + 2, 60, len("and the sea") + 2]


@pytest.mark.parametrize("write", [write_csv, write_xlsx])
def test_nothing_of_a_table_is_put_on_a_disk(write: Callable[..., bytes], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", "/nowhere")
    assert read(write(["Name"], [["Rome"]]), "a").rows == (("Rome",),)


@pytest.mark.parametrize("write", [write_csv, write_xlsx])
def test_a_text_longer_than_a_cell_holds_is_cut_to_it(write: Callable[..., bytes]) -> None:
    assert read(write(["Name"], [["x" * 32_768]]), "a").rows == (("x" * 32_767,),)


@pytest.mark.parametrize("write", [write_csv, write_xlsx])
def test_what_was_written_reads_back(write: Callable[..., bytes]) -> None:
    header = ("Name", "Also called", "Telephone", "East")
    rows = tuple((city, each.strip(), "+81 3 1234 5678", "-46.6") for city in CITIES for each in FORMULAS)
    sheet = read(write(header, rows), "members")
    assert (sheet.header, sheet.rows) == (header, rows)


cells = st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "S", "Zs")), max_size=12).map(str.strip)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(cells.filter(bool), cells), max_size=5))
def test_any_text_survives_a_csv(rows: list[tuple[str, str]]) -> None:
    sheet = read(write_csv(("Name", "Note"), rows), "a.csv")
    assert sheet.rows == tuple(rows)


@given(st.binary(max_size=400))
@settings(max_examples=150, deadline=None)
def test_any_octets_are_read_or_refused(octets: bytes) -> None:
    for sent in (octets, b"PK\x03\x04" + octets):
        said = ""
        try:
            header = read(sent, "a").header
        except Refused as no:
            header, said = (), no.message
        assert bool(header) != said.endswith(".")
