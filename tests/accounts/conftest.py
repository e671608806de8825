"""A desk with two pages, and people who may or may not open them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from flask import Blueprint, Flask, request
from flask_babel import get_locale

from app import create_app
from app.accounts import Role, fresh, held, keeper, staff, staff_home, who
from app.accounts.models import Staff
from app.db import db, write
from app.events.models import Event
from app.network.models import Network
from tests.accounts.people import person
from tests.pages import CheckedClient

PLAIN = {"Content-Type": "text/plain"}
bp = Blueprint("rehearsal_desk", __name__)


@bp.route("/test/<event>/desk", methods=["GET", "POST"])
@staff(Role.ORGANISER)
def desk(event: str) -> tuple[str, dict[str, str]]:
    """Carries the slug and the journal's name of whoever came this far."""
    return f"{event} {who()}", PLAIN


@bp.route("/test/<event>/publish", methods=["POST"])
@staff(Role.ORGANISER)
def publish(event: str) -> tuple[str, dict[str, str]]:
    return event, PLAIN


@bp.get("/test/<event>/people.csv")
@staff(Role.ORGANISER)
@fresh
def export(event: str) -> tuple[str, dict[str, str]]:
    return event, PLAIN


@bp.route("/test/<event>/announce", methods=["GET", "POST"])
@staff(Role.ORGANISER)
@fresh
def announce(event: str) -> tuple[str, dict[str, str]]:
    """Carries what was sent, without what is no part of the form."""
    told = [f"{name}={text}" for name, text in request.form.items(multi=True) if name.startswith("word")]
    return "&".join(told), PLAIN


@bp.route("/test/home")
@staff_home()
def home() -> tuple[str, dict[str, str]]:
    return "home", PLAIN


@bp.get("/test/<event>/visas")
@staff(Role.VISA, Role.ORGANISER)
def visas(event: str) -> tuple[str, dict[str, str]]:
    """Carries the roles of whoever came this far, and the language in which it is said."""
    return f"{event} {' '.join(sorted(held()))} {get_locale()}", PLAIN


@bp.get("/test/<event>/kitchen")
@staff()
def kitchen(event: str) -> tuple[str, dict[str, str]]:
    return event, PLAIN


@bp.get("/test/office")
@staff_home(Role.ORGANISER)
def office() -> tuple[str, dict[str, str]]:
    return "office", PLAIN


@bp.get("/test/networks/<network>")
@keeper
def members(network: str) -> tuple[str, dict[str, str]]:
    return f"{network} {len(held())}", PLAIN


@pytest.fixture(scope="session")
def wing(standing: Flask) -> Flask:
    """The product with a wing of its own, on the same database as everybody's."""
    return built(standing)


@pytest.fixture(scope="session")
def castle(standing: Flask) -> Flask:
    """The same, in production."""
    made = built(standing, BASE_URL="https://localhost", PREFERRED_URL_SCHEME="https")
    made.test_client_class = Secured
    return made


class Secured(CheckedClient):
    """A browser over https: it says where a form was sent from."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.environ_base["HTTP_REFERER"] = "https://localhost/"


def built(standing: Flask, **other: Any) -> Flask:
    kept = ("INSTANCE", "DATABASE_URL", "BASE_URL", "SECRET_KEY", "TESTING")
    made = create_app({name: standing.config[name] for name in kept} | other)
    made.register_blueprint(bp)
    made.test_client_class = CheckedClient
    return made


@pytest.fixture
def door(app: Flask, wing: Flask) -> Iterator[Flask]:
    """Tokyo organises gnets-2023 and Rome citynet-2013; New York organises every event; Milan only has an account."""
    yield from peopled(wing)


@pytest.fixture
def gate(app: Flask, castle: Flask) -> Iterator[Flask]:
    """The same people, where a second step is asked of all staff."""
    yield from peopled(castle)


def peopled(wing: Flask) -> Iterator[Flask]:
    with wing.app_context():
        db.session.remove()
        db.engine.dispose()
        write(_people)
    yield wing
    with wing.app_context():
        db.session.remove()
        db.engine.dispose()


def _people() -> None:
    network = Network(slug="g-nets", name="G-NETS", full_name="Global City Network for Sustainability")
    db.session.add(network)
    db.session.flush()
    made = {}
    for slug in ("gnets-2023", "citynet-2013"):
        day = date(2023, 2, 27)
        made[slug] = Event(slug=slug, network_id=network.id, title=slug, starts_on=day, ends_on=day, zone="Asia/Tokyo")
    people = {city: person(city) for city in ("tokyo", "rome", "new.york", "milan")}
    db.session.add(Network(slug="c40", name="C40", full_name="C40 Cities"))
    people["tokyo"].name = "KOIKE Yuriko"
    db.session.add_all([*made.values(), *people.values()])
    db.session.flush()
    for city, event_id in (("tokyo", made["gnets-2023"].id), ("rome", made["citynet-2013"].id), ("new.york", None)):
        db.session.add(Staff(user_id=people[city].id, event_id=event_id, role=Role.ORGANISER))
