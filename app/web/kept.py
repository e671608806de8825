"""Pages kept in memory: what the public sees is a function of release, site, language and zone, so it is rendered once.

A kept page is answered before Flask does anything. It stands as long as the mark it was made under (which release,
which state of the site) is still the current one, which is asked of the database each time: a page is never older than
the last publishing and the last word of the organisers.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from threading import Lock
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from flask import Flask, Response, current_app, g, request
from sqlalchemy.exc import DBAPIError

from app import clock
from app.web import packed
from app.web.reading import FILES, LANGUAGES, accepted, said

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

Mark = object
Key = tuple[str, str, str]
"""Path, zone asked for, language of the reader."""

PATTERN = "plenary.pattern"
"""Where the environment of a request that a kept page answers holds the rule that its address matches."""


@dataclass(frozen=True)
class Page:
    mark: Mark
    body: bytes
    etag: str
    headers: list[tuple[str, str]]
    validators: list[tuple[str, str]]
    """The headers of a 304."""
    packed: bytes = b""
    """The body compressed; empty where that wins nothing."""
    pattern: str = ""
    """The rule that its address matches."""

    @property
    def size(self) -> int:
        return len(self.body) + len(self.packed)


class Shelf:
    """The kept pages of one process, at most `room` octets of them; the page not asked for longest goes first."""

    def __init__(self, room: int = 32 * 1024 * 1024) -> None:
        self.room = room
        self.pages: OrderedDict[Key, Page] = OrderedDict()
        self.held = 0
        self.lock = Lock()
        self.mark: Callable[[str], Mark] = lambda slug: None
        """The current mark of what stands under the first part of a path; None: nothing is kept."""

    def find(self, environ: WSGIEnvironment) -> Page | None:
        """The page kept for this request, if its mark is still current."""
        if environ["REQUEST_METHOD"] not in ("GET", "HEAD"):
            return None
        key = key_of(environ)
        page = self.pages.get(key) if key is not None else None
        if key is None or page is None or page.mark != self.mark(summit_in(key[0])):
            return None
        with self.lock:
            if key in self.pages:
                self.pages.move_to_end(key)
        return page

    def put(self, key: Key, page: Page) -> None:
        with self.lock:
            self._drop(key)
            self.pages[key] = page
            self.held += page.size
            while self.held > self.room:
                self._drop(next(iter(self.pages)))

    def _drop(self, key: Key) -> None:
        if (old := self.pages.pop(key, None)) is not None:
            self.held -= old.size

    def clear(self) -> None:
        with self.lock:
            self.pages.clear()
            self.held = 0


class KeepingFlask(Flask):
    """A Flask that answers kept pages before anything else."""

    shelf: Shelf

    def log_exception(self, exc_info: Any) -> None:
        """As Flask does, with the pattern of the address instead of the address: it may hold somebody's secret."""
        self.logger.error("Exception on %s [%s]", request.url_rule, request.method, exc_info=exc_info)

    def wsgi_app(self, environ: WSGIEnvironment, start_response: StartResponse) -> Any:
        try:
            page = self.shelf.find(environ)
        except DBAPIError:
            page = None  # whether it is current cannot be asked now; Flask says so in words
        if page is None:
            return super().wsgi_app(environ, start_response)
        environ[PATTERN] = page.pattern
        return _send(page, environ, start_response)


def _send(page: Page, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    asked = environ.get("HTTP_IF_NONE_MATCH", "")
    light = bool(page.packed) and packed.taken(environ)
    if asked and (asked == "*" or page.etag in [each.strip().removeprefix("W/") for each in asked.split(",")]):
        weakened = [(name, packed.weak(value) if name == "ETag" else value) for name, value in page.validators]
        start_response("304 NOT MODIFIED", weakened if light else page.validators)
        return [b""]
    start_response("200 OK", packed.as_packed(page.headers, len(page.packed)) if light else page.headers)
    body = page.packed if light else page.body
    return [b"" if environ["REQUEST_METHOD"] == "HEAD" else body]


def keep(mark: Mark) -> None:
    """Called by a view: this answer depends on nothing but its address and `mark`."""
    g.keep = mark
    packed.packable()


def _store(response: Response) -> Response:
    mark = g.get("keep")
    key = key_of(request.environ)
    if mark is None or key is None or response.status_code != 200 or request.method != "GET":
        return response
    body = response.get_data()
    etag = f'"{hashlib.blake2b(body, digest_size=16).hexdigest()}"'
    response.headers["ETag"] = etag
    response.headers["Cache-Control"] = "public, no-cache"
    spoken = "" if request.path.endswith(FILES) else ", Accept-Language, Cookie"
    response.headers["Vary"] = f"Accept-Encoding{spoken}"
    headers = [(name, value) for name, value in response.headers if name != "Set-Cookie"]
    validators = [(name, value) for name, value in headers if name not in ("Content-Type", "Content-Length")]
    light = packed.pack(body) if len(body) >= packed.LEAST else b""
    current_app.shelf.put(key, Page(mark, body, etag, headers, validators, light, str(request.url_rule)))  # type: ignore[attr-defined]
    return response


def summit_in(path: str) -> str:
    """Whose mark a page stands under: the first part of its path, the second where it is made for frames."""
    first, *more = path.split("/", 3)[1:]
    return more[0] if first == "embed" and more else first


def key_of(environ: WSGIEnvironment) -> Key | None:
    """Under what the answer to this request is kept; None when it asks for more than pages are kept for."""
    choice = choices(environ.get("QUERY_STRING", ""))
    if choice is None:
        return None
    zone, asked = choice
    spoken = said(environ, asked) or accepted(environ.get("HTTP_ACCEPT_LANGUAGE", ""))
    return environ.get("PATH_INFO", ""), zone, spoken


@lru_cache(maxsize=1024)
def choices(query: str) -> tuple[str, str] | None:
    """The zone and language that a query string asks for, however it is written; None when it asks for more, or twice.

    Both exist or are empty, so that no stranger can fill the shelf.
    """
    asked = parse_qsl(query, keep_blank_values=True)
    found = dict(asked)
    twice = len(found) < len(asked)
    zone, language = found.pop("tz", ""), found.pop("lang", "")
    if found or twice or (zone and not clock.is_zone(zone)) or (language and language not in LANGUAGES):
        return None
    return zone, language


def init_app(app: KeepingFlask) -> None:
    """To be called before all that adds headers: what is registered first runs last, and keeps the finished answer."""
    app.shelf = Shelf()
    app.after_request(_store)
