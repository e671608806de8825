"""On which themes a city would speak, as its office tells it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app.db import db
from app.delegations import wishing
from app.delegations.models import ThemeWishes
from app.events.models import Deadline, Due, Theme
from tests.delegations.cities import NOW, Cities
from tests.office.test_pages import PAST, follow, press, took_part, words

THEMES = {"environment": "Environment", "inclusive": "Inclusive and Just Cities", "safe": "Safe and Secure Cities"}


@pytest.fixture
def client(cities: Cities) -> FlaskClient:
    def act() -> None:
        for place, (slug, name) in enumerate(THEMES.items(), 1):
            db.session.add(Theme(event_id=cities.event_id, slug=slug, name=name, tone=place, position=place))

    cities.do(act)
    return cities.app.test_client()


@pytest.fixture
def path(cities: Cities) -> str:
    return f"{took_part(cities)}wishes"


def stored(cities: Cities, city: str = "Rome") -> tuple[tuple[str, ...], bool]:
    key = cities.id(city)
    return cities.read(lambda: wishing.stored(key))


def row(cities: Cities) -> ThemeWishes:
    return cities.read(lambda: db.session.execute(select(ThemeWishes)).scalar_one())


def test_up_to_three_themes_in_the_order_of_choice(cities: Cities, client: FlaskClient, path: str) -> None:
    said = follow(client, press(client, path, first="safe", second="environment"))
    assert stored(cities) == (("safe", "environment"), False)
    assert "Stored. The organisers see it." in said
    assert "Safe and Secure Cities Environment Told by Gaia Romani (focal point of Rome)" in said
    (note,) = cities.notes("theme wishes")
    assert (note.before, note.after) == (
        {"themes": [], "asks to speak": False},
        {"themes": ["safe", "environment"], "asks to speak": False},
    )


def test_a_gap_between_choices_is_closed(cities: Cities, client: FlaskClient, path: str) -> None:
    press(client, path, second="safe")
    assert stored(cities) == (("safe",), False)


def test_choices_are_changed_and_taken_back(cities: Cities, client: FlaskClient, path: str) -> None:
    press(client, path, first="safe", second="environment", third="inclusive")
    press(client, path, first="inclusive", second="", third="")
    assert stored(cities) == (("inclusive",), False)
    press(client, path, first="")
    assert stored(cities) == ((), False)


def test_pressing_twice_tells_once(cities: Cities, client: FlaskClient, path: str) -> None:
    press(client, path, first="safe", asks="y")
    first = row(cities).asked_at
    assert "It stands so already." in follow(client, press(client, path, first="safe", asks="y"))
    assert (len(cities.notes("theme wishes")), row(cities).asked_at) == (1, first)


def test_who_asked_to_speak_keeps_the_moment_whatever_else_changes(
    cities: Cities, client: FlaskClient, path: str
) -> None:
    key = cities.id("Rome")

    def tell(themes: list[str], asks: bool, hours: int) -> None:
        now = NOW + timedelta(hours=hours)
        cities.do(lambda: wishing.tell(key, themes, asks, by_city=True, who="Gaia Romani", now=now))

    tell([], True, 1)
    tell(["safe"], True, 2)
    assert row(cities).asked_at == NOW + timedelta(hours=1)
    tell([], False, 3)
    assert row(cities).asked_at is None
    tell([], True, 4)
    assert row(cities).asked_at == NOW + timedelta(hours=4)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"first": "safe", "second": "safe"}, "You have chosen this theme already. Choose another, or none."),
        ({"first": "moon"}, "This theme is no longer there. Choose another."),
        ({"third": "moon"}, "This theme is no longer there. Choose another."),
    ],
)
def test_nonsense_is_refused_and_nothing_stored(
    cities: Cities, client: FlaskClient, path: str, typed: dict[str, str], said: str
) -> None:
    answer = press(client, path, **typed)
    assert (answer.status_code, said in words(answer), stored(cities)) == (422, True, ((), False))


def test_after_a_soft_deadline_for_names_it_is_marked_as_late(cities: Cities, client: FlaskClient, path: str) -> None:
    due(cities, hard=False)
    said = follow(client, press(client, path, first="safe"))
    assert (row(cities).late, "Late" in said) == (True, True)


def test_after_a_hard_one_the_organisers_must_be_asked(cities: Cities, client: FlaskClient, path: str) -> None:
    due(cities, hard=True)
    answer = press(client, path, first="safe")
    assert (answer.status_code, stored(cities)) == (422, ((), False))
    assert "Please ask the organisers: they can give your city more time." in words(answer)


def due(cities: Cities, *, hard: bool) -> None:
    cities.do(lambda: db.session.add(Deadline(event_id=cities.event_id, kind=Due.NOMINATION, at=PAST, hard=hard)))


def test_a_city_tells_for_itself_alone(cities: Cities, client: FlaskClient, path: str) -> None:
    press(client, path, first="safe")
    milan = took_part(cities, "Milan")
    press(client, f"{milan}wishes", first="environment")
    assert (stored(cities), stored(cities, "Milan")) == ((("safe",), False), (("environment",), False))
    assert "Safe and Secure Cities" not in words(client.get(milan))


def test_a_city_that_takes_no_part_asks_for_nothing(cities: Cities, client: FlaskClient) -> None:
    cities.invite("Rome")
    path = f"{cities.link('Rome')}wishes"
    assert client.get(path).status_code == 303
    answer = client.post(path, data={"first": "safe"})
    assert (answer.status_code, stored(cities)) == (422, ((), False))
