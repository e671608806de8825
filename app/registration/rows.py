"""Delegates as rows: with what belongs to them, and locked for who is going to change them."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache, reduce
from typing import Any

from sqlalchemy import Select, bindparam, select
from sqlalchemy.orm import InstrumentedAttribute, joinedload

from app.db import db
from app.delegations.models import Delegation
from app.events.models import Event
from app.registration.models import Delegate

PATHS: tuple[list[InstrumentedAttribute[Any]], ...] = (
    [Delegate.event],
    [Delegate.event, Event.network],
    [Delegate.event, Event.host],
    [Delegate.delegation],
    [Delegate.delegation, Delegation.member],
    [Delegate.needs],
)
"""To all that belongs to them."""


@lru_cache(maxsize=1)
def whole() -> Select[Delegate]:
    """Delegates with event, network, host, delegation, city and needs."""
    ways = (reduce(lambda way, each: way.joinedload(each), more, joinedload(first)) for first, *more in PATHS)
    return select(Delegate).options(*ways)


def held(delegate_ids: Iterable[int]) -> dict[int, Delegate]:
    """These delegates as stored now, locked until the transaction ends, in the order asked for. One query.

    Inside of `write` only: it forgets what was read before, so what the query loads is fresh. Nothing that the act
    itself has loaded since is loaded anew, and no relationship of it is lost.
    """
    wanted = list(delegate_ids)
    if not wanted:
        return {}
    by_id = {each.id: each for each in db.session.execute(_held(), {"ids": wanted}).scalars()}
    return {key: by_id[key] for key in wanted}


@lru_cache(maxsize=1)
def _held() -> Select[Delegate]:
    """Made once: making such a query takes as long as asking it."""
    these = Delegate.id.in_(bindparam("ids", expanding=True))
    return whole().where(these).order_by(Delegate.id).with_for_update(of=Delegate)


def one(delegate_id: int) -> Delegate:
    """One delegate, so. One query."""
    return held([delegate_id])[delegate_id]
