"""Calendars over HTTP: the public ones, those of offices and moderators, and the page that offers the public ones."""

from __future__ import annotations

import logging
from datetime import UTC, datetime, time, timedelta
from typing import NoReturn

from flask import Blueprint, Response, current_app, g, request
from flask_babel import gettext as _
from sqlalchemy.exc import DBAPIError

from app import clock
from app.db import BRIEFLY, Busy, write
from app.outbox.tongues import TONGUES
from app.publishing import feeds
from app.publishing.calendars import fetches, service
from app.publishing.feeds import Feed, Part
from app.publishing.views import OPEN, page, published, spoken
from app.web import not_found, public
from app.web.kept import KeepingFlask, Key, keep_until, key_of, own_mark
from app.web.packed import packable

bp = Blueprint("calendars", __name__)
SECRET = public("the secret in the address is the permission")
log = logging.getLogger(__name__)


@bp.get("/<event>/calendars")
@OPEN
def offered(event: str) -> str:
    """All public calendars of a summit."""
    shown = published(event)
    others = [(code, name, service.address(event, service.ALL, lang=code)) for code, name in TONGUES.items()]
    return page("public/calendars.html", shown, offers=list(service.offers(spoken(shown))), tongues=others[1:])


@bp.get("/<event>/agenda.ics", endpoint="all")
@OPEN
def whole(event: str) -> Response:
    return _public(event, service.ALL)


@bp.get("/<event>/online.ics")
@OPEN
def online(event: str) -> Response:
    return _public(event, service.ONLINE)


@bp.get("/<event>/days/<day>.ics")
@OPEN
def day(event: str, day: str) -> Response:
    return _public(event, Part("day", day))


@bp.get("/<event>/themes/<slug>.ics")
@OPEN
def theme(event: str, slug: str) -> Response:
    return _public(event, Part("theme", slug))


@bp.get("/<event>/rooms/<key>.ics")
@OPEN
def room(event: str, key: str) -> Response:
    return _public(event, Part("room", key))


@bp.get("/<event>/sessions/<code>.ics")
@OPEN
def session(event: str, code: str) -> Response:
    return _public(event, Part("session", code))


@bp.get("/<event>/cities/<member>.ics")
@OPEN
def city(event: str, member: str) -> Response:
    return _public(event, Part("city", member))


@bp.get("/<event>/calendar/chosen.ics")
@OPEN
def chosen(event: str) -> Response:
    """The sessions that a visitor has starred, named by the address: a file to keep, which nobody is noted to fetch."""
    shown, spoken = published(event), feeds.language()
    codes = frozenset(request.args.getlist("session"))
    try:
        feed = service.picked(shown, codes, clock.now(), language=spoken)
    except LookupError:
        not_found(_("None of these sessions stands on the agenda. It may have changed since they were chosen."))
    return feeds.respond(feed, download=True)


@bp.get("/c/<token>/city.ics")
@SECRET
def office(token: str) -> Response:
    """All that concerns one city, for those who look after its delegation."""
    told = feeds.language()
    try:
        return serve(service.by_office(token, feeds.source(told), clock.now(), told))
    except LookupError:
        _no_calendar()


@bp.get("/c/<token>/programme.ics")
@SECRET
def moderator(token: str) -> Response:
    """Where one person of the programme appears, closed sessions included."""
    told = feeds.language()
    try:
        return serve(service.by_moderator(token, feeds.source(told), clock.now(), told))
    except LookupError:
        _no_calendar()


def _public(event: str, part: Part) -> Response:
    shown = published(event)
    try:
        told = feeds.language()
        return serve(service.public(shown, part, clock.now(), language=told, source=feeds.source(told)))
    except LookupError:
        not_found(_("No calendar stands at this address. The page of calendars lists those that there are."))


def _no_calendar() -> NoReturn:
    not_found(_("This address opens no calendar. It may have been replaced; ask whoever gave it to you."))


def serve(feed: Feed) -> Response:
    """The calendar, with ?download as a file to keep; that a program fetched it is noted once it has been sent.

    It is kept until the day ends, by UTC, so that the first fetch of each day comes here and is noted.
    """
    download = "download" in request.args
    response = feeds.respond(feed, download=download)
    now = clock.now()
    if request.method == "GET" and not download:
        if fetches.is_due(feed, now):
            app, key = current_app._get_current_object(), key_of(request.environ)  # type: ignore[attr-defined]
            response.call_on_close(lambda: _note(app, feed, key))
        tomorrow = datetime.combine(now.astimezone(UTC).date() + timedelta(days=1), time(), UTC)
        until = min(tomorrow, feed.changes_at or tomorrow)
        if not feed.private:
            packable()
            keep_until(until, g.mark)
        elif feed.release:  # before the first one, what stands in its head may change at any time
            keep_until(until, own_mark())
    return response


def _note(app: KeepingFlask, feed: Feed, key: Key | None) -> None:
    """Note a fetch. Nobody waits for it, and nothing is lost if it cannot be done: the next fetch is noted."""
    with app.app_context():
        now = clock.now()
        try:
            write(lambda: fetches.note(feed, now), patience=BRIEFLY)
        except (Busy, DBAPIError):
            fetches.forget(feed)
            if key is not None:
                app.shelf.drop(key)
            log.warning("That a calendar was fetched could not be noted.")
