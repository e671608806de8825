"""What search engines fetch: the sitemap, and what they are asked to leave alone."""

from __future__ import annotations

from flask import Blueprint, Response
from sqlalchemy import select

from app.db import db
from app.events.models import Event
from app.publishing import service
from app.publishing.machines import sitemap
from app.publishing.machines.sitemap import Summit
from app.web import absolute, public
from app.web.packed import packable

bp = Blueprint("machines", __name__)
OPEN = public("the programme is for everybody")
CLOSED = ("d", "organise")
"""No search engine need look here. Calendars behind a secret stay open: programs that subscribe to them ask first."""


@bp.get("/robots.txt")
@OPEN
def robots() -> Response:
    closed = "".join(f"Disallow: /{each}/\n" for each in CLOSED)
    text = f"User-agent: *\n{closed}\nSitemap: {absolute('machines.listed')}\n"
    return Response(text, content_type="text/plain; charset=utf-8")


@bp.get("/sitemap.xml")
@OPEN
def listed() -> Response:
    """All public pages of all summits that are published, the latest summit first. One query, but for what is new."""
    rows = db.session.execute(
        select(Event.id, Event.release, Event.site)
        .where(Event.release > 0)
        .order_by(Event.starts_on.desc(), Event.slug)
    )
    found = (Summit(key, site, service.published(key, release).public) for key, release, site in rows.all())
    packable()
    return Response(sitemap.written(found), content_type="application/xml; charset=utf-8")
