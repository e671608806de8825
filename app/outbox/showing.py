"""A letter as it would be sent now, for those who look at it before."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from app.outbox.letter import Letter
from app.outbox.openings import Wording
from app.outbox.own import own_words
from app.outbox.rendering import Rendered, render


def shown(letter: Letter, secrets: Iterable[str], own: Mapping[str, Wording] | None = None) -> Rendered:
    """The letter in words, with three dots in place of its secrets: whoever has one may act in the reader's name.

    `own`: what is to be tried instead of the organisers' words as they are stored.
    """
    stored = own_words(letter.event_id, letter.language)
    words = render(letter.kind, {**letter.facts, "to": letter.to}, letter.language, {**stored, **(own or {})})
    text, html = words.text, words.html
    for each in secrets:
        text, html = text.replace(each, "…"), html.replace(each, "…")
    return replace(words, text=text, html=html)
