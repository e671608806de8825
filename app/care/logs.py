"""What processes say of their work: a line each, as words or as JSON, without anything that is somebody's.

Messages of exceptions often quote what somebody typed, so only those are told that the language or the system words by
itself; of any other the kind, the place in the code and the database's own code must do.
"""

from __future__ import annotations

import json
import logging
import os
import re
import sys
import traceback
from datetime import UTC, datetime
from types import TracebackType
from typing import Any

from flask import Flask
from flask.logging import default_handler
from jinja2 import UndefinedError
from sqlalchemy.exc import DBAPIError

from app.care.watching import NUMBER, Watched

Fault = tuple[type[BaseException], BaseException, TracebackType | None]
WORDED_BY_THE_LANGUAGE = (AttributeError, NameError, ImportError, RecursionError, MemoryError, UndefinedError)
HIDDEN = (
    (re.compile(r"[^\s@<>\"'(]+@[^\s@<>\"')]+"), "[address]"),
    (re.compile(r"\?[^\s\"']*"), "?[query]"),
    (re.compile(r"[A-Za-z0-9_-]{22,}(?:[.=][A-Za-z0-9_.-]+)*"), "[secret]"),
    (re.compile(r"\b[0-9A-HJKMNP-TV-Z]{5}-[0-9A-HJKMNP-TV-Z]{5}\b"), "[code]"),
    (re.compile(r"\+\d[\d ()/-]{6,}\d"), "[number]"),
)
"""What no line shows, whoever wrote it: mail addresses, query strings, secrets of addresses, codes, telephones."""
requests = logging.getLogger("app.requests")


def scrubbed(text: str) -> str:
    """The text with a word in brackets in place of each thing that may be somebody's."""
    for pattern, instead in HIDDEN:
        text = pattern.sub(instead, text)
    return text


def fault_in_words(fault: BaseException) -> str:
    """An exception by its kind, with its words only where no visitor can have chosen them."""
    kind = f"{type(fault).__module__}.{type(fault).__qualname__}".removeprefix("builtins.")
    if isinstance(fault, DBAPIError):
        code = getattr(fault.orig, "sqlstate", None) or getattr(fault.orig, "sqlite_errorname", None) or ""
        wall = getattr(getattr(fault.orig, "diag", None), "constraint_name", None) or ""
        return " ".join(filter(None, (kind, code, wall)))
    if isinstance(fault, OSError):
        return f"{kind}: {os.strerror(fault.errno)}" if fault.errno else kind
    return f"{kind}: {scrubbed(str(fault))}" if isinstance(fault, WORDED_BY_THE_LANGUAGE) else kind


def trace(fault: BaseException) -> list[str]:
    """Where it happened and what led to it: the innermost cause last, each with the places it came through."""
    told: list[str] = []
    at: BaseException | None = fault
    while at is not None and len(told) < 200:
        frames = traceback.extract_tb(at.__traceback__)
        told.insert(0, fault_in_words(at))
        told[1:1] = [f"  {each.filename}:{each.lineno} {each.name}" for each in frames]
        at = at.__cause__ or (None if at.__suppress_context__ else at.__context__)
    return told


class Words(logging.Formatter):
    """A line as a person reads it."""

    def format(self, record: logging.LogRecord) -> str:
        number = f" [{NUMBER.get()}]" if NUMBER.get() else ""
        facts = getattr(record, "facts", None)
        told = " ".join(f"{name}={value}" for name, value in facts.items()) if facts else scrubbed(record.getMessage())
        rest = trace(record.exc_info[1]) if record.exc_info and record.exc_info[1] else []
        return "\n".join([f"{_instant(record)} {record.levelname} {record.name}{number} {told}", *rest])


class Lines(logging.Formatter):
    """A line as programs read it: one JSON object."""

    def format(self, record: logging.LogRecord) -> str:
        said: dict[str, Any] = {"at": _instant(record), "level": record.levelname.lower(), "logger": record.name}
        said["process"] = record.process
        if NUMBER.get():
            said["request"] = NUMBER.get()
        if (facts := getattr(record, "facts", None)) is not None:
            said |= facts
        else:
            said["message"] = scrubbed(record.getMessage())
        if record.exc_info and record.exc_info[1]:
            said["fault"] = trace(record.exc_info[1])
        return json.dumps(said, ensure_ascii=False, separators=(",", ":"))


def _instant(record: logging.LogRecord) -> str:
    return datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")


def begin(app: Flask, watched: Watched) -> None:
    """Let this process say what it does on its standard error, as the settings ask; to be called once."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Lines() if app.config["LOG_FORMAT"] == "json" else Words())
    root = logging.getLogger()
    for old in [each for each in root.handlers if isinstance(each.formatter, (Words, Lines))]:
        root.removeHandler(old)
    root.addHandler(handler)
    root.setLevel(logging.WARNING)
    app.logger.removeHandler(default_handler)
    logging.raiseExceptions = False  # a full disk under the log stops no request
    if app.config["LOG_REQUESTS"]:
        requests.setLevel(logging.INFO)
        watched.tell = lambda facts: requests.info("request", extra={"facts": facts})
