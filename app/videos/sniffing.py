"""What a file is by its first octets (`facts.sniff`): a film that is taken, or in words what it is instead."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _p

from app.refused import Refused
from app.videos.facts import sniff

ENOUGH = 16
"""How many octets tell it."""
OTHERS = {
    "PDF": _p("a PDF"),
    "PNG": _p("a picture"),
    "JPEG": _p("a picture"),
    "GIF": _p("a picture"),
    "HEIF": _p("a picture"),
    "WebP": _p("a picture"),
    "ZIP": _p("a ZIP archive or an office document"),
    "WebM/Matroska": _p("a Matroska or WebM film"),
    "AVI": _p("an AVI film"),
    "WMV": _p("a Windows Media film"),
    "FLV": _p("a Flash film"),
    "MPEG-PS": _p("an MPEG film of an older kind"),
    "Ogg": _p("an Ogg film or sound"),
    "WAV": _p("sound alone"),
    "MP3": _p("sound alone"),
    "SVG": _p("a web page or a drawing"),
    "XML": _p("a web page or a drawing"),
    "HTML": _p("a web page or a drawing"),
}
"""How people call what they send instead."""


@dataclass(frozen=True)
class Film:
    mimetype: str
    ending: str


FILMS = {"mp4": Film("video/mp4", "mp4"), "mov": Film("video/quicktime", "mov")}


def film(head: bytes) -> Film:
    """MP4 or MOV. Refused on "file" in words for anything else. `head`: the first ENOUGH octets, or the whole file."""
    kind = sniff(head)
    if kind in FILMS and len(head) >= ENOUGH:
        return FILMS[kind]
    if (name := OTHERS.get(kind)) is None:
        raise Refused(_("Only MP4 and MOV files are taken, and this is neither, whatever its name says."), "file")
    said = _("Only MP4 and MOV files are taken, and this is %(kind)s, whatever its name says.", kind=str(name))
    raise Refused(said, "file")
