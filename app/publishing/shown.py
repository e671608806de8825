"""One release in memory, as readers use it: what is chosen of it for each of them is kept beside it."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cached_property

from app import ical
from app.publishing.programme import Programme
from app.publishing.saying import spoken

PUBLIC = "public"
KEPT_LEAVES = 400_000
"""How many entries stand in all that is kept ready of one release for its readers, each counted for each of them."""


@dataclass(frozen=True)
class Published:
    """One release as readers use it: the programme, and the calendar's entries with who may see them."""

    programme: Programme
    entries: Mapping[str, tuple[ical.Entry, str]]
    """Session code -> the entry as last told, with the address of its page if it has one; who may see it. Its
    description is not worded yet (`spoken`)."""
    event_id: int = 0
    sheaves: ical.Memory[Hashable, ical.Sheaf] = field(
        default_factory=lambda: ical.Memory(KEPT_LEAVES, lambda sheaf: len(sheaf) + 1), compare=False, repr=False
    )
    """What was chosen of the entries for one reader or another, ready to be written."""

    @cached_property
    def public(self) -> Programme:
        """The programme as everybody may see it."""
        return self.programme.open_to(PUBLIC)

    @cached_property
    def _worded(self) -> dict[str, Mapping[str, tuple[ical.Entry, str]]]:
        return {}

    def spoken(self, language: str) -> Mapping[str, tuple[ical.Entry, str]]:
        """The entries with their descriptions in this language, worded once for all readers; one of `TONGUES`."""
        if (found := self._worded.get(language)) is None:
            worded = spoken((entry for entry, _seen_by in self.entries.values()), language)
            told = zip(self.entries.items(), worded, strict=True)
            found = self._worded[language] = {code: (entry, seen_by) for (code, (_entry, seen_by)), entry in told}
        return found

    def public_entries(self, language: str = "en") -> Mapping[str, ical.Entry]:
        """Session code -> entry, of those that everybody may see, as everybody may see them."""
        told = self.spoken(language).items()
        return {code: unlinked(entry) for code, (entry, seen_by) in told if seen_by == PUBLIC}

    @cached_property
    def removals(self) -> Sequence[datetime]:
        """When a cancelled entry is shown no more, the earliest first."""
        ends = (ical.shown_until(entry) for entry, _seen_by in self.entries.values() if entry.item.cancelled)
        return sorted(each + timedelta(seconds=1) for each in ends)

    def removed_at(self, now: datetime) -> datetime | None:
        """When the list of entries that are shown at `now` last lost one by the passing of time; None: never."""
        gone = bisect_right(self.removals, now)
        return self.removals[gone - 1] if gone else None

    def removed_next(self, now: datetime) -> datetime | None:
        """When the list next loses one by the passing of time after `now`; None: never."""
        gone = bisect_right(self.removals, now)
        return self.removals[gone] if gone < len(self.removals) else None


def unlinked(entry: ical.Entry) -> ical.Entry:
    """The entry without saying whether it can be joined from afar."""
    return replace(entry, item=replace(entry.item, joinable=False)) if entry.item.joinable else entry
