"""Putting cities into sessions and in order: each an act that can be taken back, stored only on what was seen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import select

from app.agenda import acts, moves
from app.agenda.acts import Changed, Stale
from app.agenda.facts import Facts, Seat
from app.agenda.models import Act, Order, Part
from app.db import db
from app.delegations.models import TAKES_PART, Delegation, DelegationMode, ThemeWishes
from app.events.models import Event, Mode, Person
from app.network.models import Member
from app.planning import order
from app.planning.order import Rule, Speaker
from app.refused import Refused
from app.registration.models import ENDED, Capacity, Delegate, Rank

RULES = {
    Order.HAND: Rule.HAND,
    Order.HOST: Rule.HOST,
    Order.ALPHABET: Rule.ALPHABET,
    Order.RANK: Rule.RANK,
    Order.DRAW: Rule.DRAW,
    Order.REQUEST: Rule.REQUEST,
}
FIRST = frozenset({Part.MODERATOR, Part.PRESIDING, Part.KEYNOTE})
"""Parts that open a session; whatever the order of the cities, they stand before them."""


@dataclass(frozen=True)
class City:
    """A delegation as the order of speaking knows it."""

    delegation_id: int
    slug: str
    name: str
    host: bool
    rank: int
    """1 is the highest; 0: nobody said."""
    asked: datetime | None = None
    """Since when it asks to speak; None: it does not ask."""


def cities(event: Event) -> dict[int, City]:
    """Every city that takes part, by the id of its delegation. One query."""
    found = db.session.execute(
        select(Delegation.id, Member.id.label("member"), Member.slug, Member.name, Delegate.rank, ThemeWishes.asked_at)
        .join(Member, Delegation.member_id == Member.id)
        .outerjoin(ThemeWishes, ThemeWishes.delegation_id == Delegation.id)
        .outerjoin(
            Delegate,
            (Delegate.delegation_id == Delegation.id) & (Delegate.role == Capacity.HEAD) & Delegate.state.not_in(ENDED),
        )
        .where(Delegation.event_id == event.id, Delegation.answer.in_(TAKES_PART))
        .order_by(Member.folded)
    )
    places = {rank: place for place, rank in enumerate(Rank, 1)}
    return {
        row.id: City(row.id, row.slug, row.name, row.member == event.host_id, places.get(row.rank, 0), row.asked_at)
        for row in found
    }


def move(
    event: Event, slug: str, source: str, target: str, place: int, seen: Mapping[str, int], *, who: str, now: datetime
) -> Act | None:
    """Put a city from one session into another, at a place among its cities (from 0); empty: from or to nowhere,
    and from nowhere to nowhere is no act.

    `seen`: code -> version of the sessions concerned, as the organiser saw them. Refused when the city stands there
    already; raises Stale when a session was changed meanwhile.
    """
    acts.hold(event.id)
    city = _city(event, slug)
    facts = _held(event, {code for code in (source, target) if code}, seen)
    leaving = next((each for each in facts[source].seats if each.delegation_id == city), None) if source else None
    if source and leaving is None:
        raise Refused(_("This city is no longer in that session."))
    seat = leaving or Seat(Part.SPEAKER, delegation_id=city, mode=_only_mode(city))
    changes = []
    if source == target:
        if not source:
            return None
        before = facts[source]
        rest = [each for each in before.seats if each != seat]
        changes.append(Changed(before, moves.reseat(before, _inserted(rest, seat, place))))
    else:
        if source:
            before = facts[source]
            changes.append(Changed(before, replace(before, seats=tuple(each for each in before.seats if each != seat))))
        if target:
            before = facts[target]
            if any(each.delegation_id == city and each.part == seat.part for each in before.seats):
                raise Refused(_("This city is in that session already."))
            changes.append(Changed(before, moves.reseat(before, _inserted(before.seats, seat, place))))
    return acts.perform(event.id, "cities moved", changes, who=who, now=now)


def by_video(event: Event, code: str, slug: str, version: int, *, who: str, now: datetime) -> Act | None:
    """Let a city appear in a session by video message; None when it does already.

    Refused when it is not in that session; raises Stale when the session was changed since `version`.
    """
    acts.hold(event.id)
    city = _city(event, slug)
    facts = _held(event, {code}, {code: version})[code]
    if all(each.delegation_id != city for each in facts.seats):
        raise Refused(_("This city is no longer in that session."))
    seats = tuple(replace(each, mode=Mode.VIDEO) if each.delegation_id == city else each for each in facts.seats)
    return acts.perform(event.id, "by video", [Changed(facts, replace(facts, seats=seats))], who=who, now=now)


def _inserted(seats: Sequence[Seat], seat: Seat, place: int) -> tuple[Seat, ...]:
    """The seats with one more at this place among the cities; people before and between them stay where they are."""
    at = [index for index, each in enumerate(seats) if each.delegation_id is not None]
    index = at[place] if 0 <= place < len(at) else len(seats)
    return (*seats[:index], seat, *seats[index:])


def arrange(
    event: Event, code: str, rule: Order, seed: int | None, version: int, language: str, *, who: str, now: datetime
) -> Act | None:
    """Put the cities of a session in the order of a rule; None when they stand so already. A draw keeps its seed, an
    order of asking the moments of asking, so that the result says how it came about.

    Refused on "seed" for a draw without one, on "rule" for an order of asking where no city asked.
    """
    acts.hold(event.id)
    facts = _held(event, {code}, {code: version})[code]
    known = cities(event)
    speaking = [each for each in facts.seats if each.delegation_id in known and each.part not in FIRST]
    others = [each for each in facts.seats if each not in speaking]
    if rule == Order.DRAW and seed is None:
        raise Refused(_("A draw needs a number to draw with, so that anybody can draw it again."), "seed")
    if rule == Order.REQUEST:
        speaking = _asked(speaking, known)
    speakers = [_speaker(known[each.delegation_id or 0], each) for each in speaking]
    done = order.arrange(speakers, RULES[rule], language, str(seed) if rule == Order.DRAW else "")
    by_id = dict(zip((each.id for each in speakers), speaking, strict=True))
    seats = (*others, *(by_id[key] for key in done.ids))
    after = replace(facts, seats=seats, order_rule=rule, order_seed=seed if rule == Order.DRAW else None)
    return acts.perform(event.id, "put in order", [Changed(facts, after)], who=who, now=now)


def _asked(speaking: Sequence[Seat], known: Mapping[int, City]) -> list[Seat]:
    """The seats with the moments at which their cities asked to speak."""
    found = [replace(each, asked_at=known[each.delegation_id or 0].asked) for each in speaking]
    if not any(each.asked_at for each in found):
        raise Refused(_("None of these cities has asked to speak yet, so there is no order of asking."), "rule")
    return found


@dataclass(frozen=True)
class Turn:
    """One line of the speaking order as it came back."""

    place: int
    """Which of the stored seats it is, from 0."""
    order: int
    minutes: int | None
    topic: str
    confirmed: bool
    speaker: str = ""
    """The reference of the person who speaks; empty: the city's head."""
    video_ready: bool | None = None
    """Whether the video has come; None: that was not asked."""


def set_turns(
    event: Event, code: str, turns: Sequence[Turn], each: int | None, version: int, *, who: str, now: datetime
) -> Act | None:
    """Order, minutes, topics, speakers and which videos have come, as typed.

    Refused when a speaker is not of the city; raises Stale.
    """
    acts.hold(event.id)
    facts = _held(event, {code}, {code: version})[code]
    wanted = sorted(turns, key=lambda turn: (turn.order, turn.place))
    if sorted(turn.place for turn in wanted) != list(range(len(facts.seats))):
        raise Refused(_("Somebody was added or taken off meanwhile. Look again, then save."))
    people = _speakers({seat.delegation_id for seat in facts.seats if seat.delegation_id})
    seats = tuple(_seat(facts.seats[turn.place], turn, people) for turn in wanted)
    same_order = [turn.place for turn in wanted] == list(range(len(wanted)))
    rule = facts.order_rule if same_order else Order.HAND
    after = replace(facts, seats=seats, minutes_each=each, order_rule=rule)
    return acts.perform(event.id, "put in order", [Changed(facts, after)], who=who, now=now)


def _seat(seat: Seat, turn: Turn, people: Mapping[str, tuple[int, int]]) -> Seat:
    speaker = None
    if turn.speaker:
        delegation, speaker = people.get(turn.speaker, (0, None))
        if delegation != seat.delegation_id:
            raise Refused(_("Whoever speaks for a city must be of its delegation."))
    video = seat.video_ready if turn.video_ready is None else turn.video_ready
    told = replace(seat, minutes=turn.minutes, topic=turn.topic, confirmed=turn.confirmed)
    return replace(told, speaker_id=speaker, video_ready=video)


def _speakers(delegations: set[int]) -> dict[str, tuple[int, int]]:
    """Reference -> (delegation, id) of everybody who stands in these delegations."""
    found = db.session.execute(
        select(Delegate.reference, Delegate.delegation_id, Delegate.id).where(
            Delegate.delegation_id.in_(delegations), Delegate.state.not_in(ENDED)
        )
    )
    return {row.reference: (row.delegation_id, row.id) for row in found}


def speakers(event_id: int, delegations: set[int]) -> dict[int, list[tuple[str, str, int]]]:
    """Delegation -> (reference, name, id) of who could speak for it, heads first. One query."""
    found = db.session.execute(
        select(Delegate.delegation_id, Delegate.reference, Delegate.name, Delegate.id)
        .where(Delegate.event_id == event_id, Delegate.delegation_id.in_(delegations), Delegate.state.not_in(ENDED))
        .order_by(Delegate.role != Capacity.HEAD, Delegate.name)
    )
    rows: dict[int, list[tuple[str, str, int]]] = {}
    for row in found:
        rows.setdefault(row.delegation_id, []).append((row.reference, row.name, row.id))
    return rows


def called(event_id: int, seats: Sequence[Seat]) -> list[str]:
    """How each of these is called, those too who do not come any more. Two queries."""
    cities = select(Delegation.id, Member.name).join(Delegation.member).where(Delegation.event_id == event_id)
    people = select(Person.id, Person.name).where(Person.event_id == event_id)
    names = {("city", row[0]): row[1] for row in db.session.execute(cities)}
    names |= {("person", row[0]): row[1] for row in db.session.execute(people)}
    keys = (("city", each.delegation_id) if each.delegation_id else ("person", each.person_id or 0) for each in seats)
    return [names[key] for key in keys]


def _speaker(city: City, seat: Seat) -> Speaker:
    return Speaker(f"{city.slug}/{seat.part.value}", city.name, city.host, city.rank, seat.asked_at)


def _city(event: Event, slug: str) -> int:
    found = next((each.delegation_id for each in cities(event).values() if each.slug == slug), None)
    if found is None:
        raise Refused(_("This city does not take part at present."))
    return found


def _only_mode(delegation_id: int) -> Mode | None:
    """The one mode of the city; None, to be confirmed, when it has several."""
    ask = select(DelegationMode.mode).where(DelegationMode.delegation_id == delegation_id)
    modes = list(db.session.execute(ask).scalars())
    return modes[0] if len(modes) == 1 else None


def _held(event: Event, codes: set[str], seen: Mapping[str, int]) -> dict[str, Facts]:
    """The facts of these sessions. Raises Stale when one is gone or no longer of the version that was seen."""
    found = acts.rows(event.id, codes)
    if missing := codes - found.keys():
        raise Refused(_("Somebody took this session off the draft meanwhile: %(codes)s.", codes=", ".join(missing)))
    stale = {code: facts for code, (session, facts) in found.items() if session.version != seen.get(code)}
    if stale:
        titles = ", ".join(each.title for each in stale.values())
        raise Stale(_("Somebody else changed this meanwhile: %(titles)s.", titles=titles), stale)
    return {code: facts for code, (_session, facts) in found.items()}
