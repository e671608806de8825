"""Pages kept in memory: what the public sees is a function of release, site, language and zone, so it is rendered once.

A kept page is answered before Flask does anything. It stands as long as the mark it was made under (which release,
which state of the site) is still the current one, which is asked of the database each time: a page is never older than
the last publishing and the last word of the organisers. Of answers behind a secret only what validates them is kept,
under a mark of their own: each is one person's, and most who poll have it already.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from threading import Lock
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from flask import Flask, Response, current_app, g, request
from werkzeug.http import parse_date

from app import clock
from app.ical import Memory
from app.web import addresses, packed
from app.web.environment import Environment
from app.web.reading import FILES, LANGUAGES, accepted, said
from app.web.typed import TypedRequest

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

Mark = object
Headers = list[tuple[str, str]]
Key = tuple[str, str, str]
"""Path, zone asked for, language of the reader."""

PATTERN = "plenary.pattern"
"""Where the environment of a request that a kept page answers holds the rule that its address matches."""


OWN = "/c/"
"""Below it stands what one secret opens: /c/<secret>/agenda.ics."""
HEADS = 1_000
"""About how many octets a page's headers take."""
FORMS = 4 * 1024 * 1024
"""Characters of empty forms and of people's pages that a process keeps, without what tells them apart."""


@dataclass(frozen=True)
class Page:
    mark: Mark
    body: bytes | None
    """None: only who has it already is answered from memory."""
    etag: str
    headers: Headers
    validators: Headers
    """The headers of a 304."""
    packed: dict[str, bytes] = field(default_factory=dict)
    """The body compressed, by content coding; none where that wins nothing."""
    pattern: str = ""
    """The rule that its address matches."""
    as_packed: dict[str, Headers] = field(default_factory=dict)
    weakened: Headers = field(default_factory=list)
    """The headers with each compressed body, and those of the 304 of all of them."""
    modified: datetime | None = None
    until: datetime | None = None
    """When it changes by the passing of time alone; None: never."""

    @property
    def size(self) -> int:
        return len(self.body or b"") + sum(map(len, self.packed.values())) + HEADS

    def answers(self, environ: WSGIEnvironment) -> bool:
        return self.body is not None or has_it(environ, self.etag, self.modified)


class Shelf:
    """The kept pages of one process, at most `room` octets of them; the page not asked for longest goes first."""

    def __init__(self, room: int = 32 * 1024 * 1024) -> None:
        self.room = room
        self.pages: OrderedDict[Key, Page] = OrderedDict()
        self.held = 0
        self.lock = Lock()
        self.mark: Callable[[str], Mark] = lambda slug: None
        """The current mark of what stands under the first part of a path; None: nothing is kept."""
        self.forms: Memory[Hashable, str] = Memory(FORMS, len)
        """Forms at first sight and people's pages, with blanks (web.blanks)."""
        self.own: dict[str, Callable[[str], Mark]] = {}
        """Last part of a path below OWN -> the current mark of what the secret opens there; None: nothing."""

    def mark_of(self, path: str) -> Mark:
        """The current mark of what stands at a path. One query, by the driver alone."""
        if path.startswith(OWN):
            secret, _slash, name = path.removeprefix(OWN).partition("/")
            return self.own[name](secret) if name in self.own else None
        return self.mark(summit_in(path))

    def find(self, environ: WSGIEnvironment) -> Page | None:
        """The page kept for this request, if its mark is still current and it answers what is asked."""
        if environ["REQUEST_METHOD"] not in ("GET", "HEAD"):
            return None
        key = key_of(environ)
        page = self.pages.get(key) if key is not None else None
        if key is None or page is None or not page.answers(environ) or (page.until and page.until <= clock.now()):
            return None
        if page.mark != self.mark_of(key[0]):
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

    def drop(self, key: Key) -> None:
        """Let the next who asks for it go the whole way."""
        with self.lock:
            self._drop(key)

    def _drop(self, key: Key) -> None:
        if (old := self.pages.pop(key, None)) is not None:
            self.held -= old.size

    def clear(self) -> None:
        with self.lock:
            self.pages.clear()
            self.held = 0
        self.forms.clear()


class KeepingFlask(Flask):
    """A Flask that answers kept pages before anything else."""

    shelf: Shelf
    url_rule_class = addresses.Rule
    request_class = TypedRequest
    jinja_environment = Environment
    whole = Flask.wsgi_app
    """What answers the rest, with what must stand before it: kept pages are the same whoever asks from wherever."""

    def log_exception(self, exc_info: Any) -> None:
        """As Flask does, with the pattern of the address instead of the address: it may hold somebody's secret."""
        self.logger.error("Exception on %s [%s]", request.url_rule, request.method, exc_info=exc_info)

    def wsgi_app(self, environ: WSGIEnvironment, start_response: StartResponse) -> Any:
        page = self.shelf.find(environ)
        if page is None:
            return self.whole(environ, start_response)
        environ[PATTERN] = page.pattern
        return _send(page, environ, start_response)


def _send(page: Page, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    way = packed.taken(environ) if page.packed else ""
    if page.body is None or has_it(environ, page.etag, page.modified):
        start_response("304 NOT MODIFIED", page.weakened if way else page.validators)
        return [b""]
    start_response("200 OK", page.as_packed[way] if way else page.headers)
    body = page.packed[way] if way else page.body
    return [b"" if environ["REQUEST_METHOD"] == "HEAD" else body]


def has_it(environ: WSGIEnvironment, etag: str, modified: datetime | None) -> bool:
    """Whether who asks has this already; what they say of the tag wins over what they say of the date (RFC 9110 13)."""
    if asked := environ.get("HTTP_IF_NONE_MATCH", ""):
        return asked.strip() == "*" or etag in [each.strip().removeprefix("W/") for each in asked.split(",")]
    if modified is None or not (since := environ.get("HTTP_IF_MODIFIED_SINCE")):
        return False
    known = parse_date(since)
    return known is not None and modified <= known


def keep(mark: Mark) -> None:
    """Called by a view: this answer depends on nothing but its address and `mark`."""
    g.keep = mark
    packed.packable()


def keep_until(until: datetime, mark: Mark) -> None:
    """As `keep`, for what has its own validators and may be another at that moment by the passing of time alone."""
    g.keep, g.keep_until = mark, until


def own_mark() -> Mark:
    """The mark of what the secret in this address opens, as it was before anything was read for the answer."""
    return g.get("own_mark")


def _store(response: Response) -> Response:
    mark, until = g.get("keep"), g.get("keep_until")
    key = key_of(request.environ)
    if mark is None or key is None or response.status_code not in (200, 304) or request.method != "GET":
        return response
    whole = response.status_code == 200 and not key[0].startswith(OWN)
    body = response.get_data() if whole else None
    if body is not None and until is None:
        response.headers["ETag"] = f'"{hashlib.blake2b(body, digest_size=16).hexdigest()}"'
        response.headers["Cache-Control"] = "public, no-cache"
        spoken = "" if request.path.endswith(FILES) else ", Accept-Language, Cookie"
        response.headers["Vary"] = f"Accept-Encoding{spoken}"
    headers = [(name, value) for name, value in response.headers if name != "Set-Cookie"]
    validators = [(name, value) for name, value in headers if name not in ("Content-Type", "Content-Length")]
    ways = packed.WAYS if body is not None and len(body) >= packed.LEAST else {}
    light = g.light = {way: pack(body or b"") for way, pack in ways.items()}
    etag, modified = response.headers["ETag"], parse_date(response.headers.get("Last-Modified"))
    as_packed = {way: packed.as_packed(headers, way, len(octets)) for way, octets in light.items()}
    weakened = [(name, packed.weak(value) if name == "ETag" else value) for name, value in validators] if light else []
    page = Page(
        mark, body, etag, headers, validators, light, str(request.url_rule), as_packed, weakened, modified, until
    )
    current_app.shelf.put(key, page)  # type: ignore[attr-defined]
    return response


def _ask_own_mark() -> None:
    """Before anything is read for an answer behind a secret: were it read after, the answer could be older than it."""
    if request.path.startswith(OWN):
        g.own_mark = current_app.shelf.mark_of(request.path)  # type: ignore[attr-defined]


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


def choices(query: str) -> tuple[str, str] | None:
    """The zone and language that a query string asks for, however it is written; None when it asks for more, or twice.

    Both exist or are empty, so that no stranger can fill the shelf; nor the memory, with all that they ask for.
    """
    return _choices(query) if len(query) <= 200 else None


@lru_cache(maxsize=1024)
def _choices(query: str) -> tuple[str, str] | None:
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
    app.before_request(_ask_own_mark)
    app.after_request(_store)
