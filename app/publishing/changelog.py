"""The public change log: what each release changed in the programme that everybody may see, as values and as a feed."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import select

from app.db import db
from app.events.models import Event
from app.publishing.differences import Difference, Differences, differences
from app.publishing.models import Release
from app.publishing.programme import Programme, Summit, from_json
from app.publishing.shown import PUBLIC
from app.publishing.wording import plain, tell
from app.web import absolute
from app.web.atom import Entry, Feed, written
from app.web.wording import zone_name

IN_FEED = 40
"""How many releases the feed holds; the page has all."""


@dataclass(frozen=True)
class Logged:
    """One release, as the public reads of it."""

    number: int
    published_at: datetime
    restores: int | None
    found: tuple[Difference, ...]

    @property
    def first(self) -> bool:
        return self.number == 1


def log(slug: str) -> list[Logged]:
    """All releases of this event, the newest first. One query, two while old ones do not say what they changed."""
    rows = db.session.execute(
        select(Release.event_id, Release.number, Release.published_at, Release.restores, Release.changes)
        .join(Event)
        .where(Event.slug == slug, Release.number <= Event.release)
        .order_by(Release.number.desc())
    ).all()
    silent = {row.number for row in rows if row.changes is None and row.number > 1}
    older = _worked_out(rows[0].event_id, silent) if silent else {}
    return [
        Logged(
            row.number,
            row.published_at,
            row.restores,
            from_json(Differences, row.changes).found if row.changes else older.get(row.number, ()),
        )
        for row in rows
    ]


def _worked_out(event_id: int, numbers: set[int]) -> Mapping[int, tuple[Difference, ...]]:
    """The public differences of releases that were made before they were stored with them."""
    wanted = numbers | {number - 1 for number in numbers}
    rows = db.session.execute(
        select(Release.number, Release.programme).where(Release.event_id == event_id, Release.number.in_(wanted))
    )
    public = {number: from_json(Programme, stored).open_to(PUBLIC) for number, stored in rows}
    return {number: differences(public.get(number - 1), public[number]) for number in numbers}


def feed(summit: Summit, uid: str, logged: Sequence[Logged]) -> bytes:
    """The log as Atom (RFC 4287); `uid` is the event's own, from which the ids come that never change."""
    space = uuid.UUID(uid)
    page = absolute("publishing.changes", event=summit.slug)
    about = Feed(
        id=uuid.uuid5(space, "changes").urn,
        title=_("Changes of the %(title)s", title=summit.title),
        author=summit.network_name or summit.network,
        updated=logged[0].published_at,
        page=page,
        itself=absolute("publishing.changes_atom", event=summit.slug),
    )
    entries = [
        Entry(
            id=uuid.uuid5(space, f"release/{each.number}").urn,
            title=_("Release %(number)s", number=each.number),
            published=each.published_at,
            updated=each.published_at,
            page=f"{page}#release-{each.number}",
            content="\n".join(_lines(each, summit.zone)),
        )
        for each in logged[:IN_FEED]
    ]
    return written(about, entries)


def _lines(each: Logged, zone: str) -> list[str]:
    lines = [opening(each)]
    lines += [plain(told) for told in tell(each.found, zone)]
    timed = any(detail.moments for found in each.found for detail in found.details)
    return [*lines, _("Times are those of %(zone)s.", zone=zone_name(zone))] if timed else lines


def opening(each: Logged) -> str:
    """What stands first about a release."""
    if each.first:
        return str(_("The programme was published for the first time."))
    back = _("The programme of release %(number)s stands again.", number=each.restores) if each.restores else ""
    if not each.found:
        return " ".join(filter(None, (back, _("Nothing changed in the public programme."))))
    return str(back or _("Changed in the public programme:"))
