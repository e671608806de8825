"""The words by which somebody is known, cut out of the rows of one summit, wherever the product wrote them."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from string import ascii_lowercase, ascii_uppercase
from typing import Any

from sqlalchemy import JSON, Column, ColumnElement, Enum, String, Table, cast, or_, select, update
from sqlalchemy import Text as LongText

from app.db import Model, db

WRITTEN = frozenset(
    "themes rooms people outcomes translations sessions appearances releases told planned_releases articles photos"
    " looks announcements reminder_rules own_words visits".split()
)
"""Tables of what organisers write for others to read, published or to be: theirs to change, and nothing is cut there.
What is published of the programme is kept as the record of the summit (rule 9.12)."""
SHORTEST = 4
"""Fewer letters of an alphabet name nobody for certain; other scripts need two characters."""

DEEPEST = 500
"""How many comparisons one condition holds; SQLite refuses more than a thousand, those of a WHERE beside included."""
SMALL = str.maketrans(ascii_uppercase, ascii_lowercase)


@dataclass(frozen=True)
class Words:
    """What is cut, and what stands in its place."""

    words: Sequence[str]
    instead: str

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        longest = sorted(set(self.words), key=len, reverse=True)
        return re.compile("|".join(map(_bounded, longest)) or r"(?!)", re.IGNORECASE)

    def cut(self, value: Any) -> Any:
        """A text, or whatever JSON holds, without these words."""
        if isinstance(value, str):
            return self._pattern.sub(self.instead, value)
        if isinstance(value, list):
            return [self.cut(each) for each in value]
        if isinstance(value, dict):
            return {self.cut(key): self.cut(each) for key, each in value.items()}
        return value

    def stand_in(self, *columns: Any) -> list[ColumnElement[bool]]:
        """Whether one of these columns of text or JSON may hold one of them: conditions of which one at least is true.
        Capitals of the Latin alphabet do not matter. Each is as deep as SQLite takes, however many words there are."""
        forms, texts = sorted(self._forms()), [cast(each, LongText) for each in columns]
        each_takes = max(1, DEEPEST // len(texts))
        return [
            or_(*(text.icontains(form, autoescape=True) for text in texts for form in forms[at : at + each_takes]))
            for at in range(0, len(forms), each_takes)
        ]

    def _forms(self) -> set[str]:
        """As they stand in text, and as JSON writes them; the database itself sets Latin capitals aside."""
        cases = {form for word in set(self.words) if not self._is_found_by_another(word) for form in _cases(word)}
        return {form.translate(SMALL) for form in cases | {json.dumps(each)[1:-1] for each in cases}}

    def _is_found_by_another(self, word: str) -> bool:
        """Whether it holds another of the words, so that whatever holds it is found by that one."""
        forms = _cases(word)
        return any(
            all(part in whole for part, whole in zip(_cases(each), forms, strict=True))
            for each in self.words
            if len(each) < len(word) and each in word
        )


def _cases(word: str) -> tuple[str, str, str]:
    return word, word.lower(), word.upper()


def certain(words: Iterable[str]) -> list[str]:
    """Those that are long enough to name somebody."""
    return [each for each in dict.fromkeys(word.strip() for word in words) if len(each) >= _least(each)]


def cut(event_id: int, words: Words) -> int:
    """Cut the words out of all rows of this event but those of `WRITTEN`; how many rows held one."""
    if not words.words:
        return 0
    done = 0
    for table in Model.metadata.sorted_tables:
        columns = [each for each in table.columns if _holds_words(each)]
        mine = _of_event(table, event_id)
        if columns and mine is not None and table.name not in WRITTEN:
            done += _cut_rows(table, columns, mine, words)
    return done


def _cut_rows(table: Table, columns: list[Column[Any]], mine: ColumnElement[bool], words: Words) -> int:
    keys = list(table.primary_key.columns)
    rows = select(*keys, *columns).where(mine)
    changed = set()
    for row in (each for held in words.stand_in(*columns) for each in db.session.execute(rows.where(held)).all()):
        before = dict(zip((each.name for each in columns), row[len(keys) :], strict=True))
        after = {name: words.cut(value) for name, value in before.items()}
        new = {name: value for name, value in after.items() if value != before[name]}
        if new:
            this = [key == value for key, value in zip(keys, row[: len(keys)], strict=True)]
            db.session.execute(update(table).where(*this).values(new))
            changed.add(tuple(row[: len(keys)]))
    return len(changed)


def _of_event(table: Table, event_id: int, seen: Collection[str] = ()) -> ColumnElement[bool] | None:
    """Whether a row belongs to the event, by its own column or by the row it hangs on; None: it is of no event."""
    if "event_id" in table.c:
        own: ColumnElement[bool] = table.c.event_id == event_id
        return own
    for key in _parents(table):
        parent = key.column.table
        if parent.name in seen or parent.name == table.name:
            continue
        above = _of_event(parent, event_id, (*seen, table.name))
        if above is not None:
            hung: ColumnElement[bool] = key.parent.in_(select(key.column).where(above))
            return hung
    return None


def _parents(table: Table) -> Iterator[Any]:
    return iter(sorted(table.foreign_keys, key=lambda each: each.parent.name))


def _holds_words(column: Column[Any]) -> bool:
    if column.primary_key or column.foreign_keys or isinstance(column.type, Enum):
        return False
    return isinstance(column.type, (String, JSON))


def _bounded(word: str) -> str:
    """Of a word in an alphabet only the whole one: Ann is not cut out of Annabel."""
    start, end = (r"(?<!\w)" if _lettered(word[0]) else ""), (r"(?!\w)" if _lettered(word[-1]) else "")
    return f"{start}{re.escape(word)}{end}"


def _lettered(character: str) -> bool:
    return character.isdigit() or character.lower() != character.upper()


def _least(word: str) -> int:
    return SHORTEST if any(_lettered(each) for each in word) else 2
