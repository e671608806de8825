"""Findings in words, in the reader's language: what was found, and what is wanted."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Flask
from flask_babel import format_decimal, ngettext
from flask_babel import gettext as _

from app.videos import requirements as rules
from app.videos.models import VideoVersion
from app.videos.requirements import Finding

KINDS = {
    "hevc": "HEVC (H.265)",
    "h264": "H.264",
    "av1": "AV1",
    "vp9": "VP9",
    "prores": "ProRes",
    "mpeg4": "MPEG-4 Part 2",
}


def clock(seconds: float) -> str:
    """A length as people say it: "3:05", "0:01.5" below ten seconds where tenths matter."""
    tenths = round(seconds * 10)
    minutes, rest = divmod(tenths, 600)
    tail = f".{rest % 10}" if tenths < 100 and rest % 10 else ""
    return f"{minutes}:{rest // 10:02}{tail}"


def say(found: Finding) -> str:
    """One sentence or two: the figure found, the figure wanted."""
    return SENTENCES[found.rule](found.figures)


def said_of(version: VideoVersion) -> list[tuple[str, str]]:
    """(weight, sentence) of each finding of a version that was checked."""
    return [(each.weight.value, say(each)) for each in rules.read(version.findings)]


def init_app(app: Flask) -> None:
    """Let templates say findings."""
    app.add_template_global(said_of)


def _figure(value: float) -> str:
    return str(format_decimal(round(value, 1)))


def _size(of: dict[str, Any]) -> str:
    said: str = _(
        "%(width)s × %(height)s: 16:9, at least 1280 × 720 is wanted.", width=of["width"], height=of["height"]
    )
    return said


def _portrait(of: dict[str, Any]) -> str:
    said: str = _(
        "%(width)s × %(height)s, portrait: 16:9, at least 1280 × 720 is wanted. Film with the phone held sideways.",
        width=of["width"],
        height=of["height"],
    )
    return said


def _container(of: dict[str, Any]) -> str:
    if not of["kind"]:
        return str(_("The file is of no kind that we know, whatever its name says: MP4 or MOV is wanted."))
    said: str = _("The file is %(kind)s, whatever its name says: MP4 or MOV is wanted.", kind=of["kind"])
    return said


def _damaged(of: dict[str, Any]) -> str:
    said: str = ngettext(
        "%(num)s picture of %(of)s is damaged. Please export the film anew.",
        "%(num)s pictures of %(of)s are damaged. Please export the film anew.",
        of["number"],
        of=of["of"],
    )
    return said


def _silent(of: dict[str, Any]) -> str:
    least = _figure(rules.SILENT)
    if "loudness" not in of:
        nothing: str = _(
            "The sound is silence from beginning to end: speech of at least %(least)s dBFS is wanted.", least=least
        )
        return nothing
    said: str = _(
        "The sound is at %(found)s dBFS, which is silence: speech of at least %(least)s dBFS is wanted.",
        found=_figure(of["loudness"]),
        least=least,
    )
    return said


def _unreadable_captions(of: dict[str, Any]) -> str:
    where = _("Captions, line %(line)s:", line=of["line"]) if of["line"] else _("Captions:")
    return f"{where} {FAULTS[str(of['why'])]()}"


FAULTS: dict[str, Callable[[], str]] = {
    "size": lambda: _("the file is larger than 1 MB."),
    "encoding": lambda: _("the letters cannot be read. Please save the file as UTF-8."),
    "form": lambda: _("this is no caption. WebVTT or SubRip (SRT) is wanted."),
    "times": lambda: _("the caption ends before it begins."),
    "order": lambda: _("the caption begins before the one that stands above it."),
    "empty": lambda: _("there are no words in the file."),
    "many": lambda: _("there are more than 5,000 captions."),
}

SENTENCES: dict[str, Callable[[dict[str, Any]], str]] = {
    "container": _container,
    "unreadable": lambda _of: _(
        "The file begins as a film, but its index is missing: it is cut off or damaged. Please export and send it anew."
    ),
    "no picture": lambda _of: _("There is no picture in the file: a film is wanted."),
    "unmeasured": lambda _of: _(
        "The file could not be examined: it is damaged, or made in a way that we cannot read. Please export it anew as"
        " MP4 with H.264 and AAC."
    ),
    "link": lambda _of: _("The file lies elsewhere, so it was not examined: somebody looks at it there."),
    "codec": lambda of: _(
        "The picture is coded as %(codec)s: H.264 is wanted, which every player knows. Please export the film anew.",
        codec=KINDS.get(of["codec"], of["codec"]),
    ),
    "pixels": lambda of: _(
        "The picture is stored as %(pixels)s: 8 bits, 4:2:0 is wanted, which every player knows.", pixels=of["pixels"]
    ),
    "sound codec": lambda of: _(
        "The sound is coded as %(codec)s: AAC is wanted, which every player knows.", codec=of["codec"]
    ),
    "size": _size,
    "portrait": _portrait,
    "too large": lambda of: _(
        "%(width)s × %(height)s: at most 4096 × 2304 is wanted.", width=of["width"], height=of["height"]
    ),
    "resized": lambda _of: _("The size of the picture changes within the film: one size throughout is wanted."),
    "not decoded": lambda _of: _("Nothing could be played: the file is damaged, or longer than half an hour."),
    "cut off": lambda of: _(
        "The film can be played to %(measured)s of %(stated)s: the file is cut off or damaged. Please send it anew.",
        measured=clock(of["measured"]),
        stated=clock(of["stated"]),
    ),
    "damaged": _damaged,
    "rate": lambda of: _("%(rate)s pictures per second: 24 to 60 are wanted.", rate=_figure(of["rate"])),
    "still": lambda of: _(
        "The picture stands still for %(seconds)s s at %(at)s: is that meant?",
        seconds=_figure(of["seconds"]),
        at=clock(of["at"]),
    ),
    "duration": lambda of: _(
        "The film takes %(measured)s, but %(told)s was declared: the two may differ by 2 seconds.",
        measured=clock(of["measured"]),
        told=clock(of["told"]),
    ),
    "longer than its slot": lambda of: _(
        "The film takes %(measured)s: at most %(slot)s is wanted.",
        measured=clock(of["measured"]),
        slot=clock(of["slot"]),
    ),
    "no sound": lambda _of: _("There is no sound in the file: speech is wanted."),
    "silent": _silent,
    "quiet": lambda of: _(
        "The sound is at %(found)s dBFS, which is quiet: %(least)s dBFS or more can be heard well in a hall.",
        found=_figure(of["loudness"]),
        least=_figure(rules.QUIET),
    ),
    "no captions": lambda _of: _(
        "There are no captions: WebVTT or SubRip (SRT) is wanted, unless the words stand in the picture itself."
    ),
    "captions unreadable": _unreadable_captions,
    "captions too long": lambda of: _(
        "The captions end at %(end)s, the film at %(measured)s: do they belong to this film?",
        end=clock(of["end"]),
        measured=clock(of["measured"]),
    ),
    "captions cover too little": lambda of: _(
        "Captions stand for %(share)s %% of the time in which something is heard: at least 80 %% is wanted.",
        share=of["share"],
    ),
    "no transcript": lambda _of: _("There is no transcript: interpreters need the words in writing."),
    "fast": lambda of: _("%(pace)s words per minute: interpreters can follow 160.", pace=of["pace"]),
    "not told": lambda _of: _(
        "It is not told yet who speaks and what may be done with the film: it can be accepted once this is known."
    ),
    "no right to show": lambda _of: _("It may not be shown at the venue: without this right the film cannot be used."),
    "not cleared": lambda _of: _(
        "It is not said that music, pictures and clips of others are cleared for use: this is wanted."
    ),
}
"""Rule -> its sentence."""
