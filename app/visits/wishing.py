"""What people wish for: up to three visits in order, for themselves or for people who stay together.

A wish is no turn: when it was told decides nothing. All of a party wish for the same, and any of them may change it.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import Select, delete, insert, select
from sqlalchemy.orm import joinedload, selectinload

from app.db import db
from app.events.models import Event
from app.journal import note
from app.refused import Refused
from app.registration import rows as registered
from app.registration.models import Delegate, State
from app.visits import fitting, rows, waiting
from app.visits.models import HOLDING, Filling, SignUp, Visit, Wish, WishList
from app.visits.signing import bar

MOST = 3


@dataclass(frozen=True)
class Wishes:
    """What is wished for, the dearest first, by whom."""

    visits: tuple[int, ...]
    people: tuple[int, ...]
    """Delegates of one delegation, who go together or not at all."""
    step_free: frozenset[int] = frozenset()
    """Who of them needs to get about without steps, and agrees to share that."""
    asked_of: frozenset[int] = frozenset()
    """Of whom that is said here. The others said it themselves."""
    mobile: str = ""
    understood: bool = False
    """The rules of these visits were read."""


def by_wishes(event_id: int) -> list[Visit]:
    """The visits of the event whose places are given by wishes, with event and vehicles. Two queries."""
    query = (
        select(Visit)
        .options(joinedload(Visit.event), selectinload(Visit.vehicles))
        .where(Visit.event_id == event_id, Visit.filling == Filling.WISHES, Visit.cancelled_at.is_(None))
    )
    return list(db.session.execute(query.order_by(Visit.position, Visit.id)).scalars())


def stored(delegate_id: int) -> WishList | None:
    """What this person wishes for, the visits loaded. At most two queries."""
    query = _lists().where(WishList.delegate_id == delegate_id)
    return db.session.execute(query).scalar_one_or_none()


def party_of(delegate: Delegate, mine: WishList | None) -> list[WishList]:
    """The lists of those who stand together with this person, the own among them."""
    if mine is None or not mine.party:
        return [] if mine is None else [mine]
    return _marked(delegate.delegation_id, mine.party)


def by_party(delegation_id: int) -> list[list[WishList]]:
    """What people of a city wish for, one list for each party. At most two queries."""
    query = _lists().join(Delegate, WishList.delegate_id == Delegate.id).where(Delegate.delegation_id == delegation_id)
    found: dict[object, list[WishList]] = {}
    for each in db.session.execute(query.order_by(WishList.delegate_id)).scalars():
        found.setdefault(each.party or each.delegate_id, []).append(each)
    return list(found.values())


def companions(delegate: Delegate) -> list[Delegate]:
    """The other people of the city who could come along. One query."""
    theirs = Delegate.delegation_id == delegate.delegation_id, Delegate.id != delegate.id
    query = select(Delegate).where(*theirs, Delegate.state == State.APPROVED).order_by(Delegate.name, Delegate.id)
    return list(db.session.execute(query).scalars())


def place_of(delegate_ids: Collection[int], event_id: int) -> dict[int, Visit]:
    """The visit given by wishes on which each of these people has a place already. One query."""
    query = (
        select(SignUp.delegate_id, Visit)
        .join(Visit, SignUp.visit_id == Visit.id)
        .where(SignUp.delegate_id.in_(set(delegate_ids)), SignUp.state.in_(HOLDING))
        .where(Visit.event_id == event_id, Visit.filling == Filling.WISHES)
    )
    return {row.delegate_id: row.Visit for row in db.session.execute(query.order_by(SignUp.id))}


def wish(delegate_id: int, asked: Wishes, seen: int, *, who: str, now: datetime) -> WishList:
    """Store what this person wishes for, alone or together with others; `seen` is the version they had before them.

    Refused in words when it was changed elsewhere meanwhile, when no list is open or a visit is not ("first"), when
    somebody may not come or has wishes or a place already ("people"), when so many never find room together, and
    without the tick that the rules are understood ("understood").
    """
    keys = sorted({*asked.people, delegate_id})
    people = list(registered.held(keys).values())
    me = next(each for each in people if each.id == delegate_id)
    lists = {each.delegate_id: each for each in _of(keys)}
    mine = lists.get(delegate_id)
    if (mine.version if mine else 0) != seen:
        raise Refused(_("These wishes were changed elsewhere meanwhile. Please look at them again."))
    visits = _chosen(me.event, asked.visits, mine, now)
    needing = {each.delegate_id for each in lists.values() if each.step_free} - asked.asked_of
    needing |= asked.step_free & asked.asked_of & set(keys)
    _check(visits, people, asked, lists, mine, len(needing))
    left = [each for each in party_of(me, mine) if each.delegate_id not in lists]
    mark = secrets.token_hex(8) if len(people) > 1 else ""
    version = max((each.version for each in lists.values()), default=0) + 1
    for each in people:
        row = _store(each, lists.get(each.id), visits, asked, who, now)
        row.party, row.step_free, row.version = mark, each.id in needing, version
    _alone(left)
    return db.session.execute(_lists().where(WishList.delegate_id == delegate_id)).scalar_one()


def take_back(delegate_id: int, *, who: str, now: datetime) -> bool:
    """This person wishes for nothing any more; who stood together with them still does. Twice is once.

    Refused when no list is open.
    """
    me = registered.one(delegate_id)
    mine = stored(delegate_id)
    if mine is None:
        return False
    if not any(waiting.open_now(each, now) for each in by_wishes(me.event_id)):
        raise Refused(_("The list is closed: wishes can be changed no more."))
    left = [each for each in party_of(me, mine) if each.delegate_id != delegate_id]
    db.session.delete(mine)
    note("took wishes for visits back", f"delegate/{me.uid}", who=who, now=now, event_id=me.event_id)
    _alone(left)
    return True


def _chosen(event: Event, ids: Sequence[int], mine: WishList | None, now: datetime) -> list[Visit]:
    """The visits wished for, in order, locked, so that no allocation is adopted meanwhile that knows nothing of it.

    Refused when there are none or too many, or one cannot be wished for now.
    """
    offered = rows.lock([each.id for each in by_wishes(event.id)])
    if not any(waiting.open_now(each, now) for each in offered.values()):
        raise Refused(_("The list is closed: wishes can be changed no more."))
    if not ids:
        raise Refused(_("Choose at least one visit."), "first")
    if len(ids) > MOST or len(set(ids)) < len(ids):
        raise Refused(_("Choose each visit once."), "first")
    before = {each.visit_id for each in mine.wishes} if mine else set()
    for each in ids:
        if each not in offered or not (waiting.open_now(offered[each], now) or each in before):
            raise Refused(
                _("One of these visits cannot be wished for any more. Please look at the list again."), "first"
            )
    return [offered[each] for each in ids]


def _check(
    visits: Sequence[Visit],
    people: Sequence[Delegate],
    asked: Wishes,
    lists: dict[int, WishList],
    mine: WishList | None,
    needs: int,
) -> None:
    """Refused when these people cannot wish for these visits together."""
    if len({each.delegation_id for each in people}) > 1:
        raise Refused(_("Only people of one delegation can stay together."), "people")
    for each in people:
        if said := next((said for visit in visits if (said := bar(visit, each))), ""):
            raise Refused(said, "people")
        theirs = lists.get(each.id)
        if theirs is not None and theirs is not mine and not (mine and mine.party and theirs.party == mine.party):
            said = _("%(name)s has wishes already. They can take them back, and then come along.", name=each.name)
            raise Refused(said, "people")
    for key, visit in place_of([each.id for each in people], people[0].event_id).items():
        name = next(each.name for each in people if each.id == key)
        raise Refused(_("%(name)s has a place already: %(visit)s.", name=name, visit=visit.title), "people")
    if not asked.understood:
        raise Refused(_("Please read what the visits ask for, and tick that it is understood."), "understood")
    for visit in visits:
        if said := never(visit, len(people), needs):
            raise Refused(f"{visit.title}: {said}", "people")


def never(visit: Visit, people: int, step_free: int) -> str:
    """Why so many people together could not go on a visit even if nobody else did; empty when they could."""
    whole = fitting.empty(visit)
    if visit.per_delegation is not None and people > visit.per_delegation:
        return str(_("At most %(num)s people of one delegation can come.", num=visit.per_delegation))
    if fitting.fit(whole, people, 0) is None:
        return str(_("So many people find no room together. Wish in smaller parties."))
    if fitting.fit(whole, people, step_free) is None:
        return str(_("No vehicle has so many step-free places. Please write to the organisers."))
    return ""


def _store(
    delegate: Delegate, row: WishList | None, visits: Sequence[Visit], asked: Wishes, who: str, now: datetime
) -> WishList:
    """The row of one person with these wishes; it has no party yet."""
    if row is not None:
        db.session.expire(row, ["wishes"])
        db.session.execute(delete(Wish).where(Wish.delegate_id == delegate.id))
    else:
        row = WishList(delegate_id=delegate.id, event_id=delegate.event_id, party="", list_class=0, step_free=False)
        row.version = 0
    row.mobile, row.understood_at, row.told_at = asked.mobile, now, now
    db.session.add(row)
    db.session.flush()
    wishes = [{"delegate_id": delegate.id, "rank": n, "visit_id": each.id} for n, each in enumerate(visits, 1)]
    db.session.execute(insert(Wish), wishes)
    db.session.expire(row, ["wishes"])
    told = {"visits": [each.code for each in visits]}
    note("wished for visits", f"delegate/{delegate.uid}", who=who, now=now, event_id=delegate.event_id, after=told)
    return row


def _alone(left: Sequence[WishList]) -> None:
    """Whoever is left of a party keeps the wishes: together while there are several."""
    for each in left:
        each.version += 1
        if len(left) == 1:
            each.party = ""
    db.session.flush()


def _lists() -> Select[WishList]:
    wishes = selectinload(WishList.wishes).joinedload(Wish.visit)
    return select(WishList).options(wishes, joinedload(WishList.delegate))


def _of(delegate_ids: Iterable[int]) -> list[WishList]:
    return list(db.session.execute(_lists().where(WishList.delegate_id.in_(set(delegate_ids)))).scalars())


def _marked(delegation_id: int, mark: str) -> list[WishList]:
    theirs = (
        _lists()
        .join(Delegate, WishList.delegate_id == Delegate.id)
        .where(Delegate.delegation_id == delegation_id, WishList.party == mark)
    )
    return list(db.session.execute(theirs.order_by(WishList.delegate_id)).scalars())
