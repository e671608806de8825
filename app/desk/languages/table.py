"""What a summit says in its languages as a table for spreadsheets, and such a table judged before it is stored."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from flask_babel import gettext as _

from app.desk.languages.service import LONGEST, LONGEST_TEXT, TEXTS, Wanted, mark
from app.outbox.tongues import TONGUES
from app.publishing.originals import Draft, Line
from app.refused import Refused
from app.sheets import Sheet, measure
from app.web import lines, one_line

NAMES = ("kind", "key", "field")
"""The columns by which a row says which text it is; they never change."""
CALLED, ORIGINAL = "called", "original"
ROWS = 5000
"""Texts that a file may hold."""


@dataclass(frozen=True)
class Verdict:
    """What one cell of a file would do, or why it cannot."""

    number: int
    """Of its row in the file."""
    language: str
    called: str
    field: str
    original: str
    before: str
    wanted: Wanted | None
    fault: str = ""


@dataclass(frozen=True)
class Look:
    """All that a file would do; cells that change nothing are left out."""

    found: tuple[Verdict, ...]

    @property
    def wrong(self) -> list[Verdict]:
        return [each for each in self.found if each.fault]

    @property
    def wanted(self) -> list[Wanted]:
        return [each.wanted for each in self.found if each.wanted]


def table(draft: Draft) -> tuple[list[str], list[list[str]]]:
    """Head and rows: which text it is, what it says, and a column for each language under its code."""
    rows = []
    for line in draft.lines:
        said = (draft.rows.get((code, line.name)) for code in draft.languages)
        rows.append([*line.name, line.called, line.original, *(row.text if row else "" for row in said)])
    return [*NAMES, CALLED, ORIGINAL, *draft.languages], rows


def judge(sheet: Sheet, draft: Draft) -> Look:
    """What each cell would change. Empty cells change nothing. Words made from an older original are taken, and are
    out of date. Refused when this is no such table, or has no column of a language that the summit speaks."""
    measure(sheet, ROWS)
    head = [each.casefold() for each in sheet.header]
    places = {name: head.index(name) for name in (*NAMES, ORIGINAL) if name in head}
    if any(name not in places for name in NAMES):
        said = _("The columns kind, key and field say which text a row is. Begin with the table as it stands.")
        raise Refused(said, "file")
    codes = {code: head.index(code) for code in draft.languages if code in head}
    if not codes:
        said = _(
            "No column is called like a language that the summit speaks: %(codes)s.", codes=", ".join(draft.languages)
        )
        raise Refused(said, "file")
    return Look(tuple(_verdicts(sheet, draft, places, codes)))


def _verdicts(sheet: Sheet, draft: Draft, places: dict[str, int], codes: dict[str, int]) -> Iterator[Verdict]:
    known = {each.name: each for each in draft.lines}
    seen: set[tuple[str, ...]] = set()
    for number, row in zip(sheet.numbers, sheet.rows, strict=True):
        kind, key, field = (row[places[name]] for name in NAMES)
        cells = [(code, row[place]) for code, place in codes.items() if row[place]]
        line = known.get((kind, key, field))
        if line is None or line.name in seen:
            said = (
                _("There is no such text in the draft.") if line is None else _("This text stands in the file twice.")
            )
            yield from (Verdict(number, code, f"{kind} {key}", field, "", "", None, said) for code, _text in cells[:1])
            continue
        seen.add(line.name)
        made_from = row[places[ORIGINAL]] if ORIGINAL in places else ""
        for code, text in cells:
            if verdict := _cell(number, code, line, draft, text, made_from):
                yield verdict


def _cell(number: int, code: str, line: Line, draft: Draft, text: str, made_from: str) -> Verdict | None:
    row = draft.rows.get((code, line.name))
    before, text = row.text if row else "", tidy(line.field, text)
    if text == before or (not row and text == draft.known(line, code)):
        return None
    most = LONGEST_TEXT if line.field in TEXTS else LONGEST
    fault = _("At most %(count)s characters.", count=most) if len(text) > most else ""
    wanted = Wanted(code, line.name, text, mark(line, row), tidy(line.field, made_from) or None)
    return Verdict(number, code, line.called, line.field, line.original, before, None if fault else wanted, fault)


def tidy(field: str, text: str) -> str:
    """What was typed, as this field holds it: on one line, unless it is a text."""
    return lines(text) if field in TEXTS else one_line(text)


def packed(wanted: Sequence[Wanted]) -> list[list[str | None]]:
    """For a hidden field of the page on which a file is looked through."""
    return [[each.language, *each.name, each.text, each.seen, each.original] for each in wanted]


def unpacked(values: object) -> list[Wanted]:
    """What `packed` wrote. Refused for anything else."""
    found = []
    for each in values if isinstance(values, list) else ():
        match each:
            case [str(code), str(kind), str(key), str(field), str(text), str(seen), str() | None as original] if (
                code in TONGUES
            ):
                found.append(Wanted(code, (kind, key, field), tidy(field, text), seen, original))
            case _:
                raise Refused(_("This page has come to us in pieces. Send the file again."))
    return found
