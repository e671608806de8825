"""Publishing: preview what a release would change, make it, and read what was told."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from typing import NamedTuple

from flask import current_app
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import joinedload

from app import ical, journal
from app.db import claim, db, glance
from app.events.models import Event
from app.marks import asking
from app.publishing import checks
from app.publishing.composing import compose, summit_of
from app.publishing.differences import Difference, Differences, differences, sessions_changed
from app.publishing.digests import recipients as digests
from app.publishing.digests.sights import Step
from app.publishing.entries import items, told_of
from app.publishing.models import Release, Told
from app.publishing.older import Kept, completed
from app.publishing.programme import Programme, Summit, from_json, to_json
from app.publishing.shown import PUBLIC, Published
from app.refused import Refused
from app.sentences import Sentence
from app.videos import expecting
from app.web import absolute
from app.web.kept import KeepingFlask

KEPT_RELEASES = 64
"""How many releases a process keeps in memory, ready to read; of an event, the one asked for last."""


@dataclass(frozen=True)
class Preview:
    """What publishing would do. `seen` names the draft it was made from; publishing refuses any other."""

    programme: Programme
    before: Programme | None
    """What is published now, if anything is."""
    differences: tuple[Difference, ...]
    told: Mapping[str, ical.Entry]
    """What calendars were told so far."""
    revision: ical.Revision
    seen: str

    @property
    def step(self) -> Step | None:
        """From what is published now to this; None when it is the first, with which nobody's programme changes."""
        if self.before is None:
            return None
        return Step(self.before, self.programme, self.told, self.revision.entries)

    @property
    def public(self) -> tuple[Difference, ...]:
        """What would change in the programme that everybody may see; nothing when it is the first."""
        if self.before is None:
            return ()
        return differences(self.before.open_to(PUBLIC), self.programme.open_to(PUBLIC))


@dataclass(frozen=True)
class Word:
    """Who publishes, and what they say of it: a line for the list, and why in spite of bad hours or clashes."""

    who: str
    note: str = ""
    reason: str = ""
    minor: bool = False
    """Nobody is to get a letter about it."""


def preview(event_id: int, now: datetime) -> Preview:
    """What would change if the draft were published now."""
    event = db.session.get_one(Event, event_id)
    return preview_of(event, compose(event_id, event.release + 1, now), now)


def preview_of(event: Event, programme: Programme, now: datetime) -> Preview:
    """What would change if this became the event's next release."""
    before = programme_of(event)
    told = {code: entry for code, (entry, _visibility) in _told(event.id, event.release).items()}
    revision = ical.revise(told, items(programme), now)
    return Preview(programme, before, differences(before, programme), told, revision, _fingerprint(programme))


NOTHING_NEW = Sentence(_l("Nothing has changed since release %(number)s, so there is nothing to publish."))
STOPS = Sentence(_l("The draft holds what stops publishing: %(words)s Say why it is to be published."))
"""What a planned release may run into when nobody is there: kept, and read later."""


def publish(
    event_id: int,
    *,
    who: str,
    now: datetime,
    seen: str | None = None,
    note: str = "",
    reason: str = "",
    minor: bool = False,
) -> Release:
    """Make the next release of what the draft says, and post the letters about it, unless it is a minor one.

    Refused when the draft is no longer the one that was previewed (`seen`), when somebody published meanwhile, when
    nothing has changed, and, on "reason", when the draft holds what stops publishing here and nobody says why.
    """
    hold(event_id)
    shown = preview(event_id, now)
    if seen is not None and seen != shown.seen:
        raise Refused(_("The draft has changed since you looked. Read what would change now, then publish."))
    if not shown.differences:
        last = shown.programme.release - 1
        raise Refused(NOTHING_NEW.said(number=last))
    needs_reason(event_id, reason)
    return release(event_id, shown, Word(who, note, reason, minor), now)


def hold(event_id: int) -> None:
    """Wait for one's turn, so that nobody edits or publishes meanwhile."""
    db.session.execute(select(Event.id).where(Event.id == event_id).with_for_update())


def release(event_id: int, shown: Preview, word: Word, now: datetime, restores: int | None = None) -> Release:
    """Make the next release of a programme; the caller holds the event and has asked for the reason it may need."""
    if len(word.reason) > LONGEST_REASON:
        raise Refused(_("At most %(count)s characters.", count=LONGEST_REASON), "reason")
    number = shown.programme.release
    if not claim(update(Event).where(Event.id == event_id, Event.release == number - 1).values(release=number)):
        raise Refused(_("Somebody else has just published. Read what would change now, then publish."))
    event = db.session.get_one(Event, event_id)
    sent = digests.send(event, None if word.minor else shown.step)
    made = Release(
        event_id=event_id,
        number=number,
        published_at=now,
        published_by=word.who,
        note=word.note,
        reason=word.reason,
        minor=word.minor,
        letters=len(sent.letters),
        calls=len(sent.calls),
        restores=restores,
        programme=to_json(shown.programme),
        sessions=sessions_changed(shown.differences),
        changes=to_json(Differences(shown.public)),
    )
    db.session.add(made)
    _tell(event_id, shown)
    if restores is None:  # what an older release holds need not be what the draft holds
        expecting.settle(event_id, word.who, now)
        expecting.announce(event_id)
    after = {
        "changes": len(shown.differences),
        "calendar": len(shown.revision.changes),
        "letters": len(sent.letters),
    }
    more = {"reason": word.reason, "restores": restores, "minor": word.minor}
    journal.note(
        "published",
        f"release/{number}",
        who=word.who,
        now=now,
        event_id=event_id,
        after=after | {name: value for name, value in more.items() if value},
    )
    db.session.flush()
    return made


LONGEST_REASON = 500


def needs_reason(event_id: int, reason: str) -> None:
    """Refused on "reason" when the draft may be published only with one, and there is none."""
    if not reason and (found := checks.grave(event_id)):
        raise Refused(STOPS.said(words=" ".join(each.words for each in found[:3])), "reason")


def _tell(event_id: int, shown: Preview) -> None:
    """Store what calendars are told from now on. An entry that did not change stays as it was, to the octet."""
    rows = {row.code: row for row in db.session.execute(select(Told).where(Told.event_id == event_id)).scalars()}
    session = shown.programme.session
    for code, entry in shown.revision.entries.items():
        row = rows.get(code)
        if row is None:
            row = Told(event_id=event_id, code=code, visibility="public", release=0, entry={})
            db.session.add(row)
        if code in session:
            row.visibility = shown.programme.visibility_of(session[code])
        if entry is not shown.told.get(code):
            row.release = shown.programme.release
        if row.entry != (told := entry.to_json()):
            row.entry = told  # one that did not change may be an older one, made whole


class Standing(NamedTuple):
    """What the public pages of an event are made of now."""

    event_id: int
    release: int
    site: int

    @property
    def mark(self) -> tuple[int, int]:
        """The mark under which pages are kept: it is another one after each publishing and each change of the site."""
        return self.release, self.site


def standing(slug: str) -> Standing | None:
    """How the event stands now, at the cost of one query; None when there is no such event."""
    found = glance(STANDING, slug=slug)
    return Standing(*found) if found is not None else None


STANDING = select(Event.id, Event.release, Event.site).where(Event.slug == bindparam("slug"))
"""Made once: making it anew takes as long as asking it."""


def current(slug: str) -> Published | None:
    """What the public is told of this event now, at the cost of one query; None when nothing is published."""
    found = standing(slug)
    return published(found.event_id, found.release) if found is not None and found.release else None


def summits() -> list[Summit]:
    """The facts of every event that is published, the latest first. One query."""
    rows = db.session.execute(
        select(Release.programme["summit"])
        .join(Event, (Event.id == Release.event_id) & (Event.release == Release.number))
        .order_by(Event.starts_on.desc(), Event.slug)
    )
    return [from_json(Summit, facts) for (facts,) in rows]


def published(event_id: int, release: int) -> Published:
    """One release, from memory where this process has read it before."""
    kept: dict[tuple[int, int], Published] = current_app.extensions["programmes"]
    if (found := kept.get((event_id, release))) is None:
        for key in [key for key in list(kept) if key[0] == event_id]:
            kept.pop(key, None)
        while len(kept) >= KEPT_RELEASES:
            kept.pop(next(iter(kept)), None)
        found = kept[event_id, release] = _stored(event_id, release)
    return found


def told(event_id: int, release: int) -> Published:
    """What is told of this event at this release; all but its own facts is empty while nothing is published."""
    if release:
        return published(event_id, release)
    whole = select(Event).options(joinedload(Event.network), joinedload(Event.host)).where(Event.id == event_id)
    event = db.session.execute(whole).scalar_one()
    return Published(Programme(0, datetime(1970, 1, 1, tzinfo=UTC), summit_of(event)), {}, event_id)


def stored_programme(event_id: int, number: int) -> Programme:
    """The programme of any release, which the process does not keep. Raises LookupError when there is none."""
    asked = select(Release.programme).where(Release.event_id == event_id, Release.number == number)
    found = db.session.execute(asked).scalar_one_or_none()
    if found is None:
        raise LookupError(f"this event has no release {number}")
    return from_json(Programme, found)


def programme_of(event: Event) -> Programme | None:
    """The programme as last published, closed sessions included; None when nothing is published."""
    return published(event.id, event.release).programme if event.release else None


def _stored(event_id: int, release: int) -> Published:
    row = db.session.execute(
        select(Release.programme).where(Release.event_id == event_id, Release.number == release)
    ).scalar_one()
    programme = from_json(Programme, row)
    entries = {
        code: (_addressed(entry, programme.summit.slug, code) if visibility == PUBLIC else entry, visibility)
        for code, (entry, visibility) in _told(event_id, release).items()
    }
    return Published(programme, entries, event_id)


def _told(event_id: int, release: int) -> dict[str, tuple[ical.Entry, str]]:
    asked = select(Told.code, Told.entry, Told.visibility, Told.release).where(Told.event_id == event_id)
    rows = db.session.execute(asked).all()
    stored = {row.code: Kept(told_of(row.entry), row.visibility, row.release) for row in rows}
    return completed(stored, release, partial(stored_programme, event_id))


def _addressed(entry: ical.Entry, slug: str, code: str) -> ical.Entry:
    """The entry with the address of the session's page, which is not stored: where the product stands may change."""
    return replace(entry, item=replace(entry.item, url=absolute("publishing.session", event=slug, code=code)))


def _fingerprint(programme: Programme) -> str:
    """What tells one draft from another, whatever the hour."""
    values = to_json(replace(programme, published_at=None))  # type: ignore[arg-type]
    return hashlib.blake2b(json.dumps(values, sort_keys=True).encode(), digest_size=16).hexdigest()


def init_app(app: KeepingFlask) -> None:
    """Give the application its memory of releases, and tell kept pages by which mark they stand."""
    app.extensions["programmes"] = {}
    ask = asking(app, select(Event.release, Event.site).where(Event.slug == bindparam("slug")))

    def mark(slug: str) -> tuple[int, int] | None:
        found = ask(slug)
        return (int(found[0]), int(found[1])) if found else None

    app.shelf.mark = mark
