"""The second step of signing in: an app's codes, passkeys, codes on paper. Each change is told to its owner."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from flask_babel import gettext as _
from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from app.accounts import brake, codes, letters
from app.accounts.models import Passkey, Role, SignIn, SpareCode, Staff, User
from app.accounts.passkeys import Made
from app.accounts.service import known, slow
from app.db import claim, db
from app.journal import note
from app.outbox import post
from app.refused import Refused

SPAN = timedelta(minutes=15)
CODES = 10
"""Codes tried for one account in a span. Only who has typed the right password may try one at all."""


@dataclass(frozen=True)
class Steps:
    """What somebody can take the second step with."""

    app: bool
    passkeys: list[Passkey]
    spares: int
    """Codes on paper that were not used yet."""

    @property
    def any(self) -> bool:
        """Whether there is one. Codes on paper alone are none: they stand in for one that was lost."""
        return self.app or bool(self.passkeys)


def steps(user_id: int) -> Steps:
    """All that one has. Three queries."""
    app_key = db.session.execute(select(User.app_key).where(User.id == user_id)).scalar_one()
    keys = db.session.scalars(select(Passkey).where(Passkey.user_id == user_id).order_by(Passkey.id)).all()
    left = select(func.count()).where(SpareCode.user_id == user_id, SpareCode.used_at.is_(None))
    return Steps(app_key is not None, list(keys), db.session.execute(left).scalar_one())


def guess(user_id: int, now: datetime) -> None:
    """Count one code tried. Raises Refused, with how long to wait, when there were too many."""
    if not brake.allowed("second step", str(user_id), CODES, SPAN, now):
        slow("second step", str(user_id), now)


def take_code(user_id: int, counter: int | None, typed: str, now: datetime) -> None:
    """Take the second step by a code: the app's, when it matched that half minute (codes.matched), or one on paper.

    Raises Refused when it is neither or was used already: of many at once, one is taken.
    """
    if counter is not None:
        later = or_(User.app_counter.is_(None), User.app_counter < counter)
        taken = claim(update(User).where(User.id == user_id, later).values(app_counter=counter))
    else:
        code = (SpareCode.user_id == user_id, SpareCode.code_hash == codes.spare_hash(typed))
        taken = claim(update(SpareCode).where(*code, SpareCode.used_at.is_(None)).values(used_at=now))
    if not taken:
        raise Refused(
            _("This code is not right, or it was used already. Please type the one that the app shows now."), "code"
        )
    brake.give_back("second step", str(user_id))
    if counter is None:
        _tell(user_id, "spare used", now)


def take_passkey(passkey_id: int, before: int, uses: int, now: datetime) -> None:
    """Take the second step by a key whose answer was right. Raises Refused when the same answer came twice."""
    same = update(Passkey).where(Passkey.id == passkey_id, Passkey.uses == before)
    if not claim(same.values(uses=uses, used_at=now)):
        raise Refused(_("This key was used already a moment ago. Please try again."))


def once(challenge: str, now: datetime) -> None:
    """The answer to a challenge counts once. Raises Refused when it came before."""
    if not brake.allowed("challenge", challenge, 1, brake.KEPT, now):
        raise Refused(_("This key was used already a moment ago. Please try again."))


def set_app(user_id: int, sealed: str, counter: int, now: datetime) -> None:
    """From now on an app with this key makes the codes, instead of one that was set up before."""
    claim(update(User).where(User.id == user_id).values(app_key=sealed, app_counter=counter))
    _tell(user_id, "app set", now)


def remove_app(user_id: int, now: datetime) -> None:
    """No app makes codes any more."""
    if claim(update(User).where(User.id == user_id, User.app_key.is_not(None)).values(app_key=None, app_counter=None)):
        _tell(user_id, "app removed", now)


def add_passkey(user_id: int, name: str, made: Made, now: datetime) -> None:
    """A key more. Raises Refused when it is known already."""
    dialect = postgresql if db.engine.dialect.name == "postgresql" else sqlite
    row = dialect.insert(Passkey).values(
        user_id=user_id, name=name, credential=made.credential, public_key=made.public_key, uses=made.uses, made_at=now
    )
    stored = db.session.execute(row.on_conflict_do_nothing(index_elements=["credential"]).returning(Passkey.id))
    if stored.scalar() is None:
        raise Refused(_("This key is in use already."))
    _tell(user_id, "passkey added", now, name=name)


def remove_passkey(user_id: int, passkey_id: int, now: datetime) -> None:
    """One key less; one that is gone already is no fault."""
    gone = delete(Passkey).where(Passkey.id == passkey_id, Passkey.user_id == user_id).returning(Passkey.name)
    name = db.session.execute(gone.execution_options(synchronize_session=False)).scalar()
    if name is not None:
        _tell(user_id, "passkey removed", now, name=name)


def renew_spares(user_id: int, fresh: list[str], now: datetime) -> None:
    """These codes on paper open from now on, and no earlier ones."""
    _drop(SpareCode, user_id)
    db.session.add_all(SpareCode(user_id=user_id, code_hash=codes.spare_hash(each)) for each in fresh)
    _tell(user_id, "spares made", now)


def reset(user_id: int, *, who: str, now: datetime, event_id: int | None = None) -> None:
    """For whoever lost their device: no second step any more, signed out everywhere, and a letter that says so.

    Where one is required, they are led to set up another after their next sign-in.
    """
    claim(update(User).where(User.id == user_id).values(app_key=None, app_counter=None))
    _drop(Passkey, user_id)
    _drop(SpareCode, user_id)
    open_ones = update(SignIn).where(SignIn.user_id == user_id, SignIn.ended_at.is_(None)).values(ended_at=now)
    db.session.execute(open_ones.execution_options(synchronize_session=False))
    _tell(user_id, "reset", now, who=who, event_id=event_id)


def reset_by(actor_id: int, user_id: int, event_id: int, *, who: str, now: datetime) -> None:
    """The same by an organiser. Refused for oneself, and for somebody who also works where this organiser does not
    organise: that is for the command line, lest one event's organiser weaken another's."""
    if actor_id == user_id:
        raise Refused(_("Your own second step you change on the page of your account."))
    held = select(Staff.event_id).where(Staff.user_id == actor_id, Staff.role == Role.ORGANISER)
    organised = set(db.session.execute(held).scalars())
    works = set(db.session.execute(select(Staff.event_id).where(Staff.user_id == user_id)).scalars())
    if None not in organised and works - organised:
        raise Refused(_("This person works for other events too. Whoever runs the server can take the step away."))
    reset(user_id, who=who, now=now, event_id=event_id)


def reset_address(email: str, *, who: str, now: datetime) -> None:
    """The same by the address. Refused when nobody has it."""
    reset(known(email), who=who, now=now)


def _drop(model: type[Passkey] | type[SpareCode], user_id: int) -> None:
    db.session.execute(delete(model).where(model.user_id == user_id).execution_options(synchronize_session=False))


def _tell(
    user_id: int, what: str, now: datetime, *, name: str = "", who: str = "", event_id: int | None = None
) -> None:
    """The letter to the owner and the line of the journal."""
    user = db.session.get_one(User, user_id)
    post(letters.step_changed(user, what, now, name=name, by=who), now)
    actor = who or (user.name or user.email)[:200]
    note("second step", f"user/{user_id}", who=actor, now=now, event_id=event_id, after={"what": what})
