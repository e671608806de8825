"""What clashes in a plan. Each rule looks at one session or at two, so a move asks only about what it touches.

`of_session` needs no place, `of_time` needs a time, `of_room` a room, `of_place` both, `of_pair` two placed sessions,
`of_city` what a city does in the whole summit. The planner asks the same functions which places it may use.
"""

from __future__ import annotations

from collections.abc import Iterator
from zoneinfo import ZoneInfo

from app.planning.facts import Card, Facts, Present, Where
from app.planning.hours import Hours, verdict
from app.planning.kinds import Conflict, Kind, found
from app.planning.model import LEISURE, Appearance, Attendee, Mode, Room, Session, Span, Why
from app.planning.sheet import SPEAKS

ABSENT = {Why.AWAY: Kind.AWAY, Why.VISIT: Kind.VISIT, Why.ONLINE: Kind.ONLY_ONLINE}
NEEDED = {Mode.ONLINE: "streaming", Mode.VIDEO: "screen"}
"""What a room must have for those who are not there."""


def of_session(facts: Facts, card: Card) -> Iterator[Conflict]:
    """What is wrong wherever the session stands."""
    session = card.session
    parts = {each.part for each in session.appearances}
    block = facts.sessions.get(session.parent)
    if block is not None:
        parts |= {each.part for each in block.appearances if each.part == "moderator"}
    for part in sorted(session.roles - parts):
        yield found(Kind.ROLE_MISSING, session.id, detail=part, session=session.title, part=part)
    for each in session.appearances:
        who = facts.everybody.get(each.who)
        if who is not None:
            yield from _turn(facts, session, each, who)
    asked = sum(each.minutes or 0 for each in session.appearances)
    if asked > session.length:
        yield found(Kind.OVERRUN, session.id, session=session.title, asked=asked, length=session.length)


def _turn(facts: Facts, session: Session, each: Appearance, who: Attendee) -> Iterator[Conflict]:
    said = {"name": who.name, "session": session.title}
    if each.mode is None:
        yield found(Kind.MODE_OPEN, session.id, who=who.id, **said)
    elif who.modes and each.mode not in who.modes:
        yield found(Kind.MODE_NOT_OFFERED, session.id, who=who.id, mode=each.mode, **said)
    if each.mode is Mode.VIDEO:
        if each.video_ready is False:
            yield found(Kind.VIDEO_MISSING, session.id, who=who.id, **said)
    elif not each.speaker and who.id in facts.cities and each.part in SPEAKS:
        yield found(Kind.SPEAKER_UNNAMED, session.id, who=who.id, **said)


def of_time(facts: Facts, card: Card, where: Where) -> Iterator[Conflict]:
    """What is wrong with the time, in whichever room."""
    session, grid = card.session, facts.grid
    if session.kind not in LEISURE:
        start, end = where.start, where.end
        if not any(window.start <= start and end <= window.end for window in grid.windows):
            yield found(Kind.OUTSIDE_DAY, session.id, session=session.title)
        if any(start < rest.end and rest.start < end for rest in grid.breaks):
            yield found(Kind.BREAK, session.id, session=session.title)
    for one in card.present:
        who = one.who
        if who.absences or who.arrives or who.departs:
            yield from _absent(facts, card, where, one)
        if one.online:
            yield from _hours(facts, card, where, one)


def _absent(facts: Facts, card: Card, where: Where, one: Present) -> Iterator[Conflict]:
    who, session, span = one.who, card.session, Span(where.start, where.end)
    said: set[Why] = set()
    for absence in who.absences:
        if absence.why in said or not absence.span.meets(span) or (absence.why is Why.ONLINE and not one.at_venue):
            continue
        said.add(absence.why)
        label = {"label": absence.label} if absence.why is Why.VISIT else {}
        yield found(ABSENT[absence.why], session.id, who=who.id, name=who.name, session=session.title, **label)
    if one.at_venue:
        names = {"name": who.name, "session": session.title}
        if who.arrives is not None and where.start < who.arrives:
            yield found(Kind.NOT_ARRIVED, session.id, who=who.id, **names)
        if who.departs is not None and where.end > who.departs:
            yield found(Kind.LEFT, session.id, who=who.id, **names)


def _hours(facts: Facts, card: Card, where: Where, one: Present) -> Iterator[Conflict]:
    hours = verdict(where.start, where.end, one.zone, facts.problem.limits)
    if hours is Hours.GOOD:
        return
    zone, kind = ZoneInfo(one.zone), Kind.HOURS if hours is Hours.BAD else Kind.EDGE_HOURS
    starts, ends = where.start.astimezone(zone), where.end.astimezone(zone)
    title = card.session.title
    yield found(kind, card.session.id, who=one.who.id, name=one.who.name, session=title, starts=starts, ends=ends)


def of_room(facts: Facts, card: Card, room: Room) -> Iterator[Conflict]:
    """What is wrong with the room, at whichever time."""
    session = card.session
    if room.seats is not None and session.expected > room.seats:
        yield found(
            Kind.CAPACITY,
            session.id,
            session=session.title,
            room=room.name,
            expected=session.expected,
            seats=room.seats,
        )
    if room.equipment is None:
        return
    missing = ", ".join(sorted(session.needs - room.equipment))
    if missing:
        yield found(Kind.EQUIPMENT, session.id, session=session.title, room=room.name, missing=missing)
    for each in session.appearances:
        needed = NEEDED.get(each.mode) if each.mode else None
        who = facts.everybody.get(each.who)
        if needed and who is not None and needed not in room.equipment:
            yield found(
                Kind.MODE_EQUIPMENT,
                session.id,
                who=who.id,
                name=who.name,
                session=session.title,
                mode=str(each.mode),
                room=room.name,
                missing=needed,
            )


def of_place(card: Card, where: Where, room: Room) -> Iterator[Conflict]:
    """What is wrong with this room at this time, apart from other sessions."""
    if room.open is not None and not any(span.start <= where.start and where.end <= span.end for span in room.open):
        yield found(Kind.ROOM_SHUT, card.session.id, session=card.session.title, room=room.name)


def of_pair(facts: Facts, one: Card, there: Where, two: Card, here: Where) -> Iterator[Conflict]:
    """What is wrong between two placed sessions."""
    if (here.begins, two.session.id) < (there.begins, one.session.id):
        one, there, two, here = two, here, one, there
    gap = here.begins - there.ends
    names = {"first": one.session.title, "second": two.session.title}
    ids = one.session.id, two.session.id
    related = two.session.id in one.family
    if not related and there.room is not None and there.room == here.room:
        yield from _same_room(facts, ids, names, there.room, gap)
    if gap < 0:
        yield from _at_once(facts, one, two, names, related)
    elif facts.buildings and gap < facts.problem.walking:
        yield from _far_apart(facts, one, there, two, here, names, gap)
    if ids[1] in one.linked:
        yield from _tied(facts, one, there, two, here)


def _same_room(facts: Facts, ids: tuple[str, str], names: dict[str, str], room_id: str, gap: int) -> Iterator[Conflict]:
    room = facts.rooms.get(room_id)
    name, needed = (room.name, room.changeover) if room else (room_id, 0)
    if gap < 0:
        yield found(Kind.ROOM_TWICE, *ids, room=name, **names)
    elif gap < needed:
        yield found(Kind.CHANGEOVER, *ids, room=name, gap=gap, needed=needed, **names)


def _at_once(facts: Facts, one: Card, two: Card, names: dict[str, str], related: bool) -> Iterator[Conflict]:
    ids = one.session.id, two.session.id
    if related:
        return
    for who in one.keys.keys() & two.keys.keys():
        attendee = facts.everybody.get(who)
        if attendee is None:
            continue
        (part, speaker, _), (other_part, other, _) = one.keys[who], two.keys[who]
        if who in facts.cities:
            split = bool(speaker and other and speaker != other)
            kind = Kind.CITY_SPLIT if split else Kind.CITY_TWICE
        else:
            kind = Kind.MODERATOR_TWICE if "moderator" in (part, other_part) else Kind.PERSON_TWICE
        yield found(kind, *ids, who=who, name=attendee.name, **names)
    for each in (one, two):
        if each.session.alone:
            yield found(Kind.BESIDE_PLENARY, *ids, alone=each.session.title, **names)
            break
    if two.session.id in one.session.apart or one.session.id in two.session.apart:
        yield found(Kind.APART, *ids, **names)


def _far_apart(
    facts: Facts, one: Card, there: Where, two: Card, here: Where, names: dict[str, str], gap: int
) -> Iterator[Conflict]:
    left, reached = facts.rooms.get(there.room or ""), facts.rooms.get(here.room or "")
    if left is None or reached is None or left.building == reached.building:
        return
    for who in one.keys.keys() & two.keys.keys():
        attendee = facts.people.get(who) or _undivided(facts, one, two, who)
        if attendee is not None and one.keys[who][2] and two.keys[who][2]:
            needed = facts.problem.walking
            ids = one.session.id, two.session.id
            yield found(Kind.WALKING, *ids, who=who, name=attendee.name, gap=gap, needed=needed, **names)


def _undivided(facts: Facts, one: Card, two: Card, who: str) -> Attendee | None:
    """The city, unless it has named different people, who need not walk."""
    speaker, other = one.keys[who][1], two.keys[who][1]
    return None if speaker and other and speaker != other else facts.cities.get(who)


def _tied(facts: Facts, one: Card, there: Where, two: Card, here: Where) -> Iterator[Conflict]:
    for first, before, second, after in ((one, there, two, here), (two, here, one, there)):
        ids, title, other = (first.session.id, second.session.id), first.session.title, second.session.title
        if ids[0] in second.session.after and after.begins < before.ends:
            yield found(Kind.ORDER, *ids, first=title, second=other)
        if ids[0] in second.session.same_day and before.day != after.day:
            yield found(Kind.SAME_DAY, *ids, first=title, second=other)
        within = before.begins <= after.begins and after.ends <= before.ends
        if second.session.parent == ids[0] and not within:
            yield found(Kind.OUTSIDE_BLOCK, *ids, session=other, block=title)


def of_city(facts: Facts, who: str, sessions: int) -> Iterator[Conflict]:
    """What is wrong with the number of sessions a city is in."""
    city = facts.cities.get(who)
    if city is None:
        return
    if sessions == 0:
        yield found(Kind.CITY_NEVER, who=who, name=city.name)
    elif sessions > facts.problem.most and not city.host:
        yield found(Kind.CITY_OFTEN, who=who, name=city.name, count=sessions, most=facts.problem.most)
