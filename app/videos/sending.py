"""How a file comes to us: what may be sent, how much of it, and what happens once it is whole.

The octets are written beside the rows, by `parts`; rows say who may write and what is reserved.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import PurePosixPath, PureWindowsPath

from flask_babel import gettext as _
from sqlalchemy import func, or_, select, update
from sqlalchemy.orm import joinedload

from app import tokens
from app.db import claim, db
from app.delegations.models import Delegation
from app.events.models import Event, Person, new_uid
from app.refused import Refused
from app.videos import states, store
from app.videos.models import OPEN, Coming, State, Upload, VideoMessage, VideoVersion
from app.videos.sniffing import Film
from app.videos.terms import MEGABYTE, Terms, terms_of
from app.web import one_line
from app.web.wording import moment

LIFE = timedelta(days=7)
"""How long an upload waits for its next piece."""
KEPT = timedelta(days=30)
"""How long the row of an upload that is over is kept, so that a late sender learns what became of it."""
AT_ONCE = 3
"""How many files of one city may be on their way."""
RESERVE = 2048 * MEGABYTE
"""Octets of the disk that videos leave to everything else."""


class TooLarge(Refused):
    """One file, or all of one city together, would be larger than may be."""


class NoRoom(Refused):
    """The disk could not take it."""


@dataclass(frozen=True)
class Announced:
    """What a sender says of the file before its first octet."""

    length: int
    name: str = ""
    details: Mapping[str, str] = field(default_factory=dict)


def called(name: str) -> str:
    """What a file is called, for reading only: the last part of any path, on one line."""
    return one_line(PureWindowsPath(PurePosixPath(name).name).name)[:200]


def may_send(message: VideoMessage, terms: Terms, zone: str, now: datetime) -> None:
    """Refused in words when no file may be sent for this message now."""
    if message.state not in OPEN:
        raise Refused(_("No video is awaited here any more, so none can be sent."))
    redo = message.state in {State.FAILED, State.CHANGES_REQUESTED}
    if terms.hard and now > message.due_at and not redo:
        at = moment(message.due_at, zone)
        said = _("This was possible until %(at)s. Please ask the organisers: they can give your city more time.", at=at)
        raise Refused(said)


def begin(message_id: int, file: Announced, *, free: int, who: str, now: datetime) -> Upload:
    """A file is on its way. `free`: how many octets the disk can still take.

    Refused when nothing is awaited; TooLarge when the file, or all of this city, would be; NoRoom when the disk is.
    """
    message = states.held(message_id)
    _hold_owner(message)
    event = db.session.get_one(Event, message.event_id)
    terms = terms_of(event)
    may_send(message, terms, event.zone, now)
    if file.length <= 0:
        raise Refused(_("The file is empty."), "file")
    if file.length > terms.most:
        raise TooLarge(_("The file is larger than %(size)s MB.", size=terms.megabytes), "file")
    _within_quota(message, terms, file.length)
    if free - _promised() - file.length < RESERVE:
        raise NoRoom(
            _("The store is full, so the file cannot be taken now. Please tell the organisers, or send a link instead.")
        )
    upload = Upload(
        uid=new_uid(),
        message_id=message.id,
        key=store.new_key(),
        length=file.length,
        offset=0,
        name=called(file.name),
        details=dict(file.details),
        state=Coming.OPEN,
        begun_at=now,
        begun_by=who,
        expires_at=now + LIFE,
    )
    upload.seal()
    db.session.add(upload)
    db.session.flush()
    return upload


def find(secret: str) -> Upload:
    """The upload of this secret with its message. Raises LookupError."""
    query = select(Upload).where(Upload.secret_hash == tokens.digest(secret)).options(joinedload(Upload.message))
    found = db.session.execute(query).scalar_one_or_none()
    if found is None:
        raise LookupError
    return found


def living(upload: Upload, now: datetime) -> bool:
    """Whether it may be written on: neither whole nor given up nor forgotten, and its message is still awaited."""
    return upload.state == Coming.OPEN and now < upload.expires_at and upload.message.state in OPEN


def came(upload_id: int, size: int, now: datetime) -> None:
    """Write down how much has come, and wait for the next piece from now on."""
    theirs = (Upload.id == upload_id) & (Upload.state == Coming.OPEN)
    claim(update(Upload).where(theirs).values(offset=size, expires_at=now + LIFE))


def complete(upload_id: int, film: Film, *, now: datetime) -> VideoVersion | None:
    """The file is whole: it is the message's newest version, and is to be checked. None when it was so already, or
    nobody waits for it any more."""
    asked = select(Upload).where(Upload.id == upload_id).execution_options(populate_existing=True)
    message = states.held(db.session.execute(asked).scalar_one().message_id)  # first: two that end at once wait here
    upload = db.session.execute(asked.with_for_update()).scalar_one()
    if upload.state != Coming.OPEN:
        return None
    if message.state not in OPEN:
        upload.state = Coming.ENDED
        return None
    upload.state, upload.offset = Coming.DONE, upload.length
    version = VideoVersion(
        key=upload.key,
        name=upload.name or f"video.{film.ending}",
        mimetype=film.mimetype,
        size=upload.length,
        uploaded_by=upload.begun_by,
    )
    add(message, version, now)
    _end_others(upload)
    states.move(message, State.UPLOADED, who=upload.begun_by, now=now)
    return version


def overtaken() -> str:
    """What is said to who sent the last octet of a file that was not kept."""
    said: str = _("The file was not kept: another one came first, or no video is awaited here any more.")
    return said


def add(message: VideoMessage, version: VideoVersion, now: datetime) -> None:
    """A further version of a message that the caller holds. Files of older ones are let go, but for what was accepted
    last."""
    older = versions_of(message.id)
    version.message_id, version.number = message.id, older[-1].number + 1 if older else 1
    version.uploaded_at = now
    version.findings, version.comments, version.tries = [], "", 0
    accepted = [each for each in older if each.accepted_at]
    for each in older:
        if not accepted or each is not accepted[-1]:
            each.key = None
    db.session.add(version)
    db.session.flush()


def versions_of(message_id: int) -> list[VideoVersion]:
    """The versions of a message, as they stand now, the oldest first."""
    found = select(VideoVersion).where(VideoVersion.message_id == message_id).order_by(VideoVersion.number)
    return list(db.session.execute(found.execution_options(populate_existing=True)).scalars())


def end(upload_id: int) -> bool:
    """The upload is given up; whether it was on its way. Its octets may be deleted afterwards."""
    theirs = (Upload.id == upload_id) & (Upload.state == Coming.OPEN)
    return claim(update(Upload).where(theirs).values(state=Coming.ENDED))


def on_their_way(message_id: int, now: datetime) -> list[Upload]:
    """The uploads of a message that can be gone on with, the newest first. One query."""
    ours = select(Upload).where(Upload.message_id == message_id, Upload.state == Coming.OPEN, Upload.expires_at > now)
    return list(db.session.execute(ours.order_by(Upload.id.desc())).scalars())


def _hold_owner(message: VideoMessage) -> None:
    """Wait for one's turn at what this city or person has sent, so that two files do not share one place."""
    if message.delegation_id is not None:
        db.session.execute(select(Delegation.id).where(Delegation.id == message.delegation_id).with_for_update())
    else:
        db.session.execute(select(Person.id).where(Person.id == message.person_id).with_for_update())


def _within_quota(message: VideoMessage, terms: Terms, length: int) -> None:
    if message.delegation_id is not None:
        theirs = VideoMessage.delegation_id == message.delegation_id
    else:
        theirs = VideoMessage.person_id == message.person_id
    coming = select(func.count(), func.coalesce(func.sum(Upload.length), 0)).join(Upload.message)
    number, promised = db.session.execute(coming.where(theirs, Upload.state == Coming.OPEN)).one()
    if number >= AT_ONCE:
        said = _("%(num)s files are on their way already. Finish or discard one of them first.", num=number)
        raise Refused(said, "file")
    stored = select(func.coalesce(func.sum(VideoVersion.size), 0)).join(VideoVersion.message)
    there = db.session.execute(stored.where(theirs, VideoVersion.key.is_not(None))).scalar_one()
    if int(promised) + int(there) + length > terms.quota:
        said = _(
            "All files of your city together may be %(size)s MB, and this one would go beyond.",
            size=terms.quota_megabytes,
        )
        raise TooLarge(said, "file")


def _promised() -> int:
    """How many octets are still to come for uploads that were let in."""
    left = select(func.coalesce(func.sum(Upload.length - Upload.offset), 0)).where(Upload.state == Coming.OPEN)
    return int(db.session.execute(left).scalar_one())


def _end_others(upload: Upload) -> None:
    """What else was on its way for the same message is no longer needed."""
    others = (Upload.message_id == upload.message_id) & (Upload.id != upload.id) & (Upload.state == Coming.OPEN)
    ended = update(Upload).where(others).values(state=Coming.ENDED)
    db.session.execute(ended.execution_options(synchronize_session=False))


def expire(now: datetime) -> int:
    """Give up what has waited too long for its next piece, and forget uploads that were over long ago; how many."""
    late = (Upload.state == Coming.OPEN) & (Upload.expires_at <= now)
    given_up = update(Upload).where(late).values(state=Coming.ENDED).returning(Upload.id)
    done = db.session.execute(given_up.execution_options(synchronize_session=False)).all()
    over = select(Upload).where(Upload.state != Coming.OPEN, Upload.expires_at <= now - KEPT)
    for each in db.session.execute(over).scalars():
        db.session.delete(each)
    return len(done)


def known(keys: set[str]) -> set[str]:
    """Those of these keys whose octets somebody still needs: of versions, captions, and uploads on their way."""
    versions = db.session.execute(
        select(VideoVersion.key, VideoVersion.captions_key).where(
            or_(VideoVersion.key.is_not(None), VideoVersion.captions_key.is_not(None))
        )
    )
    open_ones = db.session.execute(select(Upload.key).where(Upload.state == Coming.OPEN)).scalars()
    return keys & ({each for row in versions for each in row if each} | set(open_ones))


def whole(now: datetime) -> list[Upload]:
    """Uploads on their way, to see which of them are whole though nobody said so: a server may have died just then."""
    found = select(Upload).where(Upload.state == Coming.OPEN, Upload.expires_at > now)
    return list(db.session.execute(found.options(joinedload(Upload.message))).scalars())
