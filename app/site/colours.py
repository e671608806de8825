"""The colours that a summit may take, and how well they can be read: by WCAG 2.2, without a database.

Colours are "#rrggbb". Contrast is the ratio of relative luminances, from 1 to 21 (WCAG 2.2, "contrast ratio"). The
nearest colour that passes keeps its hue: its lightness alone is changed, in OKLCH, and its chroma where no screen shows
it.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

LEAST = 4.5
"""The contrast that text of any size needs (WCAG 2.2, 1.4.3)."""
EASY = 7.0
"""The contrast of an accent that we choose ourselves (WCAG 2.2, 1.4.6)."""
COLOUR = re.compile(r"#[0-9a-f]{6}")
STEP = 0.002
"""Of lightness, in the search for the nearest colour."""
ON_ACCENT = ("#ffffff", "#0c1b1d")
"""In which text stands on the accent: whichever can be read better."""
Three = tuple[float, float, float]


class Scheme(StrEnum):
    LIGHT = "light"
    DARK = "dark"


@dataclass(frozen=True)
class Ground:
    """What colours stand on, and what is written in, as static/plenary.css has it."""

    paper: str
    surface: str
    ink: str
    muted: str


GROUNDS = {
    Scheme.LIGHT: Ground("#faf8f3", "#ffffff", "#16213a", "#4c546d"),
    Scheme.DARK: Ground("#12161f", "#1a202c", "#e9ecf3", "#b2bacd"),
}
OWN = {Scheme.LIGHT: "#0b5d5e", Scheme.DARK: "#62c7c3"}
"""The product's own accent."""


@dataclass(frozen=True)
class Tones:
    """What one accent becomes in one scheme: the accent, its stronger tone, the ground of chips, and text on it."""

    accent: str
    deep: str
    soft: str
    on: str


def luminance(colour: str) -> float:
    """Relative luminance, 0 to 1 (WCAG 2.2)."""
    red, green, blue = _linear(colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours, 1 to 21, whichever is the lighter."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def worst(accent: str, scheme: Scheme) -> float:
    """The least contrast that text of this colour has on the papers of the scheme."""
    ground = GROUNDS[scheme]
    return min(contrast(accent, ground.paper), contrast(accent, ground.surface))


def passes(accent: str, scheme: Scheme) -> bool:
    return worst(accent, scheme) >= LEAST


def nearest(accent: str, scheme: Scheme, least: float = LEAST) -> str:
    """The colour of the same hue that can be read on the papers of the scheme, as near as may be; itself if it can."""
    if worst(accent, scheme) >= least:
        return accent
    lightness, chroma, hue = _oklch(accent)
    towards = -STEP if scheme == Scheme.LIGHT else STEP
    while 0 <= lightness <= 1:
        lightness += towards
        if worst(found := _shown(lightness, chroma, hue), scheme) >= least:
            return found
    return GROUNDS[scheme].ink


def tones(accent: str, scheme: Scheme) -> Tones:
    """All that follows from an accent that passes; of these each pair that text makes passes too."""
    ground = GROUNDS[scheme]
    deep = mix(accent, ground.ink, 0.25 if scheme == Scheme.LIGHT else 0.3)
    texts = (accent, ground.ink, ground.muted)
    soft = next(
        (found for part in range(12, 0, -1) if _readable(found := mix(ground.surface, accent, part / 100), texts)),
        ground.surface,
    )
    return Tones(accent, deep, soft, max(ON_ACCENT, key=lambda each: min(contrast(each, accent), contrast(each, deep))))


def both(accent: str, accent_dark: str) -> dict[Scheme, Tones]:
    """The tones of both schemes; the dark accent is worked out from the light one where none was chosen."""
    dark = accent_dark or nearest(accent, Scheme.DARK, EASY)
    return {Scheme.LIGHT: tones(accent, Scheme.LIGHT), Scheme.DARK: tones(dark, Scheme.DARK)}


def stylesheet(found: dict[Scheme, Tones]) -> str:
    """The custom properties of static/plenary.css that a summit's own colours replace."""
    light, dark = found[Scheme.LIGHT], found[Scheme.DARK]
    pairs = {
        "--accent": (light.accent, dark.accent),
        "--accent-deep": (light.deep, dark.deep),
        "--accent-soft": (light.soft, dark.soft),
        "--on-accent": (light.on, dark.on),
    }
    lines = [f"  {name}: light-dark({bright}, {dim});" for name, (bright, dim) in pairs.items()]
    return "\n".join([":root {", *lines, "}", ""])


def mix(one: str, other: str, part: float) -> str:
    """`one` with this part of `other` in it, 0 to 1, as color-mix(in srgb) does."""
    return "#" + "".join(
        f"{round(a * (1 - part) + b * part):02x}" for a, b in zip(_channels(one), _channels(other), strict=True)
    )


def _readable(ground: str, texts: Iterable[str]) -> bool:
    return all(contrast(each, ground) >= LEAST for each in texts)


def _channels(colour: str) -> tuple[int, int, int]:
    """Red, green and blue, 0 to 255. Raises ValueError for what is no colour."""
    if not COLOUR.fullmatch(colour):
        raise ValueError(f"{colour!r} is no colour like #0b5d5e")
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _linear(colour: str) -> Three:
    """Red, green and blue in linear light, 0 to 1 (sRGB, IEC 61966-2-1)."""
    red, green, blue = (each / 255 for each in _channels(colour))
    return _straight(red), _straight(green), _straight(blue)


def _straight(value: float) -> float:
    return value / 12.92 if value <= 0.04045 else math.pow((value + 0.055) / 1.055, 2.4)


def _oklch(colour: str) -> Three:
    """Lightness 0 to 1, chroma, and hue in radians (Ottosson, "A perceptual color space for image processing")."""
    red, green, blue = _linear(colour)
    long = math.cbrt(0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue)
    medium = math.cbrt(0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue)
    short = math.cbrt(0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue)
    lightness = 0.2104542553 * long + 0.7936177850 * medium - 0.0040720468 * short
    a = 1.9779984951 * long - 2.4285922050 * medium + 0.4505937099 * short
    b = 0.0259040371 * long + 0.7827717662 * medium - 0.8086757660 * short
    return lightness, math.hypot(a, b), math.atan2(b, a)


def _shown(lightness: float, chroma: float, hue: float) -> str:
    """The colour as a screen shows it: with as much of its chroma as there is at this lightness."""
    while True:
        light = _light(lightness, chroma * math.cos(hue), chroma * math.sin(hue))
        if chroma < STEP or all(-1e-4 <= each <= 1 + 1e-4 for each in light):
            return "#" + "".join(f"{round(255 * _bent(min(max(each, 0), 1))):02x}" for each in light)
        chroma -= STEP


def _light(lightness: float, a: float, b: float) -> Three:
    """OKLab as red, green and blue in linear light; outside 0 to 1 no screen shows it."""
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    return (
        4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short,
    )


def _bent(value: float) -> float:
    return 12.92 * value if value <= 0.0031308 else 1.055 * math.pow(value, 1 / 2.4) - 0.055
