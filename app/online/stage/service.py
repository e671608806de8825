"""What a moderator sees of a session, and the marks they make.

Who speaks, in which order and how is as it was published, until the day itself. From then on it is read from the draft
as it stands now: organisers change it until the last moment, and whoever stands on the stage needs to know before any
release. The time is always that which was published, with a remark on the day where the draft says another.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask_babel import gettext as _
from sqlalchemy import and_, or_, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import joinedload

from app import clock, ical
from app.agenda.models import Session
from app.db import db
from app.events.models import Event, Mode
from app.journal import note
from app.online import techchecks, telling
from app.online.models import Mark, OnlineFacts, Outcome, StageLink, TechCheck
from app.online.stage import films
from app.online.stage.films import Films
from app.online.stage.seats import Seat, drafted, published
from app.planning import model as planning
from app.planning.sheet import PER_CITY, SPEAKS, sheet
from app.profiles.models import Profile
from app.publishing.service import told
from app.publishing.shown import Published
from app.refused import Refused
from app.registration.models import Capacity, Delegate, State


@dataclass(frozen=True)
class Turn:
    """One who appears, as the moderator needs them. Empty where nothing is known; `minutes` None: they take none."""

    key: str
    name: str
    city: str
    position: str
    part: str
    mode: str
    say: str = ""
    """How the name is said."""
    own_script: str = ""
    topic: str = ""
    minutes: int | None = None
    starts: datetime | None = None
    ends: datetime | None = None
    speaker: bool = True
    """A person is known who speaks; else the city has named nobody."""
    shown_as: str = ""
    """The name on the platform, of who joins online."""
    phone: str = ""
    check: TechCheck | None = None
    video_ready: bool = False
    """There is something to play: the video, or for who speaks otherwise a backup."""
    owner: films.Owner = (None, None)
    mark: Mark | None = None

    @property
    def online(self) -> bool:
        return self.mode == Mode.ONLINE

    @property
    def state(self) -> str:
        """ "", "speaking", "spoke", "absent" or "video"."""
        return state_of(self.mark)


@dataclass(frozen=True)
class Stage:
    """One session on its stage. `now`: the turn that is next or on; `until`: when its minutes are over."""

    event: Event
    code: str
    uid: str
    title: str
    room: str
    starts: datetime | None
    ends: datetime | None
    cancelled: bool
    leads: Sequence[Turn]
    turns: Sequence[Turn]
    moves_to: tuple[datetime, datetime] | None
    """Another time that the draft has and no release yet."""
    after: tuple[str, datetime] | None
    """What comes next in the same room: title and start."""

    @property
    def now(self) -> Turn | None:
        return next((each for each in self.turns if each.mark is None or each.mark.outcome is None), None)

    @property
    def following(self) -> Turn | None:
        left = [each for each in self.turns if each.mark is None or each.mark.outcome is None]
        return left[1] if len(left) > 1 else None

    def until(self, now: datetime) -> datetime | None:
        """When the minutes of the present turn are over: counted from when its clock was started, or else from when the
        turn before it was marked, or the session began. None before it has."""
        turn = self.now
        if turn is None or turn.minutes is None or self.starts is None:
            return None
        base = turn.mark.began_at if turn.mark else None
        if base is None:
            marked = [each.mark.at for each in self.turns if each.mark and each.mark.outcome]
            base = max([self.starts, *marked])
        return base + timedelta(minutes=turn.minutes) if base <= now else None


def state_of(mark: Mark | None) -> str:
    """How a turn is marked, in one word."""
    if mark is None:
        return ""
    return mark.outcome.value if mark.outcome else "speaking" if mark.began_at else ""


def stage(event_id: int, uid: str, now: datetime) -> Stage:
    """The session with this uid as it stands now. Raises LookupError when there is none, or none is published and the
    day is still to come. A fixed number of queries."""
    row = db.session.execute(
        select(Session)
        .where(Session.event_id == event_id, Session.uid == uid)
        .options(joinedload(Session.event), joinedload(Session.room))
    ).scalar_one_or_none()
    shown = told(event_id, _release_of(event_id))
    if row is None:
        raise LookupError("the agenda has no such session any more")
    here = shown.programme.session.get(row.code)
    rows = {each.key: each for each in drafted(row)}
    today = row.day is not None and clock.local(now, row.event.zone).date() >= row.day
    if here is None and not today:
        raise LookupError("this session is not published yet")
    seats = list(rows.values()) if today or here is None else published(shown.programme, here, rows, event_id)
    starts, ends, cancelled, after = _released(row, shown)
    draft = _span(row) if today else None
    turns = _turns(row, seats, {each.who: each for each in _marks(uid)}, starts or (draft[0] if draft else None))
    return Stage(
        event=row.event,
        code=row.code,
        uid=uid,
        title=row.title if today or here is None else here.title,
        room=(row.room.name if row.room else "") if today or here is None else here.room,
        starts=starts,
        ends=ends,
        cancelled=cancelled or (today and row.cancelled),
        leads=[each for each in turns if each.minutes is None],
        turns=[each for each in turns if each.minutes is not None],
        moves_to=draft if draft and (starts, ends) != draft else None,
        after=after,
    )


def _release_of(event_id: int) -> int:
    return db.session.execute(select(Event.release).where(Event.id == event_id)).scalar_one()


def _marks(uid: str) -> list[Mark]:
    return list(db.session.execute(select(Mark).where(Mark.session_uid == uid)).scalars())


def _span(row: Session) -> tuple[datetime, datetime] | None:
    try:
        return row.span(row.event.zone)
    except ical.Gap:
        return None


def _released(
    row: Session, shown: Published
) -> tuple[datetime | None, datetime | None, bool, tuple[str, datetime] | None]:
    """Start, end and whether it is cancelled, as published; and what follows in the same room."""
    entry = shown.entries[row.code][0] if row.code in shown.entries else None
    if entry is None or entry.item.all_day:
        return None, None, bool(entry and entry.item.cancelled), None
    here = shown.programme.session.get(row.code)
    later = [
        (each.starts, each.title)
        for each in shown.programme.sessions
        if here and here.room and each.room == here.room and each.starts and each.starts >= entry.item.finishes
        if not each.cancelled and not shown.programme.children[each.code]
    ]
    first = min(later, default=None)
    return entry.item.begins, entry.item.finishes, entry.item.cancelled, (first[1], first[0]) if first else None


def _turns(row: Session, seats: Sequence[Seat], marks: Mapping[str, Mark], starts: datetime | None) -> list[Turn]:
    people = _speakers(seats)
    ids = [each.id for each in people.values()]
    checks, facts, profiles = techchecks.of_people(ids), telling.told_by(ids), _profiles(ids)
    spans, shown = _spans(row, seats, starts), films.of_session(row.event_id, row.code)
    found = []
    for seat in seats:
        minutes = None
        if seat.part in SPEAKS and not seat.of_block:
            minutes = seat.minutes or row.minutes_each or PER_CITY
        who = people.get(seat.key)
        key = who.id if who else 0
        about = _About(who, profiles.get(key), checks.get(key), facts.get(key), shown)
        found.append(_turn(seat, minutes, about, marks.get(seat.key), spans.get(seat.key)))
    return found


@dataclass(frozen=True)
class _About:
    """What is known of who speaks for a city."""

    delegate: Delegate | None
    profile: Profile | None
    check: TechCheck | None
    facts: OnlineFacts | None
    shown: Films


def _turn(
    seat: Seat,
    minutes: int | None,
    about: _About,
    mark: Mark | None,
    span: tuple[datetime, datetime] | None,
) -> Turn:
    person, delegate, profile = seat.person, about.delegate, about.profile
    city = seat.delegation.member.name if seat.delegation else ""
    called = f"{person.honorific} {person.name}".strip() if person else delegate.called if delegate else ""
    held = (person.positions[0] if person.positions else "") if person else delegate.position if delegate else ""
    online = seat.mode == Mode.ONLINE or (not seat.mode and delegate is not None and delegate.mode == Mode.ONLINE)
    return Turn(
        key=seat.key,
        name=called or city,
        city=city if called else "",
        position=seat.position or held,
        part=seat.part,
        mode=seat.mode,
        say=profile.pronunciation if profile else "",
        own_script=profile.own_script if profile else "",
        topic=seat.topic,
        minutes=minutes,
        starts=span[0] if span else None,
        ends=span[1] if span else None,
        speaker=bool(called),
        shown_as=(delegate.platform_name or delegate.name) if delegate and online else "",
        phone=about.facts.phone if about.facts and online else "",
        check=about.check if online else None,
        video_ready=about.shown.ready(seat.owner, seat.mode, seat.video_ready),
        owner=seat.owner,
        mark=mark,
    )


def _spans(row: Session, seats: Sequence[Seat], starts: datetime | None) -> dict[str, tuple[datetime, datetime]]:
    """When each turn is to be, counted from the start of the session."""
    if starts is None:
        return {}
    here = [each for each in seats if not each.of_block]
    asked = [planning.Appearance(each.key, each.part, None, n, each.minutes) for n, each in enumerate(here)]
    lines = sheet(starts, 0, asked, {}, each=row.minutes_each or PER_CITY).lines
    return {each.who: (each.start, each.end) for each in lines}


def _speakers(seats: Sequence[Seat]) -> dict[str, Delegate]:
    """Who speaks for each city, by the key of its seat: who is named, or the head of its delegation. One query."""
    named = {each.speaker_id for each in seats if each.speaker_id}
    cities = {each.delegation.id for each in seats if each.delegation}
    heads = and_(Delegate.delegation_id.in_(cities), Delegate.role == Capacity.HEAD, Delegate.state == State.APPROVED)
    by_id = {
        each.id: each
        for each in db.session.execute(select(Delegate).where(or_(Delegate.id.in_(named), heads))).scalars()
    }
    by_city = {each.delegation_id: each for each in by_id.values() if each.role == Capacity.HEAD}
    found = {}
    for seat in seats:
        if seat.delegation and (who := by_id.get(seat.speaker_id or 0) or by_city.get(seat.delegation.id)):
            found[seat.key] = who
    return found


def _profiles(ids: Iterable[int]) -> dict[int, Profile]:
    rows = db.session.execute(select(Profile).where(Profile.delegate_id.in_(list(ids)))).scalars()
    return {each.delegate_id: each for each in rows}


def mark(link: StageLink, key: str, wanted: str, seen: str, now: datetime) -> None:
    """Mark a turn as "speaking" (its clock runs), "spoke", "absent" or "video", or take that back by "". Twice is once.

    `seen` is how it was marked on the page that was pressed. Refused when another moderator marked it otherwise since.
    Raises LookupError for nobody of this session.
    """
    here = stage(link.event_id, link.session_uid, now)
    found = next((each for each in here.turns if each.key == key), None)
    if found is None:
        raise LookupError("nobody of this session is called so")
    row = _locked(link, key, now)
    stored = state_of(row)
    if stored == wanted:
        return
    if stored != seen:
        raise Refused(_("%(name)s was marked meanwhile. Look how it stands now, and press again.", name=found.name))
    if wanted == "speaking":
        row.began_at, row.outcome = now, None
    elif wanted:
        row.outcome = Outcome(wanted)
    else:
        row.began_at, row.outcome = None, None
    row.at, row.by = now, link.who
    subject = f"stage/{link.session_uid}"
    before, after = {"turn": key, "mark": stored}, {"turn": key, "mark": wanted}
    note("marked turn", subject, who=link.who, now=now, event_id=link.event_id, before=before, after=after)
    db.session.flush()
    whose = link.event_id, here.code, found.owner, found.mode
    films.follow(*whose, before=stored, after=wanted, who=link.who, now=now)


def _locked(link: StageLink, key: str, now: datetime) -> Mark:
    """The row of this turn, made if there is none, locked until the transaction ends."""
    dialect = postgresql if db.engine.dialect.name == "postgresql" else sqlite
    blank = {"event_id": link.event_id, "session_uid": link.session_uid, "who": key, "at": now, "by": link.who}
    db.session.execute(dialect.insert(Mark).values(**blank).on_conflict_do_nothing())
    mine = select(Mark).where(Mark.session_uid == link.session_uid, Mark.who == key).with_for_update()
    return db.session.execute(mine.execution_options(populate_existing=True)).scalar_one()
