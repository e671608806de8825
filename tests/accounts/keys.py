"""A passkey in software: what a browser and the key in it answer (W3C Web Authentication, level 3)."""

from __future__ import annotations

import hashlib
import json
import secrets
from dataclasses import dataclass, field
from typing import Any

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from webauthn.helpers import bytes_to_base64url as b64

PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40


@dataclass
class SoftKey:
    """One key of one browser; `origin` is the site that the browser stands on."""

    origin: str = "https://localhost"
    site: str = "localhost"
    uses: int = 0
    secret: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    identity: bytes = field(default_factory=lambda: secrets.token_bytes(32))

    def make(self, question: dict[str, Any]) -> str:
        """The answer to the question that makes a key."""
        spot = self.secret.public_key().public_numbers()
        cose = {1: 2, 3: -7, -1: 1, -2: spot.x.to_bytes(32, "big"), -3: spot.y.to_bytes(32, "big")}
        told = bytes(16) + len(self.identity).to_bytes(2, "big") + self.identity + cbor2.dumps(cose)
        attested = {"fmt": "none", "attStmt": {}, "authData": self._data(ATTESTED) + told}
        answer = {
            "clientDataJSON": b64(self._client("create", question)),
            "attestationObject": b64(cbor2.dumps(attested)),
        }
        return self._answer(answer)

    def use(self, question: dict[str, Any]) -> str:
        """The answer to the question that uses it."""
        self.uses += 1
        client, data = self._client("get", question), self._data(0)
        signed = self.secret.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        return self._answer({"clientDataJSON": b64(client), "authenticatorData": b64(data), "signature": b64(signed)})

    def _data(self, more: int) -> bytes:
        flags = bytes([PRESENT | VERIFIED | more])
        return hashlib.sha256(self.site.encode()).digest() + flags + self.uses.to_bytes(4, "big")

    def _client(self, act: str, question: dict[str, Any]) -> bytes:
        told = {"type": f"webauthn.{act}", "challenge": question["challenge"], "origin": self.origin}
        return json.dumps(told | {"crossOrigin": False}).encode()

    def _answer(self, response: dict[str, str]) -> str:
        known = b64(self.identity)
        return json.dumps({"id": known, "rawId": known, "type": "public-key", "response": response})
