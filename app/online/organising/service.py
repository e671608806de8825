"""What organisers store of taking part from afar, and what their pages tell of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload, selectinload

from app.agenda.models import Appearance, Part, Session
from app.db import db
from app.delegations.models import Delegation
from app.events.models import Event, Mode, Room
from app.journal import note
from app.online import joining, techchecks, telling
from app.online.models import Joined, OnlineFacts, OnlineRoom, OnlineSettings, StageLink, TechCheck
from app.online.organising.forms import Wanted, mark_of
from app.online.stage import links
from app.online.stage.seats import LEADS
from app.refused import Refused
from app.registration.models import Capacity, Delegate, State
from app.web.choices import in_order

LINKS_CHANGED = "changed links to join"
"""As the journal calls it when a room can be joined now and could not, or the other way round: the draft differs."""
LINKS_REPLACED = "replaced links to join"


def store_links(event_id: int, wanted: Sequence[Wanted], *, who: str, now: datetime) -> int:
    """Store the links of the rooms that are another than when the page was opened; how many.

    They work at once. The journal names the room and not the link. Refused when somebody changed one meanwhile.
    """
    asked = {each.room: each for each in wanted if mark_of(each.ways) != each.seen}
    query = select(Room).where(Room.event_id == event_id, Room.id.in_(asked)).order_by(Room.id).with_for_update()
    rooms = db.session.execute(query).scalars().all()
    present = {key: ways for key, _name, ways in joining.all_ways(event_id)}  # read once nobody else can change them
    changed, what = [], LINKS_REPLACED
    for room in rooms:
        each, ways = asked[room.id], present[room.id]
        if ways == each.ways:
            continue
        if mark_of(ways) != each.seen:
            said = _("Somebody changed the links of %(room)s meanwhile. Open this page again.", room=room.name)
            raise Refused(said)
        if bool(ways.link) is not bool(each.ways.link):
            what = LINKS_CHANGED
        _put(room, each)
        changed.append(room.name)
    if changed:
        note(what, "rooms", who=who, now=now, event_id=event_id, after={"rooms": changed})
        db.session.flush()
    return len(changed)


def _put(room: Room, wanted: Wanted) -> None:
    row = db.session.get(OnlineRoom, room.id)
    if row is None:
        row = OnlineRoom(room_id=room.id)
        db.session.add(row)
    room.link = wanted.ways.link
    row.speaker_link = wanted.ways.speaker_link
    row.channels = [{"language": language, "link": link} for language, link in wanted.ways.channels]


@dataclass(frozen=True)
class Set:
    """How a summit is joined, as it is wanted."""

    opens: int
    venue_joins: bool
    phone: str


def store_settings(event_id: int, wanted: Set, *, who: str, now: datetime) -> None:
    """Store how the summit is joined; it holds at once."""
    row = db.session.get(OnlineSettings, event_id)
    if row is None:
        row = OnlineSettings(event_id=event_id)
        db.session.add(row)
    row.opens, row.venue_joins, row.phone = wanted.opens, wanted.venue_joins, wanted.phone
    after = {"opens": wanted.opens, "venue joins": wanted.venue_joins}
    note("changed how one joins", "online", who=who, now=now, event_id=event_id, after=after)
    db.session.flush()


@dataclass(frozen=True)
class Line:
    """One session of the draft: who may moderate it, each with their link if there is one, and how many joined."""

    session: Session
    leads: Sequence[tuple[str, str, StageLink | None]]
    """(who, name, link)."""
    joined: int


def lines(event_id: int) -> list[Line]:
    """All sessions that hold no others, in order of time. Five queries."""
    whole = selectinload(Session.appearances).options(
        joinedload(Appearance.person), joinedload(Appearance.delegation).joinedload(Delegation.member)
    )
    rows = list(db.session.execute(select(Session).where(Session.event_id == event_id).options(whole)).scalars())
    blocks = {each.parent_id for each in rows if each.parent_id}
    by_id = {each.id: each for each in rows}
    made: dict[str, list[StageLink]] = {}
    for link in links.links(event_id):
        made.setdefault(link.session_uid, []).append(link)
    counts = Counter(each.session_uid for each in joining.joined(event_id))
    found = [
        Line(each, _leads(each, by_id.get(each.parent_id or 0), made.get(each.uid, [])), counts[each.uid])
        for each in rows
        if each.id not in blocks and not each.cancelled
    ]
    return sorted(found, key=_place)


def _place(line: Line) -> tuple[bool, str, bool, str, int]:
    row = line.session
    return row.day is None, str(row.day), row.starts is None, str(row.starts), row.position


def _leads(row: Session, block: Session | None, made: Sequence[StageLink]) -> list[tuple[str, str, StageLink | None]]:
    by_whom = {each.who: each for each in made}
    names: dict[str, str] = {}
    for seat in (*(block.appearances if block else ()), *row.appearances):
        if seat.part.value in LEADS and (who := whose(seat)):
            names[who] = seat.person.name if seat.person else seat.delegation.member.name if seat.delegation else ""
    names[links.DESK] = _("Whoever stands in")
    gone = [each for each in by_whom if each not in names]
    return [(who, name, by_whom.get(who)) for who, name in names.items()] + [
        (who, _("No longer put down for it"), by_whom[who]) for who in gone
    ]


def whose(seat: Appearance) -> str:
    """As the link of a moderator names its owner."""
    if seat.person:
        return f"person/{seat.person.code}"
    return f"city/{seat.delegation.member.slug}" if seat.delegation else ""


def make_all(event_id: int, *, who: str, now: datetime) -> int:
    """A link for everybody who moderates a session and has none; how many."""
    wanted = [
        (line.session.uid, whom)
        for line in lines(event_id)
        for whom, _name, link in line.leads
        if link is None and whom != links.DESK
    ]
    for uid, whom in wanted:
        links.make(event_id, uid, whom, who=who, now=now)
    return len(wanted)


def may_lead(event_id: int, uid: str, whom: str) -> bool:
    """Whether this one moderates the session, or is whoever stands in."""
    return any(line.session.uid == uid and whom in {each[0] for each in line.leads} for line in lines(event_id))


@dataclass(frozen=True)
class Checked:
    """A speaker online, with what is known of their line and their check."""

    delegate: Delegate
    check: TechCheck | None
    facts: OnlineFacts | None


def speakers(event_id: int) -> list[Checked]:
    """Everybody who speaks online, and whoever has a check besides; by city and name. Four queries."""
    whole = joinedload(Delegate.delegation).joinedload(Delegation.member)
    live = or_(Appearance.mode.is_(None), Appearance.mode != Mode.VIDEO)
    seats = db.session.execute(
        select(Appearance.delegation_id, Appearance.speaker_id)
        .join(Session, Appearance.session_id == Session.id)
        .where(Session.event_id == event_id, Session.cancelled.is_(False), live)
        .where(Appearance.delegation_id.is_not(None), Appearance.part.not_in([Part.OBSERVER, Part.PARTICIPANT]))
    ).all()
    named = {speaker for _city, speaker in seats if speaker}
    headed = {city for city, speaker in seats if not speaker}
    checks = {each.delegate_id: each for each in techchecks.all_of(event_id)}
    online = select(Delegate).where(
        Delegate.event_id == event_id, Delegate.state == State.APPROVED, Delegate.mode == Mode.ONLINE
    )
    found = {
        each.id: each
        for each in db.session.execute(online.options(whole)).scalars()
        if each.id in named or (each.role == Capacity.HEAD and each.delegation_id in headed)
    }
    found |= {key: each.delegate for key, each in checks.items() if each.slot_id or each.result}
    facts = telling.told_by(found)
    everybody = [Checked(each, checks.get(key), facts.get(key)) for key, each in found.items()]
    return in_order(everybody, lambda each: f"{each.delegate.delegation.member.name} {each.delegate.name}")


@dataclass(frozen=True)
class Came:
    """One who joined a session."""

    title: str
    name: str
    city: str
    row: Joined


def came(event: Event) -> list[Came]:
    """Who joined what, the latest first. Four queries."""
    found = joining.joined(event.id)
    delegates, people = joining.people_of(found)
    named = db.session.execute(select(Session.uid, Session.title).where(Session.event_id == event.id))
    titles = {row.uid: row.title for row in named}
    made = []
    for row in found:
        delegate, person = delegates.get(row.delegate_id or 0), people.get(row.person_id or 0)
        name = delegate.name if delegate else person.name if person else ""
        city = delegate.delegation.member.name if delegate else ""
        made.append(Came(titles.get(row.session_uid, _("a session taken out since")), name, city, row))
    return made
