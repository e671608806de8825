"""Settings: defaults < instance/plenary.toml < PLENARY_* in the environment < the mapping given to `create_app`.

A setting has one name everywhere: `PLENARY_MAIL_SERVER` in the environment, `MAIL_SERVER` in the file, the mapping
and `app.config`. docs/contract.md lists them for those who run the product.
"""

from __future__ import annotations

import os
import secrets
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import URL

from app import db
from app.care.fitness import unfit

ROOT = Path(__file__).resolve().parent.parent

DEFAULTS: dict[str, Any] = {
    "INSTANCE": str(ROOT / "instance"),  # the folder of database, mail, keys and uploads
    "DATABASE_URL": "",  # empty: SQLite, plenary.db in the instance folder
    "BASE_URL": "http://127.0.0.1:8000",  # what links in letters and calendars begin with; https:// means production
    "SECRET_KEY": "",  # empty: made once and kept in the instance folder
    "MAIL_SERVER": "",  # empty: letters are written to mail/*.eml in the instance folder
    "MAIL_PORT": 587,
    "MAIL_USERNAME": "",
    "MAIL_PASSWORD": "",
    "MAIL_USE_TLS": True,
    "MAIL_DEFAULT_SENDER": "Plenary <plenary@localhost.localdomain>",
    "MAIL_BOUNCES": "",  # the mailbox for reports of letters that came back; empty: they go to the sender
    "OFFLINE": True,  # phones may keep pages to read without a network; false: they forget what they kept
    "LOG_FORMAT": "text",  # text for people, json for programs
    "LOG_REQUESTS": False,  # a line for each request, with the pattern of its address
    "METRICS_TOKEN": "",  # who shows it may read /metrics; empty: whoever asks on this machine, past the proxy
    "SIGN_IN_IDLE_HOURS": 12,  # a sign-in not used for so long opens nothing until the password is typed
    "TRUSTED_PROXY_COUNT": 0,  # how many proxies of ours stand in front and set X-Forwarded-For
}


LONGEST_IDLE = 14 * 24
"""Hours after which a sign-in ends, however much it is used (accounts.service.SIGNED_IN_FOR)."""


INSTALLED = Path("/etc/plenary.env")
"""An installation's settings (docs/operations.md), which its units and the word `plenary` put in the environment."""


class BadSetting(Exception):
    """A setting that cannot be used; the message says which and why."""


def not_forgotten(environment: Mapping[str, str]) -> None:
    """Raise BadSetting where an installation has settings and a process none, as if its database were another."""
    if INSTALLED.exists() and not any(name.startswith("PLENARY_") for name in environment):
        raise BadSetting(
            f"This machine's settings stand in {INSTALLED}, and this was started without any. Say: sudo plenary NAME. "
            "To try Plenary out beside them set PLENARY_INSTANCE to a folder of its own."
        )


def read(given: Mapping[str, Any] | None, environment: Mapping[str, str]) -> dict[str, Any]:
    """All settings, as `app.config` takes them. Makes the instance folder, readable by its owner alone, and the key.

    Raises BadSetting with a sentence. Keys of `given` that are not ours go to Flask as they are.
    """
    overrides = {name.removeprefix("PLENARY_"): value for name, value in (given or {}).items()}
    said = {name[8:]: value for name, value in environment.items() if name.startswith("PLENARY_")}
    if unknown := said.keys() - DEFAULTS.keys():
        raise BadSetting(f"There is no setting {', '.join(f'PLENARY_{name}' for name in sorted(unknown))}.")
    folder = Path(overrides.get("INSTANCE") or said.get("INSTANCE") or DEFAULTS["INSTANCE"]).resolve()
    _private(folder)
    settings = DEFAULTS | _file(folder) | _typed(said)
    settings |= overrides
    settings["INSTANCE"] = str(folder)
    settings["BASE_URL"] = _base_url(settings["BASE_URL"])
    settings["SECRET_KEY"] = settings["SECRET_KEY"] or _kept_key(folder)
    file = URL.create("sqlite", database=str(folder / "plenary.db")).render_as_string()
    url = db.address(settings["DATABASE_URL"]) if settings["DATABASE_URL"] else file
    base = urlsplit(settings["BASE_URL"])
    hosts = [base.hostname] if base.scheme == "https" else None  # production answers to its own name alone
    whole = FIXED | {"TRUSTED_HOSTS": hosts} | settings | {"SQLALCHEMY_DATABASE_URI": url}
    if whole["LOG_FORMAT"] not in {"text", "json"}:
        raise BadSetting(f"PLENARY_LOG_FORMAT is {whole['LOG_FORMAT']!r}; it must be text or json.")
    if not 1 <= whole["SIGN_IN_IDLE_HOURS"] <= LONGEST_IDLE:
        raise BadSetting(
            f"PLENARY_SIGN_IN_IDLE_HOURS is {whole['SIGN_IN_IDLE_HOURS']}; it must be from 1 to {LONGEST_IDLE} hours."
        )
    if faults := unfit(whole, environment):
        raise BadSetting("\n".join(["Plenary does not start for the public like this:", *faults]))
    return whole


FIXED: dict[str, Any] = {
    "MAX_CONTENT_LENGTH": 1024 * 1024,
    "MAX_FORM_PARTS": 1000,
    "SQLALCHEMY_ENGINE_OPTIONS": {"hide_parameters": True},  # what people typed stays out of logs
    "SEND_FILE_MAX_AGE_DEFAULT": 31_536_000,
    "WTF_CSRF_TIME_LIMIT": None,  # a form left open overnight still counts
    "WTF_CSRF_CHECK_DEFAULT": False,  # app.web.guard checks, and leaves views that keep their forms to do it themselves
    "BABEL_DEFAULT_LOCALE": "en",
    "BABEL_DEFAULT_TIMEZONE": "UTC",
}
"""What is not for an installation to choose."""


def _typed(said: dict[str, str]) -> dict[str, Any]:
    """Words from the environment as numbers and truths, by the type of the default."""
    typed: dict[str, Any] = {}
    for name, value in said.items():
        default = DEFAULTS[name]
        if isinstance(default, bool):
            if value.lower() not in {"0", "1", "true", "false", "yes", "no", "on", "off"}:
                raise BadSetting(f"PLENARY_{name} is {value!r}; it must be true or false.")
            typed[name] = value.lower() in {"1", "true", "yes", "on"}
        elif isinstance(default, int):
            if not value.isdigit():
                raise BadSetting(f"PLENARY_{name} is {value!r}; it must be a whole number.")
            typed[name] = int(value)
        else:
            typed[name] = value
    return typed


def _file(folder: Path) -> dict[str, Any]:
    path = folder / "plenary.toml"
    if not path.exists():
        return {}
    try:
        settings = tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as fault:
        raise BadSetting(f"{path.name} cannot be read: {fault}.") from fault
    if unknown := settings.keys() - DEFAULTS.keys() | settings.keys() & {"INSTANCE"}:
        raise BadSetting(f"{path.name} names settings that it cannot hold: {', '.join(sorted(unknown))}.")
    for name, value in settings.items():
        if type(value) is not type(DEFAULTS[name]):
            raise BadSetting(f"{name} in {path.name} is {value!r}; it must be like {DEFAULTS[name]!r}.")
    return settings


def _base_url(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.path not in {"", "/"} or parts.query:
        raise BadSetting(f"PLENARY_BASE_URL is {url!r}; it must be like https://summit.example.org, without a path.")
    return url.rstrip("/")


def _private(folder: Path) -> None:
    """Make the folder if need be, and close it to all but its owner; not one that others use."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    there = {each.name for each in folder.iterdir()}
    ours = ("plenary.", "secret.key", ".secret.", "mail", "uploads", "videos")
    if there and not any(name.startswith(ours) for name in there):
        raise BadSetting(f"PLENARY_INSTANCE is {folder}, which holds other things; give Plenary a folder of its own.")
    if folder.stat().st_uid == os.getuid():
        folder.chmod(0o700)


def _kept_key(folder: Path) -> str:
    """The key kept in the folder; made on the first start, by whichever process comes first."""
    path = folder / "secret.key"
    fresh = folder / f".secret.{os.getpid()}.{secrets.token_hex(4)}"
    if not path.exists():
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            print(secrets.token_urlsafe(48), file=file)
        try:
            os.link(fresh, path)
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
    return path.read_text().strip()
