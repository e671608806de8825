"""An example of every letter whose beginning can be worded, made up for somebody of a summit: nothing of it is stored.

The rows are copies outside of any session. Where there is nobody yet, somebody invented stands in.
"""

from __future__ import annotations

from dataclasses import replace

from app.announcing.models import unsubscribe_secret
from app.desk.letters.examples import agenda, cities, people, videos, visits
from app.desk.letters.examples.reader import Maker, Reader, reader
from app.outbox import Letter

__all__ = ["MADE", "Reader", "letter", "reader", "secrets"]

MADE: dict[str, Maker] = people.MADE | cities.MADE | agenda.MADE | visits.MADE | videos.MADE
"""What makes the example of each letter, by the name of its opening."""


def letter(name: str, who: Reader, language: str) -> Letter:
    """An example of the letter that begins by this name, in this language. Raises KeyError when there is none."""
    made = MADE[name](who)
    return replace(made, language=language, event_id=made.event_id or who.event.id)


def secrets(who: Reader) -> list[str]:
    """What opens something in their letters."""
    mine = who.delegate
    return [mine.link, mine.feed, mine.join, who.focal.link, unsubscribe_secret(mine.uid)]
