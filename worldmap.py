"""Draw the outlines of the land, from the world atlas of the front-end packages, as one picture: what `make` runs.

    python worldmap.py node_modules/world-atlas/land-110m.json static/vendor/world.svg

Equirectangular, as app/web/charts.py places cities on it: ten units a degree, from 84° north to 58° south.
"""

import itertools
import json
import sys
from pathlib import Path
from typing import Any

WEST, NORTH, WIDTH, HEIGHT = -180.0, 84.0, 3600, 1420
STEP = 6
"""What is nearer to the point before it is left out."""
Point = tuple[int, int]


def arcs(topology: dict[str, Any]) -> list[list[Point]]:
    """The lines of the atlas in the picture's units; they are stored as steps from point to point."""
    (kx, ky), (dx, dy) = topology["transform"]["scale"], topology["transform"]["translate"]
    found = []
    for steps in topology["arcs"]:
        x = y = 0
        line = []
        for step in steps:
            x, y = x + step[0], y + step[1]
            line.append((round((x * kx + dx - WEST) * 10), round((NORTH - (y * ky + dy)) * 10)))
        found.append(line)
    return found


def ring(numbers: list[int], lines: list[list[Point]]) -> list[Point]:
    """One closed line; a negative number means an arc the other way round."""
    points: list[Point] = []
    for number in numbers:
        line = lines[number] if number >= 0 else lines[~number][::-1]
        points += line[1:] if points else line
    return points


def unbroken(points: list[Point]) -> list[Point]:
    """The ring without the leap of one that crosses the date line: it goes on beyond the edge of the picture."""
    found, turned = [points[0]], 0
    for (before, _), (x, y) in itertools.pairwise(points):
        if abs(x - before) > WIDTH // 2:
            turned += WIDTH if x < before else -WIDTH
        found.append((x + turned, y))
    return found


def shifted(points: list[Point]) -> list[list[Point]]:
    """The ring where it is, and once more on the other side if it goes beyond an edge."""
    west, east = min(x for x, _y in points), max(x for x, _y in points)
    aside = WIDTH if west < 0 else -WIDTH if east > WIDTH else 0
    return [points, *([[(x + aside, y) for x, y in points]] if aside else [])]


def path(points: list[Point]) -> str:
    """The ring as steps, without those too small to be seen; empty when it lies off the picture."""
    kept = [points[0]]
    for x, y in points[1:]:
        if abs(x - kept[-1][0]) + abs(y - kept[-1][1]) > STEP:
            kept.append((x, y))
    if len(kept) < 4 or min(y for _x, y in kept) > HEIGHT:
        return ""
    steps = [f"{x - a},{y - b}" for (a, b), (x, y) in itertools.pairwise(kept)]
    return f"M{kept[0][0]},{kept[0][1]}l{' '.join(steps)}z"


def draw(topology: dict[str, Any]) -> str:
    lines = arcs(topology)
    shapes = [shape for each in topology["objects"]["land"]["geometries"] for shape in each["arcs"]]
    rings = [each for shape in shapes for numbers in shape for each in shifted(unbroken(ring(numbers, lines)))]
    drawn = "".join(map(path, rings))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}">'
        f'<path fill="#7d8494" fill-opacity=".34" d="{drawn}"/></svg>\n'
    )


if __name__ == "__main__":
    source, target = map(Path, sys.argv[1:])
    target.write_text(draw(json.loads(source.read_text(encoding="utf-8"))), encoding="utf-8")
