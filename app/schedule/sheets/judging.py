"""What a table would do to the draft, row by row: new, changed, the same or wrong. Frozen values in and out. Pure.

A cell that stands as the draft would write it says nothing new, whatever it holds; so a table that was taken out and
brought in again changes nothing. Rows are known by their codes; what the table does not hold stays as it is.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from flask_babel import gettext as _

from app import sheets
from app.agenda import moves, times
from app.agenda.acts import Changed
from app.agenda.facts import COLUMNS as FACTS
from app.agenda.facts import Facts
from app.agenda.models import Kind
from app.agenda.times import When
from app.events.models import Event, Mode
from app.network.models import folded
from app.network.service import hyphenated
from app.refused import Refused
from app.schedule.sheets import columns, company
from app.schedule.sheets.columns import COLUMNS, Known
from app.schedule.sheets.naming import Book, Called, Named
from app.sheets import Sheet

CODE = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
LONGEST = 40
NEW = "new"
"""No code, since an address of the desk is called so; in a cell it says that the session is new."""
SEATS = ("people", "cities")


class Outcome(StrEnum):
    """What becomes of a row."""

    NEW = "new"
    CHANGED = "changed"
    SAME = "same"
    WRONG = "wrong"


@dataclass(frozen=True)
class Draft:
    """The draft of one event, and what its sessions may refer to."""

    event: Event
    board: Mapping[str, Facts]
    versions: Mapping[str, int]
    book: Book
    only: Mapping[int, Mode]
    """The delegations that take part in one way alone."""


@dataclass(frozen=True)
class Fault:
    """What is wrong in one cell: the head of its column (empty: the whole row), and why."""

    column: str
    sentence: str


@dataclass(frozen=True)
class Verdict:
    """What becomes of one row; `number` is its own in the file."""

    number: int
    title: str
    code: str
    outcome: Outcome
    changed: Changed | None = None
    changes: tuple[tuple[str, str, str], ...] = ()
    """(head of the column, before, after)."""
    faults: tuple[Fault, ...] = ()
    remarks: tuple[str, ...] = ()
    """What to look at though it is not wrong."""


@dataclass(frozen=True)
class Look:
    """What the whole table would do."""

    verdicts: tuple[Verdict, ...]
    left: tuple[Facts, ...]
    """Sessions of the draft that the table does not hold; they stay as they are."""
    passed_over: tuple[str, ...]
    """Heads of columns that are not known."""
    read_as: tuple[str, ...]
    """"NewYork → New York"."""

    def of(self, outcome: Outcome) -> list[Verdict]:
        return [each for each in self.verdicts if each.outcome is outcome]

    @property
    def changes(self) -> list[Changed]:
        return [each.changed for each in self.verdicts if each.changed]


@dataclass
class _Line:
    """One row while it is being understood."""

    number: int
    cells: dict[str, str]
    """Fact -> cell, of the columns that the table has."""
    before: Facts | None
    code: str = ""
    values: dict[str, Any] = field(default_factory=dict)
    """Fact -> what its cell says, of cells that say something else than the draft."""
    faults: list[Fault] = field(default_factory=list)
    after: Facts | None = None

    @property
    def title(self) -> str:
        return self.cells.get("title") or (self.before.title if self.before else self.code)

    def wrong(self, no: Refused, column: str = "") -> None:
        column = column or no.field or ""
        self.faults.append(Fault(COLUMNS.get(column, ""), no.message))

    @property
    def seated(self) -> company.Cells:
        people, cities = (self.values.get(each) for each in SEATS)
        return people, cities


def judge(sheet: Sheet, draft: Draft, secret: str) -> Look:
    """The verdict on every row. Refused when the columns say nothing.

    `secret`: what no other table has; the UIDs of new sessions are made of it, so that looking twice makes the same.
    """
    names, passed_over = columns.fields(sheet.header)
    lines = [
        _Line(number, {name: each for name, each in zip(names, cells, strict=True) if name}, None)
        for number, cells in zip(sheet.numbers, sheet.rows, strict=True)
    ]
    _name(lines, draft)
    known = _known(lines, draft)
    for line in lines:
        _read(line, known, draft)
    moved = company.moving((each.before.seats if each.before else (), each.seated) for each in lines)
    place = max((each.position for each in draft.board.values()), default=0)
    for line in lines:
        if line.before is None:
            place += 1
        try:
            line.after = _after(line, _blank(line, secret, place), draft, moved)
        except Refused as no:
            line.wrong(no)
    _cross(lines, draft)
    spoken = {each.code for each in lines}
    left = sorted((each for code, each in draft.board.items() if code not in spoken), key=lambda each: each.position)
    return Look(tuple(_verdict(each, draft) for each in lines), tuple(left), tuple(passed_over), _read_as(lines))


def _name(lines: Sequence[_Line], draft: Draft) -> None:
    """Give each row its session: by its code, or a code of its own, made of the title, when it has none."""
    first: dict[str, int] = {}
    for line in lines:
        code = line.cells.get("code", "")
        if not code or folded(code) == NEW:
            continue
        line.code, line.before = code, draft.board.get(code)
        if code in first:
            line.wrong(Refused(_("Row %(row)s is about the same session.", row=first[code])), "code")
        elif line.before is None and (len(code) > LONGEST or not CODE.fullmatch(code)):
            said = _("A code has small letters, figures and single hyphens, at most 40. Left empty, one is made.")
            line.wrong(Refused(said), "code")
        first.setdefault(code, line.number)
    taken = {NEW, *draft.board, *first}
    for line in lines:
        if not line.code:
            line.code = _free(line.cells.get("title", ""), taken)
            taken.add(line.code)


def _free(title: str, taken: Collection[str]) -> str:
    name = hyphenated(title)[:LONGEST].strip("-") or Kind.SESSION.value
    if name not in taken:
        return name
    return next(code for n in range(2, len(taken) + 3) if (code := f"{name[:34].strip('-')}-{n}") not in taken)


def _known(lines: Sequence[_Line], draft: Draft) -> Known:
    """What cells may refer to, with the sessions as the table calls them."""
    titles = {code: each.title for code, each in draft.board.items()}
    blocks = {each.parent for each in draft.board.values() if each.parent}
    blocks |= {code for code, each in draft.board.items() if each.kind is Kind.BLOCK}
    for line in lines:
        titles[line.code] = line.title
        if folded(line.cells.get("kind", "")) in columns.KINDS[Kind.BLOCK].split():
            blocks.add(line.code)
    named = [Named(code, title, code) for code, title in titles.items()]
    within = [each for each in named if each.key in blocks]
    return Known(draft.book, Called(named), Called(within), draft.event.starts_on)


def _read(line: _Line, known: Known, draft: Draft) -> None:
    """Understand the cells that say something else than the draft does."""
    for name, cell in line.cells.items():
        if name in {"code", "version"}:
            continue
        stands = columns.cell(name, line.before, draft.book) if line.before else ""
        if cell in {stands, sheets.harmless(stands)}:
            continue
        try:
            line.values[name] = columns.read(name, cell, known) if cell else columns.emptied(name)
        except Refused as no:
            line.wrong(no, name)


def _blank(line: _Line, secret: str, place: int) -> Facts:
    """The session as it stands, or as a new one begins, at its place at the end of the draft."""
    if line.before is not None:
        return line.before
    uid = hashlib.blake2b(f"session/{secret}/{line.number}".encode(), digest_size=16).hexdigest()
    if "title" not in line.values and not line.faults:
        line.wrong(Refused(_("A session needs a title.")), "title")
    return Facts(line.code, uid, Kind.SESSION, "", position=place)


def _after(line: _Line, base: Facts, draft: Draft, moved: Mapping[company.Whom, Any]) -> Facts:
    """The session as the row has it. Refused beside its column when day and times cannot stand together."""
    told = {name: value for name, value in line.values.items() if name in FACTS or name == "parent"}
    seats = company.seated(base.seats, line.seated, moved, draft.only)
    after = replace(base, **told)
    if seats != base.seats:
        after = moves.reseat(after, seats) if line.before else replace(after, seats=seats)
    if not {"day", "starts", "ends"} & told.keys():
        return after
    after = _with_end(after)
    when = When(after.day, after.starts, after.ends, base.fold)
    when = replace(when, fold=base.fold and when.repeats(draft.event.zone))
    times.check(when, draft.event)
    times.check_once(when, When(base.day, base.starts, base.ends, base.fold), draft.event)
    return replace(after, fold=bool(when.fold))


def _with_end(facts: Facts) -> Facts:
    """A session that begins, and of which is said how long it lasts, ends then, if that is on the same day."""
    if facts.starts is None or facts.ends is not None or facts.length is None or facts.day is None:
        return facts
    ends = datetime.combine(facts.day, facts.starts) + timedelta(minutes=facts.length)
    return replace(facts, ends=ends.time()) if ends.date() == facts.day else facts


def _cross(lines: Sequence[_Line], draft: Draft) -> None:
    """Find what is wrong between rows: numbers given twice, blocks within blocks."""
    final = {**draft.board, **{each.code: each.after for each in lines if each.after}}
    numbers: dict[int, list[Facts]] = {}
    for each in final.values():
        if each.number is not None:
            numbers.setdefault(each.number, []).append(each)
    inhabited = {each.parent for each in final.values() if each.parent}
    for line in lines:
        after, before = line.after, line.before
        if after is None:
            continue
        if after.number is not None and (before is None or before.number != after.number):
            for other in numbers[after.number]:
                if other.code != after.code:
                    said = _("“%(title)s” has the number %(number)s too.", title=other.title, number=after.number)
                    line.wrong(Refused(said), "number")
        if after.parent and (before is None or before.parent != after.parent):
            _within(line, after, final, inhabited)
        _ties(line, after)


def _ties(line: _Line, after: Facts) -> None:
    tied = {"after_code": (after.after_code,), "same_day_code": (after.same_day_code,), "apart": after.apart}
    for name, others in tied.items():
        if name in line.values and after.code in others:
            line.wrong(Refused(_("A session cannot be tied to itself.")), name)


def _within(line: _Line, after: Facts, final: Mapping[str, Facts], inhabited: Collection[str]) -> None:
    block = final.get(after.parent)
    if after.parent == after.code:
        line.wrong(Refused(_("A block cannot stand within itself.")), "parent")
    elif block is not None and block.parent:
        said = _("“%(title)s” stands within another block itself.", title=block.title)
        line.wrong(Refused(said), "parent")
    elif after.code in inhabited:
        line.wrong(Refused(_("Sessions stand within this one, so it cannot stand within another.")), "parent")


def _verdict(line: _Line, draft: Draft) -> Verdict:
    before, after = line.before, line.after
    if line.faults or after is None:
        return Verdict(line.number, line.title, line.code, Outcome.WRONG, faults=tuple(line.faults))
    if before == after:
        return Verdict(line.number, after.title, line.code, Outcome.SAME)
    changes = tuple(
        (head, old, new)
        for name, head in COLUMNS.items()
        if name not in {"code", "version"}
        for old, new in [(columns.cell(name, each, draft.book) if each else "" for each in (before, after))]
        if old != new
    )
    outcome = Outcome.CHANGED if before else Outcome.NEW
    remarks = _changed_since(line, draft) if before else _namesakes(after, draft)
    return Verdict(
        line.number, after.title, line.code, outcome, Changed(before, after), changes, remarks=tuple(remarks)
    )


def _changed_since(line: _Line, draft: Draft) -> list[str]:
    version = line.cells.get("version", "")
    if version.isdecimal() and len(version) < 10 and int(version) < draft.versions.get(line.code, 0):
        return [_("Somebody changed this session after the file was taken out. Look whether this row undoes that.")]
    return []


def _namesakes(after: Facts, draft: Draft) -> list[str]:
    same = [each.code for each in draft.board.values() if folded(each.title) == folded(after.title)]
    if not same:
        return []
    said = _("The draft has a session of this title: %(codes)s. If it is meant, write its code.", codes=", ".join(same))
    return [said]


def _read_as(lines: Sequence[_Line]) -> tuple[str, ...]:
    told = [each for line in lines for side in line.seated for each in side or ()]
    return tuple(dict.fromkeys(f"{each.written} → {each.name}" for each in told if each.written != each.name))
