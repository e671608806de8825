"""What a draft says of its things in the language of who reads of them before, or beside, a release."""

from __future__ import annotations

from sqlalchemy import select

from app.db import db
from app.events.models import Event, Translation
from app.events.tongues import Teller, Tongue, teller


def teller_of(event: Event, kind: str, language: str) -> Teller:
    """Says things of one kind to readers of `language`. One query, none where the event does not speak it."""
    chain = [language, *event.languages[language]] if language in event.languages else []
    words: dict[str, list[tuple[str, str, str, str]]] = {code: [] for code in chain}
    if chain:
        mine = select(Translation).where(Translation.event_id == event.id, Translation.kind == kind)
        for row in db.session.execute(mine.where(Translation.language.in_(chain))).scalars():
            words[row.language].append((row.kind, row.key, row.field, row.text))
    tongues = [Tongue(code, tuple(event.languages.get(code, ())), tuple(told)) for code, told in words.items()]
    return teller(event.language, tongues, language)
