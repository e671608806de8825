"""The public pages of summits as sitemaps.org lists them, each with its other languages."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from urllib.parse import quote
from xml.sax.saxutils import escape

from app.publishing.programme import Programme
from app.web import absolute
from app.web.reading import LANGUAGES

MOST = 50_000
"""How many addresses one sitemap may hold; those of the oldest summits are left out."""
PAGES = ("publishing.summit", "publishing.agenda", "publishing.programme", "publishing.cities", "publishing.people")
MORE = ("publishing.changes", "calendars.offered", "embedding.code", "registration.register")


def addresses(programme: Programme) -> Iterator[str]:
    """All public pages of one summit."""
    event = programme.summit.slug
    yield from (absolute(each, event=event) for each in PAGES)
    if programme.visits:
        yield absolute("publishing.visits", event=event)
    if programme.outcomes:
        yield absolute("publishing.outcome", event=event)
    if any(each.mode == "video" for session in programme.sessions for each in session.appearances):
        yield absolute("screens.page", event=event)
    yield from (absolute("publishing.session", event=event, code=each.code) for each in programme.sessions)
    yield from (absolute("publishing.city", event=event, member=each.slug) for each in programme.cities)
    yield from (absolute("publishing.person", event=event, code=each.code) for each in programme.people)
    yield from (absolute(each, event=event) for each in MORE)


def written(programmes: Iterable[Programme]) -> str:
    """The file: the front page, and the pages of these summits, which changed with their releases."""
    entries = (
        _entry(each, told.published_at.isoformat(timespec="seconds")) for told in programmes for each in addresses(told)
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:xhtml="http://www.w3.org/1999/xhtml">\n'
        f"{_entry(absolute('publishing.home'))}{''.join(islice(entries, MOST - 1))}</urlset>\n"
    )


def _entry(address: str, changed: str = "") -> str:
    """One address. Its own is that in whichever language its reader likes."""
    others: Mapping[str, str] = {code: f"{address}?lang={quote(code)}" for code in LANGUAGES} | {"x-default": address}
    links = "".join(
        f'<xhtml:link rel="alternate" hreflang="{code}" href="{escape(to)}"/>' for code, to in others.items()
    )
    lastmod = f"<lastmod>{changed}</lastmod>" if changed else ""
    return f"<url><loc>{escape(address)}</loc>{lastmod}{links}</url>\n"
