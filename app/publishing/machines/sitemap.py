"""The public pages of summits as sitemaps.org lists them, each with its other languages."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from urllib.parse import quote
from xml.sax.saxutils import escape

from app.publishing.programme import Programme
from app.web import absolute
from app.web.reading import LANGUAGES

MOST = 50_000
"""How many addresses one sitemap may hold; those of the oldest summits are left out."""
OURS = ("publishing.home", "statement.page")
PAGES = ("publishing.summit", "publishing.agenda", "publishing.programme", "publishing.cities", "publishing.people")
MORE = ("publishing.changes", "calendars.offered", "embedding.code", "registration.register")


@dataclass(frozen=True)
class Summit:
    """A summit that is published: what its pages speak from."""

    id: int
    site: int
    """Which state of what organisers write around the programme (Event.site)."""
    programme: Programme


@dataclass(frozen=True)
class Page:
    """A public page, and when it changed."""

    address: str
    changed_at: datetime


more: list[Callable[[Summit], Iterable[Page]]] = []
"""Further public pages of a summit, which later rooms hang on it; while nothing is new they ask no database."""


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


def pages(summit: Summit) -> Iterator[Page]:
    """All public pages of one summit: those of the programme, which changed with its release, then those of others."""
    yield from (Page(each, summit.programme.published_at) for each in addresses(summit.programme))
    for others in more:
        yield from others(summit)


def written(summits: Iterable[Summit]) -> str:
    """The file: the pages of the installation, and those of these summits."""
    entries = (_entry(each.address, each.changed_at) for summit in summits for each in pages(summit))
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:xhtml="http://www.w3.org/1999/xhtml">\n'
        f"{''.join(_entry(absolute(each)) for each in OURS)}{''.join(islice(entries, MOST - len(OURS)))}</urlset>\n"
    )


def _entry(address: str, changed_at: datetime | None = None) -> str:
    """One address. Its own is that in whichever language its reader likes."""
    others: Mapping[str, str] = {code: f"{address}?lang={quote(code)}" for code in LANGUAGES} | {"x-default": address}
    links = "".join(
        f'<xhtml:link rel="alternate" hreflang="{code}" href="{escape(to)}"/>' for code, to in others.items()
    )
    lastmod = f"<lastmod>{changed_at.isoformat(timespec='seconds')}</lastmod>" if changed_at else ""
    return f"<url><loc>{escape(address)}</loc>{lastmod}{links}</url>\n"
