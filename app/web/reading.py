"""Who reads: the zone and the language a page is made for.

The language is the first of these that is one of ours: the one in the address (?lang=), the one chosen before (a
cookie), the reader's own as we know it (`speaks`), the best of those their browser asks for, English.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from babel import Locale
from flask import Flask, Response, current_app, g, request
from flask_babel import gettext as _
from flask_babel import refresh
from werkzeug.datastructures import LanguageAccept
from werkzeug.http import parse_accept_header, parse_cookie

from app import clock
from app.outbox.tongues import LOCALES, TONGUES, tongue

LANGUAGES = TONGUES
"""The languages in which pages speak: code -> its own name."""
COOKIE = "plenary-language"
SECURE_COOKIE = f"__Host-{COOKIE}"
KEPT = 365 * 24 * 3600
"""Seconds for which a browser keeps what its reader chose."""
FILES = (".ics", ".json", ".xml", ".atom", ".webmanifest")
"""Programs fetch these: each address speaks one language for ever, whoever asks."""


@dataclass(frozen=True)
class Reader:
    zone: str | None
    """The zone chosen by ?tz=, or None: the summit's own."""
    language: str
    note: str = ""
    """A sentence when what was asked for could not be had."""


def reader() -> Reader:
    """The reader of this request; worked out once."""
    if "reader" not in g:
        g.reader = _read(request.args.get("tz", ""), language())
    found: Reader = g.reader
    return found


def _read(zone: str, spoken: str) -> Reader:
    if not zone:
        return Reader(None, spoken)
    if not clock.is_zone(zone):
        return Reader(None, spoken, _("There is no time zone of that name; times are shown in the summit's own."))
    return Reader(zone, spoken)


def language() -> str:
    """The language of this request, as Flask-Babel asks for it; English outside of one."""
    if not request:
        return "en"
    chosen = said(request.environ, request.args.get("lang", ""))
    return chosen or g.get("own_language") or accepted(request.headers.get("Accept-Language", ""))


def said(environ: Mapping[str, str], asked: str) -> str:
    """What the address asks for, else what was chosen before; empty for neither. What programs fetch knows no choice
    but its address."""
    if asked in LANGUAGES:
        return asked
    if environ.get("PATH_INFO", "").endswith(FILES):
        return "en"
    chosen = _chosen(environ.get("HTTP_COOKIE", ""))
    return chosen if chosen in LANGUAGES else ""


def _chosen(cookies: str) -> str:
    """Under the name that it has in production or under the other: the address tells nothing of the settings here."""
    if COOKIE not in cookies:
        return ""
    found = parse_cookie(cookies)
    return found.get(SECURE_COOKIE, "") or found.get(COOKIE, "")


def accepted(header: str) -> str:
    """The one of our languages that a browser's Accept-Language likes best (RFC 9110 12.5.4); "fr" for "fr-CA".

    No more is read of it than browsers send: it is remembered, and a stranger can make it as long as they like.
    """
    return _accepted(header[:200])


@lru_cache(maxsize=1024)
def _accepted(header: str) -> str:
    wishes = parse_accept_header(header, LanguageAccept)  # the dearest first
    spoken = (wish.partition("-")[0].lower() for wish, quality in wishes if quality > 0)
    return next((each for each in spoken if each in LANGUAGES), "en")


def speaks(language: str) -> None:
    """The reader of this request is known to read this language: it stands unless they chose another."""
    g.own_language = tongue(language)
    g.pop("reader", None)
    refresh()


def right_to_left(language: str) -> bool:
    """Whether a language is written from right to left (CLDR)."""
    return Locale.parse(language, sep="-").text_direction == "rtl"


def choose(response: Response, language: str) -> None:
    """Let this browser keep the language, for pages whose addresses do not carry it."""
    secure = str(current_app.config["BASE_URL"]).startswith("https://")
    name = SECURE_COOKIE if secure else COOKIE
    response.set_cookie(name, language, max_age=KEPT, secure=secure, httponly=True, samesite="Lax")


def _remember(response: Response) -> Response:
    """Keep what was chosen by the address; never on an answer that others may be given."""
    chosen = request.args.get("lang", "")
    shared = "keep" in g or "public" in response.headers.get("Cache-Control", "")
    if chosen in LANGUAGES and not shared and _chosen(request.headers.get("Cookie", "")) != chosen:
        choose(response, chosen)
    if response.mimetype == "text/html":
        response.headers["Content-Language"] = language()
    return response


def init_app(app: Flask) -> None:
    app.after_request(_remember)

    @app.context_processor
    def _of_the_reader() -> dict[str, object]:
        if not request:
            return {"language": language()}
        return {
            "zone": reader().zone,
            "zone_note": reader().note,
            "language": language(),
            "languages": list(LANGUAGES.items()),
            "locales": LOCALES,
        }

    app.add_template_global(right_to_left)
