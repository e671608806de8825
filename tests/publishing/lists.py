"""People who agreed to be shown, and lists of them issued."""

from __future__ import annotations

from typing import Any

from sqlalchemy import update

from app.db import db
from app.events.models import Mode
from app.publishing.participants import service
from app.publishing.participants.listing import mark_of
from app.publishing.participants.models import Audience, ParticipantList
from app.registration.models import Delegate
from tests.registration.cast import NOW, Cast
from tests.registration.people import do, register


def agreed(cast: Cast, name: str, city: str = "Rome", **columns: Any) -> Delegate:
    """Somebody approved, who agreed to both lists; `columns` are set as they are."""
    made = register(cast, name, city, mode=Mode.ONLINE, listed=True, shared=True)
    return change(cast, made, **columns) if columns else made


def change(cast: Cast, delegate: Delegate, **columns: Any) -> Delegate:
    do(cast, lambda: db.session.execute(update(Delegate).where(Delegate.id == delegate.id).values(**columns)))
    return delegate


def issue(
    cast: Cast, audience: Audience = Audience.PUBLIC, *, final: bool = True, note: str = "", key: str = ""
) -> ParticipantList:
    """The list as it is now, issued."""

    def act() -> ParticipantList:
        seen = mark_of(service.present(cast.event_id, audience))
        return service.issue(
            cast.event_id,
            audience,
            provisional=not final,
            remark=note,
            seen=seen,
            key=key or f"{audience}{final}{seen}{NOW}",
            who="KOIKE Yuriko",
            now=NOW,
        )

    return do(cast, act)
