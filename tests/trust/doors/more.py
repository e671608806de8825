"""A row of each kind that the cast of all pages leaves out, so that every table of words has one to be marked."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select

from app import files
from app.agenda.models import Absence, Waiver
from app.announcing.models import Unsubscribed
from app.clock import now
from app.db import db
from app.delegations.models import Delegation
from app.events.models import Event
from app.files import File
from app.journal import Note
from app.online.models import Mark, OnlineFacts, OnlineSettings
from app.outbox.models import OwnWords
from app.registration.asked import Asked, Decider, Kind
from app.registration.models import Capacity, Delegate, Draft, OfficeDraft, TwoPeople
from app.site.models import Article, Look
from app.site.models import Kind as Written
from app.videos.models import Upload, VideoMessage
from app.visits.models import SignUp, Tick
from tests.registration.cast import NOW


def tell(event: Event, anna: Delegate, head: Delegate) -> None:
    """Of the event, what its desk keeps; of one person, what they have begun, asked and told."""
    _of_the_desk(event)
    _of_a_person(event, anna, head)
    db.session.flush()


def _of_the_desk(event: Event) -> None:
    told: dict[str, Any] = {"event_id": event.id, "changed_by": "Tokyo", "changed_at": NOW}
    db.session.add(OnlineSettings(event_id=event.id, phone="+81"))
    db.session.add(OwnWords(name="confirmation", language="en", subject="Dear", text="Dear", version=1, **told))
    db.session.add(Look(version=1, **told))
    db.session.add(Waiver(event_id=event.id, key="a finding", reason="It may", who="Tokyo", at=NOW))
    words = {"words": {"en": {"title": "Not yet", "text": "Nobody knows."}}, "fallback": "en"}
    for number, kind in enumerate(Written):
        told |= words | {"day": NOW.date() if kind is Written.NEWS else None}
        db.session.add(Article(kind=kind, slug=f"not-yet-{number}", submit_key=f"{event.slug} {kind}", **told))
    mark = Mark(event_id=event.id, session_uid="a session", who="somebody", at=NOW, by="Tokyo", began_at=NOW)
    db.session.add(mark)


def _of_a_person(event: Event, anna: Delegate, head: Delegate) -> None:
    values = {"name": "Anna", "comment": "Not sent yet"}
    db.session.add(Draft(delegate_id=anna.id, saved_at=NOW, values=values))
    db.session.add(OfficeDraft(delegate_id=anna.id, saved_at=NOW, saved_by="Gaia", values=values))
    db.session.add(OnlineFacts(delegate_id=anna.id, place="At home", phone="+39", changed_at=NOW))
    whose = {"event_id": event.id, "delegate_id": anna.id}
    times = {"starts": NOW, "ends": NOW + timedelta(hours=1), "zone": "UTC", "entered_at": NOW}
    db.session.add(Absence(note="A train", entered_by="Anna", **whose, **times))
    asked: dict[str, Any] = {"kind": Kind.ROLE, "wanted": Capacity.DEPUTY, "before": Capacity.DELEGATE, "asked_at": NOW}
    asked |= {"delegation_id": anna.delegation_id, "asked_by": "Anna", "reason": "It is better"}
    db.session.add(Asked(decider=Decider.ORGANISERS, **whose, **asked))
    db.session.add(Unsubscribed(event_id=event.id, uid=anna.uid, address=anna.email, name="anna", at=NOW))
    one, other = sorted((anna.id, head.id))
    db.session.add(TwoPeople(event_id=event.id, one_id=one, other_id=other, said_by="Tokyo", said_at=NOW))
    db.session.add(Note(at=NOW, who="Anna", what="changed", subject=f"delegate/{anna.uid}", event_id=event.id,
                        before={"name": ["Ann"]}, after={"name": ["Anna"]}))  # fmt: skip
    seat = db.session.execute(select(SignUp).where(SignUp.delegate_id == anna.id)).scalars().first()
    assert seat is not None
    db.session.add(Tick(key="a tick", who="Berta", boarded=True, pressed_at=NOW, recorded_at=NOW, sign_up_id=seat.id))
    of_city = select(VideoMessage).where(VideoMessage.delegation_id == anna.delegation_id)
    film = db.session.execute(of_city.order_by(VideoMessage.id)).scalars().first()
    assert film is not None
    until = now() + timedelta(days=9)
    db.session.add(Upload(secret_hash="0" * 64, message_id=film.id, key="coming.mp4", length=9, name="film.mp4",
                          details={"name": "film"}, begun_at=NOW, begun_by="Gaia", expires_at=until))  # fmt: skip


def letter_of(delegation: Delegation) -> Path:
    """A letter of a city that has sent none, of octets like those of another; where it lies."""
    kept = files.keep(b"%PDF-1.7 of another city", "letter.pdf", megabytes=1)
    file = File(stored_at=NOW, stored_by="Paul", **vars(kept))
    db.session.add(file)
    db.session.flush()
    delegation.letter_id = file.id
    return files._path(kept.key)
