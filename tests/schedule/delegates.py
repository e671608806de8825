"""People of the rehearsal's cities: its heads, and who else speaks."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import count
from typing import Any

from sqlalchemy import select, update

from app.agenda.models import Appearance
from app.db import db, write
from app.delegations.models import Delegation
from app.events.models import Event, Mode, new_uid
from app.network.models import Member
from app.registration.models import Capacity, Delegate, State
from app.travel.models import Logistics
from app.web.kept import KeepingFlask
from tests.costs.crowds import PARTICIPATION
from tests.desk.office import stored

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
NUMBERS = count(1)


def delegate(app: KeepingFlask, city: str, name: str, role: Capacity = Capacity.HEAD, **told: Any) -> Delegate:
    """Somebody approved for the venue."""

    def act() -> Delegate:
        key = f"form {next(NUMBERS)}"
        known = select(Delegation).join(Delegation.event).join(Delegation.member)
        of_city = known.where(Event.slug == "rehearsal", Member.slug == city)
        delegation = db.session.execute(of_city).scalar_one()
        values: dict[str, Any] = {"state": State.APPROVED, "mode": Mode.VENUE, "position": "Mayor"} | told
        made = Delegate(
            uid=new_uid(), event_id=delegation.event_id, delegation_id=delegation.id, reference=f"D{next(NUMBERS)}",
            submit_key=key, role=role, name=name, organisation="City hall", email=f"{city}@example.org",
            registered_at=NOW, changed_at=NOW, state_at=NOW, mode_changed_at=NOW, link_generation=0,
            feed_generation=0, mode_changes=0, participation=PARTICIPATION, endorsed=True, **values,
        )  # fmt: skip
        made.seal()
        db.session.add(made)
        return made

    with app.app_context():
        return write(act)


def travels(app: KeepingFlask, who: Delegate, arrives: datetime | None = None, departs: datetime | None = None) -> None:
    """What somebody told of their journey, in confidence."""
    told = {"arrival_zone": "Asia/Tokyo", "departure_zone": "Asia/Tokyo", "told_from": who.email, "journey_at": NOW}
    with app.app_context():
        write(lambda: db.session.add(Logistics(delegate_id=who.id, arrives_at=arrives, departs_at=departs, **told)))


def speaks(app: KeepingFlask, who: Delegate, code: str) -> None:
    """Name somebody as the speaker of their city in a session of the rehearsal."""
    session = stored(app, "rehearsal", code)
    mine = (Appearance.session_id == session.id, Appearance.delegation_id == who.delegation_id)
    with app.app_context():
        write(lambda: db.session.execute(update(Appearance).where(*mine).values(speaker_id=who.id)))


def span(app: KeepingFlask, code: str) -> tuple[datetime, datetime]:
    """When a session of the rehearsal begins and ends."""
    with app.app_context():
        found = stored(app, "rehearsal", code).span("Asia/Tokyo")
    assert found is not None
    return found
