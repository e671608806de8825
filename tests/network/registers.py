"""The registers of the tests: CITYNET and G-NETS, as their event files bring them in, and who looks after them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, TypeVar

import pytest
from sqlalchemy import select

from app import cli
from app.accounts import Role
from app.accounts.models import Staff
from app.db import db, write
from app.network import register, service
from app.network.models import Kind, Member, Network
from app.network.service import Details
from app.web.kept import KeepingFlask
from tests.accounts.people import person
from tests.databases import States
from tests.desk.office import Organiser

NOW = datetime(2026, 11, 3, 9, 0, tzinfo=UTC)
CITYNET = "/organise/networks/citynet/members"
GNETS = "/organise/networks/g-nets/members"
Done = TypeVar("Done")


@pytest.fixture
def both(standing: KeepingFlask, database: States) -> KeepingFlask:
    """The product with the summits of both networks. Tokyo runs every event, Rome that of G-NETS, Milan none."""
    database.restore("gnets-2023")

    def act() -> None:
        people = {city: person(city) for city in ("tokyo", "rome", "milan")}
        db.session.add_all(people.values())
        db.session.flush()
        db.session.add(Staff(user_id=people["tokyo"].id, event_id=None, role=Role.ORGANISER))
        db.session.add(Staff(user_id=people["rome"].id, event_id=1, role=Role.ORGANISER))

    with standing.app_context():
        cli.demo("citynet-2013")
        write(act)
    return standing


@pytest.fixture
def keeper(both: KeepingFlask) -> Organiser:
    """Tokyo, signed in."""
    return Organiser(both, "tokyo")


def network(slug: str = "citynet") -> Network:
    return register.network_by_slug(slug)


def member(slug: str, of: str = "citynet") -> Member:
    return register.member(network(of).id, slug)


def named(slug: str, of: str = "citynet") -> Member | None:
    return db.session.execute(
        select(Member).join(Network).where(Network.slug == of, Member.slug == slug)
    ).scalar_one_or_none()


def details(name: str, country: str, zone: str, **more: Any) -> Details:
    return Details(**({"name": name, "kind": Kind.CITY, "country": country, "zone": zone} | more))


def lancaster(**more: Any) -> Details:
    return replace(details("Lancaster", "US", "America/Los_Angeles"), **more)


def add(wanted: Details, of: str = "citynet", key: str = "") -> Member:
    return service.add(network(of), wanted, key or f"form of {wanted}", who="Tokyo", now=NOW)


def change(slug: str, of: str = "citynet", takes_over: bool = False, **fields: Any) -> bool:
    """Change some fields of a member as its form would."""
    before = service.details_of(member(slug, of))
    wanted = Details(**(vars(before) | fields))
    seen = service.mark(before)
    return service.change(network(of), slug, wanted, seen, who="Tokyo", now=NOW, takes_over=takes_over)


def acting(app: KeepingFlask, act: Callable[[], Done]) -> Done:
    """Carry out one act as the edge would."""
    with app.app_context():
        return write(act)
