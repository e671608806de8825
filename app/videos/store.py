"""Where the octets of videos and captions lie: in the instance folder, under random names, and never public."""

from __future__ import annotations

import hashlib
import secrets
import time
from collections.abc import Callable
from pathlib import Path

from flask import current_app

YOUNG = 3600.0
"""Seconds for which a file may lie there without a row that speaks of it."""
TURN = ".turn"
"""The ending of the file beside a part file that says who writes."""


def folder() -> Path:
    return Path(current_app.config["INSTANCE"]) / "videos"


def new_key(ending: str = "part") -> str:
    """A random name that no file has: 128 bits. The ending is for people who look into the folder."""
    return f"{secrets.token_hex(16)}.{ending}"


def path(key: str) -> Path:
    """Where the octets of this key lie, or will; the folder is there."""
    place = folder() / key[:2] / key
    place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    return place


def sweep(known: Callable[[set[str]], set[str]]) -> int:
    """Delete what lies here for an hour and is of no key that `known` names; how many files."""
    old = time.time() - YOUNG
    files = [each for each in folder().glob("*/*") if each.is_file() and each.stat().st_mtime < old]
    needed = known({each.name.removesuffix(TURN) for each in files})
    stale = [each for each in files if each.name.removesuffix(TURN) not in needed]
    for each in stale:
        each.unlink(missing_ok=True)
    return len(stale)


def digest(key: str) -> str:
    """The SHA-256 of a stored file, read in pieces. Raises FileNotFoundError."""
    with path(key).open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
