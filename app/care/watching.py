"""Stands before the application: numbers each request, says how it ended, and counts it.

What is told and counted is the pattern of an address and never the address, since that may hold somebody's secret.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable
from contextvars import ContextVar
from random import getrandbits
from typing import TYPE_CHECKING, Any

from flask import Flask, request

from app.care.measures import Measures
from app.web.kept import PATTERN

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

NUMBER: ContextVar[str] = ContextVar("request", default="")
"""The number of the request in hand, which each line of the log bears; empty outside of requests."""
WELL_FORMED = re.compile(r"[A-Za-z0-9._-]{8,64}", re.ASCII)
METHODS = frozenset("GET HEAD POST PUT PATCH DELETE OPTIONS".split())
RULE = "plenary.rule"
PROBES = frozenset({"/healthz", "/readyz", "/metrics"})
"""Asked by machines that know no name of ours, so that they are answered whatever the Host header says."""
NOT_YET = b"Plenary is being brought up to date. Please come back in a minute.\n"
NOT_YET_HEADERS = [
    ("Content-Type", "text/plain; charset=utf-8"),
    ("Content-Length", str(len(NOT_YET))),
    ("Cache-Control", "no-store"),
    ("Retry-After", "10"),
]

Tell = Callable[[dict[str, Any]], None]


class Watched:
    """The application behind it; `tell` is handed each request when it is over."""

    def __init__(self, inner: WSGIApplication, measures: Measures, host: str, *, behind_proxy: bool) -> None:
        self.inner, self.measures, self.host, self.behind_proxy = inner, measures, host, behind_proxy
        self.tell: Tell | None = None
        self.behind: Callable[[], bool] = lambda: False
        """Whether the database lacks migrations: then nothing but the probes is answered."""

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        began = time.perf_counter()
        number = self._given(environ) if self.behind_proxy else ""
        number = number or getrandbits(64).to_bytes(8, "big").hex()  # names a request, and guards nothing
        status = "500"

        def begin(said: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
            nonlocal status
            status = said[:3]
            return start_response(said, [*headers, ("X-Request-ID", number)], exc_info)

        mark = NUMBER.set(number)
        try:
            if environ.get("PATH_INFO") in PROBES:
                environ["HTTP_HOST"] = self.host
            elif self.behind():
                return _not_yet(begin)
            return self.inner(environ, begin)
        finally:
            NUMBER.reset(mark)
            self._over(environ, number, status, time.perf_counter() - began)

    @staticmethod
    def _given(environ: WSGIEnvironment) -> str:
        """The number that a proxy of ours gave; empty where it gave no good one."""
        given: str = environ.get("HTTP_X_REQUEST_ID", "")
        return given if WELL_FORMED.fullmatch(given) else ""

    def _over(self, environ: WSGIEnvironment, number: str, status: str, seconds: float) -> None:
        pattern = environ.get(PATTERN)
        kept = pattern is not None
        if pattern is None:
            pattern = environ.get(RULE, "")
        method = environ.get("REQUEST_METHOD", "")
        if method not in METHODS:
            method = "other"
        self.measures.request(pattern, method, status, seconds, kept=kept)
        if self.tell is not None:
            took = round(seconds * 1000, 2)
            said = {"method": method, "pattern": pattern, "status": int(status), "ms": took, "kept": kept}
            self.tell(said | {"request": number})


def _not_yet(begin: StartResponse) -> Iterable[bytes]:
    begin("503 SERVICE UNAVAILABLE", NOT_YET_HEADERS)
    return [NOT_YET]


def _note_rule(_endpoint: str | None, _values: dict[str, Any] | None) -> None:
    request.environ[RULE] = str(request.url_rule or "")


def init_app(app: Flask) -> None:
    """Let each request note the rule that its address matched, for what is said of it afterwards."""
    app.url_value_preprocessor(_note_rule)
