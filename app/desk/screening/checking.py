"""What to look at before publishing, of videos: those that have a place and have not come, blocks that are too long.

That somebody appears by video who sent none is found by the board too; here it is grave where the organisers said so.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from flask_babel import gettext as _
from sqlalchemy import select

from app import ical
from app.agenda.facts import Owner
from app.agenda.models import Appearance, Kind, Session
from app.db import db
from app.delegations.models import TAKES_PART, Delegation
from app.desk.screening import service
from app.events.models import Event, Mode
from app.network.models import Member
from app.publishing.checks import JUDGES, Check, Finding
from app.videos import ready
from app.videos.models import ENDED, Purpose, VideoMessage
from app.videos.saying import clock
from app.videos.terms import terms_of

MEND = "screening.playlist"


def videos(event_id: int) -> Iterable[Check]:
    """Placed videos that are missing, grave if the event's terms say so; blocks of videos that outrun their session."""
    event = db.session.get_one(Event, event_id)
    blocks = terms_of(event).blocks_release
    come = ready.come(event_id)
    appearing = list(_appearing(event_id))
    stand = {owner for owner, _finding, _ticked in appearing}
    missing = [finding for owner, finding, ticked in appearing if blocks and not come.get(owner, ticked)]
    missing += [finding for owner, finding in _placed(event_id) if owner not in stand and not come.get(owner, False)]
    if missing or blocks:
        yield Check("videos missing", _("Videos that have a place and have not come"), tuple(missing), blocks, MEND)
    if long := tuple(_too_long(event)):
        yield Check("videos too long", _("Videos that are longer than their session"), long, mend=MEND)


def _appearing(event_id: int) -> Iterator[tuple[Owner, Finding, bool]]:
    """Who appears by video, and whether it is ticked that theirs has come. One query."""
    rows = db.session.execute(
        select(Session, Appearance, Member.name)
        .join(Appearance.session)
        .outerjoin(Appearance.delegation)
        .outerjoin(Delegation.member)
        .where(Session.event_id == event_id, Session.cancelled.is_(False), Appearance.mode == Mode.VIDEO)
        .where(Delegation.id.is_(None) | Delegation.answer.in_(TAKES_PART))
        .order_by(Session.position, Session.id, Appearance.position)
    )
    for session, seat, city in rows:
        owner = session.code, seat.delegation_id, seat.person_id
        who = city or _("somebody whom the organisers named")
        yield owner, Finding(f"video/{session.code}/{who}", session.code, session.title, who), seat.video_ready


def _placed(event_id: int) -> Iterator[tuple[Owner, Finding]]:
    """Messages that have a place in a session that takes place. One query."""
    rows = db.session.execute(
        select(VideoMessage, Session.title, Member.name)
        .join(Session, (Session.event_id == VideoMessage.event_id) & (Session.code == VideoMessage.session_code))
        .outerjoin(VideoMessage.delegation)
        .outerjoin(Delegation.member)
        .where(VideoMessage.event_id == event_id, VideoMessage.state.not_in(ENDED), Session.cancelled.is_(False))
        .where(VideoMessage.purpose != Purpose.BACKUP)
        .order_by(Session.position, Session.id, VideoMessage.id)
    )
    for message, title, city in rows:
        owner = message.session_code, message.delegation_id, message.person_id
        who = city or _("somebody whom the organisers named")
        yield owner, Finding(f"video/{message.session_code}/{who}", message.session_code, title, who)


def _too_long(event: Event) -> Iterator[Finding]:
    """Sessions that are nothing but videos, and are shorter than these. Four queries."""
    seconds: dict[str, float] = {}
    for film in service.films(event.id):
        if film.purpose != Purpose.BACKUP and film.state not in ENDED:
            seconds[film.session] = seconds.get(film.session, 0.0) + film.seconds
    kind = (Session.event_id == event.id, Session.kind == Kind.VIDEOS, Session.cancelled.is_(False))
    for session in db.session.execute(select(Session).where(*kind).order_by(Session.position)).scalars():
        try:
            span = session.span(event.zone)
        except ical.Gap:
            continue  # which publishing says by itself
        slot = (span[1] - span[0]).total_seconds() if span else None
        total = seconds.get(session.code, 0.0)
        if slot is not None and total > slot:
            said = _("%(total)s of videos in %(slot)s", total=clock(total), slot=clock(slot))
            yield Finding(f"too long/{session.code}/{round(total)}", session.code, session.title, said)


JUDGES.append(videos)
