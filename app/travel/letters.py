"""The letter with the code that opens what was told in confidence."""

from __future__ import annotations

from base64 import urlsafe_b64decode
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask_babel import gettext as _

from app import tokens
from app.outbox import Letter, Rendered, compose, renders
from app.registration.models import Delegate
from app.travel.models import Code, Kind
from app.web.wording import moment

KIND = "private code"
"""The kind of these letters in the outbox."""


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
    }
    key = f"{KIND}/{delegate.uid}/{row.kind}/{row.salt}"
    return Letter(
        KIND, key, to, delegate.name, facts, delegate.language, delegate.event_id, priority=2, until=row.until
    )


@renders(KIND, seal=True)
def _code(facts: Mapping[str, Any], language: str) -> Rendered:
    subject = _("Your code for %(summit)s", summit=facts["summit"])
    about = {
        Kind.TRAVEL: _("what you told of your journey and stay"),
        Kind.VISA: _("what you told for your visa letter"),
    }
    values = {
        "subject": subject,
        "summit": facts["summit"],
        "to_name": facts["name"],
        "code": figures(facts["uid"], facts["kind"], facts["salt"]),
        "about": about[Kind(facts["kind"])],
        "until": moment(datetime.fromisoformat(facts["until"]), facts["zone"]),
    }
    return Rendered(subject, *compose("private_code", language, **values))
