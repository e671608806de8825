"""Tables that people keep in spreadsheets: CSV and XLSX in and out.

What comes in may be anything: it is measured before it is unpacked, and read as text alone. What goes out runs no
formula in whatever opens it, and reads back as it was.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from importlib import import_module
from typing import Any

from flask_babel import gettext as _

from app import ical
from app.refused import Refused
from app.spelling import sparing

ROWS = 20_000
COLUMNS = 200
CELL = 32_767
"""Characters that a cell of a spreadsheet holds at most."""
UNPACKED = 40 * 1024 * 1024
"""Octets that a workbook may take when unpacked."""
LETTERS = 2_000_000
"""Characters that all cells of a file may hold together, since a small workbook can say one long cell many times."""
PARTS = 1_000
"""Files that a workbook may be packed of."""
BLANK = 100_000
"""Empty rows that are passed over before a sheet is said to be too long."""

ACTS = "=+-@＝＋－＠"  # noqa: RUF001 (full-width forms act like the narrow ones in some spreadsheets)
"""Signs by which a cell may begin a formula."""
BREAKS = "\t\r\n"
NUMBER = re.compile(r"-?\d{1,15}(\.\d+)?")
TELEPHONE = re.compile(r"\+\d[\d ]{4,30}")
"""Digits and spaces alone: nothing that could be worked out, and readable as it stands."""
READER, WRITER = "openpyxl", "xlsxwriter"
"""Loaded with the first workbook: they took a tenth of each start, and 20 MB of each process."""


@dataclass(frozen=True)
class Sheet:
    """A table as text: every row is as wide as the header. `numbers` are the rows' own in the file, from 1."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numbers: tuple[int, ...]


def read(octets: bytes, filename: str) -> Sheet:
    """The first sheet of a workbook (XLSX), or a CSV in any of the usual encodings and separators.

    The first row that holds anything is the header; empty rows are left out. Dates become ISO 8601, ticks "yes" and
    "no", formulas the values last worked out. Refused, in words, for anything that cannot be read or is too large.
    """
    if not octets.strip(b"\x00 \t\r\n"):
        raise Refused(_("The file is empty."))
    if octets[:4] == b"PK\x03\x04":
        return _sheet(_workbook(octets))
    if octets[:8] == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
        raise Refused(_("“%(name)s” is in an old format of Excel. Save it as .xlsx or as CSV.", name=filename))
    if octets[:4] in {b"%PDF", b"\x89PNG"} or octets[:2] == b"\xff\xd8":
        raise Refused(_("“%(name)s” is no table. Choose a CSV or an .xlsx file.", name=filename))
    return _sheet(_lines(_text(octets)))


def measure(sheet: Sheet, rows: int) -> None:
    """Refused when the table has no row, more than `rows`, or more words than anybody typed."""
    if not sheet.rows:
        raise Refused(_("The file has a head but no row beneath it."), "file")
    if len(sheet.rows) > rows:
        raise Refused(_("The file has more than %(num)s rows. Split it into several files.", num=rows), "file")
    if sum(len(cell) for row in (sheet.header, *sheet.rows) for cell in row) > LETTERS:
        raise Refused(
            _("The file holds more words than any such table. Take out the columns that are not needed."), "file"
        )


def write_csv(header: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """A CSV as spreadsheets like it: UTF-8 with its mark, commas, CRLF (RFC 4180); no cell can act as a formula."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    for row in (header, *rows):
        writer.writerow([harmless(cell) for cell in row])
    return out.getvalue().encode("utf-8-sig")


def write_xlsx(header: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """A workbook of one sheet in which every cell is text; the header stays in sight."""
    out = io.BytesIO()
    with import_module(WRITER).Workbook(out, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        bold = book.add_format({"bold": True})
        widths = [len(word) for word in header]
        for at, row in enumerate((header, *rows)):
            for column, cell in enumerate(row):
                sheet.write_string(at, column, cell[:CELL], bold if at == 0 else None)
                widths[column] = max(widths[column], *(len(line) for line in cell.split("\n")))
        for column, width in enumerate(widths):
            sheet.set_column(column, column, min(60, width + 2))
        sheet.freeze_panes(1, 0)
    return out.getvalue()


def harmless(cell: str) -> str:
    """The text as a CSV may hold it: an apostrophe goes before whatever a spreadsheet might take for a formula.

    Numbers ("-46.63") and telephone numbers of digits and spaces ("+81 3 1234") stay as they are: there is nothing
    in them to run.
    """
    if NUMBER.fullmatch(cell) or TELEPHONE.fullmatch(cell):
        return cell
    return f"'{cell}" if _acts(cell) else cell


def plain(cell: str) -> str:
    """The text of a cell as reading gives it: what was written and read back is this."""
    return sparing(ical.clean(cell)[:CELL]).strip()


def _acts(cell: str) -> bool:
    """Whether a text begins as a formula does, once spaces and apostrophes before it are passed over."""
    return cell[:1] in tuple(BREAKS) or cell.lstrip().lstrip("' \t\r\n\xa0\u3000")[:1] in tuple(ACTS)


def _bare(cell: str) -> str:
    """The cell of a CSV without the apostrophe that `harmless` gave it."""
    return cell[1:] if cell.startswith("'") and _acts(cell[1:]) else cell


def _sheet(lines: Iterable[tuple[int, Sequence[str]]]) -> Sheet:
    header: list[str] = []
    rows: list[list[str]] = []
    numbers: list[int] = []
    for number, cells in lines:
        row = [plain(cell) for cell in cells]
        while row and not row[-1]:
            row.pop()
        if len(row) > COLUMNS:
            raise Refused(_("The table has more than %(num)s columns.", num=COLUMNS))
        if not row:
            if number > ROWS + BLANK:
                raise _too_long()
        elif not header:
            header = row
        elif len(rows) == ROWS:
            raise _too_long()
        else:
            rows.append(row)
            numbers.append(number)
    if not header:
        raise Refused(_("The file is empty."))
    width = max(len(row) for row in (header, *rows))
    whole = [tuple(row + [""] * (width - len(row))) for row in (header, *rows)]
    return Sheet(whole[0], tuple(whole[1:]), tuple(numbers))


def _too_long() -> Refused:
    return Refused(_("The table has more than %(num)s rows. Split it into several files.", num=ROWS))


def _text(octets: bytes) -> str:
    """The octets as text: by their mark, or else UTF-16 by its zeros, UTF-8 if they are, and Windows' cp1252."""
    if octets[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        codings = ["utf-16"]
    elif octets[:400:2].count(0) * 3 > len(octets[:400:2]):
        codings = ["utf-16-be"]
    elif octets[1:400:2].count(0) * 3 > len(octets[1:400:2]):
        codings = ["utf-16-le"]
    else:
        codings = ["utf-8-sig", "cp1252"]
    for coding in codings:
        try:
            return octets.decode(coding)
        except UnicodeDecodeError:
            continue
    raise Refused(_("The letters in this file cannot be told. Save it as “CSV UTF-8” or as .xlsx."))


def _lines(text: str) -> Iterator[tuple[int, list[str]]]:
    declared = re.match(r"sep=(.)\r?\n", text)
    text = text[declared.end() :] if declared else text
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=declared[1] if declared else _separator(text))
    number = 1 if declared else 0
    try:
        for cells in reader:
            number += 1
            yield number, [_bare(cell) for cell in cells]
    except csv.Error as fault:
        said = _("Row %(row)s cannot be read as CSV; a quotation mark may be missing.", row=number + 1)
        raise Refused(said) from fault


def _separator(text: str) -> str:
    """What parts the cells of the first line, outside quotation marks; a comma when nothing does."""
    first = re.sub(r'"[^"]*"', "", text.lstrip("\r\n")[:20_000]).splitlines()
    found = {each: first[0].count(each) for each in ",;\t"} if first else {",": 0}
    return max(found, key=lambda each: found[each])


def _workbook(octets: bytes) -> Iterator[tuple[int, list[str]]]:
    _measure(octets)
    unreadable = Refused(_("This workbook cannot be read. Open it in a spreadsheet and save it again as .xlsx."))
    reader = import_module(READER)
    try:
        book = reader.load_workbook(io.BytesIO(octets), read_only=True, data_only=True, keep_links=False)
        sheet: Any = book.worksheets[0]
        sheet.reset_dimensions()  # what the file claims to be its size is not to be trusted
        rows = sheet.iter_rows(max_col=COLUMNS + 1, values_only=True)
    except Exception as fault:  # a broken workbook makes its reader stumble in any way whatever
        raise unreadable from fault
    number = 0
    while True:
        try:
            row = next(rows)
        except StopIteration:
            break
        except Exception as fault:  # as above: the rows are read as they are asked for
            raise unreadable from fault
        number += 1
        yield number, [_cell(value) for value in row]
    book.close()


def _measure(octets: bytes) -> None:
    """Refuse what is no workbook, or would be too large once unpacked. A part never gives more than it declares."""
    try:
        with zipfile.ZipFile(io.BytesIO(octets)) as packed:
            parts = packed.infolist()
            if "xl/workbook.xml" not in packed.namelist():
                raise Refused(_("This file is packed, but it is no .xlsx workbook."))
            if len(parts) > PARTS or sum(each.file_size for each in parts) > UNPACKED:
                raise Refused(_("This workbook is too large once unpacked. Save the one sheet that is needed alone."))
            for each in parts:
                if each.filename.endswith((".xml", ".rels")) and b"<!DOCTYPE" in packed.read(each):
                    raise Refused(_("This workbook holds what no spreadsheet writes, so it was not opened."))
    except (zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError, RuntimeError, OSError, ValueError) as fault:
        raise Refused(_("This workbook is damaged, or locked by a password.")) from fault


def _cell(value: Any) -> str:
    """What a cell of a workbook holds, as text."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ", "minutes")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, time):
        return value.isoformat("minutes")
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return str(value)
