"""How a city's people reach the register: by the code their office handed out, or by the focal point's link."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from flask_babel import gettext as _
from sqlalchemy import Select, bindparam, select
from sqlalchemy.orm import joinedload

from app import tokens
from app.db import db, directly
from app.delegations.models import STANDING, Answer, Delegation
from app.events.models import Event
from app.refused import Refused
from app.wholes import Whole

NOT_YET = frozenset({Answer.DRAFT, Answer.INVITED})
"""The city has not answered so far."""


def by_code(event: Event, entered: str, may_guess: Callable[[], bool]) -> int:
    """The id of the delegation of this event whose code was typed.

    A right code is found whatever others typed before. For a wrong one `may_guess` counts the guess and says whether
    there may be more of them. Refused on "code", in words that do not tell which cities there are.
    """
    code = tokens.digest(f"{event.id}/{tokens.typed(entered)}")
    found = directly(BY_CODE, code=code, of=event.id).one_or_none()
    if found is not None:
        _open(found.answer)
        return int(found.id)
    if may_guess():
        raise Refused(_("No city here has this code. Please compare it with the one your office gave you."), "code")
    raise Refused(_("Too many wrong codes came from your network. Please wait a quarter of an hour."), "code")


def by_link(event: Event, token: str) -> Delegation:
    """The delegation of this event whose focal point has this link, with its member loaded. Refused on "code"."""
    found = db.session.execute(_by_link(), {"link": tokens.digest(token), "of": event.id}).scalar_one_or_none()
    if found is None:
        raise Refused(_("This link opens no city's register. Please ask your office for the present one."), "code")
    _open(found.answer)
    return found


def of(delegation_id: int, event_id: int) -> Delegation:
    """The delegation of this event with its member, and the event with network and host, if it may register people now.

    Refused when it may not, LookupError when there is none. One query. Inside of `write` only, which forgets what was
    read before.
    """
    found = _whole().held(id=delegation_id, event_id=event_id)
    if found is None:
        raise LookupError("no such delegation at this event")
    _open(found.answer)
    return found


BY_CODE = select(Delegation.id, Delegation.answer).where(
    Delegation.code_hash == bindparam("code"), Delegation.event_id == bindparam("of")
)
"""Made once, as the next ones: making such a query takes as long as asking it."""


@lru_cache(maxsize=1)
def _by_link() -> Select[Delegation]:
    mine = Delegation.link_hash == bindparam("link"), Delegation.event_id == bindparam("of")
    return select(Delegation).where(*mine).options(joinedload(Delegation.member))


@lru_cache(maxsize=1)
def _whole() -> Whole[Delegation]:
    return Whole(
        Delegation,
        [Delegation.member],
        [Delegation.event],
        [Delegation.event, Event.network],
        [Delegation.event, Event.host],
        by=["id", "event_id"],
    )


def _open(answer: Answer) -> None:
    if answer in NOT_YET:
        said = _("Your city has not accepted its invitation yet, so nobody can register. Please ask your office.")
        raise Refused(said, "code")
    if answer not in STANDING:
        raise Refused(_("Your city does not take part in this summit at present. Please ask your office."), "code")
