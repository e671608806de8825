"""Public text goes out compressed to whoever takes that (RFC 9110 8.4): pages that are everybody's, and static files.

A page that holds a token or a secret goes out as it is: what else it holds could tell of it by its length (BREACH).
"""

from __future__ import annotations

import gzip
from collections.abc import Callable, Mapping
from functools import lru_cache

import brotli
from flask import Flask, Response, g, request
from werkzeug.datastructures import Headers
from werkzeug.http import parse_accept_header

LEAST = 1_000
"""Octets below which nothing is won."""
WAYS: dict[str, Callable[[bytes], bytes]] = {
    "br": lambda octets: brotli.compress(octets, mode=brotli.MODE_TEXT, quality=5),
    "gzip": lambda octets: gzip.compress(octets, 6, mtime=0),
}
"""Name of a content coding -> how octets are put in it; the same text always becomes the same octets.

Those who take several equally gladly get the first. At this quality Brotli takes less time than gzip does (an agenda of
300 sessions 3.6 ms and 21 KB, against 4.4 ms and 39 KB); at its best, 11, it would take 0.4 s to save 4 KB more.
"""
TEXT = ("text/", "application/json", "application/javascript", "application/xml", "image/svg")


def packable() -> None:
    """Called by a view: its page is the same for everybody who chose the same, and holds no token."""
    g.packable = True


def taken(environ: Mapping[str, str]) -> str:
    """The coding of `WAYS` that this request likes best; empty: it takes text as it is."""
    return _takes(environ.get("HTTP_ACCEPT_ENCODING", "")[:200])


@lru_cache(maxsize=256)
def _takes(header: str) -> str:
    asked = parse_accept_header(header)
    best = max(WAYS, key=lambda way: asked[way])
    return best if asked[best] > 0 else ""


@lru_cache(maxsize=128)
def _pack_file(octets: bytes, way: str) -> bytes:
    return WAYS[way](octets)


def as_packed(headers: list[tuple[str, str]], way: str, length: int) -> list[tuple[str, str]]:
    """The headers of a compressed form: its ETag is weak, since its octets are not those of the others."""
    changed = Headers(headers)
    if etag := changed.get("ETag"):
        changed["ETag"] = weak(etag)
    changed["Content-Encoding"] = way
    changed["Content-Length"] = str(length)
    return list(changed.items())


def weak(etag: str) -> str:
    return etag if etag.startswith("W/") else f"W/{etag}"


def _send(response: Response) -> Response:
    """Compress what may be, when the answer is finished."""
    static = request.endpoint == "static"
    if not (static or g.get("packable")) or response.status_code != 200 or "Content-Encoding" in response.headers:
        return response
    if not (response.mimetype or "").startswith(TEXT):
        return response
    response.vary.add("Accept-Encoding")
    way = taken(request.environ)
    if not way or "Range" in request.headers or request.method != "GET":
        return response
    response.direct_passthrough = False
    octets = response.get_data()
    if len(octets) >= LEAST:
        kept = g.get("light", {}).get(way)
        packed = _pack_file(octets, way) if static else kept or WAYS[way](octets)
        response.set_data(packed)
        response.headers = Headers(as_packed(list(response.headers.items()), way, len(packed)))
    return response


def init_app(app: Flask) -> None:
    """To be called before all that changes answers: what is registered first runs last."""
    app.after_request(_send)
