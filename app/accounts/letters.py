"""The letters about an account: the link to set its password, and the word that it was set."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from flask_babel import gettext as _
from flask_security.recoverable import generate_reset_password_token

from app.accounts.models import User
from app.db import db
from app.outbox import Letter, Rendered, compose, renders
from app.tokens import digest
from app.web import absolute

LASTS = timedelta(days=3)
"""How long a link to set a password can be used, from when it was made."""
APART = timedelta(minutes=10)
"""Asked for again within this time, the letter is the same letter, so that nobody can fill another's mailbox."""


def link(user: User) -> str:
    """The address at which `user` sets a password: once, because it dies with the mark that setting one replaces."""
    return absolute("security.reset_password", token=generate_reset_password_token(user))  # type: ignore[no-untyped-call]


def sign_in_link(user: User, now: datetime) -> Letter:
    """The letter with the link. Its facts hold no secret: the link is made when the letter is rendered."""
    slot = int(now.timestamp() // APART.total_seconds())
    key = f"sign-in link/{user.id}/{digest(user.fs_uniquifier)[:12]}/{slot}"
    return Letter("sign-in link", key, user.email, user.name, {"user_id": user.id}, priority=1)


def password_set(user: User, now: datetime) -> Letter:
    """The letter that a password was set, for the case that somebody else did it. `user` has the new mark already."""
    key = f"password set/{user.id}/{digest(user.fs_uniquifier)[:12]}"
    return Letter("password set", key, user.email, user.name, {"at": now.isoformat(timespec="minutes")})


@renders("sign-in link")
def _sign_in_link(facts: Mapping[str, Any], language: str) -> Rendered:
    user = db.session.get_one(User, facts["user_id"])
    subject = _("Your link to set a password")
    values = {"subject": subject, "email": user.email, "to_name": user.name, "address": link(user), "days": LASTS.days}
    return Rendered(subject, *compose("sign_in_link", language, **values))


@renders("password set")
def _password_set(facts: Mapping[str, Any], language: str) -> Rendered:
    at = datetime.fromisoformat(facts["at"])
    subject = _("Your password was set")
    values = {"subject": subject, "at": at, "forgotten": absolute("security.forgot_password")}
    return Rendered(subject, *compose("password_set", language, **values))
