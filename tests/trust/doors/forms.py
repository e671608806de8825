"""The forms of pages, filled in as they stand, with what anybody could change in them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin, urlsplit
from xml.etree.ElementTree import Element

import html5lib
from werkzeug.test import TestResponse

from app.db import Model, db
from tests.trust.doors.survey import Survey
from tests.trust.doors.world import World

WORDS = {"text", "search", "tel", "url", "email", "textarea", "number", "date", "time", "datetime-local", None}
OUR_OWN = {"csrf_token", "submit_key"}


@dataclass(frozen=True)
class Filled:
    """A form as its page holds it."""

    page: str
    action: str
    values: Mapping[str, list[str]]
    typed: frozenset[str]
    """The fields into which one types."""

    def changed(self, **changes: str) -> dict[str, Any]:
        return {**self.values, **changes}


def forms(found: Survey, step: int = 1) -> Iterator[Filled]:
    """The forms of one page of each rule that was walked; of every so-many-th of these pages."""
    pages: dict[str, tuple[str, TestResponse]] = {}
    for path, answer in found.pages.items():
        if _has_forms(answer):
            pages.setdefault(found.rules[path], (path, answer))
    for number, (path, answer) in enumerate(pages.values()):
        if number % step == 0 and not path.startswith("/sign"):
            yield from _of(path, answer.text)


def _has_forms(answer: TestResponse) -> bool:
    return answer.mimetype == "text/html" and 'method="post"' in answer.text


def _of(path: str, html: str) -> Iterator[Filled]:
    tree: Element = html5lib.parse(html, namespaceHTMLElements=False)
    kinds: set[frozenset[str]] = set()
    for form in tree.iter("form"):
        values, typed = _held(form)
        if form.get("method") != "post" or frozenset(values) in kinds:
            continue
        kinds.add(frozenset(values))
        action = urlsplit(urljoin(path, form.get("action") or path))
        yield Filled(path, action._replace(scheme="", netloc="").geturl(), values, typed)


def _held(form: Element) -> tuple[dict[str, list[str]], frozenset[str]]:
    values: dict[str, list[str]] = {}
    typed: set[str] = set()
    for field in form.iter():
        name, kind = field.get("name"), field.get("type")
        if name is None or kind in {"submit", "button", "file", "image"} or field.tag == "button":
            continue
        if field.tag == "select":
            options = list(field.iter("option"))
            chosen = [each for each in options if each.get("selected") is not None] or options[:1]
            values.setdefault(name, []).extend(each.get("value", "") for each in chosen)
        elif field.tag == "textarea":
            values.setdefault(name, []).append((field.text or "").removeprefix("\n"))
            typed.add(name)
        elif kind not in {"checkbox", "radio"} or field.get("checked") is not None:
            values.setdefault(name, []).append(field.get("value", ""))
            if kind in WORDS:
                typed.add(name)
    return values, frozenset(typed - OUR_OWN)


def rows(world: World) -> dict[str, dict[Any, dict[str, Any]]]:
    """Every row of every table, by its key: to see what an act has changed."""
    found: dict[str, dict[Any, dict[str, Any]]] = {}
    with world.app.app_context(), db.engine.connect() as connection:
        for table in Model.metadata.sorted_tables:
            keys = [each.name for each in table.primary_key.columns]
            lines = connection.exec_driver_sql(f'SELECT * FROM "{table.name}"').mappings()
            found[table.name] = {tuple(each[key] for key in keys): dict(each) for each in lines}
    return found


def changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[tuple[str, str], list[Any]]:
    """(table, column) -> the values that came in, of rows that are new or other."""
    told: dict[tuple[str, str], list[Any]] = {}
    for table, lines in after.items():
        for key, line in lines.items():
            was = before[table].get(key, {})
            for column, value in line.items():
                if column not in was or was[column] != value:
                    told.setdefault((table, column), []).append(value)
        for key in before[table].keys() - lines.keys():
            told.setdefault((table, "row deleted"), []).append(key)
    return told
