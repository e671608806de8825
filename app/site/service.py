"""Writing pages and news, showing and hiding them, putting them in order, deleting them and taking that back."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from flask import current_app
from flask_babel import gettext as _
from sqlalchemy import Select, delete, func, select, update

from app.db import db
from app.events.models import Event
from app.journal import note
from app.network.models import folded
from app.outbox.tongues import TONGUES
from app.refused import Refused
from app.site.models import Article, Kind, Photo, Words
from app.site.writing import TITLE, checked

SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
LONGEST_SLUG = 60
KEPT = timedelta(days=30)
"""How long what was deleted can be put back."""


@dataclass(frozen=True)
class Wording:
    """A title, and a text in Markdown."""

    title: str
    text: str


@dataclass(frozen=True)
class Written:
    """What was typed."""

    words: Mapping[str, Wording]
    """By language; a language with neither title nor text is not written."""
    fallback: str
    slug: str = ""
    """Of a new one; empty: made of the title."""
    day: date | None = None
    """Of news."""
    in_navigation: bool = True
    """Of a page."""


def changed(event_id: int) -> None:
    """Wait for one's turn at this site, and let every page that is kept of it be made anew."""
    counted = update(Event).where(Event.id == event_id).values(site=Event.site + 1)
    db.session.execute(counted.execution_options(synchronize_session=False))


def judged(event_id: int, given: Written) -> Words:
    """The words as they may be stored. Refused on "title-fr" or "text-fr" for what stands in a language, and on
    "fallback". It reads the whole text, so it is done before the transaction."""
    photos = set(db.session.execute(select(Photo.key).where(Photo.event_id == event_id)).scalars())
    words: Words = {}
    for code in TONGUES:
        wording = given.words.get(code, Wording("", ""))
        if not wording.title and not wording.text:
            continue
        try:
            _complete(wording)
            checked(wording.text, photos)
        except Refused as no:
            raise Refused(no.message, f"{no.field}-{code}") from no
        words[code] = {"title": wording.title, "text": wording.text}
    if not words:
        raise Refused(_("Write it in at least one language."), f"title-{given.fallback}")
    if given.fallback not in words:
        raise Refused(_("In this language nothing is written yet, so it cannot stand in for others."), "fallback")
    return words


def _complete(wording: Wording) -> None:
    if not wording.title:
        raise Refused(_("Give it a title."), "title")
    if len(wording.title) > TITLE:
        said = _("At most %(most)d characters fit here; these are %(num)d.", most=TITLE, num=len(wording.title))
        raise Refused(said, "title")
    if not wording.text:
        raise Refused(_("Write a text, or leave the title empty too."), "text")


def add(event: Event, kind: Kind, given: Written, words: Words, key: str, *, who: str, now: datetime) -> Article:
    """A new draft, once for each `key`, behind all others. Refused on "slug" and on "day"."""
    changed(event.id)
    known = db.session.execute(select(Article).where(Article.submit_key == key)).scalar_one_or_none()
    if known is not None:
        return known
    slug = _free(event.id, kind, given.slug or _made_of(words[given.fallback]["title"]))
    last = select(func.coalesce(func.max(Article.position), 0)).where(Article.event_id == event.id)
    row = Article(
        event_id=event.id,
        kind=kind,
        slug=slug,
        submit_key=key,
        words=words,
        fallback=given.fallback,
        day=_day(kind, given.day),
        in_navigation=given.in_navigation,
        position=db.session.execute(last).scalar_one() + 1,
        version=1,
        changed_by=who,
        changed_at=now,
    )
    db.session.add(row)
    db.session.flush()
    _note("written", row, who, now)
    return row


def change(event: Event, uid: str, given: Written, words: Words, seen: int, *, who: str, now: datetime) -> Article:
    """Put these words in place of the version `seen`. Refused when somebody changed it since, and on "day"."""
    changed(event.id)
    row = held(event.id, uid)
    if row.version != seen:
        raise Refused(_("Somebody has changed this meanwhile. Theirs stands above, yours is kept in the form."))
    before = _told(row)
    row.words, row.fallback, row.in_navigation = words, given.fallback, given.in_navigation
    row.day = _day(row.kind, given.day)
    _raise(row, who, now)
    _note("changed", row, who, now, before)
    return row


def show(event: Event, uid: str, seen: int, shown: bool, *, who: str, now: datetime) -> Article:
    """Put it before the public, or take it back to a draft; a second time is no fault. Refused when it is no longer
    what was looked at."""
    changed(event.id)
    row = held(event.id, uid)
    if (row.shown_at is not None) == shown:
        return row
    if row.version != seen:
        raise Refused(_("Somebody has changed this meanwhile. Please look again before you show it."))
    row.shown_at = now if shown else None
    row.version += 1
    _note("shown" if shown else "hidden", row, who, now)
    return row


def move(event: Event, uid: str, up: bool, *, who: str, now: datetime) -> None:
    """Let a page and the one before it, or after it, change places; at the end nothing happens."""
    changed(event.id)
    rows = articles(event.id, Kind.PAGE)
    place = _place(rows, uid)
    other = place - 1 if up else place + 1
    if 0 <= other < len(rows):
        rows[place], rows[other] = rows[other], rows[place]
        _order(event, rows, who, now)


def move_before(event: Event, uid: str, other: str, *, who: str, now: datetime) -> None:
    """Let a page stand just before the one whose uid is `other`; empty: after all. Refused when either is gone."""
    changed(event.id)
    rows = articles(event.id, Kind.PAGE)
    row = rows.pop(_place(rows, uid))
    if other != uid:
        rows.insert(_place(rows, other) if other else len(rows), row)
        _order(event, rows, who, now)


def _place(rows: list[Article], uid: str) -> int:
    place = next((number for number, each in enumerate(rows) if each.uid == uid), None)
    if place is None:
        raise _gone()
    return place


def _order(event: Event, rows: list[Article], who: str, now: datetime) -> None:
    for number, each in enumerate(rows, 1):
        each.position = number
    order = {"order": [each.slug for each in rows]}
    note("pages ordered", f"event/{event.slug}", who=who, now=now, event_id=event.id, after=order)


def throw_away(event: Event, uid: str, seen: int, *, who: str, now: datetime) -> None:
    """Delete it: nobody sees it any more, and for `KEPT` it can be put back. A second time is no fault."""
    changed(event.id)
    row = db.session.execute(_by_uid(event.id, uid)).scalar_one_or_none()
    if row is None or row.deleted_at is not None:
        return
    if row.version != seen:
        raise Refused(_("Somebody has changed this meanwhile. Please look again before you delete it."))
    row.deleted_at, row.version = now, row.version + 1
    _note("deleted", row, who, now)


def put_back(event: Event, uid: str, *, who: str, now: datetime) -> Article:
    """Take a deletion back: it stands where it stood, as it was, shown or not. Refused when it is forgotten."""
    changed(event.id)
    row = db.session.execute(_by_uid(event.id, uid)).scalar_one_or_none()
    if row is None:
        raise Refused(_("It was deleted too long ago and is forgotten."))
    if row.deleted_at is not None:
        row.deleted_at, row.version = None, row.version + 1
        _note("put back", row, who, now)
    return row


def forget(now: datetime) -> int:
    """Delete for good what was deleted more than `KEPT` ago; how many."""
    gone = list(db.session.execute(select(Article.id).where(Article.deleted_at < now - KEPT)).scalars())
    if gone:
        db.session.execute(delete(Article).where(Article.id.in_(gone)).execution_options(synchronize_session=False))
    return len(gone)


def articles(event_id: int, kind: Kind) -> list[Article]:
    """What is not deleted: pages in their order, news with the newest first. One query."""
    order = (Article.day.desc(), Article.id.desc()) if kind == Kind.NEWS else (Article.position, Article.id)
    rows = select(Article).where(Article.event_id == event_id, Article.kind == kind, Article.deleted_at.is_(None))
    return list(db.session.execute(rows.order_by(*order)).scalars())


def deleted(event_id: int, kind: Kind) -> list[Article]:
    """What can be put back, the latest first. One query."""
    rows = select(Article).where(Article.event_id == event_id, Article.kind == kind, Article.deleted_at.is_not(None))
    return list(db.session.execute(rows.order_by(Article.deleted_at.desc())).scalars())


def one(event_id: int, kind: Kind, slug: str) -> Article:
    """One that is not deleted. Raises LookupError. One query."""
    rows = select(Article).where(Article.event_id == event_id, Article.kind == kind, Article.slug == slug)
    found = db.session.execute(rows.where(Article.deleted_at.is_(None))).scalar_one_or_none()
    if found is None:
        raise LookupError(f"this event has none of {kind} called {slug!r}")
    return found


def held(event_id: int, uid: str) -> Article:
    """The same by its uid, as it stands now. Refused when it is deleted."""
    query = _by_uid(event_id, uid).execution_options(populate_existing=True)
    found = db.session.execute(query).scalar_one_or_none()
    if found is None or found.deleted_at is not None:
        raise _gone()
    return found


def own_addresses() -> frozenset[str]:
    """The words that are addresses of ours under that of an event."""
    rules = (rule.rule.split("/") for rule in current_app.url_map.iter_rules())
    return frozenset(each[2].partition(".")[0] for each in rules if each[1] == "<event>" and "<" not in each[2])


def _free(event_id: int, kind: Kind, slug: str) -> str:
    if not SLUG.fullmatch(slug) or len(slug) > LONGEST_SLUG:
        said = _("Give it a name for its address: small letters, numbers and hyphens, as in “getting-there”.")
        raise Refused(said, "slug")
    if slug in own_addresses():
        raise Refused(_("“%(slug)s” is an address of the product itself. Choose another.", slug=slug), "slug")
    rows = select(Article).where(Article.event_id == event_id, Article.kind == kind, Article.slug == slug)
    other = db.session.execute(rows).scalar_one_or_none()
    if other is not None and other.deleted_at is not None:
        said = _("“%(slug)s” was the address of something deleted. Put that back, or choose another.", slug=slug)
        raise Refused(said, "slug")
    if other is not None:
        raise Refused(_("“%(title)s” has this address. Choose another.", title=other.title), "slug")
    return slug


def _made_of(title: str) -> str:
    """A slug from the words of a title; empty when it has no Latin letters."""
    words = (re.sub(r"[^a-z0-9]", "", folded(each)) for each in re.split(r"[\W_]+", title))
    plain = "-".join(filter(None, words))
    return plain if len(plain) <= LONGEST_SLUG else plain[:LONGEST_SLUG].rpartition("-")[0]


def _day(kind: Kind, day: date | None) -> date | None:
    if kind == Kind.NEWS and day is None:
        raise Refused(_("News needs its day."), "day")
    return day if kind == Kind.NEWS else None


def _by_uid(event_id: int, uid: str) -> Select[Article]:
    return select(Article).where(Article.event_id == event_id, Article.uid == uid)


def _gone() -> Refused:
    return Refused(_("This was deleted meanwhile. It can be put back at the foot of the list."))


def _raise(row: Article, who: str, now: datetime) -> None:
    row.version += 1
    row.changed_by, row.changed_at = who, now
    db.session.flush()


def _told(row: Article) -> dict[str, object]:
    day = {"day": row.day.isoformat()} if row.day else {}
    return {"title": row.title, "languages": list(row.words), "version": row.version} | day


def _note(what: str, row: Article, who: str, now: datetime, before: dict[str, object] | None = None) -> None:
    named = {Kind.PAGE: "page", Kind.NEWS: "news"}[row.kind]
    subject = f"article/{row.uid}"
    note(f"{named} {what}", subject, who=who, now=now, event_id=row.event_id, before=before, after=_told(row))
