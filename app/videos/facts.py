"""What was measured of a file that somebody sent: frozen, without a judgement. Times in seconds from its beginning."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

BRANDS = {b"qt  ": "mov"}
PICTURES = {b"heic", b"heix", b"hevc", b"mif1", b"msf1", b"avif", b"avis", b"crx "}
"""Brands of pictures that lie in the same container as films."""
BOXES = {b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot"}
"""What a QuickTime film of before 2001 may begin with."""
FIRST = (
    (0, b"%PDF-", "PDF"),
    (0, b"\x1aE\xdf\xa3", "WebM/Matroska"),
    (8, b"AVI ", "AVI"),
    (8, b"WAVE", "WAV"),
    (8, b"WEBP", "WebP"),
    (0, b"PK\x03\x04", "ZIP"),
    (0, b"\x89PNG", "PNG"),
    (0, b"\xff\xd8\xff", "JPEG"),
    (0, b"GIF8", "GIF"),
    (0, b"\x00\x00\x01\xba", "MPEG-PS"),
    (0, b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", "WMV"),
    (0, b"FLV\x01", "FLV"),
    (0, b"OggS", "Ogg"),
    (0, b"ID3", "MP3"),
)
"""What people send instead: at which octet, which octets, and its name."""
FILMS = frozenset({"mp4", "mov"})
"""The containers that are examined further."""


def sniff(first: bytes) -> str:
    """What a file is by its first octets, whatever it calls itself: "mp4", "mov", another kind's name, "text" or ""."""
    box, brand = first[4:8], first[8:12]
    if box == b"ftyp":
        return "HEIF" if brand in PICTURES else BRANDS.get(brand, "mp4")
    if box in BOXES:
        return "mov"
    for at, octets, name in FIRST:
        if first.startswith(octets, at):
            return name
    opening = first.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    for mark, name in ((b"<svg", "SVG"), (b"<?xml", "XML"), (b"<!doctype html", "HTML"), (b"<html", "HTML")):
        if opening.startswith(mark):
            return name
    return "text" if first and all(each in b"\t\r\n\x1b" or 32 <= each != 127 for each in first[:512]) else ""


@dataclass(frozen=True)
class Facts:
    """A file as it was found. What could not be measured stands at its default."""

    container: str = ""
    """By its first octets (`sniff`); only "mp4" and "mov" are examined further."""
    octets: int = 0
    readable: bool = False
    """Its index could be read."""
    video: str = ""
    """Codec of the picture, by FFmpeg's name ("h264"); empty: there is no picture."""
    pixels: str = ""
    """How pictures are kept ("yuv420p": 8 bits, the way every browser plays)."""
    width: int = 0
    height: int = 0
    """As the pictures are stored."""
    aspect: tuple[int, int] = (1, 1)
    """Width to height of one pixel."""
    turned: int = 0
    """Degrees by which players turn the picture: 0, 90, 180 or 270."""
    pictures: int = 0
    damaged: int = 0
    """Pictures that could not be decoded as they were meant."""
    resized: bool = False
    """The size changes within the film."""
    stated: float = 0.0
    """How long the index says that it is."""
    measured: float = 0.0
    """How long it can be played: the end of the last picture or sound that was decoded."""
    rate: float = 0.0
    """Pictures per second on average; 0: not measured."""
    still: float = 0.0
    """The longest time that one picture stands."""
    still_at: float = 0.0
    sound: str = ""
    """Codec of the sound ("aac"); empty: there is none."""
    channels: int = 0
    loudness: float | None = None
    """RMS of all samples in dBFS (0: a full square wave); None: nothing but zeros, or not measured."""
    heard: tuple[tuple[float, float], ...] = ()
    """Spans in which something is heard that stands out, in order: where somebody speaks."""
    bit_rate: int = 0
    """Of the whole file, in bits per second."""
    decoded: bool = False
    """Picture and sound were decoded, so that what is measured on them holds."""

    @property
    def shown(self) -> tuple[int, int]:
        """Width and height as a player shows it: square pixels, turned."""
        width = round(self.width * Fraction(*self.aspect)) if all(each > 0 for each in self.aspect) else self.width
        return (self.height, width) if self.turned in (90, 270) else (width, self.height)
