"""What is read whole is what the session would have loaded, and to the session it is just that."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import inspect, select, update
from sqlalchemy.orm import joinedload
from sqlalchemy.orm.exc import DetachedInstanceError

from app.db import Base, db, write
from app.delegations.models import Delegation
from app.events.models import Event
from app.network.models import Member
from app.web.kept import KeepingFlask
from app.wholes import Whole

WHOLE = Whole(
    Delegation,
    [Delegation.member],
    [Delegation.event],
    [Delegation.event, Event.network],
    [Delegation.event, Event.host],
    by=["event_id", "member_id"],
)


@pytest.fixture
def hosts(rehearsal: KeepingFlask) -> dict[str, int]:
    """What tells the host's own delegation: one member is its city and its summit's host."""
    with rehearsal.app_context():
        event = db.session.execute(select(Event).where(Event.slug == "rehearsal")).scalar_one()
        assert event.host_id is not None
        return {"event_id": event.id, "member_id": event.host_id}


def values(row: Base | None) -> dict[str, Any]:
    assert row is not None
    return {each.key: row.__dict__[each.key] for each in row.__mapper__.column_attrs}


def told(found: Delegation | None) -> list[dict[str, Any]]:
    assert found is not None
    return [values(each) for each in (found, found.member, found.event, found.event.network, found.event.host)]


def test_it_says_what_the_session_would_have_loaded(rehearsal: KeepingFlask, hosts: dict[str, int]) -> None:
    around = joinedload(Delegation.event).options(joinedload(Event.network), joinedload(Event.host))
    with rehearsal.app_context():
        query = select(Delegation).filter_by(**hosts).options(joinedload(Delegation.member), around)
        loaded = told(db.session.execute(query).scalar_one())
        db.session.rollback()
        db.session.expunge_all()
        assert told(WHOLE.glimpse(**hosts)) == loaded
        assert told(WHOLE.held(**hosts)) == loaded


def test_a_member_that_is_found_twice_is_one(rehearsal: KeepingFlask, hosts: dict[str, int]) -> None:
    with rehearsal.app_context():
        for found in (WHOLE.glimpse(**hosts), WHOLE.held(**hosts)):
            assert found is not None
            assert found.member is found.event.host


def test_what_is_not_there_is_none(rehearsal: KeepingFlask, hosts: dict[str, int]) -> None:
    with rehearsal.app_context():
        write(lambda: db.session.execute(update(Event).values(host_id=None)))
        assert WHOLE.glimpse(event_id=0, member_id=0) is WHOLE.held(event_id=0, member_id=0) is None
        for found in (WHOLE.glimpse(**hosts), WHOLE.held(**hosts)):
            assert found is not None
            assert found.event.host is None


def test_of_a_glimpse_no_session_knows_and_nothing_more_is_to_be_had(
    rehearsal: KeepingFlask, hosts: dict[str, int]
) -> None:
    with rehearsal.app_context():
        found = WHOLE.glimpse(**hosts)
        assert found is not None
        assert not list(db.session)
        with pytest.raises(DetachedInstanceError):
            assert found.modes
        found.note = "changed"
        write(lambda: None)
        again = WHOLE.glimpse(**hosts)
        assert again is not None
        assert again.note != "changed"


def test_what_is_held_changes_like_others(rehearsal: KeepingFlask, hosts: dict[str, int]) -> None:
    def act() -> int:
        found = WHOLE.held(**hosts)
        assert found is not None
        assert db.session.get(Member, hosts["member_id"]) is found.member
        assert not inspect(found).modified
        found.note = "changed"
        return found.version

    with rehearsal.app_context():
        before = write(act)
        stored = WHOLE.glimpse(**hosts)
        assert stored is not None
        assert (stored.note, stored.version) == ("changed", before + 1)


def test_what_the_session_knows_stands_and_what_it_forgot_is_read_anew(
    rehearsal: KeepingFlask, hosts: dict[str, int]
) -> None:
    def act() -> None:
        event.motto = "not stored yet"
        db.session.execute(update(Member).where(Member.id == member.id).values(name="Told since"))
        found = WHOLE.held(**hosts)
        assert found is not None
        assert (found.event, found.member) == (event, member)
        assert {event.network, event.host} <= set(db.session)
        assert (event.motto, event.zone, member.name) == ("not stored yet", zone, "Told since")

    with rehearsal.app_context():
        event, member = db.session.get_one(Event, hosts["event_id"]), db.session.get_one(Member, hosts["member_id"])
        zone = event.zone
        write(act)
        assert db.session.get_one(Event, hosts["event_id"]).motto == "not stored yet"
