"""Photos of a site: drawn anew when they come, described in words, shown at the head, deleted and put back."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, select, update
from sqlalchemy.orm import joinedload

from app import files, photos
from app.db import db
from app.events.models import Event
from app.files import File, Kept
from app.journal import note
from app.outbox.tongues import TONGUES
from app.photos import Drawn
from app.refused import Refused
from app.site.models import Article, Look, Photo, PhotoSize, Words
from app.site.service import KEPT, changed
from app.site.writing import PHOTO

ALT, CREDIT = 250, 200
"""How many characters a description and a credit may have."""
WANTED = photos.Wanted(
    least=600,
    most=2000,
    longest=4,
    megabytes=20,
    pixels=50_000_000,
    formats=("JPEG", "PNG", "WEBP"),
    only=_l("Only JPG, PNG and WebP photos are taken, whatever the name says."),
    narrow=_l("The photo is far too long and narrow for a page. Please cut it."),
    widths=(480, 960, 1440),
    quality=82,
)


@dataclass(frozen=True)
class Described:
    """What was typed about a photo: what is to be seen, by language, and who took it."""

    alt: Mapping[str, str]
    fallback: str
    credit: str


@dataclass(frozen=True)
class Laid:
    """One width of a photo, whose octets lie in the store and wait for their row."""

    drawn: Drawn
    kept: Kept


def laid(octets: bytes) -> tuple[Laid, ...]:
    """A photo drawn anew in several widths and laid into the store; to be done before the transaction. Refused on
    "photo" in words."""
    made = photos.drawn(octets, WANTED)
    return tuple(
        Laid(each, files.keep(each.octets, "photo.jpg", megabytes=WANTED.megabytes, field="photo")) for each in made
    )


def judged(given: Described) -> Words:
    """What may be stored of the words. Refused on "alt-fr" for what stands in a language, on "fallback", "credit"."""
    alt: Words = {code: {"alt": said} for code in TONGUES if (said := given.alt.get(code, ""))}
    for code, words in alt.items():
        if len(words["alt"]) > ALT:
            most = _("At most %(most)d characters fit here; these are %(num)d.", most=ALT, num=len(words["alt"]))
            raise Refused(most, f"alt-{code}")
    if not alt:
        said_why = _("Say what is to be seen, in at least one language: for who cannot see it, and for search engines.")
        raise Refused(said_why, f"alt-{given.fallback}")
    if given.fallback not in alt:
        raise Refused(_("In this language nothing is written yet, so it cannot stand in for others."), "fallback")
    if len(given.credit) > CREDIT:
        most = _("At most %(most)d characters fit here; these are %(num)d.", most=CREDIT, num=len(given.credit))
        raise Refused(most, "credit")
    return alt


def add(event: Event, sizes: Sequence[Laid], given: Described, key: str, *, who: str, now: datetime) -> Photo:
    """A new photo, once for each `key`. Refused as `judged` is."""
    alt = judged(given)
    changed(event.id)
    known = db.session.execute(select(Photo).where(Photo.submit_key == key)).scalar_one_or_none()
    if known is not None:
        return known
    row = Photo(
        key=secrets.token_hex(8),
        event_id=event.id,
        submit_key=key,
        alt=alt,
        fallback=given.fallback,
        credit=given.credit,
        version=1,
        changed_by=who,
        changed_at=now,
    )
    db.session.add(row)
    db.session.flush()
    for each in sizes:
        stored = files.record(each.kept, who=who, now=now)
        size = {"width": each.drawn.width, "height": each.drawn.height}
        db.session.add(PhotoSize(photo_id=row.id, file_id=stored.id, **size))
    _note("photo added", row, who, now)
    return row


def describe(event: Event, key: str, given: Described, seen: int, *, who: str, now: datetime) -> None:
    """Put these words in place of the version `seen`. Refused as `judged` is, and when somebody changed it since."""
    alt = judged(given)
    changed(event.id)
    row = held(event.id, key)
    if row.version != seen:
        raise Refused(_("Somebody has changed this meanwhile. Theirs stands above, yours is kept in the form."))
    row.alt, row.fallback, row.credit = alt, given.fallback, given.credit
    row.version += 1
    row.changed_by, row.changed_at = who, now
    _note("photo described", row, who, now)


def throw_away(event: Event, key: str, *, who: str, now: datetime) -> None:
    """Delete it: it is shown nowhere any more, and for `KEPT` it can be put back. A second time is no fault."""
    changed(event.id)
    row = _found(event.id, key)
    if row is not None and row.deleted_at is None:
        row.deleted_at = now
        _note("photo deleted", row, who, now)


def put_back(event: Event, key: str, *, who: str, now: datetime) -> None:
    """Take a deletion back: it stands wherever it stood. Refused when it is forgotten."""
    changed(event.id)
    row = _found(event.id, key)
    if row is None:
        raise Refused(_("It was deleted too long ago and is forgotten."))
    if row.deleted_at is not None:
        row.deleted_at = None
        _note("photo put back", row, who, now)


def head(event: Event, key: str, *, who: str, now: datetime) -> None:
    """Let this photo stand at the head of the summit's front page; an empty key: none. Refused when it is no more."""
    changed(event.id)
    photo = held(event.id, key) if key else None
    row = db.session.get(Look, event.id, populate_existing=True)
    if row is None:
        row = Look(event_id=event.id, version=0)
        db.session.add(row)
    row.hero_id = photo.id if photo else None
    row.changed_by, row.changed_at = who, now
    note("hero photo", f"event/{event.slug}", who=who, now=now, event_id=event.id, after={"photo": key})


def forget(now: datetime) -> int:
    """Delete for good what was deleted more than `KEPT` ago, with its octets; how many."""
    gone = list(db.session.execute(select(Photo.id).where(Photo.deleted_at < now - KEPT)).scalars())
    if not gone:
        return 0
    stored = list(db.session.execute(select(PhotoSize.file_id).where(PhotoSize.photo_id.in_(gone))).scalars())
    for act in (
        update(Look).where(Look.hero_id.in_(gone)).values(hero_id=None),
        delete(PhotoSize).where(PhotoSize.photo_id.in_(gone)),
        delete(Photo).where(Photo.id.in_(gone)),
        delete(File).where(File.id.in_(stored)),  # whose octets the sweep of the store then takes
    ):
        db.session.execute(act.execution_options(synchronize_session=False))
    return len(gone)


def held(event_id: int, key: str) -> Photo:
    """One that is not deleted, as it stands now. Refused otherwise."""
    found = _found(event_id, key)
    if found is None or found.deleted_at is not None:
        raise Refused(_("This photo was deleted meanwhile. It can be put back at the foot of the list."))
    return found


def one(event_id: int, key: str) -> Photo:
    """One that is not deleted. Raises LookupError. One query."""
    found = _found(event_id, key)
    if found is None or found.deleted_at is not None:
        raise LookupError(f"this event has no photo {key!r}")
    return found


def deleted(event_id: int) -> list[Photo]:
    """What can be put back, the latest first. One query."""
    rows = select(Photo).where(Photo.event_id == event_id, Photo.deleted_at.is_not(None))
    return list(db.session.execute(rows.order_by(Photo.deleted_at.desc())).scalars())


def file_of(slug: str, key: str, width: int) -> File:
    """The file of a photo in this width. Raises LookupError, also when it is deleted. One query."""
    query = select(PhotoSize).join(Photo, Photo.id == PhotoSize.photo_id).join(Event, Event.id == Photo.event_id)
    query = query.where(Event.slug == slug, Photo.key == key, Photo.deleted_at.is_(None), PhotoSize.width == width)
    found = db.session.execute(query.options(joinedload(PhotoSize.file))).scalar_one_or_none()
    if found is None:
        raise LookupError(f"no photo {key!r} is {width} px wide")
    return found.file


def places(event_id: int) -> dict[str, list[Article]]:
    """In which pages and news each photo stands, by its key; deleted ones are left out. One query."""
    rows = select(Article).where(Article.event_id == event_id, Article.deleted_at.is_(None)).order_by(Article.id)
    found: dict[str, list[Article]] = {}
    for row in db.session.execute(rows).scalars():
        texts = "\n".join(each["text"] for each in row.words.values())
        for key in dict.fromkeys(part[:16] for part in texts.split(PHOTO)[1:]):
            found.setdefault(key, []).append(row)
    return found


def _found(event_id: int, key: str) -> Photo | None:
    query = select(Photo).where(Photo.event_id == event_id, Photo.key == key)
    return db.session.execute(query.execution_options(populate_existing=True)).scalar_one_or_none()


def _note(what: str, row: Photo, who: str, now: datetime) -> None:
    after = {"alt": row.said, "languages": list(row.alt), "credit": row.credit}
    note(what, f"photo/{row.key}", who=who, now=now, event_id=row.event_id, after=after)
