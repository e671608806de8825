"""The public pages that organisers write, with their photos and colours."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, time
from io import BytesIO

from flask import Blueprint, Flask, Response, g, render_template, request, send_file
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select

from app import files
from app.db import db
from app.events.models import Event
from app.publishing import feeds
from app.publishing.views import published
from app.site import pictures, shown
from app.site.shown import Shown, Site, body, site_of
from app.web import absolute, not_found, public
from app.web.atom import Entry, Feed, written
from app.web.kept import keep
from app.web.reading import language

bp = Blueprint("site", __name__)
OPEN = public("organisers show it to everybody")
A_YEAR = 31_536_000
IN_FEED = 40
"""How many pieces of news the feed holds; the page has all."""


@bp.get("/<event>/info/<slug>")
@OPEN
def page(event: str, slug: str) -> str:
    """One page."""
    programme = published(event).public
    site = site_of(event)
    found = site.page(slug)
    if found is None:
        not_found(_("There is no such page here. It may have been taken away; the front page of the summit leads on."))
    return _article("site/page.html", programme=programme, site=site, found=found)


@bp.get("/<event>/news")
@OPEN
def news(event: str) -> str:
    """All news, the newest first."""
    programme = published(event).public
    site = site_of(event)
    keep(g.mark)
    return render_template("site/news.html", programme=programme, site=site)


@bp.get("/<event>/news/<slug>")
@OPEN
def piece(event: str, slug: str) -> str:
    """One piece of news."""
    programme = published(event).public
    site = site_of(event)
    found = site.piece(slug)
    if found is None:
        not_found(_("There is no such piece of news here. It may have been taken away; the list has all there is."))
    return _article("site/piece.html", programme=programme, site=site, found=found)


def _article(template: str, *, programme: object, site: Site, found: Shown) -> str:
    keep(g.mark)
    blocks = body(found.said.text, site.photos)
    return render_template(template, programme=programme, found=found, said=found.said, blocks=blocks)


@bp.get("/<event>/news.atom")
@OPEN
def news_atom(event: str) -> Response:
    """The same as a feed, in the language of its address."""
    told = published(event).programme
    site = site_of(event)
    uid = uuid.UUID(db.session.execute(select(Event.uid).where(Event.slug == event)).scalar_one())
    pieces = site.every_news[:IN_FEED]
    asked = {"lang": language()} if request.args.get("lang") else {}
    about = Feed(
        id=uuid.uuid5(uid, "news").urn,
        title=_("News of the %(title)s", title=told.summit.title),
        author=told.summit.network_name or told.summit.network,
        updated=max((each.changed_at for each in pieces), default=told.published_at),
        page=absolute("site.news", event=event, **asked),
        itself=absolute("site.news_atom", event=event, **asked),
        language=language(),
    )
    octets = written(about, [_entry(each, event, site, asked) for each in pieces])
    return feeds.conditional(octets, about.updated, "application/atom+xml; charset=utf-8")


def _entry(found: Shown, event: str, site: Site, asked: dict[str, str]) -> Entry:
    said = found.said
    day = found.day or found.shown_at.date()
    content = render_template("site/feed.html", parts=body(said.text, site.photos), base=absolute("publishing.home"))
    return Entry(
        id=uuid.UUID(found.uid).urn,
        title=said.title,
        published=datetime.combine(day, time(), UTC),
        updated=found.changed_at,
        page=absolute("site.piece", event=event, slug=found.slug, **asked),
        content=content,
        html=True,
        language=said.language,
    )


@bp.get("/<event>/photos/<key>-<int(max=9999):width>.jpg")
@OPEN
def photo(event: str, key: str, width: int) -> ResponseReturnValue:
    """A photo in one of its widths. What stands at this address never changes, so its reader keeps it for a year.

    Caches that many share keep none, so that nobody new sees one that was taken away.
    """
    try:
        row = pictures.file_of(event, key, width)
        octets = files.octets(row)
    except (LookupError, FileNotFoundError):
        not_found(_("There is no such photo."))
    answer = send_file(BytesIO(octets), mimetype=row.mimetype, download_name="photo.jpg", etag=row.sha256)
    answer.headers["Cache-Control"] = f"private, max-age={A_YEAR}, immutable"
    answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return answer


@bp.get("/<event>/look.css")
@OPEN
def look(event: str) -> ResponseReturnValue:
    """The summit's own colours. An address with the mark of its content may be kept for a year."""
    published(event)
    found = site_of(event).look
    if found is None:
        not_found(_("This summit has no colours of its own."))
    answer = Response(found.css, content_type="text/css; charset=utf-8")
    marked = request.args.get("v") == found.mark
    answer.headers["Cache-Control"] = f"public, max-age={A_YEAR}, immutable" if marked else "no-cache"
    return answer


def init_app(app: Flask) -> None:
    app.register_blueprint(bp)
    shown.init_app(app)
