"""Forms saved half-way, to be gone on with on another device."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import Select, delete, select

from app.db import db
from app.delegations import deadlines
from app.events.models import Due
from app.refused import Refused
from app.registration import rows
from app.registration.models import ENDED, Delegate, Draft, OfficeDraft, State


def awaits_form(delegate: Delegate) -> bool:
    """Whether the person's form is to be filled in: named, returned, or put in another's place."""
    return delegate.state in {State.NOMINATED, State.RETURNED} or (delegate.owes_form and delegate.state not in ENDED)


def save_draft(delegate_id: int, values: dict[str, object], now: datetime) -> Draft:
    """Keep a form as far as it is filled in, to be gone on with elsewhere.

    Refused when there is none to fill in, and after a hard deadline, when what was saved stays as it is.
    """
    _awaited(delegate_id, now)
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


def save_office_draft(delegate_id: int, values: dict[str, object], *, who: str, now: datetime) -> OfficeDraft:
    """The same for the city's office, which fills it in for somebody; the person's own draft stays as it is."""
    _awaited(delegate_id, now)
    draft = db.session.get(OfficeDraft, delegate_id, populate_existing=True)
    if draft is None:
        draft = OfficeDraft(delegate_id=delegate_id)
        db.session.add(draft)
    draft.saved_at, draft.saved_by, draft.values = now, who, values
    db.session.flush()
    return draft


def office_draft_of(delegate_id: int) -> OfficeDraft | None:
    """What the city's office saved half-way, if anything."""
    return db.session.execute(select(OfficeDraft).where(OfficeDraft.delegate_id == delegate_id)).scalar_one_or_none()


def forget(delegate_ids: Collection[int] | Select[int]) -> None:
    """Forget all that was saved half-way for these people."""
    for kind in (Draft, OfficeDraft):
        gone = delete(kind).where(kind.delegate_id.in_(delegate_ids))
        db.session.execute(gone.execution_options(synchronize_session=False))


def _awaited(delegate_id: int, now: datetime) -> None:
    delegate = rows.one(delegate_id)
    if not awaits_form(delegate):
        raise Refused(_("There is nothing to fill in any more: the registration is complete, or no longer stands."))
    is_late(delegate, now)


def is_late(delegate: Delegate, now: datetime) -> bool:
    """Whether the form comes after its deadline. Refused after a hard one, save for a form that was returned: whoever
    returned it wants it mended."""
    if delegate.state == State.RETURNED:
        return False
    return deadlines.is_late(delegate.delegation, Due.CONFIRMATION, now)
