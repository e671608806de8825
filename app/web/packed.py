"""Public text goes out compressed to whoever takes that (RFC 9110 8.4): pages that are everybody's, and static files.

A page that holds a token or a secret goes out as it is: what else it holds could tell of it by its length (BREACH).
"""

from __future__ import annotations

import gzip
from collections.abc import Mapping
from functools import lru_cache

from flask import Flask, Response, g, request
from werkzeug.datastructures import Headers
from werkzeug.http import parse_accept_header

LEAST = 1_000
"""Octets below which nothing is won."""
TEXT = ("text/", "application/json", "application/javascript", "application/xml", "image/svg")


def packable() -> None:
    """Called by a view: its page is the same for everybody who chose the same, and holds no token."""
    g.packable = True


def taken(environ: Mapping[str, str]) -> bool:
    """Whether this request takes compressed text."""
    return _takes(environ.get("HTTP_ACCEPT_ENCODING", "")[:200])


@lru_cache(maxsize=256)
def _takes(header: str) -> bool:
    return parse_accept_header(header)["gzip"] > 0


def pack(octets: bytes) -> bytes:
    """The same text always becomes the same octets."""
    return gzip.compress(octets, 6, mtime=0)


@lru_cache(maxsize=64)
def _pack_file(octets: bytes) -> bytes:
    return pack(octets)


def as_packed(headers: list[tuple[str, str]], length: int) -> list[tuple[str, str]]:
    """The headers of the compressed form: its ETag is weak, since its octets are not those of the other."""
    changed = Headers(headers)
    if etag := changed.get("ETag"):
        changed["ETag"] = weak(etag)
    changed["Content-Encoding"] = "gzip"
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
    if not taken(request.environ) or "Range" in request.headers or request.method != "GET":
        return response
    response.direct_passthrough = False
    octets = response.get_data()
    if len(octets) >= LEAST:
        packed = _pack_file(octets) if static else g.get("light") or pack(octets)
        response.set_data(packed)
        response.headers = Headers(as_packed(list(response.headers.items()), len(packed)))
    return response


def init_app(app: Flask) -> None:
    """To be called before all that changes answers: what is registered first runs last."""
    app.after_request(_send)
