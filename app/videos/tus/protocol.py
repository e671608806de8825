"""tus 1.0.0 (tus.io/protocols/resumable-upload): its headers as values. Knows no rows and no request."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

VERSION = "1.0.0"
EXTENSIONS = "creation,creation-with-upload,termination,expiration,checksum"
ALGORITHMS = ("sha1", "sha256", "md5")
OCTETS = "application/offset+octet-stream"
MISMATCH = 460
"""The protocol's own status: what came is not what was sent."""
LONGEST, PAIRS = 4096, 16
"""Characters of Upload-Metadata, and pairs in it."""


class Unclear(Exception):
    """A header that the protocol asks for is missing or makes no sense; the sentence says which."""


@dataclass(frozen=True)
class Checksum:
    """What the octets of one request come to, as their sender says."""

    algorithm: str
    value: bytes

    def hasher(self) -> Any:
        return hashlib.new(self.algorithm, usedforsecurity=False)


def number(headers: Mapping[str, str], name: str) -> int:
    """A whole number of octets. Raises Unclear."""
    said = headers.get(name, "")
    if not re.fullmatch(r"[0-9]{1,18}", said):
        raise Unclear(f"{name} must be a whole number of octets.")
    return int(said)


def metadata(headers: Mapping[str, str]) -> dict[str, str]:
    """The pairs of Upload-Metadata. Raises Unclear when it is not as the protocol says, or no text."""
    said = headers.get("Upload-Metadata", "")
    if len(said) > LONGEST or said.count(",") >= PAIRS:
        raise Unclear("Upload-Metadata is longer than we read.")
    pairs: dict[str, str] = {}
    for each in filter(None, said.split(",")):
        key, _space, value = each.strip().partition(" ")
        if not re.fullmatch(r"[!-+\--~]{1,60}", key) or key in pairs:
            raise Unclear("Upload-Metadata holds a key that it cannot hold, or one twice.")
        pairs[key] = _text(value.strip())
    return pairs


def written(pairs: Mapping[str, str]) -> str:
    """The same pairs as a header."""
    return ",".join(f"{key} {base64.b64encode(value.encode()).decode()}".rstrip() for key, value in pairs.items())


def checksum(headers: Mapping[str, str]) -> Checksum | None:
    """What Upload-Checksum says, if it is there. Raises Unclear for an algorithm we do not know."""
    said = headers.get("Upload-Checksum")
    if said is None:
        return None
    algorithm, _space, value = said.partition(" ")
    if algorithm not in ALGORITHMS:
        raise Unclear(f"Upload-Checksum must be by one of {', '.join(ALGORITHMS)}.")
    return Checksum(algorithm, _octets(value.strip(), "Upload-Checksum"))


def _octets(value: str, name: str) -> bytes:
    try:
        return base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError) as fault:
        raise Unclear(f"{name} is not in base64.") from fault


def _text(value: str) -> str:
    try:
        return _octets(value, "Upload-Metadata").decode()
    except UnicodeDecodeError as fault:
        raise Unclear("Upload-Metadata holds what is no text in UTF-8.") from fault
