"""The site of one summit as its readers see it: what is shown, in their language, from memory while nothing changes."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Any

from flask import Flask, current_app, g, url_for
from markupsafe import Markup
from sqlalchemy import bindparam, select
from sqlalchemy.orm import selectinload

from app.db import db, glance
from app.events.models import Event
from app.site import colours, writing
from app.site.models import Article, Kind, Look, Photo, Words
from app.web import here
from app.web.reading import language, right_to_left

KEPT_SITES = 64
"""How many sites a process keeps in memory; of an event, the one asked for last."""
LATEST = 3
"""How many pieces of news stand on the front page of a summit."""


@dataclass(frozen=True)
class Said:
    """Words in the language in which there are some."""

    title: str
    text: str
    language: str

    @property
    def direction(self) -> str:
        return "rtl" if right_to_left(self.language) else "ltr"


def marked(found: Said) -> str:
    """The title, with its language where that is not the page's."""
    if found.language == language():
        return found.title
    told = {"code": found.language, "dir": found.direction, "title": found.title}
    return Markup('<span lang="{code}" dir="{dir}">{title}</span>').format(**told)


def said(words: Words | Mapping[str, Any], fallback: str, reader: str) -> Said:
    """What is said to somebody who reads in this language: in it, or else in the fallback."""
    spoken = reader if reader in words else fallback
    return Said(words[spoken]["title"], words[spoken]["text"], spoken)


@dataclass(frozen=True)
class Shown:
    """A page or a piece of news that everybody may read."""

    uid: str
    slug: str
    words: Words
    fallback: str
    in_navigation: bool
    day: date | None
    shown_at: datetime
    changed_at: datetime

    @property
    def said(self) -> Said:
        """In the reader's language."""
        return said(self.words, self.fallback, language())

    @property
    def title(self) -> str:
        return self.said.title

    @property
    def excerpt(self) -> str:
        return writing.excerpt(self.said.text)


@dataclass(frozen=True)
class Picture:
    """A photo that everybody may see."""

    event: str
    """The slug of its event."""
    key: str
    words: Words
    fallback: str
    credit: str
    sizes: tuple[tuple[int, int], ...]
    """Width and height, the largest last."""

    @property
    def language(self) -> str:
        """In which `alt` is."""
        return language() if language() in self.words else self.fallback

    @property
    def alt(self) -> str:
        return self.words[self.language]["alt"]

    @property
    def width(self) -> int:
        return self.sizes[-1][0]

    @property
    def height(self) -> int:
        return self.sizes[-1][1]

    @property
    def src(self) -> str:
        return self._address(self.width)

    @property
    def small(self) -> str:
        """The address of the smallest, for the desk."""
        return self._address(self.sizes[0][0])

    @property
    def srcset(self) -> str:
        return ", ".join(f"{self._address(width)} {width}w" for width, _height in self.sizes)

    def _address(self, width: int) -> str:
        return url_for("site.photo", event=self.event, key=self.key, width=width)


@dataclass(frozen=True)
class Colours:
    """A summit's own colours."""

    event: str
    accent: str
    accent_dark: str

    @cached_property
    def css(self) -> str:
        return colours.stylesheet(colours.both(self.accent, self.accent_dark))

    @cached_property
    def mark(self) -> str:
        """Changes with every other stylesheet."""
        return hashlib.blake2b(self.css.encode(), digest_size=6).hexdigest()

    @property
    def href(self) -> str:
        """The address of its stylesheet."""
        return url_for("site.look", event=self.event, v=self.mark)


@dataclass(frozen=True)
class Site:
    """All that is shown around the programme of one summit. Pages in their order, news with the newest first."""

    event: str
    """Its slug."""
    pages: tuple[Shown, ...] = ()
    every_news: tuple[Shown, ...] = ()
    photos: Mapping[str, Picture] = field(default_factory=dict)
    look: Colours | None = None
    hero: Picture | None = None

    @property
    def news(self) -> tuple[Shown, ...]:
        """The latest."""
        return self.every_news[:LATEST]

    @property
    def links(self) -> list[tuple[str, str, str]]:
        """The pages that stand in the navigation, as (key, title, address)."""
        return [
            (f"info/{each.slug}", marked(each.said), here("site.page", event=self.event, slug=each.slug))
            for each in self.pages
            if each.in_navigation
        ]

    def page(self, slug: str) -> Shown | None:
        return next((each for each in self.pages if each.slug == slug), None)

    def piece(self, slug: str) -> Shown | None:
        """A piece of news."""
        return next((each for each in self.every_news if each.slug == slug), None)


def site_of(event: Any) -> Site:
    """The site of an event, given as its row, its slug or anything with one; the same for all of a request.

    One query, none when its row is given, and a few more after each change.
    """
    slug = event if isinstance(event, str) else event.slug
    seen: dict[str, Site] = g.setdefault("sites", {})
    if slug not in seen:
        found = (event.id, event.site) if isinstance(event, Event) else glance(REVISION, slug=slug)
        seen[slug] = site(found[0], found[1], slug) if found else Site(slug)
    return seen[slug]


REVISION = select(Event.id, Event.site).where(Event.slug == bindparam("slug"))


def site(event_id: int, revision: int, slug: str) -> Site:
    """One state of a site, from memory where this process has read it before; at first there is nothing in it."""
    if not revision:
        return Site(slug)
    kept: dict[tuple[int, int], Site] = current_app.extensions["sites"]
    if (found := kept.get((event_id, revision))) is None:
        for key in [key for key in list(kept) if key[0] == event_id]:
            kept.pop(key, None)
        while len(kept) >= KEPT_SITES:
            kept.pop(next(iter(kept)), None)
        found = kept[event_id, revision] = _read(event_id, slug)
    return found


def _read(event_id: int, slug: str) -> Site:
    """Three queries."""
    rows = select(Article).where(Article.event_id == event_id, Article.shown_at.is_not(None))
    rows = rows.where(Article.deleted_at.is_(None)).order_by(Article.position, Article.id)
    articles = db.session.execute(rows).scalars().all()
    news = sorted((each for each in articles if each.kind == Kind.NEWS), key=_newest, reverse=True)
    photos = {each.key: pictured(each, slug) for each in photos_of(event_id)}
    look = db.session.execute(
        select(Look.accent, Look.accent_dark, Photo.key)
        .outerjoin(Photo, Photo.id == Look.hero_id)
        .where(Look.event_id == event_id)
    ).one_or_none()
    return Site(
        slug,
        tuple(_shown(each) for each in articles if each.kind == Kind.PAGE),
        tuple(_shown(each) for each in news),
        photos,
        Colours(slug, look.accent, look.accent_dark) if look and look.accent else None,
        photos.get(look.key) if look else None,
    )


def _newest(row: Article) -> tuple[date, int]:
    return row.day or date.min, row.id


def _shown(row: Article) -> Shown:
    shown_at = row.shown_at or row.changed_at
    return Shown(
        row.uid, row.slug, row.words, row.fallback, row.in_navigation, row.day, shown_at, max(shown_at, row.changed_at)
    )


def photos_of(event_id: int) -> list[Photo]:
    """The photos of an event with their sizes, the newest first; not the deleted ones. Two queries."""
    rows = select(Photo).where(Photo.event_id == event_id, Photo.deleted_at.is_(None)).order_by(Photo.id.desc())
    return list(db.session.execute(rows.options(selectinload(Photo.sizes))).scalars())


def pictured(row: Photo, slug: str) -> Picture:
    """A photo's row, with its sizes, as readers see it."""
    sizes = tuple((each.width, each.height) for each in row.sizes)
    return Picture(slug, row.key, row.alt, row.fallback, row.credit, sizes)


def body(text: str, photos: Mapping[str, Picture]) -> list[tuple[writing.Part, Picture | None]]:
    """The parts of a text with their photos; a photo that is no more leaves nothing behind."""
    found = ((each, photos.get(each.photo)) for each in writing.parts(text))
    return [(part, picture) for part, picture in found if picture is not None or not part.photo]


def init_app(app: Flask) -> None:
    """Give the application its memory of sites, and templates `site_of(event)`."""
    app.extensions["sites"] = {}
    app.add_template_global(site_of)
