"""What a video message must be (DOMAIN.md 3.6, F8, J10): rules over frozen facts, each finding with its figures.

Nothing here is worded: `saying` puts a finding into the reader's language.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from app.videos.captions import Cue, covered
from app.videos.facts import FILMS, Facts

WIDTH, HEIGHT = 1280, 720
RATIO = 16 / 9
RATIO_SLACK = 0.015
"""1920 × 1088, as some encoders store 1080 lines, is within it."""
SLOWEST, FASTEST = 23.9, 60.1
"""24 to 60 pictures a second: 24000/1001 is called 24."""
STILL = 0.5
"""Seconds for which one picture may stand before it is told."""
DURATION_SLACK = 2.0
SILENT, QUIET = -50.0, -35.0
"""dBFS (RMS): nobody speaks below the first; speech that is mixed for halls lies between -30 and -15."""
CUT = 0.5
"""Seconds that may be missing at the end of what the index says."""
DAMAGED = 0.01
"""Share of damaged pictures from which a file is refused."""
COVERED = 0.8
FASTEST_SPEECH = 160
"""Words a minute that interpreters can follow; a sign of Chinese, Japanese or Korean counts as half a word."""
SIGN = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\uac00-\ud7af]")
WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")


class Weight(StrEnum):
    """What a finding means for the message."""

    REFUSED = "refused"
    """The file cannot be taken."""
    CAPTIONS = "needs captions"
    """It goes to review, and is accepted once captions have come (or without them, if an organiser says so)."""
    WARNED = "warned"
    """It goes to review, which looks at this."""


@dataclass(frozen=True)
class Finding:
    """One rule that is not kept: its name, what follows, and the figures that were found and wanted."""

    rule: str
    weight: Weight
    figures: dict[str, str | int | float] = field(default_factory=dict)


@dataclass(frozen=True)
class Told:
    """What the city says about its file."""

    seconds: int | None = None
    """How long it is said to be."""
    slot: int | None = None
    """How long it may be."""
    burned_in: bool = False
    """Its captions are part of the picture."""
    cues: tuple[Cue, ...] | None = None
    """None: no captions came, or they cannot be read (`faulty`)."""
    faulty: tuple[str, int] | None = None
    """(captions.Faulty's rule, line) of captions that came and cannot be read."""
    transcript: str = ""
    asked: bool = False
    """Nothing was told of it yet: the file came first, and what is asked of the city is still open."""
    may_show: bool = False
    """It may be shown at the venue: the first of the three rights, without which it serves nothing."""
    cleared: bool = False
    """What others made is cleared for use."""


Rule = Callable[[Facts, Told], Iterator[Finding]]


def judge(facts: Facts, told: Told) -> tuple[Finding, ...]:
    """All that is to be said, the gravest first. Of a file that is no readable film nothing further is said."""
    unreadable = tuple(_readable(facts))
    found = unreadable or tuple(each for rule in RULES for each in rule(facts, told))
    return _sorted(found)


def judge_link(told: Told) -> tuple[Finding, ...]:
    """What is to be said of a message whose file lies elsewhere: nothing was measured, so somebody must look at it."""
    found = [each for rule in (_captions, _transcript, _rights) for each in rule(Facts(), told)]
    return _sorted((*found, _look("link")))


def read(stored: Iterable[Mapping[str, Any]]) -> tuple[Finding, ...]:
    """Findings as rows hold them."""
    return tuple(Finding(each["rule"], Weight(each["weight"]), dict(each["figures"])) for each in stored)


def _sorted(found: tuple[Finding, ...]) -> tuple[Finding, ...]:
    return tuple(sorted(found, key=lambda each: list(Weight).index(each.weight)))


def refused(found: tuple[Finding, ...]) -> bool:
    return any(each.weight is Weight.REFUSED for each in found)


def needs_captions(found: tuple[Finding, ...]) -> bool:
    return any(each.weight is Weight.CAPTIONS for each in found)


def words_in(text: str) -> float:
    """How many words are spoken; a sign of Chinese, Japanese or Korean counts as half a word."""
    return len(SIGN.findall(text)) / 2 + len(WORD.findall(SIGN.sub(" ", text)))


def _no(rule: str, **figures: str | int | float) -> Finding:
    return Finding(rule, Weight.REFUSED, figures)


def _look(rule: str, **figures: str | int | float) -> Finding:
    return Finding(rule, Weight.WARNED, figures)


def _readable(facts: Facts) -> Iterator[Finding]:
    if facts.container not in FILMS:
        yield _no("container", kind=facts.container)
    elif not facts.readable:
        yield _no("unreadable")
    elif not facts.video:
        yield _no("no picture")


def _codec(facts: Facts, told: Told) -> Iterator[Finding]:
    if facts.video != "h264":
        yield _no("codec", codec=facts.video)
    elif facts.decoded and facts.pixels not in {"yuv420p", "yuvj420p"}:
        yield _no("pixels", pixels=facts.pixels)
    if facts.sound not in {"", "aac"}:
        yield _no("sound codec", codec=facts.sound)


def _size(facts: Facts, told: Told) -> Iterator[Finding]:
    width, height = facts.shown
    ratio = width / height if height > 0 else 0.0
    if abs(ratio / RATIO - 1) > RATIO_SLACK or width < WIDTH or height < HEIGHT:
        yield _no("portrait" if height > width else "size", width=width, height=height)
    elif width * height > 4096 * 2304:
        yield _no("too large", width=width, height=height)
    if facts.resized:
        yield _no("resized")


def _whole(facts: Facts, told: Told) -> Iterator[Finding]:
    if not facts.decoded:
        if facts.video == "h264" and facts.sound in {"", "aac"}:
            yield _no("not decoded")
        return
    if facts.stated - facts.measured > max(CUT, facts.stated * 0.01):
        yield _no("cut off", measured=facts.measured, stated=facts.stated)
    elif facts.damaged:
        share = facts.damaged / max(1, facts.pictures)
        yield Finding(
            "damaged",
            Weight.REFUSED if share > DAMAGED else Weight.WARNED,
            {"number": facts.damaged, "of": facts.pictures},
        )


def _rate(facts: Facts, told: Told) -> Iterator[Finding]:
    if not facts.decoded or not facts.rate:
        return
    if not SLOWEST <= facts.rate <= FASTEST:
        yield _no("rate", rate=facts.rate)
    if facts.still > STILL:
        yield _look("still", seconds=facts.still, at=facts.still_at)


def _duration(facts: Facts, told: Told) -> Iterator[Finding]:
    measured = facts.measured or facts.stated
    if told.seconds is not None and abs(measured - told.seconds) > DURATION_SLACK:
        yield _no("duration", measured=measured, told=told.seconds)
    if told.slot is not None and measured > told.slot + DURATION_SLACK:
        yield _look("longer than its slot", measured=measured, slot=told.slot)


def _sound(facts: Facts, told: Told) -> Iterator[Finding]:
    if not facts.sound:
        yield _no("no sound")
    elif not facts.decoded:
        return
    elif facts.loudness is None or facts.loudness < SILENT:
        yield _no("silent", **({} if facts.loudness is None else {"loudness": facts.loudness}))
    elif facts.loudness < QUIET:
        yield _look("quiet", loudness=facts.loudness)


def _captions(facts: Facts, told: Told) -> Iterator[Finding]:
    if told.burned_in and told.cues is None and told.faulty is None:
        return
    if told.faulty is not None:
        yield Finding("captions unreadable", Weight.CAPTIONS, {"why": told.faulty[0], "line": told.faulty[1]})
    elif told.cues is None:
        yield Finding("no captions", Weight.CAPTIONS)
    else:
        yield from _cues(facts, told.cues)


def _cues(facts: Facts, cues: tuple[Cue, ...]) -> Iterator[Finding]:
    if not facts.decoded:
        return
    last = max(cue.end for cue in cues)
    if last > facts.measured + DURATION_SLACK:
        yield Finding("captions too long", Weight.CAPTIONS, {"end": last, "measured": facts.measured})
    share = covered(cues, facts.heard)
    if share is not None and share < COVERED:
        yield Finding("captions cover too little", Weight.CAPTIONS, {"share": round(share * 100)})


def _transcript(facts: Facts, told: Told) -> Iterator[Finding]:
    measured = facts.measured or facts.stated
    if not told.transcript.strip():
        if not told.asked:
            yield _look("no transcript")
    elif measured > 0 and (pace := words_in(told.transcript) * 60 / measured) > FASTEST_SPEECH:
        yield _look("fast", pace=round(pace))


def _rights(facts: Facts, told: Told) -> Iterator[Finding]:
    if told.asked:
        yield _look("not told")
        return
    if not told.may_show:
        yield _no("no right to show")
    if not told.cleared:
        yield _no("not cleared")


RULES: tuple[Rule, ...] = (_codec, _size, _whole, _rate, _duration, _sound, _captions, _transcript, _rights)
