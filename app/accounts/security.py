"""What Flask-Security and the cookie are told, and where Flask-Security is made to keep to our ways."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from flask import Flask
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from flask_login.utils import _user_context_processor
from flask_security import MailUtil, Security

from app.accounts.letters import LASTS


def settings(config: Mapping[str, Any]) -> dict[str, Any]:
    """The settings of cookie and sign-in, from BASE_URL and SECRET_KEY. A SECURITY_* that is given stays as given."""
    secure = str(config["BASE_URL"]).startswith("https://")
    cookie = {
        # Browsers take a __Host- cookie over HTTPS alone, for this host alone (RFC 6265bis 4.1.3.2).
        "SESSION_COOKIE_NAME": "__Host-plenary" if secure else "plenary",
        "SESSION_COOKIE_SECURE": secure,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_PATH": "/",
        "SESSION_PROTECTION": None,  # a sign-in is a row of ours; a browser that renames itself stays signed in
    }
    salt = hmac.digest(str(config["SECRET_KEY"]).encode(), b"password salt", "sha256").hex()
    ours = {f"SECURITY_{name}": value for name, value in (FIXED | {"PASSWORD_SALT": salt}).items()}
    messages = {f"SECURITY_MSG_{name}": (words, kind) for name, (words, kind) in MESSAGES.items()}
    return cookie | {name: config.get(name, value) for name, value in (ours | messages).items()}


FIXED: dict[str, Any] = {
    "LOGIN_URL": "/sign-in",
    "LOGOUT_URL": "/sign-out",
    "LOGOUT_METHODS": ["POST"],
    "RECOVERABLE": True,
    "RESET_URL": "/sign-in/set",  # with the token behind it; /sign-in/forgotten is added in views.py
    "RESET_PASSWORD_WITHIN": LASTS,
    "POST_LOGIN_VIEW": "/organise/",
    "POST_LOGOUT_VIEW": "/",
    "LOGIN_USER_TEMPLATE": "security/sign_in.html",
    "FORGOT_PASSWORD_TEMPLATE": "security/forgotten.html",
    "RESET_PASSWORD_TEMPLATE": "security/set.html",
    "USER_IDENTITY_ATTRIBUTES": [{"email": {"mapper": lambda typed: typed, "case_insensitive": False}}],
    "EMAIL_VALIDATOR_ARGS": {"check_deliverability": False},
    "EMAIL_PLAINTEXT": False,  # our outbox renders letters itself
    "EMAIL_HTML": False,
    "SEND_PASSWORD_RESET_NOTICE_EMAIL": False,  # ours is posted with the change (service.set_password)
    "RETURN_GENERIC_RESPONSES": True,  # nobody learns who has an account
    "PASSWORD_SCHEMES": ["argon2"],
    # OWASP Password Storage Cheat Sheet: argon2id with 19 MiB, 2 passes, 1 lane.
    "PASSWORD_HASH_PASSLIB_OPTIONS": {"argon2__memory_cost": 19456, "argon2__time_cost": 2, "argon2__parallelism": 1},
    "PASSWORD_LENGTH_MIN": 12,
    # Tells apart two password hashes inside a signed link; what it hashes is an argon2 hash with a salt of its own,
    # so a slow one would only keep the database waiting.
    "HASHING_SCHEMES": ["hex_sha256"],
    "FRESHNESS": timedelta(seconds=-1),  # no second asking yet, so no page for it
    "JOIN_USER_ROLES": False,
    "STATIC_FOLDER": None,
    "CACHE_CONTROL": None,  # theirs comes out as "no-store=True", which means nothing; access.private says it rightly
    "CLI_USERS_NAME": None,
    "CLI_ROLES_NAME": None,
}

MESSAGES: dict[str, tuple[Any, str]] = {
    "EMAIL_NOT_PROVIDED": (_l("Type your email address."), "error"),
    "INVALID_EMAIL_ADDRESS": (_l("This is not an email address."), "error"),
    "PASSWORD_NOT_PROVIDED": (_l("Type a password."), "error"),
    "GENERIC_AUTHN_FAILED": (_l("The address or the password is not right. Please try again."), "error"),
    "PASSWORD_INVALID_LENGTH": (_l("A password needs at least 12 characters and at most 128."), "error"),
    "RETYPE_PASSWORD_MISMATCH": (_l("The two are not the same."), "error"),
    "PASSWORD_RESET_REQUEST": (
        _l("If there is an account with this address, a letter with a link is on its way to it."),
        "info",
    ),
    "PASSWORD_RESET_EXPIRED": (_l("This link is too old. Ask for a new one here."), "error"),
    "INVALID_RESET_PASSWORD_TOKEN": (
        _l("This link was used already, or it did not arrive whole. Ask for a new one here."),
        "error",
    ),
    "PASSWORD_RESET_NO_LOGIN": (_l("Your password is set. Sign in with it."), "success"),
}


class Addresses(MailUtil):
    """Email addresses as our table holds them."""

    def normalize(self, email: str) -> str:
        return super().normalize(email).lower()

    def validate(self, email: str) -> str:
        return super().validate(email).lower()

    def send_mail(self, *_args: Any, **_more: Any) -> None:
        """Sends nothing: the one mail left to Flask-Security is a letter of ours by now (service.ask_for_link)."""


def prune(app: Flask, security: Security) -> None:
    """Take out what Flask-Security does on every request and we do not use.

    It would load the user for every page, public ones too; sign people in by a token in an address or a header, which
    no sign-out ends; and speak JSON.
    """
    app.before_request_funcs[None].remove(security.principal._on_before_request)
    app.after_request_funcs[None].remove(security.login_manager._update_remember_cookie)
    app.template_context_processors[None].remove(_user_context_processor)
    app.jinja_env.globals["current_user"] = current_user
    security.login_manager.request_loader(lambda _request: None)
    security.want_json(lambda _request: False)
