"""Codes that open what is stored: sent by letter, good for ten minutes, five tries and one use (rule 9.18)."""

from __future__ import annotations

import hmac
import re
import secrets
import unicodedata
from datetime import datetime, timedelta
from typing import Any
from typing import cast as typed_as

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import CursorResult, String, cast, delete, select, update

from app.accounts import brake
from app.db import claim, db
from app.outbox import Message, State, post
from app.outbox.models import WAITING
from app.refused import Refused
from app.registration import rows
from app.sentences import Sentence
from app.travel import letters
from app.travel.models import Code, Kind, Logistics, VisaData

RAN_OUT = Sentence(_l("The code ran out before the letter could be sent.")).stored()
LASTS = timedelta(minutes=10)
TRIES = 5
LETTERS = ((5, timedelta(hours=1)), (12, timedelta(days=1)))
"""How many codes may be asked for in how long."""
READABLE = timedelta(hours=1)
"""How long the outbox keeps what such a letter said."""


def send(delegate_id: int, kind: Kind, now: datetime) -> None:
    """Post a letter with a new code to the address from which the row was told; any older code is worth nothing.

    Refused when nothing is stored, when there is no such address, and when too many were asked for.
    """
    delegate = rows.one(delegate_id)
    table = Logistics if kind == Kind.TRAVEL else VisaData
    to = db.session.execute(select(table.told_from).where(table.delegate_id == delegate_id)).scalar_one_or_none()
    if to is None:
        raise Refused(_("Nothing is stored here."))
    if not to:
        raise Refused(
            _("It was stored under no email address or under two, so no code can be sent. Delete it and enter it anew.")
        )
    for limit, within in LETTERS:
        if not brake.allowed(f"code/{kind}/{within.days}", delegate.uid, limit, within, now):
            raise Refused(_("Many codes were asked for. Please wait a while before you ask for another."))
    row = db.session.get(Code, (delegate_id, kind), populate_existing=True)
    if row is None:
        row = Code(delegate_id=delegate_id, kind=kind)
        db.session.add(row)
    row.salt, row.until, row.tries = secrets.token_hex(16), now + LASTS, 0
    db.session.flush()
    post(letters.code(delegate, row, to), now)


def guess(delegate_id: int, uid: str, kind: Kind, typed: str, now: datetime) -> bool:
    """Count one try and tell whether it is the code that was sent last; then it is used up.

    The caller commits in either case, and says no afterwards: a wrong try that was rolled back would not count.
    """
    mine = (Code.delegate_id == delegate_id, Code.kind == kind)
    counts = update(Code).where(*mine, Code.until > now, Code.tries < TRIES).values(tries=Code.tries + 1)
    if not claim(counts):
        return False
    salt = db.session.execute(select(Code.salt).where(*mine)).scalar_one()
    figures = re.sub(r"[\s\-]", "", unicodedata.normalize("NFKC", typed)).encode()
    if not hmac.compare_digest(letters.figures(uid, kind, salt).encode(), figures):
        return False
    db.session.execute(delete(Code).where(*mine).execution_options(synchronize_session=False))
    return True


def masked(address: str) -> str:
    """ "o…@rome.example.org": enough to know which mailbox to look into; empty without an address."""
    name, _at, domain = address.partition("@")
    return f"{name[:1]}…\u2060@{domain}" if domain else ""  # and no line breaks between the two


def sweep(now: datetime) -> int:
    """Forget codes that ran out, and what the outbox holds of their letters. One not sent in time is not sent.

    Returns how many rows that were.
    """
    mine = update(Message).where(Message.kind == letters.KIND, cast(Message.facts, String) != "{}")
    blank: dict[str, Any] = {"facts": {}, "octets": None}
    late = mine.where(Message.state.in_(WAITING), Message.created_at < now - LASTS)
    told = mine.where(Message.state.not_in([*WAITING, State.INFLIGHT]), Message.created_at < now - READABLE)
    acts = (
        delete(Code).where(Code.until < now),
        late.values(state=State.SKIPPED, error=RAN_OUT, **blank),
        told.values(**blank),
    )
    done = [db.session.execute(act.execution_options(synchronize_session=False)) for act in acts]
    return sum(typed_as(CursorResult[Any], each).rowcount for each in done)
