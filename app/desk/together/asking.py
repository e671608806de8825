"""Letters that tell cities what they still owe, and by when: to many at once, and to nobody too often."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import func, select

from app.db import db
from app.delegations import focal, letters
from app.delegations.deadlines import Limit, all_limits
from app.delegations.models import Delegation
from app.desk.board import service as board
from app.desk.board.needs import Need, Row, missing
from app.desk.together import service
from app.desk.together.models import BulkAct, BulkRow, Kind
from app.events.models import Due, Event
from app.journal import note
from app.network.models import Member
from app.outbox import Message, Rendered, post, shown
from app.refused import Refused
from app.registration.models import COUNTED, Delegate

FORMS = "forms"
ASKED = {Need.MODES: "modes", Need.PEOPLE: "people", Need.HEAD: "head", Need.LETTER: "letter"}
"""What is missing on the board and only the city can give, as the letter calls it."""
WHAT = (*ASKED.values(), FORMS)
DUES = {"modes": Due.MODE, "people": Due.NOMINATION, "head": Due.NOMINATION}
"""Which deadline each of these has; the others are due with everybody's form."""
Dues = Mapping[Due, tuple[Limit | None, Mapping[int, Limit]]]
WITHIN, AT_MOST = timedelta(days=1), 2
"""How many such letters a city may get in which time."""


@dataclass(frozen=True)
class Ask:
    """One city, what it owes, and why it gets no letter now; empty: it gets one."""

    row: Row
    owes: Mapping[str, int]
    """What it owes, one of `WHAT`: how many (of forms; else 0)."""
    refused: str = ""


def asks(event: Event, rows: Sequence[Row], wanted: Collection[str], now: datetime) -> list[Ask]:
    """What each of these cities owes of what is wanted. Two queries."""
    forms, sent = _forms(event.id), _sent(event.id, now)
    return [_ask(row, _owes(row, forms.get(row.slug, 0), wanted), sent.get(row.slug, 0)) for row in rows]


def _owes(row: Row, forms: int, wanted: Collection[str]) -> dict[str, int]:
    if not row.stands:
        return {}
    found = {ASKED[need]: 0 for need in missing(row) if need in ASKED}
    if forms:
        found[FORMS] = forms
    return {what: number for what, number in found.items() if what in wanted}


def _ask(row: Row, owes: dict[str, int], sent: int) -> Ask:
    if not row.stands:
        return Ask(row, owes, str(_("does not take part")))
    if not owes:
        return Ask(row, owes, str(_("owes nothing of this")))
    if not row.reachable:
        return Ask(row, owes, str(_("nobody speaks for it yet")))
    if sent >= AT_MOST:
        return Ask(row, owes, str(_("was asked twice within a day")))
    return Ask(row, owes)


def _forms(event_id: int) -> dict[str, int]:
    """How many people of each city (by the slug of its member) have not filled in their form."""
    from_city = select(Member.slug, func.count()).select_from(Delegate)
    counted = (
        from_city.join(Delegation, Delegation.id == Delegate.delegation_id)
        .join(Member, Member.id == Delegation.member_id)
        .where(Delegate.event_id == event_id, Delegate.state.in_(COUNTED), Delegate.organisation == "")
        .group_by(Member.slug)
    )
    return dict(db.session.execute(counted).all())


def _sent(event_id: int, now: datetime) -> dict[str, int]:
    """How many of these letters each city got of late. The key of a letter names the city and the act."""
    query = select(Message.key).where(
        Message.event_id == event_id, Message.kind == "owed", Message.created_at > now - WITHIN
    )
    found: dict[str, set[str]] = defaultdict(set)
    for key in db.session.execute(query).scalars():
        _kind, _event, slug, _focal, mark = key.split("/")
        found[slug].add(mark)
    return {slug: len(marks) for slug, marks in found.items()}


def preview(event: Event, ask: Ask, now: datetime) -> tuple[str, Rendered]:
    """To whom, and the letter as the city's first focal point would get it; three dots stand for the secret."""
    (city,) = service.cities(event.id, [ask.row.slug])
    (delegation,) = _whole([city.id])
    person = focal.active(delegation)[0]
    letter = letters.owed(person, _items(ask, delegation.id, _dues(event.id), now), "")
    return f"{person.name} <{person.email}>", shown(letter, [person.link])


def send(event: Event, slugs: Collection[str], what: Collection[str], key: str, *, who: str, now: datetime) -> BulkAct:
    """Ask each of these cities that owes something of `what`; the same form sent twice is one act.

    Refused when none of them can be asked now.
    """
    service.lock(event.id)
    if (known := service.done_before(event.id, key)) is not None:
        return known
    known_rows = [each for each in board.rows(event, now) if each.slug in set(slugs)]
    found = {each.row.slug: each for each in asks(event, known_rows, what, now) if not each.refused}
    if not found:
        raise Refused(_("None of these cities can get this letter now."))
    act = service.keep(event.id, Kind.ASK, {"what": sorted(what)}, key, who=who, now=now)
    cities, dues = service.cities(event.id, found), _dues(event.id)
    service.hold([each.id for each in cities])
    by_id = {each.id: found[each.slug] for each in cities}
    for delegation in _whole(by_id):
        ask = by_id[delegation.id]
        for person in focal.active(delegation):
            post(letters.owed(person, _items(ask, delegation.id, dues, now), act.code[:16]), now)
        owed = sorted(ask.owes)
        note("asked", f"delegation/{delegation.uid}", who=who, now=now, event_id=event.id, after={"what": owed})
        db.session.add(BulkRow(act_id=act.id, delegation_id=delegation.id, before=None, after=owed))
    names = [each.name for each in cities]
    service.told("asked together", event.id, act, names, who=who, now=now, owed=sorted(what))
    db.session.flush()
    return act


def _items(ask: Ask, delegation_id: int, dues: Dues, now: datetime) -> list[dict[str, Any]]:
    """What the letter lists, in the order of `WHAT`, each with the city's own deadline."""
    items = []
    for what in WHAT:
        if what not in ask.owes:
            continue
        common, longer = dues[DUES.get(what, Due.CONFIRMATION)]
        limit = longer.get(delegation_id, common)
        due, over = (limit.at.isoformat(), limit.over(now)) if limit else ("", False)
        items.append({"what": what, "number": ask.owes[what], "due": due, "over": over})
    return items


def _dues(event_id: int) -> Dues:
    """The deadlines that count here, with those of single cities. Six queries."""
    return {kind: all_limits(event_id, kind) for kind in (Due.MODE, Due.NOMINATION, Due.CONFIRMATION)}


def _whole(ids: Collection[int]) -> list[Delegation]:
    """These delegations with all that a letter says of them. Three queries."""
    query = focal.whole().where(Delegation.id.in_(ids)).order_by(Delegation.id)
    return list(db.session.execute(query.execution_options(populate_existing=True)).unique().scalars())
