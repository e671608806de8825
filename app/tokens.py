"""Secrets in addresses: each opens one thing, can be shown again to its owner, and can be revoked.

A secret is derived from the product's key, its purpose, the thing's immutable id and a generation; the table holds
only its hash. Revoking is raising the generation and storing the new hash. A secret of one purpose opens no other door.
"""

from __future__ import annotations

import hashlib
import hmac
from base64 import urlsafe_b64encode

from flask import current_app

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: no I, L, O or U, so that a code read aloud or copied by hand stays right."""


def secret(purpose: str, thing: str, generation: int) -> str:
    """The secret as it stands in an address: 24 characters, 144 bits."""
    return urlsafe_b64encode(_derive(purpose, thing, generation)[:18]).decode()


def code(purpose: str, thing: str, generation: int) -> str:
    """A secret that people read aloud and type: two groups of five characters, 50 bits. Guessing must be slowed."""
    number = int.from_bytes(_derive(purpose, thing, generation)[:8], "big")
    letters = "".join(ALPHABET[number >> 5 * place & 31] for place in range(10))
    return f"{letters[:5]}-{letters[5:]}"


def typed(entered: str) -> str:
    """A code as it was meant: case, spaces and hyphens do not matter, and look-alikes are read as their figures."""
    letters = "".join(each for each in entered.upper() if each.isalnum())
    letters = letters.translate(str.maketrans("ILO", "110"))
    return f"{letters[:5]}-{letters[5:]}"


def digest(token: str) -> str:
    """What the table holds instead of the secret: 64 hexadecimal figures."""
    return hashlib.sha256(token.encode()).hexdigest()


def _derive(purpose: str, thing: str, generation: int) -> bytes:
    key = current_app.config["SECRET_KEY"].encode()
    return hmac.digest(key, f"{purpose}\n{thing}\n{generation}".encode(), "sha256")
