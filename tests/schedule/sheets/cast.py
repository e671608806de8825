"""A small draft of the cast that needs no database, and tables held against it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, time
from typing import Any

from app.agenda.facts import Facts, Seat
from app.agenda.models import Kind, Part
from app.events.models import Event, Mode
from app.schedule.sheets import columns
from app.schedule.sheets.columns import COLUMNS
from app.schedule.sheets.judging import Draft, Look, Verdict, judge
from app.schedule.sheets.naming import Book, Called, Named
from app.sheets import Sheet

TUESDAY, WEDNESDAY = date(2023, 2, 28), date(2023, 3, 1)
HALL, STUDIO = 1, 2
TOKYO, ROME, NEW_YORK, MILAN, LANCASTER, QUEENSLAND, SEOUL, SAO_PAULO = range(11, 19)
ISHII, KOIKE, ALEX = range(31, 34)
BOOK = Book(
    rooms=Called([Named(HALL, "Hall A"), Named(STUDIO, "Studio")]),
    themes=Called([Named(1, "Environment", "environment"), Named(2, "Safe and Secure Cities", "safe")]),
    cities=Called(
        [
            Named(TOKYO, "Tokyo", "tokyo", ("東京",)),
            Named(ROME, "Rome", "rome", ("Roma",)),
            Named(NEW_YORK, "New York", "new-york"),
            Named(MILAN, "Milan", "milan", ("Milano",)),
            Named(LANCASTER, "Lancaster", "lancaster", ("Lancaster, California",)),
            Named(QUEENSLAND, "Queensland", "queensland"),
            Named(SEOUL, "Seoul", "seoul"),
            Named(SAO_PAULO, "São Paulo", "sao-paulo"),
        ]
    ),
    people=Called(
        [
            Named(ISHII, "ISHII Naoko", "ishii", ("Naoko ISHII", "ISHII Naoko")),
            Named(KOIKE, "KOIKE Yuriko", "koike"),
            Named(ALEX, "Alex Example (rehearsal)", "alex-example"),
        ]
    ),
)


def city(key: int, mode: Mode | None = Mode.VENUE, **facts: Any) -> Seat:
    return Seat(facts.pop("part", Part.SPEAKER), delegation_id=key, mode=mode, **facts)


def person(key: int, part: Part = Part.MODERATOR, mode: Mode | None = None) -> Seat:
    return Seat(part, person_id=key, mode=mode)


BLOCK = Facts("block-safe", "b" * 32, Kind.BLOCK, "Safe and Secure Cities", theme_id=2, day=TUESDAY, position=1)
SESSION_2 = Facts(
    "session-2",
    "2" * 32,
    Kind.SESSION,
    "Session 2",
    number=2,
    room_id=HALL,
    day=TUESDAY,
    starts=time(11, 50),
    ends=time(13, 10),
    position=2,
    seats=(
        person(ISHII),
        city(NEW_YORK),
        city(LANCASTER, Mode.ONLINE),
        city(MILAN, Mode.VIDEO, minutes=3, topic="Shade", confirmed=True),
    ),
)
SESSION_5 = Facts(
    "session-5",
    "5" * 32,
    Kind.SESSION,
    "Session 5",
    number=5,
    parent="block-safe",
    day=TUESDAY,
    position=3,
    seats=(city(TOKYO), city(ROME, None)),
)
BOARD = (BLOCK, SESSION_2, SESSION_5)
SUMMIT = {"starts_on": date(2023, 2, 27), "ends_on": date(2023, 3, 1), "zone": "Asia/Tokyo"}


def draft(*board: Facts, **summit: Any) -> Draft:
    """A draft of these sessions, of the three of the cast by default. Lancaster takes part online alone."""
    known = {each.code: each for each in board or BOARD}
    event = Event(**SUMMIT | summit)
    return Draft(event, known, dict.fromkeys(known, 4), BOOK, {LANCASTER: Mode.ONLINE, MILAN: Mode.VIDEO})


def table(*rows: Sequence[str], head: str) -> Sheet:
    """Rows beneath a head of words parted by bars."""
    header = tuple(head.split("|"))
    whole = tuple((*row, *[""] * (len(header) - len(row))) for row in rows)
    return Sheet(header, whole, tuple(range(2, len(rows) + 2)))


def look(*rows: Sequence[str], head: str, on: Draft | None = None) -> Look:
    return judge(table(*rows, head=head), on or draft(), "secret")


def only(found: Look) -> Verdict:
    (verdict,) = found.verdicts
    return verdict


def changed(cell: str, value: str, on: Draft | None = None, code: str = "session-2") -> Facts:
    """The session after a row of its code and one other cell, which is not wrong."""
    verdict = only(look((code, value), head=f"Code|{cell}", on=on))
    assert verdict.faults == ()
    assert verdict.changed is not None
    assert verdict.changed.after is not None
    return verdict.changed.after


def refused(cell: str, value: str, on: Draft | None = None, code: str = "session-2") -> str:
    """What is said of the one cell that is wrong."""
    (fault,) = only(look((code, value), head=f"Code|{cell}", on=on)).faults
    assert fault.column == cell
    return fault.sentence


def taken_out(given: Draft) -> Sheet:
    """The table of a draft, as the product writes it."""
    rows = tuple(tuple(columns.row_of(each, given.versions[code], given.book)) for code, each in given.board.items())
    return Sheet(tuple(COLUMNS.values()), rows, tuple(range(2, len(rows) + 2)))
