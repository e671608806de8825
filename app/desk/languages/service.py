"""In which languages a summit is told, and what is said in each: chosen, written, counted."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import select

from app import journal
from app.db import db
from app.events.models import Event, Translation
from app.events.tongues import Name
from app.outbox.tongues import TONGUES
from app.publishing.originals import Draft, Line, State, draft_of
from app.refused import Refused
from app.web.wording import language_name

TEXTS = frozenset({"description", "summary", "rules"})
"""Fields of several lines; all others are one."""
LONGEST, LONGEST_TEXT = 300, 5000
"""Characters of a line, and of a text."""


@dataclass(frozen=True)
class Count:
    """How much of the summit is said in one language."""

    language: str
    said: int
    of: int
    out_of_date: int

    @property
    def missing(self) -> int:
        return self.of - self.said - self.out_of_date


@dataclass(frozen=True)
class Wanted:
    """One text as somebody wants it said in one language; empty: not at all."""

    language: str
    name: Name
    text: str
    seen: str
    """The mark of what they had before them (`mark`)."""
    original: str | None = None
    """The text it was made from; None: as it stands."""
    right: bool = False
    """It was made from an older text and is right all the same."""


@dataclass(frozen=True)
class Fault:
    """Why one text cannot be stored, and what others stored meanwhile where that is why."""

    sentence: str
    theirs: str = ""
    by: str = ""
    overtaken: bool = False


class WordsRefused(Refused):
    """Some of the texts cannot be stored, so none is. `faults`: by language and name."""

    def __init__(self, faults: Mapping[tuple[str, Name], Fault]) -> None:
        super().__init__(_("Nothing is stored yet: some of these words need another look."))
        self.faults = faults


def counts(draft: Draft) -> list[Count]:
    """For each other language, how far it is. "fr 31 of 48"."""
    found = []
    for code in draft.languages:
        states = [draft.state(each, code) for each in draft.lines]
        said = sum(each.counts for each in states)
        found.append(Count(code, said, len(states), states.count(State.OUT_OF_DATE)))
    return found


def mark(line: Line, row: Translation | None) -> str:
    """What tells one state of a text and its words from any other: a mark of the original, and one of the words."""
    return f"{_hash(line.original)}.{_hash(row.text if row else '')}"


def _hash(text: str) -> str:
    return hashlib.blake2b(text.encode(), digest_size=6).hexdigest()


def store(event: Event, wanted: Sequence[Wanted], *, who: str, now: datetime) -> int:
    """Store what is new of these texts, all or none; how many that were.

    A text that was not touched stays as others made it. Raises WordsRefused when one is too long, is said of what is
    there no more, or when others changed it or its original since `seen`.
    """
    _hold(event)
    draft = draft_of(event)
    lines = {each.name: each for each in draft.lines}
    faults: dict[tuple[str, Name], Fault] = {}
    new: list[tuple[Wanted, Line, Translation | None]] = []
    for each in wanted:
        line, row = lines.get(each.name), draft.rows.get((each.language, each.name))
        if each.language not in draft.languages or line is None:
            faults[each.language, each.name] = Fault(_("There is no such text any more, or no such language."))
        elif not _touched(each, line, row):
            continue
        elif fault := _fault(each, line, row):
            faults[each.language, each.name] = fault
        else:
            new.append((each, line, row))
    if faults:
        raise WordsRefused(faults)
    for each, line, row in new:
        _put(event, each, line, row, who, now)
    _note(event, new, who, now)
    return len(new)


def _touched(wanted: Wanted, line: Line, row: Translation | None) -> bool:
    stale = row is not None and row.original != line.original
    if wanted.right and stale:
        return True
    return wanted.text != (row.text if row else "") and _hash(wanted.text) != wanted.seen.partition(".")[2]


def _fault(wanted: Wanted, line: Line, row: Translation | None) -> Fault | None:
    most = LONGEST_TEXT if line.field in TEXTS else LONGEST
    if len(wanted.text) > most:
        return Fault(_("At most %(count)s characters.", count=most))
    original, words = mark(line, row).split(".")
    seen_original, _dot, seen_words = wanted.seen.partition(".")
    if seen_words != words:
        said = _("Others changed these words meanwhile. Theirs stand beside yours; press again to store yours.")
        return Fault(said, row.text if row else "", row.made_by if row else "", overtaken=True)
    if seen_original != original:
        said = _("The original was changed meanwhile. See whether your words still fit it, then press again.")
        return Fault(said, overtaken=True)
    return None


def _put(event: Event, wanted: Wanted, line: Line, row: Translation | None, who: str, now: datetime) -> None:
    if not wanted.text:
        if row is not None:
            db.session.delete(row)
        return
    if row is None:
        kind, key, field = wanted.name
        row = Translation(event_id=event.id, kind=kind, key=key, field=field, language=wanted.language)
        db.session.add(row)
    row.text, row.made_at, row.made_by = wanted.text, now, who
    row.original = line.original if wanted.original is None else wanted.original


def _note(event: Event, new: Iterable[tuple[Wanted, Line, Translation | None]], who: str, now: datetime) -> None:
    """One line of the journal for each language."""
    after: dict[str, dict[str, str]] = {}
    for each, _line, _row in new:
        after.setdefault(each.language, {})["/".join(each.name)] = each.text
    for code, words in after.items():
        journal.note("translated", f"language/{code}", who=who, now=now, event_id=event.id, after=words)


@dataclass(frozen=True)
class Choice:
    """The main language of a summit, and the others: each with those asked where it has no words."""

    main: str
    others: Mapping[str, tuple[str, ...]]

    @classmethod
    def of(cls, event: Event) -> Choice:
        return cls(event.language, {code: tuple(after) for code, after in event.languages.items()})

    @property
    def mark(self) -> str:
        return _hash(repr((self.main, sorted(self.others.items()))))

    @property
    def words(self) -> str:
        """ "English; French; Korean, then Japanese", in the language spoken now."""
        told = [language_name(self.main)]
        for code, after in sorted(self.others.items()):
            told.append(str(_(", then ")).join(map(language_name, (code, *after))))
        return str(_("; ")).join(told)


def choose(event: Event, choice: Choice, seen: str, *, who: str, now: datetime) -> None:
    """Say in which languages the summit is told. What was written in others is kept, and told again with them.

    Refused when a language is asked after itself or is not spoken, and when others chose since `seen`.
    """
    _hold(event)
    event = db.session.execute(
        select(Event).where(Event.id == event.id).execution_options(populate_existing=True)
    ).scalar_one()
    stored = Choice.of(event)
    if seen != stored.mark:
        said = _("Others chose languages meanwhile: %(words)s. Yours stand below; press again to store them.")
        raise Refused(said % {"words": stored.words})
    if choice.main not in TONGUES:
        raise Refused(_("Choose one of these."), "written")
    for code, after in choice.others.items():
        if code == choice.main or len({code, *after}) <= len(after) or not {code, *after} <= {*choice.others}:
            name = language_name(code)
            raise Refused(
                _("%(language)s can only be followed by other languages that the summit speaks.", language=name)
            )
    event.language = choice.main
    event.languages = {code: list(after) for code, after in choice.others.items()}
    journal.note(
        "languages chosen",
        "languages",
        who=who,
        now=now,
        event_id=event.id,
        before={"main": stored.main, "others": dict(stored.others)},
        after={"main": choice.main, "others": dict(choice.others)},
    )


def _hold(event: Event) -> None:
    """Wait for one's turn, so that what is read from now on still holds when it is stored."""
    db.session.execute(select(Event.id).where(Event.id == event.id).with_for_update())
