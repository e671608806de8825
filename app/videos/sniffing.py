"""What a file is by its first octets, whatever it calls itself."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _p

from app.refused import Refused

ENOUGH = 16
"""How many octets tell it."""
STILLS = (b"heic", b"heix", b"hevc", b"mif1", b"msf1", b"avif", b"avis")
"""Brands of pictures that lie in the same container as films."""
ATOMS = (b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot")
"""With what QuickTime films of old begin."""
OTHERS = (
    (0, b"%PDF-", _p("a PDF")),
    (0, b"\x89PNG", _p("a picture")),
    (0, b"\xff\xd8\xff", _p("a picture")),
    (0, b"GIF8", _p("a picture")),
    (0, b"PK\x03\x04", _p("a ZIP archive or an office document")),
    (0, b"\x1aE\xdf\xa3", _p("a Matroska or WebM film")),
    (8, b"AVI ", _p("an AVI film")),
    (8, b"WAVE", _p("sound alone")),
    (8, b"WEBP", _p("a picture")),
    (0, b"ID3", _p("sound alone")),
    (0, b"0&\xb2u\x8ef\xcf\x11", _p("a Windows Media film")),
    (0, b"FLV\x01", _p("a Flash film")),
    (0, b"<", _p("a web page or a drawing")),
)
"""What people send instead: where, which octets, and its name."""


@dataclass(frozen=True)
class Film:
    mimetype: str
    ending: str


MP4, MOV = Film("video/mp4", "mp4"), Film("video/quicktime", "mov")


def film(head: bytes) -> Film:
    """MP4 or MOV. Refused on "file" in words for anything else. `head`: the first ENOUGH octets, or the whole file."""
    kind, brand = head[4:8], head[8:12]
    if kind == b"ftyp" and brand not in STILLS:
        return MOV if brand == b"qt  " else MP4
    if kind in ATOMS and len(head) >= ENOUGH:
        return MOV
    found = next((name for at, octets, name in OTHERS if head[at:].startswith(octets)), None)
    if kind == b"ftyp":
        found = _("a picture")
    if found is None:
        raise Refused(_("Only MP4 and MOV files are taken, and this is neither, whatever its name says."), "file")
    said = _("Only MP4 and MOV files are taken, and this is %(kind)s, whatever its name says.", kind=str(found))
    raise Refused(said, "file")
