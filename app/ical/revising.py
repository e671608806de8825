"""From what was told and what is wanted now to what is to be told: the heart of publishing."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from app.ical.entries import Entry, Item

Kind = Literal["added", "moved", "changed", "cancelled", "reinstated"]


@dataclass(frozen=True, slots=True)
class Change:
    """What one release does to one entry; `before` is None for an added one.

    "moved" is another time, place or link to join; "changed" is other words only.
    """

    key: str
    kind: Kind
    before: Item | None
    after: Item

    @property
    def raises(self) -> bool:
        """Whether it raises the SEQUENCE of an entry that was told before."""
        return self.before is not None and _raises(self.kind, self.before, self.after)


@dataclass(frozen=True, slots=True)
class Revision:
    """All entries after a release, by key, and its changes in order of start, then key."""

    entries: dict[str, Entry]
    changes: tuple[Change, ...]


def revise(told: Mapping[str, Entry], wanted: Mapping[str, Item], now: datetime) -> Revision:
    """What is to be told when `told` was told last and `wanted` is wanted. Keys never change.

    An unchanged item keeps its very entry. Another time, place, link or status raises SEQUENCE by one
    (RFC 5546 2.1.4), be it only for some of its circle; every change sets changed_at to `now`, but never
    back. Where nothing but words in other languages has changed, it does so for those who read these alone.
    A told key that is no longer wanted becomes cancelled at its last told times, and stays so until it
    is wanted again. An item cancelled before it was ever told is not told. Revising twice changes nothing the
    second time. Raises ValueError when a key comes with another UID.
    """
    entries: dict[str, Entry] = {}
    changes: list[Change] = []
    for key in sorted({*told, *wanted}):
        before, item = told.get(key), wanted.get(key)
        entry, kind = _first(item, now) if before is None else _next(before, item, now)
        if entry is None:
            continue
        entries[key] = entry
        if kind is not None:
            changes.append(Change(key, kind, before.item if before else None, entry.item))
    return Revision(entries, tuple(sorted(changes, key=lambda change: (change.after.begins, change.key))))


def _first(item: Item | None, now: datetime) -> tuple[Entry | None, Kind | None]:
    if item is None or item.cancelled:
        return None, None
    return Entry(item, 0, now, now), "added"


def _next(before: Entry, wanted: Item | None, now: datetime) -> tuple[Entry, Kind | None]:
    last = before.item
    if wanted is not None and wanted.uid != last.uid:
        raise ValueError(f"“{wanted.title}” was told with the UID {last.uid}; it cannot become {wanted.uid}.")
    item = _cancelled(last, wanted) if wanted is None or wanted.cancelled else wanted
    kind = _kind(last, item)
    if kind is None:
        return before, None
    if item == replace(last, words=item.words):
        return _reworded(before, item, now), kind
    raised = before.sequence + _raises(kind, last, item)
    return Entry(item, raised, before.created_at, max(now, before.changed_at)), kind


def _reworded(before: Entry, item: Item, now: datetime) -> Entry:
    """The entry with other words in some languages; in all others it has not changed."""
    last, new = ({each.language: each for each in words} for words in (before.item.words, item.words))
    since = dict(before.worded_at)
    for language in {*last, *new}:
        if last.get(language) != new.get(language):
            since[language] = max(now, before.changed_at, since.get(language, now))
    return replace(before, item=item, worded_at=tuple(sorted(since.items())))


def _cancelled(last: Item, wanted: Item | None) -> Item:
    """The item as it is told when cancelled: at its last told times, and final once told but for who may know of it."""
    if wanted is None:
        return replace(last, cancelled=True)
    if last.cancelled:
        return replace(last, circle=wanted.circle)
    return replace(wanted, starts=last.starts, ends=last.ends, zone=last.zone)


def _kind(last: Item, item: Item) -> Kind | None:
    if item == last:
        return None
    if item.cancelled:
        return "changed" if last.cancelled else "cancelled"
    if last.cancelled:
        return "reinstated"
    return "moved" if _whereabouts(item) != _whereabouts(last) else "changed"


def _raises(kind: Kind, last: Item, item: Item) -> bool:
    return kind != "changed" or _elsewhere_for_some(last, item)


def _elsewhere_for_some(last: Item, item: Item) -> bool:
    """Whether the own calendar of somebody in its circle would name another place, or gain or lose the link."""
    before, after = dict(last.circle.members), dict(item.circle.members)
    if (item.joinable or item.cancelled) and before.keys() != after.keys():
        return True  # who left what was called off goes on seeing it, but no more where they would have been
    return any(before[who] != after[who] for who in before.keys() & after.keys())


def _whereabouts(item: Item) -> tuple[object, ...]:
    return item.starts, item.ends, item.zone, item.place, item.online, item.joinable
