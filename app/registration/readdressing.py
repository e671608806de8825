"""Another address for somebody whose letters come back, set by the organisers."""

from __future__ import annotations

from datetime import datetime

from flask_babel import gettext as _

from app.journal import note
from app.outbox import reachable
from app.refused import Refused
from app.registration import rows, service, states
from app.registration.models import ENDED, Delegate
from app.registration.service import FILLED_IN


def readdress(delegate_id: int, email: str, *, who: str, now: datetime) -> Delegate:
    """From now on letters to this person go there; whose form is filled in is told so. The same again is nothing.

    Refused on "email" when no letter can reach it, and when the registration has ended.
    """
    reachable(email)
    delegate = rows.one(delegate_id)
    if delegate.email == email:
        return delegate
    if delegate.state in FILLED_IN:
        return service.amend(delegate_id, {"email": email}, who=who, now=now)
    if delegate.state in ENDED:
        raise Refused(_("This registration no longer stands."))
    delegate.email = email
    states.touch(delegate, now)
    quoted = {"email": "(private)"}
    subject = f"delegate/{delegate.uid}"
    note("changed", subject, who=who, now=now, event_id=delegate.event_id, before=quoted, after=quoted)
    return delegate
