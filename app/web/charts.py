"""The geometry of pictures: what is where in an SVG. Pure; templates/layout/charts.html draws what is worked out here.

All lengths are units of the picture's own viewBox; pictures are about 340 wide, so that their words can be read on
a phone 320 pixels wide.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

WIDTH = 340
ROW, BAR = 46, 16
"""The height of a row of bars with its label, and of the bar in it."""
LEFT, RIGHT, TOP, BOTTOM = 30, 104, 12, 46
"""What a chart of steps leaves around its plot for figures, names and dates."""
PLOT = 190
APART = 17
"""How far names at the ends of lines stand apart at least."""
WORLD = (3600, 1420)
"""The size of the picture of the world: ten units a degree, from 84° north to 58° south (worldmap.py)."""
NORTH = 84


@dataclass(frozen=True)
class Segment:
    """One part of a bar."""

    kind: str
    value: int
    x: float
    width: float


@dataclass(frozen=True)
class BarRow:
    """A label, its total, and the bar beneath it."""

    label: str
    total: int
    y: int
    segments: tuple[Segment, ...]


@dataclass(frozen=True)
class Bars:
    """Bars from the left edge, one row each, on one scale."""

    height: int
    rows: tuple[BarRow, ...]


@dataclass(frozen=True)
class Line:
    """A value over time: a path of steps, and where its name and last value stand."""

    kind: str
    path: str
    last: int
    y: float
    """Of the last value."""
    name_y: float
    """Of its name, apart from the others."""


@dataclass(frozen=True)
class Steps:
    """Several values over time, with the ticks of both axes."""

    height: int
    lines: tuple[Line, ...]
    ticks: tuple[tuple[int, float], ...]
    """(value, y)."""
    right: float
    """Where the plot ends."""
    bottom: float
    marks: tuple[tuple[datetime, float], ...]
    """(moment, x) of what is marked and lies within."""
    fan: str = ""
    """The path of what is foreseen; empty: nothing is."""
    reach: str = ""
    """Between what it lies, as in "29–33"."""
    reach_y: float = 0
    """Of these words, apart from the names of the lines."""


@dataclass(frozen=True)
class Fan:
    """What is foreseen of a value: from where it stands to between two others."""

    begins: datetime
    value: int
    ends: datetime
    low: int
    high: int


@dataclass(frozen=True)
class Cell:
    """One field of a heat map."""

    kind: str
    word: str
    """What stands in it; two characters."""
    told: str
    """What it means, in words."""
    marked: bool
    x: float


@dataclass(frozen=True)
class HeatRow:
    """A name and its fields."""

    label: str
    y: int
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class HeatMap:
    """Rows of fields under the words of their columns."""

    height: int
    width: float
    """Of one field."""
    columns: tuple[tuple[str, float], ...]
    """(word, x of its middle)."""
    rows: tuple[HeatRow, ...]


NAMES = 92
"""What a heat map leaves for the names of its rows."""
FIELD, HEAD = 26, 22
"""The height of a row of a heat map, and of the words above them."""


def heat(columns: Sequence[str], rows: Sequence[tuple[str, Sequence[tuple[str, str, str, bool]]]]) -> HeatMap:
    """`rows`: (name, fields as (kind, word, what it means, marked)), each with a field for every column."""
    width = round((WIDTH - NAMES) / max(1, len(columns)), 1)
    made = tuple(
        HeatRow(
            label,
            HEAD + number * FIELD,
            tuple(Cell(*each, x=round(NAMES + place * width, 1)) for place, each in enumerate(fields)),
        )
        for number, (label, fields) in enumerate(rows)
    )
    heads = tuple((word, round(NAMES + (place + 0.5) * width, 1)) for place, word in enumerate(columns))
    return HeatMap(HEAD + len(rows) * FIELD, width, heads, made)


def bars(rows: Sequence[tuple[str, Mapping[str, int]]]) -> Bars:
    """`rows`: (label, kind -> value), each at least 0. The longest bar takes the whole width."""
    most = max((sum(values.values()) for _label, values in rows), default=0) or 1
    made = []
    for number, (label, values) in enumerate(rows):
        x, segments = 0.0, []
        for kind, value in values.items():
            width = WIDTH * value / most
            if value:
                segments.append(Segment(kind, value, round(x, 1), round(width, 1)))
            x += width
        made.append(BarRow(label, sum(values.values()), number * ROW, tuple(segments)))
    return Bars(len(rows) * ROW, tuple(made))


def steps(
    series: Mapping[str, Sequence[tuple[datetime, int]]],
    first: datetime,
    last: datetime,
    marks: Sequence[datetime] = (),
    now: datetime | None = None,
    fan: Fan | None = None,
) -> Steps:
    """`series`: kind -> (moment, value from then on), in order of time. Drawn from `first` to a later `last`; values
    hold until `now`, or `last`, and what is foreseen goes on from there."""
    most = max((value for points in series.values() for _at, value in points), default=0)
    most = max(most, fan.high if fan else 0)
    scale = ticks(most)
    right, bottom, span = WIDTH - RIGHT, TOP + PLOT, (last - first).total_seconds() or 1

    def across(at: datetime) -> float:
        share = (min(max(at, first), last) - first).total_seconds() / span
        return round(LEFT + (right - LEFT) * share, 1)

    def up(value: int) -> float:
        return round(bottom - PLOT * value / scale[-1], 1)

    ends = {kind: up(points[-1][1]) if points else up(0) for kind, points in series.items()}
    reach = {FAN: (up(fan.low) + up(fan.high)) / 2} if fan else {}
    names = _apart(ends | reach, TOP, bottom)
    until = across(now or last)
    lines = tuple(
        Line(kind, _path(points, across, up, until), points[-1][1] if points else 0, ends[kind], names[kind])
        for kind, points in series.items()
    )
    within = tuple((at, across(at)) for at in marks if first <= at <= last)
    return Steps(
        bottom + BOTTOM,
        lines,
        tuple((value, up(value)) for value in scale),
        right,
        bottom,
        within,
        _fan(fan, across, up) if fan else "",
        _reach(fan) if fan else "",
        names.get(FAN, 0),
    )


def ticks(most: int) -> list[int]:
    """Whole numbers from 0 to `most` or just above it, at most six, in steps of 1, 2 or 5 times a power of ten."""
    sizes = (size * 10**power for power in range(9) for size in (1, 2, 5))
    step = next(size for size in sizes if most <= 5 * size)
    return list(range(0, -(-max(most, 1) // step) * step + 1, step))


def on_world(latitude: float, longitude: float) -> tuple[float, float]:
    """Where a place stands on the picture of the world (equirectangular), kept within its edges."""
    x, y = (longitude + 180) % 360 * 10, (NORTH - latitude) * 10
    return round(x, 1), round(min(max(y, 0), WORLD[1]), 1)


FAN = "fan"
"""Stands among the kinds of lines for what is foreseen."""


def _reach(fan: Fan) -> str:
    return str(fan.low) if fan.low == fan.high else f"{fan.low}–{fan.high}"


def _fan(fan: Fan, across: Callable[[datetime], float], up: Callable[[int], float]) -> str:
    """From where it stands, opening to the least and the most."""
    end = across(fan.ends)
    return f"M{across(fan.begins)},{up(fan.value)}L{end},{up(fan.high)}V{up(fan.low)}Z"


def _path(
    points: Sequence[tuple[datetime, int]],
    across: Callable[[datetime], float],
    up: Callable[[int], float],
    until: float,
) -> str:
    """Along, then up or down: the value holds until it changes."""
    drawn = ""
    for at, value in points:
        drawn += f"H{across(at)}V{up(value)}" if drawn else f"M{across(at)},{up(value)}"
    return f"{drawn}H{until:g}" if drawn else ""


def _apart(wanted: Mapping[str, float], top: float, bottom: float) -> dict[str, float]:
    """The same heights, moved so that no two are nearer than `APART` and all stay within the plot where they can."""
    found: dict[str, float] = {}
    above = top - APART
    for kind in sorted(wanted, key=lambda kind: wanted[kind]):
        above = found[kind] = max(wanted[kind], above + APART)
    below = bottom + APART
    for kind in sorted(found, key=lambda kind: -found[kind]):
        below = found[kind] = min(found[kind], below - APART)
    return found
