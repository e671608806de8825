"""What a city lacks, and what to do about it next: worked out from frozen rows alone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from app.delegations.models import STANDING, TAKES_PART, Answer
from app.events.models import Mode
from app.network.models import folded

LONGEST = 120
"""Characters of a search that are looked at."""


class Need(StrEnum):
    """Something that is missing, in the order in which it is worth doing."""

    CONTACT = "contact"
    """Nobody speaks for the city, so no letter can go to it."""
    ADDRESS = "address"
    """Letters to somebody of the city, or who speaks for it, do not arrive."""
    INVITATION = "invitation"
    ANSWER = "answer"
    LAPSED = "lapsed"
    """It let the deadline of its invitation pass."""
    APPROVAL = "approval"
    """The delegation was sent and waits for the organisers."""
    DECISION = "decision"
    """People for whom the city stands wait for the organisers."""
    REQUESTS = "requests"
    """Changes are asked for that the organisers decide."""
    MODES_ASKED = "other modes"
    """It asks for other modes after the deadline."""
    CHANGES = "changes"
    """Something that was approved has changed."""
    RETURNED = "returned"
    """The delegation was returned, and is with the city."""
    MODES = "modes"
    """It has not said how it takes part."""
    PEOPLE = "people"
    HEAD = "head"
    LETTER = "letter"
    SESSION = "session"
    HOURS = "hours"
    """It would join a session online at a bad hour."""


OURS = frozenset({
    Need.CONTACT, Need.ADDRESS, Need.INVITATION, Need.LAPSED, Need.DECISION, Need.APPROVAL, Need.REQUESTS,
    Need.MODES_ASKED, Need.CHANGES, Need.SESSION, Need.HOURS
})  # fmt: skip
"""What the organisers do themselves; for all else they wait for the city."""


@dataclass(frozen=True)
class Row:
    """How one city stands."""

    slug: str
    name: str
    zone: str
    answer: Answer
    over: bool = False
    """The summit has ended, so that nothing can be done for it any more."""
    names: tuple[str, ...] = ()
    """Its name and aliases as search sees them (`folded`)."""
    reachable: bool = True
    """Somebody speaks for it, to whom letters go."""
    undelivered: int = 0
    """How many of its people, and of those who speak for it, get no letters: these fail or come back."""
    silent: int | None = None
    """For how many days it has had its invitation without an answer."""
    modes: tuple[Mode, ...] = ()
    videos: str = ""
    """Of the videos expected of it, how the one stands that is furthest back: "overdue", "back" (it has to be mended),
    "owed", "come" (it is looked at) or "ready"; empty: none is."""
    modes_asked: bool = False
    requests: int = 0
    """Changes that are asked for and that the organisers decide."""
    changes: bool = False
    head: str = ""
    """The name of the one active head; empty: vacant."""
    head_approved: bool = False
    letter_required: bool = False
    letter_held: bool = False
    registered: int = 0
    """People who count in the quota: nominated, with a form or without, approved."""
    approved: int = 0
    quota_taken: int = 0
    quota: int | None = None
    """How many it may enter in all its quotas together; None: no limit."""
    waitlisted: int = 0
    to_decide: int = 0
    """People who wait for the organisers' decision."""
    sessions: tuple[str, ...] = ()
    bad_hours: int | None = None
    """Of the sessions that it joins online, how many are at a bad hour there; None: it joins none whose time is set."""

    @property
    def takes_part(self) -> bool:
        return self.answer in TAKES_PART

    @property
    def stands(self) -> bool:
        """It takes part in a summit that lies ahead, so that something may be asked of it."""
        return self.answer in STANDING and not self.over

    @property
    def by_video_alone(self) -> bool:
        """It sends a message and nobody, which needs no head (rule 9.2 of the domain)."""
        return self.modes == (Mode.VIDEO,) and not self.registered

    @property
    def no_head(self) -> str:
        """Why there is no head: "vacant" or "none needed"; empty when there is one, or the city does not come."""
        if self.head or not self.stands:
            return ""
        return "none needed" if self.by_video_alone else "vacant"

    @property
    def video(self) -> str:
        """As `videos`, of a city of whom something may be asked; "owed" too where its way alone says so."""
        if not self.stands:
            return ""
        return self.videos or ("owed" if Mode.VIDEO in self.modes else "")

    @property
    def letter(self) -> str:
        """The letter of authority is "held" or "due"; empty when none is asked for."""
        if self.letter_held:
            return "held"
        return "due" if self.letter_required and self.stands else ""


@dataclass(frozen=True)
class Choice:
    """Which rows to show and in which order; empty: all, by city."""

    q: str = ""
    answer: str = ""
    mode: str = ""
    missing: str = ""
    sort: str = "city"
    """"city" or "next"; with "-" before it, the other way round."""

    @property
    def narrows(self) -> bool:
        return bool(self.q or self.answer or self.mode or self.missing)

    @property
    def asked(self) -> dict[str, Any]:
        """As it stands in an address."""
        said = {"q": self.q, "answer": self.answer, "mode": self.mode, "missing": self.missing}
        return {key: value for key, value in (said | {"sort": self.sort}).items() if value not in {"", "city"}}


@dataclass(frozen=True)
class Totals:
    """What stands at the head of the board. Cities are counted once, however many modes they have."""

    invited: int
    accepted: int
    registered: int
    approved: int
    modes: tuple[int, int, int]
    """Cities that take part at the venue, online, by video message: one with two modes stands in both."""
    in_several: int
    ours: int
    """Cities that need something of the organisers, and `theirs`, for which these wait."""
    theirs: int


def missing(row: Row) -> tuple[Need, ...]:
    """What the city lacks, most pressing first. A city that does not come, or whose summit is over, lacks nothing."""
    if row.over:
        return ()
    if row.answer == Answer.LAPSED:
        return (Need.LAPSED,)
    holds = {Need.ADDRESS: row.undelivered > 0}
    if row.answer in {Answer.DRAFT, Answer.INVITED}:
        owed = Need.INVITATION if row.answer == Answer.DRAFT else Need.ANSWER
        holds |= {Need.CONTACT: not row.reachable, owed: True}
        return tuple(need for need in Need if holds.get(need))
    if not row.stands:
        return ()
    holds |= {
        Need.DECISION: row.to_decide > 0,
        Need.APPROVAL: row.answer == Answer.SUBMITTED,
        Need.REQUESTS: row.requests > 0,
        Need.MODES_ASKED: row.modes_asked,
        Need.CHANGES: row.changes and not row.modes_asked,
        Need.RETURNED: row.answer == Answer.RETURNED,
        Need.MODES: not row.modes,
        Need.PEOPLE: not row.registered and not row.by_video_alone,
        Need.HEAD: not row.head and not row.by_video_alone,
        Need.LETTER: row.letter_required and not row.letter_held,
        Need.SESSION: not row.sessions,
        Need.HOURS: bool(row.bad_hours),
    }
    return tuple(need for need in Need if holds.get(need))


def next_step(row: Row) -> Need | None:
    """What to see to first; None when nothing is missing."""
    return next(iter(missing(row)), None)


def chosen(rows: Iterable[Row], choice: Choice) -> list[Row]:
    """The rows that fit a choice, in its order; a search finds a city by every word of any one of its names."""
    found = [row for row in rows if _fits(row, choice)]
    found.sort(key=lambda row: (folded(row.name), row.slug))
    order = list(Need)
    if choice.sort.removeprefix("-") == "next":
        found.sort(key=lambda row: order.index(step) if (step := next_step(row)) else len(order))
    return found[::-1] if choice.sort.startswith("-") else found


def totals(rows: Sequence[Row]) -> Totals:
    """The figures of all these rows."""
    part = [row for row in rows if row.takes_part]
    steps = [needs for row in rows if (needs := missing(row))]
    ours = sum(any(need in OURS for need in needs) for needs in steps)
    return Totals(
        invited=sum(row.answer != Answer.DRAFT for row in rows),
        accepted=len(part),
        registered=sum(row.registered for row in rows),
        approved=sum(row.approved for row in rows),
        modes=(_having(part, Mode.VENUE), _having(part, Mode.ONLINE), _having(part, Mode.VIDEO)),
        in_several=sum(len(row.modes) > 1 for row in part),
        ours=ours,
        theirs=sum(any(need not in OURS for need in needs) for needs in steps),
    )


def _having(rows: Iterable[Row], mode: Mode) -> int:
    return sum(mode in row.modes for row in rows)


def _fits(row: Row, choice: Choice) -> bool:
    words = [word for word in map(folded, choice.q[:LONGEST].replace("-", " ").split()) if word]
    if choice.q.strip() and not any(all(word in name for word in words) for name in row.names if words):
        return False
    return (
        choice.answer in {"", row.answer.value}
        and choice.mode in {"", *(each.value for each in row.modes)}
        and choice.missing in {"", *(each.value for each in missing(row))}
    )
