"""Draw our mark as pictures for phones, from the drawing of the browser's tab: run when that drawing changes.

    python icons.py static/favicon.svg static/icons

The mark on its rounded tile at 192 and 512 pixels; on a full tile at 512, small enough for phones that cut any shape
out of it (the inner four fifths are always seen), and at 180 for those that round the corners themselves. On a
wide tile for social media, where a page has no photo of its own.
"""

import re
import sys
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree

from PIL import Image, ImageDraw

FINER = 8
"""Drawn so many times larger and then reduced, so that edges are smooth."""
SVG = "{http://www.w3.org/2000/svg}"


class Icon(NamedTuple):
    name: str
    size: int
    """Pixels of each side; its height, when it is wide."""
    round: bool = False
    """On a tile with round corners, and nothing around it."""
    share: float = 1
    """How much of the side the drawing takes."""
    width: int = 0
    """Pixels, of a wide one: the tile goes on to both sides of the drawing."""


ICONS = (
    Icon("mark-192.png", 192, round=True),
    Icon("mark-512.png", 512, round=True),
    Icon("mask-512.png", 512, share=0.8),
    Icon("touch-180.png", 180, share=0.9),
    Icon("share-1200.png", 630, share=0.8, width=1200),
)


def draw(drawing: ElementTree.Element, icon: Icon) -> Image.Image:
    """The drawing (a tile and dots on it, each at least as opaque as half) as a picture of the icon's size."""
    side = icon.size * FINER
    picture = Image.new("RGBA", (side, side), (0, 0, 0, 0))
    tile, group = drawing.find(f"{SVG}rect"), drawing.find(f"{SVG}g")
    if tile is None or group is None:
        raise ValueError("the drawing is no tile with a group of dots")
    whole = float(tile.attrib["width"])
    scale, edge = side / whole * icon.share, side * (1 - icon.share) / 2
    ground, ink = colour(tile.attrib["fill"]), colour(group.attrib["fill"])
    pen = ImageDraw.Draw(picture)
    corner = float(tile.attrib["rx"]) * side / whole if icon.round else 0
    pen.rounded_rectangle((0, 0, side - 1, side - 1), corner, fill=ground)
    for dot in group.iter(f"{SVG}circle"):
        x, y, radius = (float(dot.attrib[each]) for each in ("cx", "cy", "r"))
        share = float(dot.attrib.get("opacity", "1"))
        mixed = tuple(round(share * over + (1 - share) * under) for over, under in zip(ink, ground, strict=True))
        left, top, right, low = (x - radius, y - radius, x + radius, y + radius)
        pen.ellipse(tuple(edge + scale * each for each in (left, top, right, low)), fill=mixed)
    found = picture.resize((icon.size, icon.size), Image.Resampling.LANCZOS)
    if not icon.width:
        return found
    wide = Image.new("RGBA", (icon.width, icon.size), (*ground, 255))
    wide.paste(found, ((icon.width - icon.size) // 2, 0))
    return wide


def colour(written: str) -> tuple[int, ...]:
    """(11, 93, 94) for "#0b5d5e", and likewise for "#fff"."""
    digits = re.fullmatch(r"#([0-9a-f]{3}|[0-9a-f]{6})", written)
    if digits is None:
        raise ValueError(f"{written} is no colour")
    full = digits[1] if len(digits[1]) == 6 else "".join(2 * each for each in digits[1])
    return tuple(bytes.fromhex(full))


if __name__ == "__main__":
    source, target = map(Path, sys.argv[1:])
    target.mkdir(exist_ok=True)
    root = ElementTree.fromstring(source.read_text(encoding="utf-8"))  # noqa: S314 (a file of ours)
    for each in ICONS:
        draw(root, each).quantize(64, Image.Quantize.FASTOCTREE).save(target / each.name, optimize=True)
