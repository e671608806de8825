"""What moving does to sessions, one or many at once: frozen facts in, changes out. Nothing is stored here.

Every function refuses in words what the clock does not allow: a session neither begins before midnight nor runs past
it. Times are wall times of the event's zone.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, time

from flask_babel import gettext as _

from app.agenda.acts import Changed
from app.agenda.facts import Facts, Seat
from app.agenda.models import Order, Pin
from app.refused import Refused

USUAL = 60
"""Minutes of a session of which nobody said how long it needs."""
GRID = 5
"""Minutes to which times are rounded that the product works out itself."""


@dataclass(frozen=True)
class Target:
    """Where to put a session. No day: into the tray, without time and room."""

    day: date | None = None
    starts: time | None = None
    room_id: int | None = None
    ends: time | None = None
    """None: it keeps its length."""


def length(facts: Facts) -> int:
    """Minutes: as it stands, or else as it needs, or else as usual."""
    if facts.starts is not None and facts.ends is not None:
        return _minutes(facts.ends) - _minutes(facts.starts)
    return facts.length or USUAL


def place(facts: Facts, target: Target) -> Changed:
    """One session put somewhere. Refused when it would run past midnight, or end before it begins."""
    if target.day is None or target.starts is None:
        kept = facts.length or (length(facts) if facts.starts else None)
        return Changed(
            facts, replace(facts, day=target.day, starts=None, ends=None, fold=False, room_id=None, length=kept)
        )
    start = _minutes(target.starts)
    end = _minutes(target.ends) if target.ends else start + length(facts)
    if end <= start:
        raise Refused(_("The end must come after the start, on the same day."), "ends")
    return Changed(facts, _at(facts, target.day, start, end, target.room_id))


def shift(sessions: Iterable[Facts], day: date, after: time, minutes: int) -> list[Changed]:
    """All of a day that begins at `after` or later, earlier or later by some minutes."""
    return [
        Changed(each, later(each, minutes))
        for each in sessions
        if each.day == day and each.starts is not None and each.starts >= after
    ]


def to_day(sessions: Iterable[Facts], source: date, target: date) -> list[Changed]:
    """All of one day on another, at the same times."""
    return [Changed(each, replace(each, day=target, fold=False)) for each in sessions if each.day == source]


def swap(one: Facts, other: Facts) -> list[Changed]:
    """Each begins where the other did, in the other's room; both keep their length."""
    return [_in_place_of(one, other), _in_place_of(other, one)]


def copy(facts: Facts, code: str, uid: str, position: int, title: str) -> Changed:
    """A session like this one in the tray: same cities and people, no time, room or number."""
    made = replace(facts, code=code, uid=uid, position=position, title=title, number=None, pin=Pin.NONE)
    return Changed(
        None, replace(made, day=None, starts=None, ends=None, fold=False, room_id=None, length=length(facts))
    )


def split(facts: Facts, at: time, second: Facts, stay: int) -> list[Changed]:
    """Two of one: the first ends at `at` with the first `stay` of those who appear, `second` goes on with the rest.

    `second` brings code, uid, position and title. Refused when `at` is not within the session.
    """
    if facts.starts is None or facts.ends is None:
        raise Refused(_("It has no time yet, so there is nothing to divide."), "at")
    if not facts.starts < at < facts.ends:
        raise Refused(_("Choose a time within the session."), "at")
    rest = replace(
        facts,
        code=second.code,
        uid=second.uid,
        position=second.position,
        title=second.title,
        number=None,
        starts=at,
        length=None,
        seats=facts.seats[stay:],
    )
    return [Changed(facts, replace(facts, ends=at, length=None, seats=facts.seats[:stay])), Changed(None, rest)]


def fit(block: Facts, within: Sequence[Facts]) -> list[Changed]:
    """The sessions of a block one after the other in its span, in their order, as long as their lengths to each other.

    Refused when the block has no time, or is too short for a slot of `GRID` minutes each.
    """
    if block.day is None or block.starts is None or block.ends is None:
        raise Refused(_("The block has no time yet. Give it one first."))
    begin, close = _minutes(block.starts), _minutes(block.ends)
    if close - begin < GRID * len(within):
        raise Refused(_("The block is too short for what stands within it."))
    wanted, done, start = sum(map(length, within)), 0, begin
    changes = []
    for left, each in zip(range(len(within) - 1, -1, -1), within, strict=True):
        done += length(each)
        share = _rounded(begin + (close - begin) * done / wanted) if left else close
        end = min(max(share, start + GRID), close - GRID * left)
        changes.append(Changed(each, _at(each, block.day, start, end, each.room_id or block.room_id)))
        start = end
    return changes


def delay(sessions: Iterable[Facts], room_id: int, day: date, since: time, minutes: int) -> list[Changed]:
    """A room runs late: what begins there at `since` or later begins later, pauses being used up first.

    Only as much as needed: a session that begins after the one before it has ended stays where it is.
    """
    there = [each for each in sessions if each.day == day and each.room_id == room_id and each.starts is not None]
    late = sorted((each for each in there if each.starts and each.starts >= since), key=_start)
    if not late:
        raise Refused(_("Nothing begins in this room after that time."), "since")
    changes: list[Changed] = []
    free = _start(late[0]) + minutes
    for each in late:
        if _start(each) >= free:
            break
        changes.append(Changed(each, later(each, free - _start(each))))
        free = _end(changes[-1])
    return changes


def reseat(facts: Facts, seats: tuple[Seat, ...]) -> Facts:
    """The session with others in it. An order that a hand changed is by hand; whoever comes new goes last without
    changing the rule."""
    before, after = [each.same for each in facts.seats], [each.same for each in seats]
    stays = [each for each in after if each in before]
    touched = stays != [each for each in before if each in after] or after[: len(stays)] != stays
    return replace(facts, seats=seats, order_rule=Order.HAND if touched else facts.order_rule)


def _start(facts: Facts) -> int:
    return _minutes(facts.starts or time())


def _end(changed: Changed) -> int:
    return _minutes(changed.after.ends) if changed.after and changed.after.ends else 0


def later(facts: Facts, minutes: int) -> Facts:
    """The session some minutes later, or earlier; one without a time as it is."""
    if facts.day is None or facts.starts is None or facts.ends is None:
        return facts
    return _at(facts, facts.day, _minutes(facts.starts) + minutes, _minutes(facts.ends) + minutes, facts.room_id)


def _in_place_of(facts: Facts, other: Facts) -> Changed:
    return place(facts, Target(other.day, other.starts, other.room_id))


def _at(facts: Facts, day: date, start: int, end: int, room_id: int | None) -> Facts:
    """Refused when the session would leave its day."""
    if start < 0 or end >= 24 * 60:
        said = _("“%(title)s” would run past midnight. A session begins and ends on one day.", title=facts.title)
        raise Refused(said, "starts")
    same = facts.day == day and facts.starts == _clock(start)
    return replace(
        facts, day=day, starts=_clock(start), ends=_clock(end), room_id=room_id, fold=facts.fold if same else False
    )


def _minutes(clock: time) -> int:
    return clock.hour * 60 + clock.minute


def _clock(minutes: int) -> time:
    return time(*divmod(minutes, 60))


def _rounded(minutes: float) -> int:
    return round(minutes / GRID) * GRID
