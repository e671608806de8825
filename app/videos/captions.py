"""Captions as WebVTT or SubRip: read strictly, and written anew, so that nothing but words and moments goes on.

The grammar is WebVTT's (W3C, 4 April 2019) as far as captions need it; SubRip, which has no standard, is read as
players do.
"""

from __future__ import annotations

import html
import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

LARGEST = 1024 * 1024
"""Octets; half an hour of speech is a tenth of it."""
MOST = 5_000
"""Cues."""
MOMENT = r"(?:(\d{1,3}):)?([0-5]\d):([0-5]\d)[.,](\d{3})"
TIMES = re.compile(rf"{MOMENT}[ \t]+-->[ \t]+{MOMENT}(?:[ \t].*)?$", re.ASCII)
TAG = re.compile(r"</?[a-zA-Z][^<>]{0,200}>|<\d[\d:.]{0,20}>|\{\\[^{}]{0,40}\}")
"""What marks voices, colours and moments inside of a cue; none of it is words."""
HIDDEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069\ufeff]")


class Faulty(Exception):
    """The captions cannot be read: `rule` names why, `line` where (from 1; 0: the whole file)."""

    def __init__(self, rule: str, line: int = 0) -> None:
        super().__init__(f"{rule}, line {line}")
        self.rule, self.line = rule, line


@dataclass(frozen=True)
class Cue:
    """What is shown from `start` to `end`, in seconds."""

    start: float
    end: float
    text: str


def read(octets: bytes) -> tuple[Cue, ...]:
    """The cues of a file, in order. Raises Faulty: "size", "encoding", "form", "times", "order", "empty", "many"."""
    if len(octets) > LARGEST:
        raise Faulty("size")
    try:
        text = octets.decode("utf-8-sig")
    except UnicodeDecodeError as wrong:
        raise Faulty("encoding", octets[: wrong.start].count(b"\n") + 1) from wrong
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    cues: list[Cue] = []
    for number, block in _blocks(lines):
        if (cue := _cue(block, number)) is None:
            continue
        if cues and cue.start < cues[-1].start:
            raise Faulty("order", number)
        if len(cues) == MOST:
            raise Faulty("many", number)
        cues.append(cue)
    if not cues:
        raise Faulty("empty")
    return tuple(cues)


def _blocks(lines: list[str]) -> Iterable[tuple[int, list[str]]]:
    """(number of its first line, lines) of each block between empty lines, without WebVTT's head."""
    vtt = bool(re.match(r"WEBVTT(?:[ \t]|$)", lines[0]))
    if not vtt and not any("-->" in each for each in lines[:20]):
        raise Faulty("form", 1)
    block: list[str] = []
    for number, line in enumerate([*lines, ""], 1):
        if line.strip():
            block.append(line)
        elif block:
            first = number - len(block)
            if not (vtt and first == 1) and not (vtt and re.match(r"(NOTE|STYLE|REGION)(\s|$)", block[0])):
                yield first, block
            block = []


def _cue(block: list[str], number: int) -> Cue | None:
    """One cue; None for one without words."""
    at = 0 if "-->" in block[0] else 1
    found = TIMES.match(block[at].strip()) if at < len(block) else None
    if found is None:
        raise Faulty("form", number + min(at, len(block) - 1))
    start, end = _seconds(found.groups()[:4]), _seconds(found.groups()[4:])
    if end <= start:
        raise Faulty("times", number + at)
    words = "\n".join(_plain(line) for line in block[at + 1 :]).strip()
    return Cue(start, end, words) if words else None


def _seconds(parts: Sequence[str | None]) -> float:
    hours, minutes, seconds, thousandths = (int(each or 0) for each in parts)
    return hours * 3600 + minutes * 60 + seconds + thousandths / 1000


def _plain(line: str) -> str:
    return HIDDEN.sub("", html.unescape(TAG.sub("", line))).replace("-->", "→").strip()


def write(cues: Iterable[Cue]) -> str:
    """WebVTT that says the same: words and moments alone, every sign that could mean more escaped."""
    shown = (f"{_moment(cue.start)} --> {_moment(cue.end)}\n{_escaped(cue.text)}\n" for cue in cues)
    return "\n".join(["WEBVTT\n", *shown])


def _escaped(text: str) -> str:
    lines = (line.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;") for line in text.split("\n"))
    return "\n".join(line for line in lines if line.strip())


def _moment(seconds: float) -> str:
    thousandths = round(seconds * 1000)
    minutes, thousandths = divmod(thousandths, 60_000)
    return f"{minutes // 60:02}:{minutes % 60:02}:{thousandths // 1000:02}.{thousandths % 1000:03}"


def covered(cues: Sequence[Cue], heard: Sequence[tuple[float, float]], slack: float = 1.0) -> float | None:
    """The share of the time in which something is heard for which a caption stands; None when nothing is heard.

    A caption may come `slack` seconds early or stay that long: those who read are not faster than those who speak.
    """
    spans: list[tuple[float, float]] = []
    for start, end in sorted((cue.start - slack, cue.end + slack) for cue in cues):
        if spans and start <= spans[-1][1]:
            spans[-1] = (spans[-1][0], max(spans[-1][1], end))
        else:
            spans.append((start, end))
    whole = sum(end - start for start, end in heard)
    starts = [start for start, _ in spans]
    both = 0.0
    for start, end in heard:
        first = max(0, bisect_right(starts, start) - 1)
        last = bisect_right(starts, end)
        both += sum(max(0.0, min(end, b) - max(start, a)) for a, b in spans[first:last])
    return both / whole if whole > 0 else None
