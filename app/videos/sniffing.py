"""What a file is by its first octets (`facts.sniff`): a film that is taken, or in words what it is instead."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.refused import Refused
from app.videos.facts import sniff

ENOUGH = 16
"""How many octets tell it."""
OTHERS = {
    "PDF": _l("a PDF"),
    "PNG": _l("a picture"),
    "JPEG": _l("a picture"),
    "GIF": _l("a picture"),
    "HEIF": _l("a picture"),
    "WebP": _l("a picture"),
    "ZIP": _l("a ZIP archive or an office document"),
    "WebM/Matroska": _l("a Matroska or WebM film"),
    "AVI": _l("an AVI film"),
    "WMV": _l("a Windows Media film"),
    "FLV": _l("a Flash film"),
    "MPEG-PS": _l("an MPEG film of an older kind"),
    "Ogg": _l("an Ogg film or sound"),
    "WAV": _l("sound alone"),
    "MP3": _l("sound alone"),
    "SVG": _l("a web page or a drawing"),
    "XML": _l("a web page or a drawing"),
    "HTML": _l("a web page or a drawing"),
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
