"""Announcements as organisers write, look at and send them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time

from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy import Select, func, select, update

from app.announcing import letters
from app.announcing.criteria import in_words, sound
from app.announcing.crowd import Crowd, Recipient, Round, Wanted
from app.announcing.models import Announcement, Asked, QuietHours, Words
from app.db import claim, db
from app.events.models import Event
from app.journal import note
from app.outbox import Message, Rendered, State, post_all
from app.outbox.openings import Wording, checked, openings
from app.outbox.tongues import TONGUES
from app.refused import Refused


@dataclass(frozen=True)
class Written:
    """What was typed: words by language, the language for all others, and the filter."""

    words: Mapping[str, Wording]
    fallback: str
    asked: Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class Seen:
    """What somebody looked at before pressing the button: the version of the words, and the marks of the list."""

    version: int
    marks: Sequence[str]


def judged(event: Event, kind: str, given: Written) -> tuple[Words, str, Asked]:
    """What may be stored of it. Refused on "subject-fr" or "text-fr" for what stands in a language, and on "fallback".

    A language with nothing in it is not written.
    """
    opening, words = openings[letters.OPENINGS[kind]], {}
    for code in TONGUES:
        wording = given.words.get(code, Wording("", ""))
        if not wording.subject and not wording.text:
            continue
        try:
            checked(opening, wording)
        except Refused as no:
            raise Refused(no.message, f"{no.field}-{code}") from no
        words[code] = {"subject": wording.subject, "text": wording.text}
    if given.fallback not in words:
        raise Refused(_("In this language nothing is written yet, so it cannot stand in for others."), "fallback")
    return words, given.fallback, sound(event, given.asked)


def write_down(event: Event, uid: str, given: Written, seen: int, key: str, *, who: str, now: datetime) -> Announcement:
    """Store a draft: a new one for an empty `uid`, once for each `key`; else in place of the version `seen`.

    Refused as `judged` is, when it was sent, and when somebody changed it since.
    """
    words, fallback, asked = judged(event, letters.ANNOUNCEMENT, given)
    told = {"words": words, "fallback": fallback, "asked": asked, "changed_by": who, "changed_at": now}
    if not uid:
        known = db.session.execute(select(Announcement).where(Announcement.submit_key == key)).scalar_one_or_none()
        if known is not None:
            return known
        row = Announcement(event_id=event.id, submit_key=key, **told)
        db.session.add(row)
        db.session.flush()
    else:
        row = held(event.id, uid)
        if row.sent_at is not None:
            raise Refused(_("This was sent meanwhile, so it can no longer be changed."))
        if row.version != seen:
            raise Refused(_("Somebody has changed this meanwhile. Yours is kept here; open it anew to see theirs."))
        for name, value in told.items():
            setattr(row, name, value)
        row.version += 1
        db.session.flush()
    _note(event, "announcement written", row, who, now)
    return row


def throw_away(event: Event, uid: str, *, who: str, now: datetime) -> None:
    """Delete a draft. Refused when it was sent; a second time is no fault."""
    found = db.session.execute(_by_uid(event.id, uid).with_for_update()).scalar_one_or_none()
    if found is None:
        return
    if found.sent_at is not None:
        raise Refused(_("This was sent already, so it stays."))
    _note(event, "announcement thrown away", found, who, now)
    db.session.delete(found)
    db.session.flush()


def one(event_id: int, uid: str) -> Announcement:
    """One announcement of this event. Raises LookupError."""
    found = db.session.execute(_by_uid(event_id, uid)).scalar_one_or_none()
    if found is None:
        raise LookupError(f"this event has no announcement {uid!r}")
    return found


def held(event_id: int, uid: str) -> Announcement:
    """The same, locked and as it stands now. Refused when it is no more."""
    query = _by_uid(event_id, uid).with_for_update().execution_options(populate_existing=True)
    found = db.session.execute(query).scalar_one_or_none()
    if found is None:
        raise Refused(_("This announcement was thrown away meanwhile."))
    return found


def _by_uid(event_id: int, uid: str) -> Select[Announcement]:
    return select(Announcement).where(Announcement.event_id == event_id, Announcement.uid == uid)


def list_of(crowd: Crowd, row: Announcement) -> Round:
    """To whom it goes, were it sent now."""
    return crowd.round(Wanted(row.asked, row.words, row.fallback))


def letter_to(event: Event, row: Announcement, to: Recipient) -> Rendered:
    """As one of them gets it."""
    return letters.preview(letters.announcement(event, row.uid, to, row.words[to.language]))


def send(event: Event, uid: str, seen: Seen, *, who: str, now: datetime) -> bool:
    """Send it to exactly the list that was looked at; whether this press did: sent twice is sent once.

    Refused when words or list are no longer what was seen, naming the difference, and when nobody would get it.
    """
    row = held(event.id, uid)
    if row.sent_at is not None:
        return False
    if row.version != seen.version:
        raise Refused(_("The words or the filter were changed since you looked. Please look again, then send."))
    crowd = Crowd(event, now)
    found = list_of(crowd, row)
    if not found.going:
        raise Refused(_("Nobody would get this. Choose another filter, or look below why those who fit get none."))
    if changed := crowd.changes(seen.marks, found):
        said = _("The list has changed since you looked (%(changed)s). Nothing was sent: please look again, then send.")
        raise Refused(said % {"changed": changed})
    first = update(Announcement).where(Announcement.id == row.id, Announcement.sent_at.is_(None))
    if not claim(first.values(sent_at=now, sent_by=who, letters=len(found.going))):
        return False
    post_all((letters.announcement(event, row.uid, each, row.words[each.language]) for each in found.going), now)
    _note(event, "announcement sent", row, who, now, letters=len(found.going), left_out=len(found.left_out))
    return True


def _note(event: Event, what: str, row: Announcement, who: str, now: datetime, **more: object) -> None:
    with force_locale("en"):  # for the journal, whoever reads it
        asked = dict(in_words(event, row.asked))
    after = {"subject": row.subject, "languages": list(row.words), "to": asked} | more
    note(what, f"announcement/{row.uid}", who=who, now=now, event_id=event.id, after=after)


def drafts_and_sent(event_id: int) -> list[Announcement]:
    """Drafts first, then what was sent, latest first. One query."""
    found = select(Announcement).where(Announcement.event_id == event_id)
    order = Announcement.sent_at.is_not(None), Announcement.sent_at.desc(), Announcement.id.desc()
    return list(db.session.execute(found.order_by(*order)).scalars())


def fates(event_id: int, kind: str, length: int) -> dict[str, dict[State, int]]:
    """Of each announcement or rule, how many of its letters stand where. By its uid. One query.

    `length`: how many characters stand before the uid in the keys of this kind.
    """
    uid = func.substr(Message.key, length + 1, 32)
    query = select(uid, Message.state, func.count()).where(Message.event_id == event_id, Message.kind == kind)
    found: dict[str, dict[State, int]] = {}
    for key, state, number in db.session.execute(query.group_by(uid, Message.state)):
        found.setdefault(key, {})[state] = number
    return found


def set_quiet_hours(event: Event, begins: time, ends: time, *, who: str, now: datetime) -> None:
    """From now on letters of this room wait in these hours, on each reader's clocks; what waits goes no sooner."""
    db.session.execute(select(Event.id).where(Event.id == event.id).with_for_update())
    row = db.session.get(QuietHours, event.id, populate_existing=True)
    before = {"begins": f"{row.begins:%H:%M}", "ends": f"{row.ends:%H:%M}"} if row else None
    after = {"begins": f"{begins:%H:%M}", "ends": f"{ends:%H:%M}"}
    if before == after:
        return
    if row is None:
        db.session.add(QuietHours(event_id=event.id, begins=begins, ends=ends))
    else:
        row.begins, row.ends = begins, ends
    db.session.flush()
    note("quiet hours", f"event/{event.slug}", who=who, now=now, event_id=event.id, before=before, after=after)
