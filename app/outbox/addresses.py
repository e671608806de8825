"""Addresses as mail servers take them."""

from __future__ import annotations

from email.utils import parseaddr
from functools import lru_cache

from email_validator import EmailNotValidError, validate_email
from flask import current_app
from flask_babel import gettext as _

from app.refused import Refused

LONGEST = 254
"""Characters of an address (RFC 5321 4.5.3.1.3, without its brackets). What is longer is not looked at: what was found
of an address is remembered, and would be with it."""


def reachable(address: str) -> str:
    """The address as it stands on an envelope: plain ASCII, the domain in its IDNA form (RFC 5890).

    Raises Refused, on the field "email", when no letter can reach it: not every mail server takes other letters than
    Latin ones before the @, so none is sent there (RFC 6531 is an extension).
    """
    before, _at, _domain = address.rpartition("@")
    if not before.isascii():
        raise Refused(
            _("Before the @, an email address may only have plain Latin letters, figures and signs. Is there another?"),
            "email",
        )
    found = _in_ascii(address) if len(address) <= LONGEST else None
    if found is None:
        raise Refused(_("“%(address)s” is not an email address.", address=address), "email")
    return found


@lru_cache(maxsize=1024)
def _in_ascii(address: str) -> str | None:
    """The address in ASCII; None when it is none. Of a letter on its way it is asked three times."""
    try:
        found = validate_email(
            address,
            allow_smtputf8=False,
            check_deliverability=False,
            globally_deliverable=False,  # a summit's own office network may lack a public domain
        )
    except EmailNotValidError:
        return None
    return str(found.ascii_email)


def sender() -> tuple[str, str]:
    """(name, address) from MAIL_DEFAULT_SENDER: what letters come from and where their Message-IDs are at home."""
    setting = str(current_app.config["MAIL_DEFAULT_SENDER"])
    name, address = parseaddr(setting)
    if not address.isascii() or not all(address.rpartition("@")):
        raise ValueError(f"MAIL_DEFAULT_SENDER is {setting!r}; it must be like: Plenary <summit@example.org>.")
    return name, address


def domain() -> str:
    """The domain letters are sent from."""
    return sender()[1].rpartition("@")[2]


def folded(address: str) -> str:
    """The address as two of them are compared: in small letters, the domain in its IDNA form."""
    if address.isascii():
        return address.lower()
    try:
        return reachable(address).lower()
    except Refused:
        return address.lower()


def envelope(token: str) -> str:
    """The sender on the envelope, to whom servers report: one for each letter where MAIL_BOUNCES names a mailbox that
    takes what follows a plus sign, else the sender itself."""
    setting = str(current_app.config["MAIL_BOUNCES"])
    if not setting:
        return sender()[1]
    name, at, domain = setting.rpartition("@")
    if not (setting.isascii() and name and at and domain) or parseaddr(setting)[1] != setting or len(name) > 31:
        raise ValueError(
            f"MAIL_BOUNCES is {setting!r}; it must be like bounces@example.org, 31 characters before the @."
        )
    return f"{name}+{token}@{domain}"
