"""Answers that carry a film or captions: in ranges, under headers that let nothing else happen with them."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path
from typing import IO, BinaryIO, cast
from urllib.parse import quote

from flask import Response, current_app, request
from werkzeug.exceptions import NotFound
from werkzeug.wsgi import FileWrapper

from app.videos import captions, checking, store
from app.videos.models import VideoVersion

PIECE = 256 * 1024
NOTHING_ELSE = "default-src 'none'; media-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
"""A film that turns out to be a page of its own runs nothing, fetches nothing and sends nothing. Browsers play a film
that is opened by itself under this policy, so it must let it be played; what is to be kept is closed in altogether."""
TYPES = {"mp4": "video/mp4", "mov": "video/quicktime"}
ONE_RANGE = re.compile(r"bytes=\s*\d*\s*-\s*\d*\s*")
PRIVATE, PUBLIC = "private, no-store", "public, max-age=3600"


class Octets:
    """A file that is opened once somebody reads it: answers that are never read, or read only at their head, hold
    nothing open."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.file: BinaryIO | None = None

    def _open(self) -> BinaryIO:
        if self.file is None:
            self.file = self.path.open("rb")
        return self.file

    def read(self, size: int) -> bytes:
        return self._open().read(size)

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int) -> int:
        return self._open().seek(offset)

    def tell(self) -> int:
        return self._open().tell()

    def close(self) -> None:
        if self.file is not None:
            self.file.close()


def film(version: VideoVersion, name: str, *, cache: str = PRIVATE, download: bool = False) -> Response:
    """The octets of a version, or the one range of them that was asked for. 404 when they are not there any more.

    More ranges than one are not answered as such but with the whole: no player asks for them, and a thousand that
    overlap would cost a thousand reads.
    """
    if version.key is None:
        raise NotFound
    path = store.path(version.key)
    try:
        size = path.stat().st_size
    except OSError as gone:
        raise NotFound from gone
    pieces = FileWrapper(cast("IO[bytes]", Octets(path)), PIECE)
    answer = current_app.response_class(pieces, mimetype=_type(version), direct_passthrough=True)
    answer.content_length = size
    answer.set_etag(version.sha256 or version.key)
    _dress(answer, f"{name}.{_ending(version)}", cache, download)
    environ = dict(request.environ)
    if not ONE_RANGE.fullmatch(environ.get("HTTP_RANGE", "")):
        environ.pop("HTTP_RANGE", None)
    answer.make_conditional(environ, accept_ranges=True, complete_length=size)
    return answer


def subtitles(version: VideoVersion, name: str, *, cache: str = PRIVATE) -> Response:
    """The captions of a version as WebVTT, written anew from what was read. 404 when there are none to be shown."""
    if version.captions_key is None:
        raise NotFound
    try:
        octets = captions.write(checking.cues_of(version.captions_key)).encode()
    except captions.Faulty as no:
        raise NotFound from no
    answer = current_app.response_class(octets, content_type="text/vtt; charset=utf-8")
    answer.add_etag()
    _dress(answer, f"{name}.vtt", cache, download=False)
    answer.make_conditional(request)
    return answer


def file_name(*words: str) -> str:
    """A name for a file that every system takes: plain letters, digits and hyphens ("sao-paulo-city-v2")."""
    plain = unicodedata.normalize("NFKD", "-".join(words)).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:80] or "video"


def _type(version: VideoVersion) -> str:
    return version.mimetype if version.mimetype in TYPES.values() else TYPES["mp4"]


def _ending(version: VideoVersion) -> str:
    return "mov" if version.mimetype == TYPES["mov"] else "mp4"


def _dress(answer: Response, name: str, cache: str, download: bool) -> None:
    how = "attachment" if download else "inline"
    answer.headers["Content-Disposition"] = f"{how}; filename={name}; filename*=UTF-8''{quote(name)}"
    answer.headers["Content-Security-Policy"] = f"{NOTHING_ELSE}; sandbox" if download else NOTHING_ELSE
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    answer.headers["Cache-Control"] = cache
