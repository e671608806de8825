"""What organisers put in the place of the words with which letters begin: kept per summit, letter and language."""

from __future__ import annotations

from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import select

from app.db import db
from app.journal import note
from app.outbox.models import OwnWords
from app.outbox.openings import Wording
from app.outbox.tongues import tongue
from app.refused import Refused

NONE = Wording("", "")


def own_words(event_id: int | None, language: str) -> dict[str, Wording]:
    """The words of a summit's organisers in somebody's language, by name of the opening. One query."""
    if event_id is None:
        return {}
    mine = (OwnWords.event_id == event_id, OwnWords.language == tongue(language), OwnWords.subject != "")
    rows = db.session.execute(select(OwnWords.name, OwnWords.subject, OwnWords.text).where(*mine))
    return {name: Wording(subject, text) for name, subject, text in rows}


def rows_of(event_id: int) -> dict[tuple[str, str], OwnWords]:
    """All that organisers of a summit worded or put back, by (name, language). One query."""
    found = db.session.execute(select(OwnWords).where(OwnWords.event_id == event_id)).scalars()
    return {(each.name, each.language): each for each in found}


def store(event_id: int, name: str, language: str, wording: Wording, seen: int, *, who: str, now: datetime) -> None:
    """Let a letter begin with these words from now on; `NONE` puts the shipped ones back.

    `seen` is the version that was looked at, 0 for none. Refused when somebody changed it since, and then nothing is
    stored; the same words once more are no change.
    """
    mine = (OwnWords.event_id == event_id, OwnWords.name == name, OwnWords.language == language)
    row = db.session.execute(
        select(OwnWords).where(*mine).with_for_update().execution_options(populate_existing=True)
    ).scalar_one_or_none()
    before = Wording(row.subject, row.text) if row else NONE
    if wording == before:
        return
    if (row.version if row else 0) != seen:
        raise Refused(
            _("Somebody has changed these words meanwhile. Yours are kept here; theirs stand above the form.")
        )
    new = {"subject": wording.subject, "text": wording.text, "version": seen + 1, "changed_by": who, "changed_at": now}
    if row is None:
        db.session.add(OwnWords(event_id=event_id, name=name, language=language, **new))
    else:
        for each, value in new.items():
            setattr(row, each, value)
    db.session.flush()
    note(
        "worded a letter",
        subject(name, language),
        who=who,
        now=now,
        event_id=event_id,
        before={"subject": before.subject, "text": before.text},
        after={"subject": wording.subject, "text": wording.text},
    )


def subject(name: str, language: str) -> str:
    """How the journal names a letter's words."""
    return f"letter/{name}/{language}"
