"""What was loaded, in numbers and in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from app.agenda.models import Kind
from app.events.models import Mode
from app.imports.values import EventFile
from app.network.models import Kind as MemberKind

MODES = {Mode.VENUE: "at the venue", Mode.ONLINE: "online", Mode.VIDEO: "by video message"}


@dataclass(frozen=True)
class Report:
    """What an event file put into the register. `str()` of it is for a person to read."""

    event_id: int
    slug: str
    title: str
    changed: int
    """Rows that were added, altered or removed; 0 when the file had been loaded before."""
    delegations: int
    modes: Mapping[Mode, int]
    """How many delegations take part in each mode; one in two modes counts in both."""
    in_several_modes: int
    blocks: int
    sessions: int
    """Items of the kind "session"."""
    appearances: int
    """Appearances of cities in these sessions."""
    appearances_elsewhere: int
    """Appearances of cities in all other items."""
    normalised: tuple[str, ...] = ()
    """"NewYork → New York"."""
    notes: tuple[str, ...] = ()
    """Sentences on what the reader of the file should know."""

    @property
    def mode_rows(self) -> int:
        return sum(self.modes.values())

    def __str__(self) -> str:
        modes = ", ".join(f"{number} {MODES[mode]}" for mode, number in self.modes.items() if number)
        lines = [
            f"{self.title} ({self.slug}): {_rows(self.changed)}.",
            f"  {_many(self.delegations, 'delegation')}: {modes or 'no mode said'}"
            + (f"; {self.in_several_modes} in more than one mode." if self.in_several_modes else "."),
            f"  {_many(self.blocks, 'block')} and {_many(self.sessions, 'session')}.",
            f"  Cities appear {self.appearances} times in sessions, {self.appearances_elsewhere} times elsewhere.",
            *(f"  Read as: {each}" for each in self.normalised),
            *(f"  {each}" for each in self.notes),
        ]
        return "\n".join(lines)


def report_of(source: EventFile, event_id: int, changed: int, notes: tuple[str, ...]) -> Report:
    """The report on a file that has just been loaded; `notes` are what the register had to say to it."""
    delegations = source.delegations or {}
    cities = [(session, each) for session in source.sessions for each in session.appearances if each.city]
    within = sum(session.kind is Kind.SESSION for session, _ in cities)
    return Report(
        event_id=event_id,
        slug=source.event.slug,
        title=source.event.title,
        changed=changed,
        delegations=len(delegations),
        modes={mode: sum(mode in sent for sent in delegations.values()) for mode in Mode},
        in_several_modes=sum(len(sent) > 1 for sent in delegations.values()),
        blocks=sum(each.kind is Kind.BLOCK for each in source.sessions),
        sessions=sum(each.kind is Kind.SESSION for each in source.sessions),
        appearances=within,
        appearances_elsewhere=len(cities) - within,
        normalised=source.normalised,
        notes=(*_notes(source), *notes),
    )


def _notes(source: EventFile) -> Iterator[str]:
    members = {each.slug: each for each in source.network.members}
    cities = {each.code: each.city for each in source.people}
    seen = {each.city or cities[each.person] for session in source.sessions for each in session.appearances}
    for slug in source.delegations or ():
        if members[slug].kind is MemberKind.STATE:
            yield f"{members[slug].name} is a state, not a city."
        if slug not in seen and source.sessions:
            yield f"{members[slug].name} is in no item of the agenda."
    for session in source.sessions:
        for each in session.appearances:
            if each.city and each.mode is None:
                yield f"How {members[each.city].name} takes part in {session.title} is to be confirmed."
    items = [each.slot for each in source.sessions if each.kind is not Kind.BLOCK]
    if untimed := sum(slot.day is not None and slot.starts is None for slot in items):
        yield f"{_many(untimed, 'item')} without a clock time: to be announced."
    if undated := sum(slot.day is None for slot in items):
        yield f"{_many(undated, 'item')} without a day: during the summit."


def _rows(changed: int) -> str:
    return f"{_many(changed, 'row')} changed" if changed else "nothing changed, all of it was there"


def _many(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"
