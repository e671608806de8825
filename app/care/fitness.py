"""Settings with which an installation that the world can reach must not start. Pure: sentences, and nothing else."""

from __future__ import annotations

import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sqlalchemy import make_url

SHORTEST = 32
"""Octets of a key: as many as the hash has by which secrets are derived (NIST SP 800-107 5.3.4)."""
VARIED = 12
"""Different characters that a drawn key of that length has, all but never fewer."""
SAMPLES = ("change me", "changeme", "change-me", "secret key", "secret-key", "secretkey", "a key for tests", "example")
TOKEN = 16
"""Characters of the token for /metrics."""
ROOT = Path(__file__).resolve().parents[2]
LISTED, FETCHED = ROOT / "vendor.txt", ROOT / "static" / "vendor"
"""What pages take from packages (styles, signs, fonts), a path a line, and where `make` puts it."""


def unfit(settings: Mapping[str, Any], environment: Mapping[str, str]) -> list[str]:
    """What is wrong, a sentence each that says what to do; none unless links begin with https, which means production.

    `settings` are those of `config.read`; files are looked at, nothing is changed.
    """
    if not settings["BASE_URL"].startswith("https://"):
        return []
    said = weak_key(settings["SECRET_KEY"])
    if settings.get("DEBUG") or environment.get("FLASK_DEBUG", "").lower() not in {"", "0", "false", "no"}:
        said.append("DEBUG is on, by which visitors would see and run code. Take FLASK_DEBUG and DEBUG away.")
    token = settings["METRICS_TOKEN"]
    if token and len(token) < TOKEN:
        said.append(f"PLENARY_METRICS_TOKEN is shorter than {TOKEN} characters. Draw a longer one.")
    if settings["MAIL_PASSWORD"].lower() in SAMPLES:
        said.append("PLENARY_MAIL_PASSWORD is that of the example. Set the one of your mail server.")
    said += [
        f"{path} can be read by others than its owner. Say: chmod 600 {path}"
        for path in (database_file(settings), Path(settings["INSTANCE"]) / "secret.key")
        if path is not None and open_to_others(path)
    ]
    return said


def weak_key(key: str) -> list[str]:
    """Why a key is no key; nothing when it is one."""
    again = "Draw one: python3 -c 'import secrets; print(secrets.token_urlsafe(48))'"
    if len(key.encode()) < SHORTEST:
        return [f"PLENARY_SECRET_KEY is shorter than {SHORTEST} octets. {again}"]
    if any(each in key.lower() for each in SAMPLES) or len(set(key)) < VARIED:
        return [f"PLENARY_SECRET_KEY is a sample, and no key that was drawn. {again}"]
    return []


def database_file(settings: Mapping[str, Any]) -> Path | None:
    """The file of SQLite; None for a database that is none."""
    url = make_url(settings["SQLALCHEMY_DATABASE_URI"])
    return (
        Path(url.database)
        if url.get_backend_name() == "sqlite" and url.database not in (None, "", ":memory:")
        else None
    )


def open_to_others(path: Path) -> bool:
    """Whether anybody but its owner may read or write the file; no when there is none."""
    return path.exists() and bool(stat.S_IMODE(path.stat().st_mode) & 0o077)


def unfetched() -> list[str]:
    """Why no page can be drawn: `make` ended before its end; nothing when it did not."""
    missing = [each for each in LISTED.read_text(encoding="utf-8").split() if not (FETCHED / each).exists()]
    return [f"What pages stand on was not fetched ({missing[0]}). Run: make static/vendor/.done"] if missing else []
