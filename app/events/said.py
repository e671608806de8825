"""What a draft says of its things in the language of who reads of them before, or beside, a release."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from sqlalchemy import select

from app.db import db
from app.events.models import Event, Translation
from app.events.tongues import Teller, Tongue, teller


def teller_of(event: Event, kind: str, language: str) -> Teller:
    """Says things of one kind to readers of `language`. One query, none where the event does not speak it."""
    chain = [language, *event.languages[language]] if language in event.languages else []
    return teller(event.language, _tongues(event, kind, chain), language)


def tellers_of(event: Event, kind: str) -> Callable[[str], Teller]:
    """The same for readers of many languages. One query for all of them, none where the event speaks only its own."""
    tongues = _tongues(event, kind, list(event.languages))
    return cache(lambda language: teller(event.language, tongues, language))


def _tongues(event: Event, kind: str, chain: list[str]) -> list[Tongue]:
    words: dict[str, list[tuple[str, str, str, str]]] = {code: [] for code in chain}
    if chain:
        mine = select(Translation).where(Translation.event_id == event.id, Translation.kind == kind)
        for row in db.session.execute(mine.where(Translation.language.in_(chain))).scalars():
            words[row.language].append((row.kind, row.key, row.field, row.text))
    return [Tongue(code, tuple(event.languages.get(code, ())), tuple(told)) for code, told in words.items()]
