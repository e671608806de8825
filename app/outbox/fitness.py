"""What is asked of a letter right before it leaves: whether it is to be sent at all, and whether this is the hour."""

from __future__ import annotations

from datetime import datetime

from flask_babel import lazy_gettext as _l

from app.db import db
from app.outbox import addresses, rendering
from app.outbox.claims import LATE, Claimed, Taken
from app.sentences import Sentence

DEAD = Sentence(_l("Letters to this address come back.")).stored()
UNWANTED = Sentence(_l("Its owner called such a letter unwanted.")).stored()


def why_not(letter: Claimed, taken: Taken, now: datetime) -> str:
    """Why the letter is not to be sent, as it is stored; empty: it is.

    Whoever waits for a code may have mended their mailbox.
    """
    if letter.until is not None and letter.until <= now:
        return LATE
    if letter.priority <= 0 and addresses.folded(letter.to) in taken.dead:
        return DEAD
    unwanted = rendering.unasked.get(letter.kind)
    if unwanted is None:
        return ""
    if addresses.folded(letter.to) in taken.complained:
        return UNWANTED
    try:
        return unwanted({**letter.facts, "to": letter.to})
    finally:
        db.session.rollback()  # what was read is not held while the server is spoken to


def not_before(letter: Claimed, now: datetime) -> datetime:
    """When it may leave at the earliest; `now`: at once."""
    rests = rendering.resting.get(letter.kind)
    if rests is None:
        return now
    try:
        return rests(letter.facts, now)
    finally:
        db.session.rollback()
