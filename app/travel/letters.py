"""The letter with the code that opens what was told in confidence."""

from __future__ import annotations

from base64 import urlsafe_b64decode
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app import tokens
from app.outbox import Letter, Opening, Rendered, begin, compose, opens, renders
from app.registration.models import Delegate
from app.travel.models import Code, Kind
from app.web.wording import moment

KIND = "private code"
"""The kind of these letters in the outbox."""
opens(
    Opening(
        "private-code",
        _l("the person"),
        _l("when somebody asks to see what was told in confidence"),
        _l("Your code for {summit}"),
        (_l("Somebody, we hope you, opened your page and wants to see {about}. Type this code there:"),),
        {
            "name": _l("name of the person"),
            "summit": _l("title of the summit"),
            "about": _l("what the code opens"),
        },
    )
)


def figures(uid: str, kind: str, salt: str) -> str:
    """The six figures that this salt stands for; without the product's key nobody can tell them."""
    drawn = tokens.secret("private code", f"{uid}/{kind}/{salt}", 0)
    return f"{int.from_bytes(urlsafe_b64decode(drawn), 'big') % 1_000_000:06}"


def code(delegate: Delegate, row: Code, to: str) -> Letter:
    """Its facts hold no code: that is worked out when the letter is rendered."""
    facts = {
        "uid": delegate.uid,
        "kind": row.kind.value,
        "salt": row.salt,
        "until": row.until.isoformat(),
        "summit": delegate.event.title,
        "zone": delegate.event.zone,
        "name": delegate.called,
        "reply_to": delegate.event.reply_to,
    }
    key = f"{KIND}/{delegate.uid}/{row.kind}/{row.salt}"
    event = delegate.event
    return Letter(
        kind=KIND,
        key=key,
        to=to,
        to_name=delegate.name,
        facts=facts,
        language=delegate.language,
        event_id=event.id,
        reply_to=event.reply_to,
        sender_name=event.title,
        priority=2,
        until=row.until,
    )


@renders(KIND, seal=True)
def _code(facts: Mapping[str, Any], language: str) -> Rendered:
    about = {
        Kind.TRAVEL: _("what you told of your journey and stay"),
        Kind.VISA: _("what you told for your visa letter"),
    }
    said = {"name": facts["name"], "summit": facts["summit"], "about": about[Kind(facts["kind"])]}
    lead = begin("private-code", facts, said)
    values = {
        "lead": lead,
        "summit": facts["summit"],
        "to_name": facts["name"],
        "contact": facts.get("reply_to", ""),
        "code": figures(facts["uid"], facts["kind"], facts["salt"]),
        "until": moment(datetime.fromisoformat(facts["until"]), facts["zone"]),
    }
    return Rendered(lead.subject, *compose("private_code", language, **values))
