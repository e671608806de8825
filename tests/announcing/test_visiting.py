"""Announcements to those who go on a site visit, or wait for one."""

from __future__ import annotations

from sqlalchemy import select

from app.db import db, write
from app.registration.models import Delegate
from app.visits.models import SignUp, Standing, Visit
from tests.announcing.cast import NOW, found, names
from tests.publishing.digests.people import event_of
from tests.registration.cast import Cast


def signs(name: str, state: Standing, slug: str = "summit", code: str = "plant") -> None:
    def act() -> None:
        event = event_of(slug).id
        mine = select(Visit.id).where(Visit.event_id == event, Visit.code == code)
        key = db.session.execute(mine).scalar_one_or_none()
        if key is None:
            visit = Visit(event_id=event, code=code, title="A water plant")
            db.session.add(visit)
            db.session.flush()
            key = visit.id
        person = db.session.execute(select(Delegate.id).where(Delegate.name == name)).scalar_one()
        joined = NOW if state == Standing.WAITLISTED else None
        db.session.add(
            SignUp(visit_id=key, delegate_id=person, state=state, state_at=NOW, changed_at=NOW, joined_at=joined)
        )

    write(act)


def test_by_a_visit_it_is_who_has_a_place_and_who_waits(cast: Cast) -> None:
    signs("Anna Bianchi", Standing.ALLOCATED)
    signs("Bob Smith", Standing.WAITLISTED)
    signs("Carlo Verdi", Standing.CANCELLED)
    signs("Kim Min", Standing.ALLOCATED, "congress")
    assert names(found(visit=["plant"])) == ["Anna Bianchi", "Gaia Romani"]
    assert names(found(visit=["plant/waits"])) == ["Bob Smith"]
    assert names(found(visit=["plant"], role=["head"])) == ["Anna Bianchi"]
