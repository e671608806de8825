"""Passkeys (W3C Web Authentication): what a browser is asked, and whether its answer is right. Knows no rows."""

from __future__ import annotations

import ipaddress
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from flask import current_app
from webauthn import (
    base64url_to_bytes,
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import bytes_to_base64url
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from app import tokens

CHALLENGE_LASTS = 600
"""Seconds that somebody has to touch their key."""


class NotRight(Exception):
    """The browser's answer is not one to the question that was asked, or not by a key that may give it."""


@dataclass(frozen=True)
class Made:
    """A key that a browser has just made; see models.Passkey."""

    credential: str
    public_key: bytes
    uses: int


def offered() -> bool:
    """Whether browsers make passkeys for this address: over https or at localhost, and for a name, not a number."""
    base = urlsplit(current_app.config["BASE_URL"])
    name = base.hostname or ""
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return base.scheme == "https" or name == "localhost"
    return False


def new_challenge() -> str:
    """256 bits of chance, base64url."""
    return secrets.token_urlsafe(32)


def ask_new(user_id: int, email: str, name: str, known: Sequence[str], challenge: str) -> str:
    """The question by which a browser makes a key, as JSON: on any device, and not one that is `known` already."""
    options = generate_registration_options(
        rp_id=_name(),
        rp_name="Plenary",
        user_id=tokens.secret("passkey", str(user_id), 0).encode(),
        user_name=email,
        user_display_name=name or email,
        challenge=base64url_to_bytes(challenge),
        exclude_credentials=_described(known),
        # No kind of device is asked for, so that a laptop's own key counts as much as a stick.
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.DISCOURAGED,
            user_verification=UserVerificationRequirement.PREFERRED,
        ),
    )
    return str(options_to_json(options))


def ask(known: Sequence[str], challenge: str) -> str:
    """The question by which a browser uses one of the `known` keys, as JSON."""
    options = generate_authentication_options(
        rp_id=_name(), challenge=base64url_to_bytes(challenge), allow_credentials=_described(known)
    )
    return str(options_to_json(options))


def made(answer: str, challenge: str) -> Made:
    """The key that was made. Raises NotRight."""
    try:
        found = verify_registration_response(
            credential=answer,
            expected_challenge=base64url_to_bytes(challenge),
            expected_rp_id=_name(),
            expected_origin=current_app.config["BASE_URL"],
        )
    except (WebAuthnException, ValueError, KeyError, TypeError) as fault:
        raise NotRight from fault
    return Made(bytes_to_base64url(found.credential_id), found.credential_public_key, found.sign_count)


def credential_of(answer: str) -> str:
    """Which key says that it answers. Raises NotRight."""
    try:
        told = current_app.json.loads(answer)
        return str(told["id"])
    except (ValueError, KeyError, TypeError) as fault:
        raise NotRight from fault


def used(answer: str, challenge: str, public_key: bytes, uses: int) -> int:
    """The key's new count of its uses. Raises NotRight; also when a copy of the key was used before."""
    try:
        found = verify_authentication_response(
            credential=answer,
            expected_challenge=base64url_to_bytes(challenge),
            expected_rp_id=_name(),
            expected_origin=current_app.config["BASE_URL"],
            credential_public_key=public_key,
            credential_current_sign_count=uses,
        )
    except (WebAuthnException, ValueError, KeyError, TypeError) as fault:
        raise NotRight from fault
    return found.new_sign_count


def _name() -> str:
    return urlsplit(current_app.config["BASE_URL"]).hostname or ""


def _described(known: Sequence[str]) -> list[PublicKeyCredentialDescriptor]:
    return [PublicKeyCredentialDescriptor(id=base64url_to_bytes(each)) for each in known]
