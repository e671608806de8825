"""What people do with a video message: tell of it, send captions or a link, ask for it, give longer, do without it."""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import or_, select
from sqlalchemy.orm import aliased

from app import tokens
from app.agenda.models import Appearance, Session
from app.db import db
from app.delegations.models import STANDING, Delegation
from app.events.models import Event, Mode, Person
from app.refused import Refused
from app.registration.models import Capacity, Delegate
from app.sentences import Sentence
from app.videos import expecting, sending, states, store, telling
from app.videos.expecting import Owner, Wanted
from app.videos.models import AWAITED, ENDED, Origin, Purpose, State, VideoMessage, VideoVersion
from app.videos.telling import found, whole
from app.videos.terms import terms_of

CAPTIONS_MB = 1
TOLD = (
    "speaker_name speaker_position language seconds burned_in transcript may_show may_stream may_archive cleared"
    " contact_name contact_email contact_language"
).split()
"""What a city tells about its video (F8 of the domain)."""
TRANSCRIPT = 20_000
"""Characters of a transcript; three minutes of speech have some 3,000."""


@dataclass(frozen=True)
class Captions:
    """A file of captions that lies in the store and waits for its row."""

    key: str
    name: str
    size: int


def by_link(token: str) -> VideoMessage | None:
    """The message whose page this secret opens; None when none is, or it is known to organisers alone."""
    found = whole().where(VideoMessage.link_hash == tokens.digest(token), VideoMessage.known)
    return db.session.execute(found).unique().scalar_one_or_none()


def of_city(delegation_id: int) -> list[VideoMessage]:
    """What is expected of a city as far as it knows of it, what is owed first."""
    found = whole().where(VideoMessage.delegation_id == delegation_id, VideoMessage.known)
    rows = db.session.execute(found.order_by(VideoMessage.due_at, VideoMessage.id)).unique().scalars()
    return sorted(rows, key=lambda each: each.state in ENDED)


def of_speaker(delegate: Delegate) -> list[VideoMessage]:
    """What is expected of this person's city and spoken by them: as the draft names who speaks for it there, and by its
    head where nobody is named. One query, for the head too."""
    seat = aliased(Appearance)
    named = or_(seat.speaker_id == delegate.id, seat.speaker_id.is_(None) & (delegate.role == Capacity.HEAD))
    found = (
        select(VideoMessage)
        .outerjoin(Session, (Session.event_id == VideoMessage.event_id) & (Session.code == VideoMessage.session_code))
        .outerjoin(seat, (seat.session_id == Session.id) & (seat.delegation_id == VideoMessage.delegation_id))
        .where(VideoMessage.delegation_id == delegate.delegation_id, VideoMessage.known, named)
        .where(VideoMessage.state.not_in(ENDED))
        .order_by(VideoMessage.due_at, VideoMessage.id)
    )
    return list(db.session.execute(found).unique().scalars())


def called(message: VideoMessage) -> str:
    """Whose message it is: the city's name or the person's."""
    if message.delegation is not None:
        return message.delegation.member.name
    return message.person.name if message.person else ""


def zone_of(message: VideoMessage) -> str:
    """By which clocks they live of whom it is expected."""
    if message.delegation is not None:
        return message.delegation.member.zone
    member = message.person.member if message.person else None
    return member.zone if member else message.event.zone


SOMEBODY = Sentence(_l("somebody with the link (video of %(city)s)"))
CONTACT = Sentence(_l("%(name)s (video of %(city)s)"))


def holder(message: VideoMessage | None) -> str:
    """How the journal names who comes by the message's own link."""
    if message is None:
        return ""
    city = called(message)[:70]
    if not message.contact_name:
        return SOMEBODY.stored(city=city)
    return CONTACT.stored(name=message.contact_name[:100], city=city)


def newest(message: VideoMessage) -> VideoVersion | None:
    """The version that is checked and reviewed. The versions are loaded."""
    return message.versions[-1] if message.versions else None


def lacks(message: VideoMessage) -> list[str]:
    """What the city has not told or sent yet: "about", "file", "captions", "transcript", in this order."""
    last = newest(message)
    lacking = {
        "about": message.told_at is None,
        "file": last is None,
        "captions": last is not None and not message.burned_in and last.captions_key is None,
        "transcript": message.told_at is not None and not message.transcript,
    }
    return [name for name, missing in lacking.items() if missing]


def tell(message_id: int, told: dict[str, object], *, who: str, now: datetime) -> bool:
    """Store what is told about a video (`TOLD`); whether anything is new. What was measured against it is judged
    again. Refused when no video is awaited."""
    message = states.held(message_id)
    if message.state in ENDED:
        raise Refused(_("No video is awaited here any more, so none can be sent."))
    before = {name: getattr(message, name) for name in TOLD}
    if message.told_at is not None and before == told:
        return False
    for name in TOLD:
        setattr(message, name, told[name])
    message.told_at = now
    changed = [name for name in TOLD if before[name] != told[name]]
    states.tell("video told of", message, who, now, after={"changed": changed})
    _judged_again(message, changed, who, now)
    db.session.flush()
    return True


def _judged_again(message: VideoMessage, changed: Collection[str], who: str, now: datetime) -> None:
    """What a file is held against has changed, so the worker looks once more; it measures nothing anew."""
    against = {"seconds", "burned_in", "transcript", "language"} & set(changed)
    if against and message.state in {State.FAILED, State.IN_REVIEW}:
        states.move(message, State.UPLOADED, who=who, now=now)


def captions(octets: bytes, name: str) -> Captions:
    """Write a file of captions to the store; call it before the transaction. Refused on "captions" for what is none."""
    if len(octets) > CAPTIONS_MB * 1024 * 1024:
        raise Refused(_("The file is larger than %(size)s MB.", size=CAPTIONS_MB), "captions")
    try:
        text = octets.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        raise Refused(
            _("These captions are no text in UTF-8. Save them as UTF-8 and send them again."), "captions"
        ) from fault
    if "\0" in text or not re.search(r"\d\d[:.]\d\d[.,]\d{3}\s+-->\s", text):
        raise Refused(_("These are no captions in WebVTT (.vtt) or SubRip (.srt)."), "captions")
    ending = "vtt" if text.lstrip().startswith("WEBVTT") else "srt"
    key = store.new_key(ending)
    with os.fdopen(os.open(store.path(key), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(octets)
        os.fsync(file.fileno())
    return Captions(key, sending.called(name) or f"captions.{ending}", len(octets))


def add_captions(message_id: int, file: Captions, *, who: str, now: datetime) -> None:
    """These captions belong to the newest version, in the place of any it had. Refused while nothing was sent."""
    message = states.held(message_id)
    versions = sending.versions_of(message_id)
    if not versions or message.state in ENDED:
        raise Refused(_("Send the video first, then its captions."), "captions")
    last = versions[-1]
    last.captions_key, last.captions_name, last.captions_size = file.key, file.name, file.size
    states.tell("video captions", message, who, now, after={"name": file.name, "version": last.number})
    if message.state not in {State.UPLOADED, State.CHECKING, State.PLAYED, State.NOT_PLAYED}:
        states.move(message, State.UPLOADED, who=who, now=now)
    db.session.flush()


def add_link(message_id: int, link: str, *, who: str, now: datetime) -> bool:
    """The file lies elsewhere, at this address; whether that is new. It is never fetched: a person looks at it there.

    Refused when nothing may be sent.
    """
    message = states.held(message_id)
    event = db.session.get_one(Event, message.event_id)
    sending.may_send(message, terms_of(event), event.zone, now)
    versions = sending.versions_of(message_id)
    if versions and versions[-1].link == link:
        return False
    sending.add(message, VideoVersion(link=link, uploaded_by=who), now)
    states.move(message, State.UPLOADED, who=who, now=now)
    states.move(message, State.IN_REVIEW, who=who, now=now)
    return True


def ask(event: Event, want: Wanted, due_at: datetime | None, *, who: str, now: datetime) -> VideoMessage:
    """The organisers ask for a video of their own accord. Refused when the same is expected already."""
    db.session.execute(select(Event.id).where(Event.id == event.id).with_for_update())
    _one_of_this_event(event, want.owner)
    same = select(VideoMessage.id).where(
        VideoMessage.event_id == event.id,
        VideoMessage.delegation_id == want.owner.delegation_id,
        VideoMessage.person_id == want.owner.person_id,
        VideoMessage.purpose == want.purpose,
        VideoMessage.session_code == want.session,
        VideoMessage.state.not_in(ENDED),
    )
    if db.session.execute(same).first() is not None:
        raise Refused(_("This is expected already."))
    made = expecting.expect(event, want, Origin.HAND, who=who, now=now, due_at=due_at)
    telling.ask(found(made.id), "asked", now)
    return made


def _one_of_this_event(event: Event, owner: Owner) -> None:
    if owner.delegation_id is not None:
        found = select(Delegation.id).where(Delegation.id == owner.delegation_id, Delegation.event_id == event.id)
        found = found.where(Delegation.answer.in_(STANDING))
    else:
        found = select(Person.id).where(Person.id == owner.person_id, Person.event_id == event.id)
    if db.session.execute(found).first() is None:
        raise Refused(_("Choose a city that takes part, or a person of the programme."), "whose")


def without_backup(event_id: int) -> list[Wanted]:
    """Those who speak online in a session of the draft and were not asked for a video in case the line breaks. Two
    queries."""
    found = db.session.execute(
        select(Session.code, Session.title, Appearance.delegation_id, Appearance.person_id)
        .join(Appearance.session)
        .outerjoin(Delegation, Delegation.id == Appearance.delegation_id)
        .where(Session.event_id == event_id, Session.cancelled.is_(False), Appearance.mode == Mode.ONLINE)
        .where(Delegation.id.is_(None) | Delegation.answer.in_(STANDING))
        .order_by(Session.position, Session.id, Appearance.position)
    )
    wanted = [Wanted(Owner(row.delegation_id, row.person_id), row.code, Purpose.BACKUP, row.title) for row in found]
    return _not_asked_for(event_id, wanted)


def _not_asked_for(event_id: int, wanted: Iterable[Wanted]) -> list[Wanted]:
    """Those of whom no video is expected yet in that session, be it a backup or what is played there. One query."""
    columns = (VideoMessage.delegation_id, VideoMessage.person_id, VideoMessage.session_code)
    standing = select(*columns).where(VideoMessage.event_id == event_id, VideoMessage.state.not_in(ENDED))
    have = {(row.delegation_id, row.person_id, row.session_code) for row in db.session.execute(standing)}
    return [each for each in wanted if (each.owner.delegation_id, each.owner.person_id, each.session) not in have]


def ask_backups(event: Event, *, who: str, now: datetime) -> list[VideoMessage]:
    """Ask all of `without_backup` for one; those who were asked."""
    db.session.execute(select(Event.id).where(Event.id == event.id).with_for_update())
    return _ask_all(event, [(each, None) for each in without_backup(event.id)], who, now)


def ask_backups_by(event: Event, wanted: Mapping[Wanted, datetime], *, who: str, now: datetime) -> list[VideoMessage]:
    """Ask for each of these by the moment beside it, unless the same is expected already; those who were asked."""
    db.session.execute(select(Event.id).where(Event.id == event.id).with_for_update())
    asked = _not_asked_for(event.id, wanted)
    return _ask_all(event, [(each, wanted[each]) for each in asked], who, now)


def _ask_all(
    event: Event, wanted: Iterable[tuple[Wanted, datetime | None]], who: str, now: datetime
) -> list[VideoMessage]:
    made = [expecting.expect(event, each, Origin.HAND, who=who, now=now, due_at=due) for each, due in wanted]
    for each in made:
        telling.ask(found(each.id), "asked", now)
    return made


def extend(message_id: int, until: datetime, reason: str, *, who: str, now: datetime) -> bool:
    """Give longer for one message; whether that is new. Refused on "day" for a moment that is past."""
    message = states.held(message_id)
    if message.due_at == until:
        return False
    if until <= now:
        raise Refused(_("This moment is past. Choose one that lies ahead."), "day")
    before = {"due": message.due_at.isoformat()}
    message.due_at, message.extended = until, True
    states.tell("video due", message, who, now, before=before, after={"due": until.isoformat(), "reason": reason})
    if message.state == State.OVERDUE:
        states.move(message, State.EXPECTED, who=who, now=now)
    db.session.flush()
    if message.state in AWAITED:
        telling.ask(found(message_id), f"extended-{message.version}", now)
    return True


def waive(message_id: int, reason: str, *, who: str, now: datetime) -> bool:
    """The organisers do without this video; whether that is new. Refused without a reason."""
    if not reason:
        raise Refused(_("Say in a few words why."), "reason")
    message = states.held(message_id)
    return states.move(message, State.WAIVED, who=who, now=now, reason=reason)


def withdraw(message_id: int, *, who: str, now: datetime) -> bool:
    """What the organisers asked for by hand is asked for no more; whether that is new. Refused for any other."""
    message = states.held(message_id)
    if message.origin != Origin.HAND:
        raise Refused(_("This follows from the agenda or the city’s answer. Change it there, or do without the video."))
    return states.move(message, State.WITHDRAWN, who=who, now=now)


def renew_link(message_id: int, generation: int, *, who: str, now: datetime) -> bool:
    """The link of the message's page is another from now on, and the old one opens nothing; whether this act did so. A
    link that is not of this `generation` any more was replaced already."""
    message = states.held(message_id)
    if message.link_generation != generation:
        return False
    message.link_generation += 1
    message.seal()
    states.tell("video link replaced", message, who, now)
    db.session.flush()
    return True


def again(message_id: int, *, who: str, now: datetime) -> bool:
    """Expect a video again that was waived or withdrawn; whether it was."""
    return states.again(states.held(message_id), who=who, now=now)
