"""Calls within one process: the whole WSGI call of a request, without any network, and what it costs."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from typing import Any

from flask import Flask
from werkzeug.test import EnvironBuilder

ROUNDS = 7
BUDGET = 0.15
"""Seconds of each round."""


def per_call(call: Callable[[], object], rounds: int = ROUNDS, clock: Callable[[], float] = time.process_time) -> float:
    """CPU seconds of one call: the median of several rounds. `clock` tells what was spent so far."""
    call()
    start = clock()
    count = 0
    while clock() - start < BUDGET / 5:
        call()
        count += 1
    found = []
    for _ in range(rounds):
        start = clock()
        for _ in range(count * 5):
            call()
        found.append((clock() - start) / (count * 5))
    return statistics.median(found)


def request(app: Any, path: str, headers: dict[str, str] | None = None) -> Callable[[], tuple[str, int]]:
    """A call that makes one request as a server would and reads the whole answer: status and length."""
    builder = EnvironBuilder(
        path=path.partition("?")[0], query_string=path.partition("?")[2], headers=[*(headers or {}).items()]
    )
    environ = builder.get_environ()

    def call() -> tuple[str, int]:
        said: list[str] = []
        body = app.wsgi_app(dict(environ), lambda status, headers, exc_info=None: said.append(status))
        length = sum(len(each) for each in body)
        if hasattr(body, "close"):
            body.close()
        return said[0], length

    return call


def bare() -> Flask:
    app = Flask("bare")
    app.add_url_rule("/", view_func=lambda: "Hello", endpoint="hello")
    return app


def etag(app: Flask, path: str) -> str:
    return app.test_client().get(path).headers["ETag"]
