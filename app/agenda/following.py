"""What the agenda does when a city or a person takes part in another way, or no longer."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import contains_eager
from sqlalchemy.orm.attributes import flag_modified

from app.agenda.models import Absence, Appearance, Session
from app.db import db
from app.delegations import answering
from app.delegations.models import Delegation
from app.events.models import Event, Mode
from app.journal import CLOCK, note
from app.registration import states
from app.registration.models import ENDED


def appearances_follow(delegation: Delegation, who: str, now: datetime) -> None:
    """The appearances of this city take its one mode, at their places in the order; of several modes each keeps its
    own while the city has it, and is to be confirmed when it has not. The delegation's modes and member are loaded.
    The public learns it when it is published.
    """
    modes = [each.mode for each in delegation.modes]
    if not modes:
        return
    db.session.execute(select(Event.id).where(Event.id == delegation.event_id).with_for_update())
    found = db.session.execute(
        select(Appearance)
        .join(Appearance.session)
        .where(Appearance.delegation_id == delegation.id)
        .options(contains_eager(Appearance.session))
        .order_by(Session.position, Session.id)
        .execution_options(populate_existing=True)
    ).scalars()
    for each in found:
        mode = modes[0] if len(modes) == 1 else each.mode if each.mode in modes else None
        if mode != each.mode:
            _put(each, mode, delegation, who, now)
    db.session.flush()


def _put(each: Appearance, mode: Mode | None, delegation: Delegation, who: str, now: datetime) -> None:
    session, key = each.session, f"mode of {delegation.member.slug}"
    before, each.mode = each.mode, mode
    flag_modified(session, "title")  # raises the version: who has the form open sees that something changed
    note(
        "session changed",
        f"session/{session.code}",
        who=who,
        now=now,
        event_id=session.event_id,
        before={key: before.value if before else "to be confirmed"},
        after={key: mode.value if mode else "to be confirmed"},
    )


def absences_go(change: states.Change, now: datetime) -> None:
    """Of who no longer takes part nobody need know when they could not have come."""
    if change.before is None or change.after not in ENDED:
        return
    gone = delete(Absence).where(Absence.delegate_id == change.delegate.id).returning(Absence.id)
    count = len(db.session.execute(gone.execution_options(synchronize_session=False)).all())
    if count:
        subject, event_id = f"delegate/{change.delegate.uid}", change.delegate.event_id
        note("absences forgotten", subject, who=CLOCK, now=now, event_id=event_id, before={"times": count})


answering.mode_consequences.append(appearances_follow)
states.consequences.append(absences_go)
