"""What a change of a registration does to visits: whoever no longer comes to the venue gives their places back."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, delete, func, select, update

from app.db import db
from app.events.models import Event, Mode
from app.registration import states
from app.registration.models import Delegate, State
from app.sentences import Sentence
from app.visits import moving, rows, waiting
from app.visits.models import GOING, OVER, SignUp, Standing, Tick, Vehicle, Visit, Wish, WishList

REGISTRATION = Sentence(_l("registration")).stored()
"""Who it is in the journal that gives a place back."""
KEPT = timedelta(days=30)
"""How long after the summit needs and telephone numbers of visits are kept (rule 9.12)."""


def visits_follow(change: states.Change, now: datetime) -> None:
    """End the sign-ups that this person may have no more, and offer what comes free; hung on `states.consequences`.

    A withdrawal by the person or the city, a change of mode off the venue, a replacement: whatever ends the approval.
    """
    delegate = change.delegate
    stays = change.after == State.APPROVED
    if change.before != State.APPROVED or (stays and change.mode_before == change.mode_after):
        return
    mine = select(SignUp.visit_id, Visit.modes).join(Visit, SignUp.visit_id == Visit.id)
    found = db.session.execute(mine.where(SignUp.delegate_id == delegate.id, SignUp.state.not_in(OVER))).all()
    left = sorted(each.visit_id for each in found if not stays or change.mode_after.value not in each.modes)
    rows.lock(left)
    for visit_id in left:
        query = rows.whole().where(SignUp.visit_id == visit_id, SignUp.delegate_id == delegate.id)
        for each in rows.held(query.where(SignUp.state.not_in(OVER))):
            moving.move(each, Standing.CANCELLED, who=REGISTRATION, now=now, silent=not stays)
    if not stays or change.mode_after != Mode.VENUE:
        db.session.execute(delete(Wish).where(Wish.delegate_id == delegate.id))
        db.session.execute(delete(WishList).where(WishList.delegate_id == delegate.id))
    for visit_id in left:
        waiting.promote(visit_id, now)


def visits_speak(delegate: Delegate, now: datetime) -> None:
    """The visits in this person's calendar speak the language they chose; hung on `states.language_consequences`."""
    mine = SignUp.delegate_id == delegate.id, SignUp.state.in_(GOING)
    rows.lock(db.session.execute(select(SignUp.visit_id).where(*mine)).scalars())
    for each in rows.held(rows.whole().where(*mine)):
        moving.retold(each, now)


states.consequences.append(visits_follow)
states.language_consequences.append(visits_speak)


def forget(today: date) -> int:
    """Delete needs, telephone numbers and ticks of visits whose summit ended more than `KEPT` ago.

    Returns how many people's it was.
    """
    over = select(Visit.id).join(Event, Visit.event_id == Event.id).where(Event.ends_on < today - KEPT)
    return _forget(SignUp.visit_id.in_(over))


def forget_of(delegate_id: int) -> None:
    """Delete needs, telephone numbers and ticks of one person's visits, and what was said of their places."""
    _forget(SignUp.delegate_id == delegate_id)
    said = update(SignUp).where(SignUp.delegate_id == delegate_id, SignUp.comment != "").values(comment="")
    db.session.execute(said.execution_options(synchronize_session=False))


def _forget(whose: ColumnElement[bool]) -> int:
    theirs = whose, SignUp.step_free | (SignUp.mobile != "")
    people = set(db.session.execute(select(SignUp.id).where(*theirs)).scalars())
    quiet = {"synchronize_session": False}
    db.session.execute(update(SignUp).where(*theirs).values(step_free=False, mobile="").execution_options(**quiet))
    cars = select(SignUp.vehicle_id).where(whose, SignUp.vehicle_id.is_not(None))
    counted = select(func.count()).where(SignUp.vehicle_id == Vehicle.id, SignUp.step_free).scalar_subquery()
    told = Vehicle.id.in_(cars), Vehicle.step_free_taken != counted  # a count of one says whose need it was
    left = update(Vehicle).where(*told).values(step_free_taken=counted)
    db.session.execute(left.execution_options(**quiet))
    ours = select(SignUp.id).where(whose)
    db.session.execute(delete(Tick).where(Tick.sign_up_id.in_(ours)).execution_options(**quiet))
    return len(people)
