"""A house in which every text that anybody could have written is hostile, whatever column holds it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Column, Table

from app.db import db, write
from app.web.kept import KeepingFlask
from tests.databases import forget

CODES = re.compile(
    r"(?:.*_)?(?:key|uid|hash|code|zone|language|token|salt|slug|purpose|worker|mimetype|sha256|email|country|uniquifier)"
    r"|to|domain|reply_to|envelope_from|message_id|kind|scope|phase|what|subject_of|deed|field|visibility|folded"
    r"|since|until|fallback|password|address|accent|accent_dark|pages|sex|nationality|reference|party|anchor_of"
    r"|made_by|apart|needs|modes|roles|first_roles|modes_asked|stated|planning|numbers|reading|asked|progress|result"
    r"|report|facts|findings|changes|accepted|tested|equipment|told_from|parties|region|about|feed|sha|key_hash"
)
"""The names of columns, and of parts of JSON, that no person writes freely: codes, keys, addresses of mail, figures."""
ELSEWHERE = {
    "notes.subject",
    "offices.name",
    "own_words.name",
    "marks.who",
    "stage_links.who",
    "asked_changes.wanted",
    "asked_changes.before",
    "bulk_rows.before",
    "bulk_rows.after",
    "member_files.header",
    "agenda_files.header",
    "events.languages",
    "messages.facts",
    "profiles.languages",
    "profiles.interpret_from",
    "profiles.interpret_to",
    "online_facts.channel",
}
"""Columns of such a kind whose names do not tell it."""
Text = Callable[[int], str]
"""The number of a row -> what stands in its columns."""


def written(table: Table) -> Iterator[Column[Any]]:
    """The columns of a table in which people's words stand, as text or within JSON."""
    for column in table.columns:
        kind = column.type
        words = isinstance(kind, (sa.String, sa.JSON)) and not isinstance(kind, sa.Enum)
        if words and not CODES.fullmatch(column.name) and f"{table.name}.{column.name}" not in ELSEWHERE:
            yield column


def every() -> list[tuple[Table, Column[Any]]]:
    """All of them, of the whole house."""
    return [(table, column) for table in db.metadata.sorted_tables for column in written(table)]


def poison(app: KeepingFlask, text: Text) -> int:
    """Write this text in the place of all that people wrote, in drafts, releases and journal; in how many columns."""
    with app.app_context():
        write(lambda: _all(text), patience=60)
        found = len(every())
    forget(app)
    return found


def _all(text: Text) -> None:
    for table, column in every():
        _column(table, column, text)


def _column(table: Table, column: Column[Any], text: Text) -> None:
    asked = sa.select(*table.primary_key.columns, column).where(column.is_not(None))
    for number, row in enumerate(db.session.execute(asked).all()):
        new = f"{text(number)}{number}" if isinstance(column.type, sa.String) else within(row[-1], text, number)
        if column.name.endswith("link"):
            new = f"https://e.example/{new}"
        held = [each == value for each, value in zip(table.primary_key.columns, row, strict=False)]
        with suppress(sa.exc.IntegrityError), db.session.begin_nested():  # a word that this row may not have yet
            db.session.execute(sa.update(table).where(*held).values({column.name: new}))


def within(value: Any, text: Text, number: int) -> Any:
    """A value of JSON with its words replaced; what stands under the name of a code stays."""
    if isinstance(value, dict) and value.get("field") == "languages":  # a difference between two lists of codes
        return value
    if isinstance(value, dict):
        return {
            name: each if CODES.fullmatch(name) or name in PARTS else within(each, text, number)
            for name, each in value.items()
        }
    if isinstance(value, list):
        return [within(each, text, number) for each in value]
    return text(number) if isinstance(value, str) and value and not PLAIN.fullmatch(value) else value


PARTS = {"zone", "starts", "ends", "day", "date", "sequence", "status", "circle", "theme", "block", "mode", "state"}
PLAIN = re.compile(r"[a-z0-9-]*|[0-9T:.+Z -]+|yes|no")
"""Codes, moments and numbers."""
