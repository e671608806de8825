"""Calendars and other feeds over HTTP: what a subscriber polls, answered by 304 as long as nothing has changed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import TYPE_CHECKING

from flask import Response, request
from werkzeug.datastructures import Headers
from werkzeug.http import parse_date

from app import clock, ical
from app.publishing.programme import Programme, Summit
from app.publishing.service import Published
from app.web import absolute

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment


def public_entries(shown: Published, codes: Iterable[str] | None = None) -> list[ical.Entry]:
    """What everybody may have in their calendar now: all, or only the sessions named."""
    found = shown.public_entries
    return ical.live(
        (found[code] for code in codes if code in found) if codes is not None else found.values(), clock.now()
    )


def head(summit: Summit, uid: str, source: str) -> ical.Calendar:
    """The head of a calendar of this summit; `source` is the feed's own address."""
    return ical.Calendar(
        uid=uid,
        name=summit.title,
        zone=summit.zone,
        description=". ".join(filter(None, (summit.motto, summit.note))),
        url=absolute("publishing.summit", event=summit.slug),
        source=source,
        color="teal",
    )


def respond(
    cal: ical.Calendar,
    entries: list[ical.Entry],
    programme: Programme,
    *,
    private: bool = False,
    changed: datetime | None = None,
    filename: str = "",
) -> Response:
    """A calendar file, or an empty 304 when the asker has it already (RFC 9110 13.1: the ETag wins over the date).

    `changed` is when the reader's own list last changed, if that is later than the release. With `filename` it is a
    download, without one a subscription.
    """
    modified = ical.last_modified(entries, max(filter(None, (programme.published_at, changed))))
    etag = ical.etag(cal, entries)
    headers = {
        "ETag": etag,
        "Last-Modified": format_datetime(modified.astimezone(UTC), usegmt=True),
        "Cache-Control": f"{'private' if private else 'public'}, max-age=300",
        "Vary": "Accept-Encoding",
    }
    if private:
        headers["X-Robots-Tag"] = "noindex"
    if _has_it(etag, modified):
        return NotModified(status=304, headers=headers)
    if filename:
        headers["Content-Disposition"] = f'attachment; filename="{filename}"'
    return Response(ical.calendar(cal, entries), headers=headers, content_type="text/calendar; charset=utf-8")


def conditional(octets: bytes, modified: datetime, kind: str) -> Response:
    """A feed of this content type, or an empty 304 when the asker has it already."""
    modified = modified.replace(microsecond=0)
    etag = f'"{hashlib.blake2b(octets, digest_size=16).hexdigest()}"'
    headers = {
        "ETag": etag,
        "Last-Modified": format_datetime(modified.astimezone(UTC), usegmt=True),
        "Cache-Control": "public, max-age=300",
        "Vary": "Accept-Encoding",
    }
    if _has_it(etag, modified):
        return NotModified(status=304, headers=headers)
    return Response(octets, headers=headers, content_type=kind)


class NotModified(Response):
    """An empty 304 with both validators; Werkzeug would take Last-Modified out."""

    def get_wsgi_headers(self, environ: WSGIEnvironment) -> Headers:
        headers = super().get_wsgi_headers(environ)
        headers["Last-Modified"] = self.headers["Last-Modified"]
        return headers


def _has_it(etag: str, modified: datetime) -> bool:
    asked = request.headers.get("If-None-Match", "")
    if asked:
        return asked.strip() == "*" or etag in [each.strip().removeprefix("W/") for each in asked.split(",")]
    since = parse_date(request.headers.get("If-Modified-Since"))
    return since is not None and modified <= since
