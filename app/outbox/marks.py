"""What is known of addresses from what mail servers say: that no mailbox is there, or that letters are unwanted."""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, select, true, update
from sqlalchemy.dialects import postgresql, sqlite

from app.db import db
from app.journal import note
from app.outbox.addresses import folded
from app.outbox.models import Mark, Message, State, Try, Why
from app.sentences import Sentence

NO_SUCH_MAILBOX = re.compile(r"5\.1\.(?:1|2|3|4|6|10)")
"""The codes that speak of the address of the recipient (RFC 3463, 7505), not of the sender's or of neither."""
SAYS_NOTHING = re.compile(r"5\.(?:0|1)\.0")
"""The codes of a server that has only words for what is wrong."""
IN_WORDS = re.compile(
    r"\b(?:user|mailbox|recipient|account)(?: is)? (?:unknown|not found|does(?: not|n['’]t) exist)\b"
    r"|\b(?:unknown|no such) (?:user|mailbox|recipient|account)\b",
    re.IGNORECASE,
)
"""The same without a code, where nothing else can be meant."""
WHO = Sentence(_l("a mail server")).stored()
"""As the journal names whoever said so."""


def known(wanted: Collection[str]) -> dict[Why, frozenset[str]]:
    """What is known of these addresses (folded): those from which letters come back, and whose owners complained.

    One query, or none when there are no addresses.
    """
    found: dict[Why, set[str]] = {why: set() for why in Why}
    if wanted:
        for address, why in db.session.execute(select(Mark.address, Mark.why).where(Mark.address.in_(wanted))):
            found[why].add(address)
    return {why: frozenset(each) for why, each in found.items()}


def mark(letter: Message, why: Why, code: str, now: datetime) -> None:
    """Note it of the address of this letter, once. Part of a transaction."""
    dialect = postgresql if db.engine.dialect.name == "postgresql" else sqlite
    told = {"address": folded(letter.to), "why": why, "at": now, "code": code, "message_id": letter.id}
    made = dialect.insert(Mark).values(**told).on_conflict_do_nothing().returning(Mark.address)
    if db.session.execute(made).all():
        after = {"why": why.value}
        note("address marked", f"letter/{letter.id}", who=WHO, now=now, event_id=letter.event_id, after=after)


def were_meant(now: datetime, which: ColumnElement[bool] | None = None) -> None:
    """What was refused so far, or those `which`, was meant to be: these letters have failed, and the address of one
    that has no mailbox is marked. Part of a transaction."""
    refused = update(Message).where(Message.state == State.REFUSED, true() if which is None else which)
    failed = refused.values(state=State.FAILED).returning(Message.id)
    ids = db.session.scalars(failed.execution_options(synchronize_session=False)).all()
    if not ids:
        return
    answers = select(Message, Try).join(Try, Try.message_id == Message.id).where(Message.id.in_(ids))
    for letter, last in {each.Message: each.Try for each in db.session.execute(answers.order_by(Try.id))}.items():
        if code := no_mailbox(last.phase, last.code, last.said):
            mark(letter, Why.BOUNCED, code, now)


def no_mailbox(phase: str, code: str, said: str) -> str:
    """The code by which a server says, at this word of SMTP, that no mailbox is there; empty when it says anything
    else: that it likes neither us nor what we send, or that it doubts our own address."""
    reply, _space, exact = code.partition(" ")
    if not reply.startswith("5") or "sender" in said.lower():
        return ""
    if exact and not SAYS_NOTHING.fullmatch(exact):
        return exact if phase in {"RCPT", "DATA"} and NO_SUCH_MAILBOX.fullmatch(exact) else ""
    return (exact or reply) if phase == "RCPT" and IN_WORDS.search(said) else ""
