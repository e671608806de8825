"""Forms saved half-way, to be gone on with on another device."""

from __future__ import annotations

from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import select

from app.db import db
from app.refused import Refused
from app.registration import rows
from app.registration.models import ENDED, Delegate, Draft, State


def awaits_form(delegate: Delegate) -> bool:
    """Whether the person's form is to be filled in: named, returned, or put in another's place."""
    return delegate.state in {State.NOMINATED, State.RETURNED} or (delegate.owes_form and delegate.state not in ENDED)


def save_draft(delegate_id: int, values: dict[str, object], now: datetime) -> Draft:
    """Keep a form as far as it is filled in, to be gone on with elsewhere. Refused when there is none to fill in."""
    delegate = rows.one(delegate_id)
    if not awaits_form(delegate):
        raise Refused(_("There is nothing to fill in any more: the registration is complete, or no longer stands."))
    draft = db.session.get(Draft, delegate_id, populate_existing=True)
    if draft is None:
        draft = Draft(delegate_id=delegate_id, saved_at=now, values=values)
        db.session.add(draft)
    draft.saved_at, draft.values = now, values
    db.session.flush()
    return draft


def draft_of(delegate_id: int) -> Draft | None:
    """What was saved half-way, if anything."""
    return db.session.execute(select(Draft).where(Draft.delegate_id == delegate_id)).scalar_one_or_none()
