"""How a city's people reach the register: by the code their office handed out, or by the focal point's link."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from flask_babel import gettext as _
from sqlalchemy import Select, bindparam, select
from sqlalchemy.orm import joinedload
from sqlalchemy.sql.elements import ColumnElement

from app import tokens
from app.db import db
from app.delegations.models import STANDING, Answer, Delegation
from app.events.models import Event
from app.refused import Refused

NOT_YET = frozenset({Answer.DRAFT, Answer.INVITED})
"""The city has not answered so far."""


def by_code(event: Event, entered: str, may_guess: Callable[[], bool]) -> Delegation:
    """The delegation of this event whose code was typed, with its member loaded.

    A right code is found whatever others typed before. For a wrong one `may_guess` counts the guess and says whether
    there may be more of them. Refused on "code", in words that do not tell which cities there are.
    """
    found = _find(event, code=tokens.digest(f"{event.id}/{tokens.typed(entered)}"))
    if found is not None:
        return _open(found)
    if may_guess():
        raise Refused(_("No city here has this code. Please compare it with the one your office gave you."), "code")
    raise Refused(_("Too many wrong codes came from your network. Please wait a quarter of an hour."), "code")


def by_link(event: Event, token: str) -> Delegation:
    """The delegation of this event whose focal point has this link, with its member loaded. Refused on "code"."""
    found = _find(event, link=tokens.digest(token))
    if found is None:
        raise Refused(_("This link opens no city's register. Please ask your office for the present one."), "code")
    return _open(found)


def of(delegation_id: int, event_id: int) -> Delegation:
    """The delegation of this event with its member, and the event with network and host, if it may register people now.

    Refused when it may not. One query.
    """
    return _open(db.session.execute(_whole(), {"delegation": delegation_id, "of": event_id}).scalar_one())


@lru_cache(maxsize=1)
def _whole() -> Select[Delegation]:
    """Made once, as `_found`: making such a query takes as long as asking it."""
    return (
        select(Delegation)
        .where(Delegation.id == bindparam("delegation"), Delegation.event_id == bindparam("of"))
        .options(
            joinedload(Delegation.member),
            joinedload(Delegation.event).options(joinedload(Event.network), joinedload(Event.host)),
        )
        .execution_options(populate_existing=True)
    )


def _find(event: Event, **secret: str) -> Delegation | None:
    """By the hash of its code or of its link."""
    (kind,) = secret
    return db.session.execute(_found(kind), secret | {"of": event.id}).scalar_one_or_none()


@lru_cache(maxsize=2)
def _found(kind: str) -> Select[Delegation]:
    secret: ColumnElement[bool] = getattr(Delegation, f"{kind}_hash") == bindparam(kind)
    found = select(Delegation).where(secret, Delegation.event_id == bindparam("of"))
    return found.options(joinedload(Delegation.member))


def _open(delegation: Delegation) -> Delegation:
    if delegation.answer in NOT_YET:
        said = _("Your city has not accepted its invitation yet, so nobody can register. Please ask your office.")
        raise Refused(said, "code")
    if delegation.answer not in STANDING:
        raise Refused(_("Your city does not take part in this summit at present. Please ask your office."), "code")
    return delegation
