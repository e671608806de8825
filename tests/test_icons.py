"""The icons of phones are drawn from the mark, and stay as it is."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import pytest
from PIL import Image, ImageChops

import icons
from app.config import ROOT

pytestmark = pytest.mark.one_database

STATIC = Path(ROOT) / "static"


@pytest.mark.parametrize("icon", icons.ICONS, ids=lambda icon: icon.name)
def test_each_icon_is_what_the_drawing_says(icon: icons.Icon) -> None:
    drawn = icons.draw(ElementTree.fromstring((STATIC / "favicon.svg").read_text(encoding="utf-8")), icon)
    stored = Image.open(STATIC / "icons" / icon.name).convert("RGBA")
    assert stored.size == drawn.size == (icon.width or icon.size, icon.size)
    apart = ImageChops.difference(stored, drawn).convert("L").tobytes()
    assert max(apart) <= 24  # no more than fewer colours make


def test_a_full_tile_shows_through_nowhere() -> None:
    for icon in icons.ICONS:
        corner = Image.open(STATIC / "icons" / icon.name).convert("RGBA").getpixel((0, 0))
        assert isinstance(corner, tuple)
        assert corner[3] == (0 if icon.round else 255)
