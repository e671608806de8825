"""What mail servers report of letters later: that they cannot be delivered (RFC 3464), or are unwanted (RFC 5965).

A report comes from anybody, so it is believed only for the letter whose token it carries, or where letters have none on
their envelopes the Message-ID: both are random, and whoever knows them had that letter in hand. The Message-ID is shown
to organisers, who must not say of a letter that it came back; so with a token on the envelope it counts for complaints
alone, whose senders often leave the envelope out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy
from email.message import Message as Part
from enum import StrEnum
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import or_, select, true, update

from app.db import claim, db
from app.ical import clean
from app.journal import note
from app.outbox.addresses import folded
from app.outbox.marks import NO_SUCH_MAILBOX, WHO, mark
from app.outbox.models import Message, State, Try, Why
from app.refused import Refused

LARGEST = 1024 * 1024
"""Octets of a report; it may return a whole letter of ours, which has a tenth of that."""
MOST_PARAMETERS = 50_000
"""Semicolons in a report. Python takes the parameters of a header apart in time that grows with the square of them."""
DEEPEST, MOST_PARTS = 8, 60
"""How far into a report one looks."""
STATUS = re.compile(r"(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?![\d.])")
TOKEN = re.compile(rb"\+([0-9a-f]{32})@", re.IGNORECASE)
MESSAGE_ID = re.compile(rb"<[0-9a-f]{32}@[^\s<>]{1,160}>")
NO_REPORT = _l("This is no report of a mail server about a letter.")


class What(StrEnum):
    """What a report says."""

    FAILED = "failed"
    """The letter cannot be delivered."""
    PASSING = "passing"
    """It is late, or was delivered: nothing to do."""
    COMPLAINT = "complaint"


@dataclass(frozen=True)
class Report:
    """A report as far as it is of use."""

    what: What
    tokens: tuple[str, ...] = ()
    message_ids: tuple[str, ...] = ()
    status: str = ""
    """ "5.1.1"; empty when it says none."""
    said: str = ""
    """In the server's words, on one line."""
    recipients: frozenset[str] = frozenset()
    """The addresses it speaks of, folded."""

    @property
    def hard(self) -> bool:
        """Whether there is no such mailbox."""
        return self.what == What.FAILED and NO_SUCH_MAILBOX.fullmatch(self.status) is not None


def read(octets: bytes) -> Report:
    """The report. Raises Refused when this is none, or none that can be read."""
    if len(octets) > LARGEST:
        raise Refused(_("This is larger than 1 MB, so it is no report of a mail server."))
    if octets.count(b";") > MOST_PARAMETERS:
        raise Refused(str(NO_REPORT))
    try:
        parts = list(_parts(message_from_bytes(octets, policy=policy.compat32)))
    except RecursionError:
        raise Refused(_("This is nested too deeply to be a report of a mail server.")) from None
    about: dict[str, Any] = {
        "tokens": tuple(dict.fromkeys(each.decode().lower() for each in TOKEN.findall(octets)))[:20],
        "message_ids": tuple(dict.fromkeys(each.decode("ascii", "replace") for each in MESSAGE_ID.findall(octets)))[
            :20
        ],
    }
    for part in parts:
        kind = part.get_content_type()
        if kind == "message/feedback-report":
            return Report(_complaint(part), **about)
        if kind in {"message/delivery-status", "message/global-delivery-status"}:
            return _delivery(part, parts[0], about)
    raise Refused(str(NO_REPORT))


def settle(report: Report, now: datetime) -> str:
    """Write down what a report says of its letter; the sentence that says what was done. The same report twice is once.

    Refused when it is about no letter of ours.
    """
    letter = _letter(report)
    if letter is None:
        raise Refused(_("This report is about no letter of ours."))
    if report.what == What.PASSING:
        return str(_("Letter %(number)s: nothing changes.", number=letter.id))
    if report.what == What.COMPLAINT:
        mark(letter, Why.COMPLAINT, "", now)
        return str(_("Letter %(number)s: noted that it was unwanted.", number=letter.id))
    came_back = update(Message).where(Message.id == letter.id, Message.state != State.BOUNCED)
    told = {"state": State.BOUNCED, "error": report.said, "worker": "", "lease_until": None}
    if not claim(came_back.values(**told)):
        return str(_("Letter %(number)s: known already.", number=letter.id))
    db.session.add(Try(message_id=letter.id, at=now, phase="report", code=report.status, said=report.said))
    note("letter came back", f"letter/{letter.id}", who=WHO, now=now, event_id=letter.event_id)
    if report.hard and folded(letter.to) in report.recipients:
        mark(letter, Why.BOUNCED, report.status, now)
        return str(_("Letter %(number)s came back: there is no such mailbox.", number=letter.id))
    return str(_("Letter %(number)s came back.", number=letter.id))


def _parts(message: Part, depth: int = 0) -> Iterator[Part]:
    """The parts of a message from the outside in, as many as a report has."""
    yield message
    inside: Any = message.get_payload()
    if depth < DEEPEST and isinstance(inside, list) and message.get_content_maintype() != "message":
        for part in inside[:MOST_PARTS]:
            if isinstance(part, Part):
                yield from _parts(part, depth + 1)


def _complaint(part: Part) -> What:
    """A report of abuse is a complaint; one that says that a letter is none is not."""
    inside: Any = part.get_payload()
    fields = inside[0] if isinstance(inside, list) and inside and isinstance(inside[0], Part) else part
    return What.COMPLAINT if _word(fields, "Feedback-Type") in {"abuse", "fraud", "virus", "other"} else What.PASSING


def _delivery(part: Part, whole: Part, about: dict[str, Any]) -> Report:
    """Of several recipients, the first for whom it failed: our letters have one."""
    blocks: Any = part.get_payload()
    fields = [each for each in blocks if isinstance(each, Part)] if isinstance(blocks, list) else []
    told = [each for each in fields if "Action" in each or "Final-Recipient" in each]
    failed = [each for each in told if _failed(each)]
    if failed:
        said = _line(failed[0], "Diagnostic-Code").partition(";")[2].strip() or _line(failed[0], "Status")
        status, addresses = _status(failed[0]), _addresses(failed[0])
        return Report(What.FAILED, status=status, said=said[:500], recipients=addresses, **about)
    if told:
        return Report(What.PASSING, **about)
    if addressed := _line(whole, "X-Failed-Recipients"):  # Google's, now and then with nothing in its report
        return Report(
            What.FAILED, said=_line(whole, "Subject")[:500], recipients=frozenset({folded(addressed)}), **about
        )
    raise Refused(_("This report does not say what became of the letter."))


def _failed(fields: Part) -> bool:
    action = _word(fields, "Action")
    return action == "failed" or (not action and _line(fields, "Status").startswith("5"))


def _status(fields: Part) -> str:
    """The enhanced code; that of the diagnosis where the report itself knows only its class."""
    codes = [STATUS.search(_line(fields, name)) for name in ("Status", "Diagnostic-Code")]
    found = [".".join(each.groups()) for each in codes if each]
    exact = [each for each in found if not each.endswith(".0.0")]
    return (exact or found or [""])[0]


def _addresses(fields: Part) -> frozenset[str]:
    """Of whom these fields speak: whom the report names, and whom we had written to."""
    lines = [_line(fields, name) for name in ("Final-Recipient", "Original-Recipient")]
    return frozenset(folded(each.partition(";")[2].strip(" <>")) for each in lines if each)


def _word(fields: Part, name: str) -> str:
    """The first word of a field, in small letters."""
    return (_line(fields, name).lower().split() or [""])[0]


def _line(fields: Part, name: str) -> str:
    """A field on one line; empty when there is none."""
    return " ".join(clean(str(fields.get(name, ""))[:2000]).split())


def _letter(report: Report) -> Message | None:
    """The letter of the report, locked; by its token, or else by its Message-ID."""
    bare = or_(Message.token.is_(None), ~Message.envelope_from.contains(Message.token))
    by_id = Message.message_id.in_(report.message_ids) & (true() if report.what == What.COMPLAINT else bare)
    for mine, known in ((Message.token.in_(report.tokens), report.tokens), (by_id, report.message_ids)):
        if known:
            query = select(Message).where(mine).order_by(Message.id).limit(1).with_for_update()
            found = db.session.execute(query.execution_options(populate_existing=True)).scalar_one_or_none()
            if found is not None:
                return found
    return None
