"""Whose pages organisers may look at, which of these, and what the journal says of it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.db import db
from app.delegations.models import Delegation, FocalPoint
from app.events.models import Event, Person
from app.journal import note
from app.network.models import Member
from app.online.models import StageLink
from app.registration.models import Delegate
from app.videos.models import VideoMessage

SEEN = "pages looked at as they see them"
HERE = r"[a-z0-9][a-z0-9-]{0,60}"
PERSON = rf"|registered|availability|participants|online|wishes|visits(/{HERE})?"
PERSON += r"|about/(names|languages|bio|badge|consents)"
FOCAL = rf"|accept|decline|modes|wishes|focal-points|language|availability|send|calendar|videos|visits(/{HERE})?"
FOCAL += r"|people/name|people/deputies|people/[A-Za-z0-9]{4,20}/"
PAGES = {
    "person": ("/d/", PERSON),
    "focal": ("/f/", FOCAL),
    "moderator": ("/m/", ""),
    "video": ("/v/", "|about|file|link|captions"),
}
"""Kind of page -> (what stands before the secret, which pages behind it may be looked at).

Others hold what was told in confidence: food and access, journey and passport. Or they are there to act alone.
"""


@dataclass(frozen=True)
class Seen:
    """Somebody whose pages are looked at."""

    kind: str
    key: str
    name: str
    subject: str
    """How the journal names them."""
    secret: str
    secrets: frozenset[str]
    """All of theirs that may stand on their pages."""
    back: tuple[str, dict[str, Any]]
    """The endpoint of the desk's page about them, and its values beside the event."""

    @property
    def root(self) -> str:
        """The address of their own first page, as they open it."""
        slash = "" if self.kind == "moderator" else "/"
        return f"{PAGES[self.kind][0]}{self.secret}{slash}"


def allowed(kind: str, page: str) -> bool:
    """Whether organisers may look at this page of somebody's; "" is the first."""
    return re.fullmatch(PAGES[kind][1], page) is not None


def find(event: Event, kind: str, key: str) -> Seen:
    """Whose pages these are. Raises LookupError for anybody of another event, and for nobody."""
    found = FINDERS[kind](event, key)
    if found is None:
        raise LookupError(f"{kind} {key!r} is nobody of this event")
    return found


def look(event_id: int, seen: Seen, page: str, *, who: str, now: datetime) -> None:
    """Write down that these pages were looked at, before they are."""
    note(SEEN, seen.subject, who=who, now=now, event_id=event_id, after={"page": page or "first page"})


def _person(event: Event, key: str) -> Seen | None:
    query = select(Delegate).where(Delegate.event_id == event.id, Delegate.reference == key)
    row = db.session.execute(query.options(joinedload(Delegate.delegation))).scalar_one_or_none()
    if row is None:
        return None
    secrets = frozenset({row.link, row.feed, row.join, row.delegation.link})
    back = ("desk.registration", {"reference": key})
    return Seen("person", key, row.called, f"delegate/{row.uid}", row.link, secrets, back)


def _focal(event: Event, key: str) -> Seen | None:
    if not key.isdigit() or len(key) > 9:
        return None
    query = (
        select(FocalPoint, Member.slug)
        .join(Delegation, FocalPoint.delegation_id == Delegation.id)
        .join(Member, Delegation.member_id == Member.id)
        .where(Delegation.event_id == event.id, FocalPoint.id == int(key), FocalPoint.active)
        .options(joinedload(FocalPoint.delegation))
    )
    found = db.session.execute(query).one_or_none()
    if found is None:
        return None
    row, slug = found
    people = select(Delegate).where(Delegate.delegation_id == row.delegation_id)
    secrets = {row.link, row.delegation.link}
    for each in db.session.execute(people).scalars():
        secrets |= {each.link, each.feed, each.join}
    back = ("invitations.city", {"slug": slug})
    return Seen("focal", key, row.name, f"delegation/{row.delegation.uid}", row.link, frozenset(secrets), back)


def _moderator(event: Event, key: str) -> Seen | None:
    mine = (StageLink.event_id == event.id, StageLink.uid == key, StageLink.active)
    row = db.session.execute(select(StageLink).where(*mine)).scalar_one_or_none()
    if row is None:
        return None
    kind, _slash, word = row.who.partition("/")
    called = {
        "person": select(Person.name).where(Person.event_id == event.id, Person.code == word),
        "city": select(Member.name).where(Member.network_id == event.network_id, Member.slug == word),
    }.get(kind)
    said = db.session.execute(called).scalar_one_or_none() if called is not None else None
    name, subject = str(said or row.who), f"stage/{row.session_uid}"
    return Seen("moderator", key, name, subject, row.secret, frozenset({row.secret}), ("online_desk.table", {}))


def _video(event: Event, key: str) -> Seen | None:
    mine = (VideoMessage.event_id == event.id, VideoMessage.uid == key, VideoMessage.known)
    query = select(VideoMessage, Member.name, Person.name).where(*mine)
    query = query.outerjoin(Delegation, VideoMessage.delegation_id == Delegation.id)
    query = query.outerjoin(Member, Delegation.member_id == Member.id)
    found = db.session.execute(query.outerjoin(Person, VideoMessage.person_id == Person.id)).one_or_none()
    if found is None:
        return None
    row, city, person = found
    back = ("videos_desk.one", {"uid": key})
    return Seen("video", key, person or city, f"video/{key}", row.link, frozenset({row.link}), back)


FINDERS: dict[str, Callable[[Event, str], Seen | None]] = {
    "person": _person,
    "focal": _focal,
    "moderator": _moderator,
    "video": _video,
}
