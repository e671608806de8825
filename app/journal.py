"""The journal: who did what, when, on what, before and after. Written with the act it tells of, never changed."""

from __future__ import annotations

from datetime import datetime
from typing import Any, cast

from flask_babel import lazy_gettext as _l
from sqlalchemy import JSON, String, Table, insert
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Model, db, directly, writing
from app.sentences import Sentence

CLOCK = Sentence(_l("the clock")).stored()
"""Who did what nobody pressed: its time had come."""
COMMAND_LINE = Sentence(_l("the command line")).stored()
DEMONSTRATION = Sentence(_l("demonstration")).stored()


class Note(Model):
    """One line of the journal."""

    __tablename__ = "notes"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    who: Mapped[str] = mapped_column(String(200))
    what: Mapped[str] = mapped_column(String(60))
    event_id: Mapped[int | None] = mapped_column(index=True)
    subject: Mapped[str] = mapped_column(String(120), index=True)
    before: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    after: Mapped[dict[str, Any] | None] = mapped_column(JSON)


def note(
    what: str,
    subject: str,
    *,
    who: str,
    now: datetime,
    event_id: int | None = None,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> None:
    """Write one line, in the transaction of the act. `subject` names the row, as "delegate/4f1c"; values are JSON.

    `who` is a name, or what a `Sentence` stored: whoever reads it later reads another language than who acted.
    """
    told: dict[str, Any] = {"at": now, "who": who, "what": what, "event_id": event_id, "subject": subject}
    told |= {"before": before, "after": after}
    if writing():
        directly(WRITTEN, **told)
    else:
        db.session.add(Note(**told))  # so that `write`, if it comes, says that this would be lost


WRITTEN = insert(cast(Table, Note.__table__)).inline()
"""Its number is not asked back. Not by the session: what is never changed need not be known to it, which takes three
times as long."""
