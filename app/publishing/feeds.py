"""Calendars and other feeds over HTTP: what a subscriber polls, answered by 304 as long as nothing has changed."""

from __future__ import annotations

import hashlib
from collections.abc import Set
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.utils import format_datetime
from functools import lru_cache
from typing import TYPE_CHECKING

from flask import Response, current_app, request
from werkzeug.datastructures import Headers

from app import clock, ical
from app.outbox.tongues import TONGUES
from app.publishing import personal
from app.publishing.personal import Reader
from app.publishing.programme import Summit
from app.publishing.shown import Published
from app.web import absolute
from app.web.kept import has_it

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment


@dataclass(frozen=True)
class Part:
    """A part of the public programme that has a calendar of its own."""

    kind: str = "all"
    """"all", "day", "theme", "room", "session", "city", or "online": what can be joined from afar."""
    value: str = ""
    """The day as 2023-02-28, the slug of theme or city, the key of the room, the code of the session."""

    @property
    def key(self) -> str:
        return f"{self.kind}/{self.value}" if self.value else self.kind


@dataclass(frozen=True)
class Feed:
    """One calendar as it is at present, before it is written."""

    key: str
    """What tells it from every other of the event, whoever asks: "all", "day/2023-02-28", "person/<uid>/0"."""
    event_id: int
    release: int
    file: ical.File
    modified: datetime
    """When it last changed, removals included (UTC, whole seconds)."""
    filename: str
    """What a download is called, ASCII."""
    private: bool = False
    changes_at: datetime | None = None
    """When something leaves it by the passing of time alone; None: nothing will."""


def sheaf(shown: Published, choice: Part | Reader, language: str, now: datetime) -> ical.Sheaf:
    """What stands in the calendar of a part or a reader at `now`, from memory where it was asked for before."""
    at = shown.removed_at(now)

    def make() -> ical.Sheaf:
        if isinstance(choice, Reader):
            entries = personal.entries(shown, choice, language)
        else:
            told = shown.public_entries(language).items()
            entries = [each for code, each in told if _is_in(shown, code, each.item, choice)]
        return ical.Sheaf.of(ical.live(entries, at) if at else entries)

    return shown.sheaves.get((choice, language, at), make)


def picked(shown: Published, codes: Set[str], language: str, now: datetime) -> ical.Sheaf:
    """What stands in the calendar of these public sessions at `now`. Not remembered: everybody picks others."""
    at = shown.removed_at(now)
    entries = [each for code, each in shown.public_entries(language).items() if code in codes]
    return ical.Sheaf.of(ical.live(entries, at) if at else entries)


def _is_in(shown: Published, code: str, item: ical.Item, part: Part) -> bool:
    """Whether what everybody may see belongs to a part. A session that an older release had stands in no block."""
    session = shown.public.session.get(code)
    block = shown.public.session.get(session.parent) if session else None
    kept = [each for each in (session, block) if each]
    match part.kind:
        case "day":
            return _day(item) == part.value
        case "city":
            return item.circle.how(f"city/{part.value}") is not None
        case "online":
            joinable = shown.entries[code][0].item.joinable
            return joinable or any("online" in how for _who, how in item.circle.members)
        case "theme":
            return part.value in {each.theme for each in kept}
        case "room":
            return session is not None and (session.room, part.value) in shown.public.room_keys
        case "session":
            return code == part.value or part.value in {each.code for each in kept}
    return part.kind == "all"


def _day(item: ical.Item) -> str:
    starts = clock.local(item.starts, item.zone).date() if isinstance(item.starts, datetime) else item.starts
    return starts.isoformat()


def head(summit: Summit, uid: str, name: str = "", language: str = "en", source: str = "") -> ical.Calendar:
    """The head of a calendar of this summit. `uid` tells it from every other and never changes; `source` is the feed's
    own address; `name` is what it holds, if that is not all of the summit."""
    common = _common(summit, language, current_app.config["BASE_URL"])
    return replace(common, uid=uid, source=source, name=f"{summit.title}: {name}" if name else summit.title)


@lru_cache(maxsize=64)
def _common(summit: Summit, language: str, _base: str) -> ical.Calendar:
    return ical.Calendar(
        uid="none",
        name=summit.title,
        zone=summit.zone,
        description=". ".join(filter(None, (summit.motto, summit.note))),
        language=language,
        url=absolute("publishing.summit", event=summit.slug),
        color="teal",
    )


def language() -> str:
    """The language in which a calendar is asked for by ?lang=, one of those of letters; English without one.

    It is in the address, so one address speaks one language for ever.
    """
    asked = request.args.get("lang", "")
    return asked if asked in TONGUES else "en"


def source(language: str = "en") -> str:
    """The address of the feed that is asked for, as it stands in the file: one for each language."""
    return f"{current_app.config['BASE_URL']}{request.path}{f'?lang={language}' if language != 'en' else ''}"


def modified(shown: Published, file: ical.File, now: datetime, *also: datetime | None) -> datetime:
    """When a calendar last changed; `also` are moments at which its own list did so between releases."""
    moments = (shown.programme.published_at, shown.removed_at(now), *also)
    return max([file.newest, *(each for each in moments if each)]).astimezone(UTC).replace(microsecond=0)


def respond(feed: Feed, *, download: bool) -> Response:
    """The calendar file, or an empty 304 when the asker has it already (RFC 9110 13.1: the ETag wins over the date)."""
    etag = feed.file.etag
    headers = {
        "ETag": etag,
        "Last-Modified": format_datetime(feed.modified, usegmt=True),
        "Cache-Control": f"{'private' if feed.private else 'public'}, max-age=300",
        "Vary": "Accept-Encoding",
    }
    if feed.private:
        headers |= {"X-Robots-Tag": "noindex", "Referrer-Policy": "no-referrer"}
    if has_it(request.environ, etag, feed.modified):
        return NotModified(status=304, headers=headers)
    if download:
        headers["Content-Disposition"] = f'attachment; filename="{feed.filename}"'
    return Response(feed.file.octets(), headers=headers, content_type="text/calendar; charset=utf-8")


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
    if has_it(request.environ, etag, modified):
        return NotModified(status=304, headers=headers)
    return Response(octets, headers=headers, content_type=kind)


class NotModified(Response):
    """An empty 304 with both validators; Werkzeug would take Last-Modified out."""

    def get_wsgi_headers(self, environ: WSGIEnvironment) -> Headers:
        headers = super().get_wsgi_headers(environ)
        headers["Last-Modified"] = self.headers["Last-Modified"]
        return headers
