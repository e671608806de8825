"""What erasing somebody does, table by table, with the same hands that forget what is over (rule 9.12).

Their place goes back first, by the ordinary withdrawal, so that whoever waits moves up. The row stays to be counted:
its reference stands where the name stood. Of what others hold about them the words by which they are known are cut, but
not where somebody else of the summit is known by the same. What is published of the programme stays.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, String, cast, delete, or_, select, update

from app.announcing.models import Unsubscribed, wants_none
from app.db import db
from app.desk.erasing import posted
from app.desk.erasing.known import Known, Left, split
from app.desk.erasing.words import Words, certain, cut
from app.files import File
from app.journal import Note, note
from app.online import telling as online
from app.profiles import service as profiles
from app.profiles.models import Profile
from app.publishing.calendars.models import Fetch
from app.publishing.participants.models import ParticipantList
from app.registration import rows, states
from app.registration import service as registration
from app.registration.asked import Asked
from app.registration.models import ENDED, Delegate, State
from app.registration.opening import is_over
from app.site import service as site
from app.travel import service as travel
from app.videos import telling as videos
from app.videos.models import VideoMessage
from app.visits import allotting
from app.visits import following as visits

ERASED = "a delegate was erased"
"""What the journal calls it."""
SKELETON = frozenset({"state", "mode", "role", "fields", "about", "link", "times", "list_class"})
"""What the journal's lines about the person keep beside who, when and what: codes alone."""


def known(delegate: Delegate) -> Known:
    """By what this person is known, now and before. Some ten queries, whatever the size of the summit."""
    words = certain([*_own(delegate), *_before(delegate)])
    return split(words, [f"{delegate.reference} ({each[:180]})" for each in words], delegate.event_id, delegate)


def erase(delegate_id: int, *, who: str, now: datetime) -> Left:
    """Erase a person of a summit; twice is once.

    Refused while a letter to them is on its way to the mail server.
    """
    delegate = rows.one(delegate_id)
    if delegate.erased_at is not None:
        return Left([], [])
    theirs, photos = known(delegate), _photos(delegate_id)
    if delegate.state not in ENDED and not is_over(delegate.event, now):
        delegate.delegation.altered()
        states.move(delegate, State.WITHDRAWN, who=who, now=now)
    _forget_parts(delegate, theirs)
    words = Words((*theirs.signed, *theirs.words), delegate.reference)
    delivered = posted.forget(_reader(delegate), words, {*theirs.words, *theirs.shared}, now)
    _blank(delegate, now)
    _thin_out(delegate)
    cut(delegate.event_id, words)
    _blank_lists(delegate)
    site.changed(delegate.event_id)  # pages that are kept of the public site are made anew
    note(ERASED, f"delegate/{delegate.uid}", who=who, now=now, event_id=delegate.event_id)
    db.session.flush()
    db.session.expire_all()  # rows were changed beneath what was read
    return Left(photos, delivered)


def _reader(delegate: Delegate) -> posted.Reader:
    marks = delegate.reference, delegate.uid
    return posted.Reader(delegate.event_id, delegate.uid, marks, delegate.reference)


def _own(delegate: Delegate) -> list[str]:
    family, given = delegate.family_name, delegate.given_name
    found = [delegate.name, delegate.called, delegate.email, delegate.mobile]
    found += [f"{given} {family}", f"{family} {given}"] if family and given else []
    profile = db.session.execute(select(Profile).where(Profile.delegate_id == delegate.id)).scalar_one_or_none()
    if profile is not None:
        found += [profile.own_script, profiles.in_lists(delegate, profile)]
    return found


def _before(delegate: Delegate) -> list[str]:
    """Names and addresses they had, by the journal and by the letters they got."""
    found: list[str] = []
    told = select(Note.before, Note.after).where(_notes_of(delegate))
    for values in (each for row in db.session.execute(told) for each in row if each):
        found += [value for name, value in values.items() if name in posted.NAMES and isinstance(value, str)]
    found += posted.named_in(_reader(delegate))
    asked = select(Asked.wanted, Asked.before).where(Asked.delegate_id == delegate.id, Asked.kind == "name")
    return found + [each for row in db.session.execute(asked) for each in row]


def _photos(delegate_id: int) -> list[str]:
    query = select(File.key).join(Profile, Profile.photo_id == File.id).where(Profile.delegate_id == delegate_id)
    return list(db.session.execute(query).scalars())


def _forget_parts(delegate: Delegate, theirs: Known) -> None:
    """What they told: needs, journey, visa, profile, how they join, visits, wishes, whose videos they answer for."""
    registration.forget_needs_of([delegate.id])
    travel.forget_of(delegate.id)
    profiles.forget_of(delegate.id)
    online.forget_of(delegate.id)
    visits.forget_of(delegate.id)
    allotting.forget_of([delegate.id])
    named = or_(*(column.in_(theirs.words) for column in (VideoMessage.contact_name, VideoMessage.contact_email)))
    videos.forget_contacts((VideoMessage.event_id == delegate.event_id) & named)
    asked = update(Asked).where(Asked.delegate_id == delegate.id).values(more={}, reason="")
    renamed = update(Asked).where(Asked.delegate_id == delegate.id, Asked.kind == "name")
    nobody = delete(Unsubscribed).where(wants_none(delegate.event_id, delegate.uid, delegate.email, delegate.name))
    fetched = delete(Fetch).where(Fetch.event_id == delegate.event_id, Fetch.feed.startswith(f"person/{delegate.uid}/"))
    for act in (asked, renamed.values(wanted=delegate.reference, before=delegate.reference), nobody, fetched):
        db.session.execute(act.execution_options(synchronize_session=False))


def _notes_of(delegate: Delegate) -> ColumnElement[bool]:
    subjects = [f"delegate/{each}" for each in (delegate.uid, delegate.reference)]
    return (Note.event_id == delegate.event_id) & Note.subject.in_(subjects)


def _blank(delegate: Delegate, now: datetime) -> None:
    """The row itself: what is counted stays, every link of theirs opens nothing any more."""
    for name in ("honorific", "family_name", "given_name", "email", "mobile", "comment", "relation", "zone"):
        setattr(delegate, name, "")
    delegate.platform_name = delegate.video_language = ""
    delegate.name = delegate.reference
    delegate.position, delegate.organisation = (
        "–" if each else "" for each in (delegate.position, delegate.organisation)
    )
    delegate.listed = delegate.shared = False
    delegate.rank, delegate.participation, delegate.erased_at = None, {}, now
    delegate.link_generation += 1
    delegate.feed_generation += 1
    delegate.join_generation += 1
    delegate.seal()
    states.touch(delegate, now)


def _thin_out(delegate: Delegate) -> None:
    """The journal's lines about them keep who, when and what."""
    query = select(Note.id, Note.before, Note.after).where(_notes_of(delegate))
    for key, before, after in db.session.execute(query).all():
        new = {"before": _codes(before), "after": _codes(after)}
        db.session.execute(update(Note).where(Note.id == key).values(new).execution_options(synchronize_session=False))


def _codes(values: dict[str, Any] | None) -> dict[str, Any] | None:
    return {name: value for name, value in values.items() if name in SKELETON} if values else values


def _blank_lists(delegate: Delegate) -> None:
    """Their line in issued revisions of the participants' list, found by its uid: a number of people stays true."""
    query = select(ParticipantList.id, ParticipantList.rows).where(
        ParticipantList.event_id == delegate.event_id,
        cast(ParticipantList.rows, String).contains(delegate.uid, autoescape=True),
    )
    for key, listed in db.session.execute(query).all():
        new = list(_lines(listed, delegate))
        act = update(ParticipantList).where(ParticipantList.id == key).values(rows=new)
        db.session.execute(act.execution_options(synchronize_session=False))


def _lines(listed: Iterable[dict[str, Any]], delegate: Delegate) -> Iterable[dict[str, Any]]:
    for line in listed:
        own = line.get("uid") == delegate.uid
        yield line | ({"name": delegate.reference, "position": "", "rank": ""} if own else {})
