"""Codes of six figures from an app on somebody's phone, and the codes they keep on paper."""

from __future__ import annotations

import hmac
import os
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import segno
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from flask import current_app
from passlib.exc import TokenError
from passlib.totp import TOTP

from app import tokens

ISSUER = "Plenary"
SPARES = 10
"""How many codes somebody gets to keep on paper."""
SEALED, NONCE = "gcm:", 12
"""What a key begins with that is encrypted by AES-256-GCM (NIST SP 800-38D) for its account alone, and the octets of
its nonce. One without it was set up before there was this, and is encrypted by libpass, which notes no tampering."""


@dataclass(frozen=True)
class Shown:
    """How a new app is told its key: a picture to scan, or words to type."""

    picture: str
    """A `data:` address of an SVG."""
    words: str
    address: str
    """For an app on the same device (otpauth:)."""


def new_key(user_id: int) -> str:
    """A key for an app of this account, 160 bits, encrypted as the table holds it."""
    nonce = os.urandom(NONCE)
    hidden = _cipher().encrypt(nonce, _maker().new().key, str(user_id).encode())
    return SEALED + urlsafe_b64encode(nonce + hidden).decode()


def shown(user_id: int, sealed: str, email: str) -> Shown:
    """What the owner of the key is shown, once, to set their app up."""
    opened = _opened(user_id, sealed)
    site = urlsplit(current_app.config["BASE_URL"]).hostname
    address = opened.to_uri(f"{email} ({site})".replace(":", " "))  # a colon would end the issuer's name
    picture = segno.make(address, error="m").svg_data_uri(scale=5, light="#fff")
    return Shown(picture, opened.pretty_key(), address)


def matched(user_id: int, sealed: str, typed: str, last: int | None) -> int | None:
    """The half minute (RFC 6238's time step of 30 s) whose code was typed: this one, or one either side.

    None when it is none of them, or not later than `last`, whose code was used already; and when the key was not
    sealed for this account, or not by this installation.
    """
    try:
        match = _maker().verify("".join(typed.split()), _opened(user_id, sealed), window=30, last_counter=last)
    except (TokenError, ValueError, InvalidTag):  # a key that cannot be opened any more matches nothing
        return None
    return int(match.counter)


def new_spares() -> list[str]:
    """Codes to keep on paper: 50 bits each."""
    letters = ["".join(secrets.choice(tokens.ALPHABET) for _place in range(10)) for _each in range(SPARES)]
    return [f"{each[:5]}-{each[5:]}" for each in letters]


def spare_hash(typed: str) -> str:
    """What the table holds of such a code, however it was typed."""
    return hmac.digest(_key("spare codes").encode(), tokens.typed(typed).encode(), "sha256").hex()


def _opened(user_id: int, sealed: str) -> Any:
    """The key, ready to make codes. Raises InvalidTag or ValueError when it cannot be opened."""
    if not sealed.startswith(SEALED):
        return _maker().from_source(sealed)
    octets = urlsafe_b64decode(sealed.removeprefix(SEALED))
    key = _cipher().decrypt(octets[:NONCE], octets[NONCE:], str(user_id).encode())
    return _maker()(key=key, format="raw")


def _cipher() -> AESGCM:
    return AESGCM(bytes.fromhex(_key("sealed keys of apps")))


def _maker() -> Any:
    return TOTP.using(issuer=ISSUER, secrets={"1": _key("codes of apps")})


def _key(purpose: str) -> str:
    return hmac.digest(current_app.config["SECRET_KEY"].encode(), purpose.encode(), "sha256").hex()
