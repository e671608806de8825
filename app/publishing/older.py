"""Entries told before they held who is in them, and what they say in a way that can be worded in any language."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cache

from app import ical
from app.publishing.entries import items
from app.publishing.programme import Programme
from app.publishing.saying import spoken


@dataclass(frozen=True)
class Kept:
    """An entry as it is stored: who may see it, and the release that told it last."""

    entry: ical.Entry
    seen_by: str
    release: int


def completed(
    stored: Mapping[str, Kept], release: int, programme: Callable[[int], Programme]
) -> dict[str, tuple[ical.Entry, str]]:
    """The entries as they are told at this release, each whole, with who may see them.

    What an older one lacks is found in the `programme` of this release, or of the last in which its session stood. It
    counts as no change: English files stay as they were, to the octet.
    """
    wanted = cache(lambda number: items(programme(number)) if number > 0 else {})

    def whole(code: str, kept: Kept) -> ical.Entry:
        if kept.entry.item.circle.seen_by and kept.entry.item.said:
            return kept.entry
        return _whole(kept, wanted(release).get(code) or wanted(kept.release - 1).get(code))

    return {code: (whole(code, kept), kept.seen_by) for code, kept in stored.items()}


def _whole(kept: Kept, wanted: ical.Item | None) -> ical.Entry:
    circle = kept.entry.item.circle
    if not circle.seen_by:
        circle = wanted.circle if wanted else ical.Circle(kept.seen_by)
    known = replace(kept.entry, item=replace(kept.entry.item, circle=circle))
    if wanted is None:
        return known
    said = replace(known, item=replace(known.item, description="", said=wanted.said))
    (worded,) = spoken([said], "en")
    return said if worded == known else known
