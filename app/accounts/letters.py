"""The letters about an account: the link to set its password, the word that it was set, and the roles it was given."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from flask_babel import gettext as _
from flask_security.recoverable import generate_reset_password_token

from app import clock
from app.accounts.models import Role, User
from app.db import db
from app.outbox import Letter, Rendered, compose, renders
from app.sentences import spoken
from app.tokens import code, digest
from app.web import absolute
from app.web.wording import listed

LASTS = timedelta(days=3)
"""How long a link to set a password can be used, from when it was made."""
WAITED_FOR = timedelta(minutes=15)
"""How long somebody sits and waits for the link they asked for; later they have asked again."""
APART = timedelta(minutes=10)
"""Asked for again within this time, the letter is the same letter, so that nobody can fill another's mailbox."""


def link(user: User) -> str:
    """The address at which `user` sets a password: once, because it dies with the mark that setting one replaces."""
    return absolute("security.reset_password", token=generate_reset_password_token(user))  # type: ignore[no-untyped-call]


def typed_code(user: User, at: datetime) -> str:
    """What opens the same when it is typed, if it stood in a letter of this day (UTC)."""
    return code("password", f"{user.id}/{user.fs_uniquifier}", at.toordinal())


def sign_in_link(user: User, now: datetime) -> Letter:
    """The letter with the link. Its facts hold no secret: the link is made when the letter is rendered."""
    slot = int(now.timestamp() // APART.total_seconds())
    key = f"sign-in link/{user.id}/{digest(user.fs_uniquifier)[:12]}/{slot}"
    until = now + WAITED_FOR
    facts = {"user_id": user.id}
    return Letter("sign-in link", key, user.email, user.name, facts, user.language, priority=1, until=until)


def password_set(user: User, now: datetime, *, known: bool = False) -> Letter:
    """The letter that a password was set, for the case that somebody else did it: `known`, by one who knew the password
    before; else by one who read a letter. `user` has the new mark already."""
    key = f"password set/{user.id}/{digest(user.fs_uniquifier)[:12]}"
    facts = {"at": now.isoformat(timespec="minutes")} | ({"known": True} if known else {})
    return Letter("password set", key, user.email, user.name, facts, user.language)


def role_given(user: User, event_id: int, summit: str, roles: Sequence[Role], *, by: str, now: datetime) -> Letter:
    """The letter that somebody works for an event from now on, as these."""
    facts = {"user_id": user.id, "summit": summit, "roles": [each.value for each in roles], "by": by}
    key = f"staff/{event_id}/{user.id}/{now.isoformat()}"
    return Letter("staff", key, user.email, user.name, facts, user.language, event_id=event_id, priority=1)


def step_changed(user: User, what: str, now: datetime, *, name: str = "", by: str = "") -> Letter:
    """The letter that somebody's second step was changed; `what`: a key of `_step_words`."""
    key = f"second step/{user.id}/{what}/{now.isoformat()}"
    facts = {"what": what, "name": name, "by": by, "at": now.isoformat(timespec="minutes")}
    return Letter("second step", key, user.email, user.name, facts, user.language, priority=1)


def new_sign_in(user: User, agent: str, now: datetime) -> Letter:
    """The letter that somebody signed in from a browser that was not known; `agent`: what it calls itself."""
    key = f"new sign-in/{user.id}/{now.isoformat()}"
    facts = {"agent": agent, "at": now.isoformat(timespec="minutes")}
    return Letter("new sign-in", key, user.email, user.name, facts, user.language, priority=1)


def role_word(role: Role) -> str:
    """What somebody with this role looks after."""
    said: dict[Role, str] = {
        Role.ORGANISER: _("the whole event"),
        Role.LOGISTICS: _("travel, food and access"),
        Role.VISA: _("visa letters"),
    }
    return said[role]


@renders("sign-in link", seal=True)
def _sign_in_link(facts: Mapping[str, Any], language: str) -> Rendered:
    user = db.session.get_one(User, facts["user_id"])
    subject = _("Your link to set a password")
    values = {"subject": subject, "email": user.email, "to_name": user.name, "address": link(user), "days": LASTS.days}
    values |= {"code": typed_code(user, clock.now()), "typed_at": absolute("by_code.page")}
    return Rendered(subject, *compose("sign_in_link", language, **values))


@renders("password set", seal=True)
def _password_set(facts: Mapping[str, Any], language: str) -> Rendered:
    subject = _("Your password was set")
    if not facts.get("known"):
        return Rendered(subject, *compose("password_set", language, **_warning(subject, "", facts["at"])))
    said = _("Somebody typed your password and set another one. All other browsers are signed out.")
    return Rendered(subject, *compose("account_warning", language, **_warning(subject, said, facts["at"])))


@renders("staff", seal=True)
def _role_given(facts: Mapping[str, Any], language: str) -> Rendered:
    """Who has no password yet finds the link to set one; it is made now, so that none waits in the table."""
    user = db.session.get_one(User, facts["user_id"])
    subject = _("You work for %(summit)s", summit=facts["summit"])
    first = user.password is None
    values = {
        "subject": subject,
        "to_name": user.name,
        "summit": facts["summit"],
        "by": spoken(facts["by"]),
        "email": user.email,
        "tasks": listed([role_word(Role(each)) for each in facts["roles"]]),
        "address": link(user) if first else absolute("security.login"),
        "code": typed_code(user, clock.now()),
        "typed_at": absolute("by_code.page"),
        "days": LASTS.days if first else 0,
        "forgotten": absolute("security.forgot_password"),
    }
    return Rendered(subject, *compose("staff", language, **values))


@renders("second step", seal=True)
def _step_changed(facts: Mapping[str, Any], language: str) -> Rendered:
    words = {
        "app set": _("An app that makes codes was set up for your account."),
        "app removed": _("The app that made codes was taken off your account."),
        "passkey added": _("A passkey was added to your account: %(name)s.", name=facts["name"]),
        "passkey removed": _("A passkey was taken off your account: %(name)s.", name=facts["name"]),
        "spares made": _("New codes to keep on paper were made for your account. Earlier ones open nothing any more."),
        "spare used": _("Somebody signed in to your account with one of the codes that you keep on paper."),
        "reset": _(
            "The second step of signing in was taken off your account by %(who)s. You are signed out everywhere.",
            who=spoken(facts["by"]) if facts["by"] else "",
        ),
    }
    subject = _("How you sign in was changed")
    values = _warning(subject, words[facts["what"]], facts["at"])
    return Rendered(subject, *compose("account_warning", language, **values))


@renders("new sign-in", seal=True)
def _new_sign_in(facts: Mapping[str, Any], language: str) -> Rendered:
    subject = _("A sign-in from a new browser")
    said = _("Somebody signed in to your account from a browser that was not used for it before.")
    more = _("The browser calls itself: %(agent)s", agent=facts["agent"] or _("nothing"))
    return Rendered(subject, *compose("account_warning", language, **_warning(subject, f"{said} {more}", facts["at"])))


def _warning(subject: str, said: str, at: str) -> dict[str, Any]:
    forgotten = absolute("security.forgot_password")
    return {"subject": subject, "said": said, "at": datetime.fromisoformat(at), "forgotten": forgotten}
