"""What somebody eats and needs is stored only if they agree to that, by a tick of its own (GDPR 9.2 a)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app.db import db
from app.registration import service
from app.registration.models import Draft, Needs
from tests.desk.office import held
from tests.registration.cast import NOW, Cast, delegates, details, hidden, needs, read, send, typed
from tests.registration.people import do, later, nominate, register

TICK = "Tick this, or empty the fields about food and access."


def agreed_at(cast: Cast) -> list[datetime | None]:
    return read(cast.app, lambda: list(db.session.execute(select(Needs.agreed_at)).scalars()))


def test_the_tick_is_not_set_before_the_person_does(client: FlaskClient, cast: Cast) -> None:
    assert "agreed" not in held(client.get("/summit/register"))


@pytest.mark.parametrize("told", [{"dietary": "Halal", "access": ""}, {"dietary": "", "access": "A ramp"}])
def test_needs_without_the_tick_are_not_stored_and_not_lost(
    client: FlaskClient, cast: Cast, told: dict[str, str]
) -> None:
    answer = send(client, "/summit/register", typed(cast, agreed="", **told))
    assert (answer.status_code, TICK in answer.text, delegates(cast.app)) == (422, True, [])
    assert {name: held(answer)[name] for name in told} == told


@pytest.mark.parametrize("changes", [{"dietary": ""}, {"mode": "online", "zone": "Europe/Rome"}])
def test_who_tells_nothing_need_not_tick(client: FlaskClient, cast: Cast, changes: dict[str, str]) -> None:
    assert send(client, "/summit/register", typed(cast, agreed="", **changes)).status_code == 303
    assert needs(cast.app) == []


def test_the_time_of_agreeing_is_stored_once_and_goes_with_the_needs(cast: Cast) -> None:
    anna = register(cast, "Anna Bianchi", agreed=True)
    assert agreed_at(cast) == [NOW]

    def change(version: int, **more: Any) -> int:
        return do(cast, lambda: service.change(anna.id, details(**more), version, later(1))).version

    version = change(anna.version, agreed=True, dietary="Halal")
    assert (agreed_at(cast), needs(cast.app)) == ([NOW], [("Halal", "")])
    version = change(version, dietary="")
    assert needs(cast.app) == []
    change(version, agreed=True, dietary="Vegan")
    assert agreed_at(cast) == [later(1)]


def test_needs_told_before_it_was_asked_are_asked_about_at_the_next_change(client: FlaskClient, cast: Cast) -> None:
    anna = register(cast, "Anna Bianchi")
    assert agreed_at(cast) == [None]
    path = f"/d/{read(cast.app, lambda: anna.link)}/change"
    form = held(client.get(path)) | {"mode": "venue"}
    answer = client.post(path, data=form)
    assert (answer.status_code, "Tick this, or have deleted what is stored" in answer.text) == (422, True)
    assert client.post(path, data=form | hidden(answer) | {"agreed": "y"}).status_code == 303
    assert agreed_at(cast) != [None]
    assert "agreed" in held(client.get(path))


def test_a_draft_holds_needs_only_with_the_tick(client: FlaskClient, cast: Cast) -> None:
    luca = nominate(cast)
    path = f"/d/{read(cast.app, lambda: luca.link)}/complete"
    half = {"mode": "venue", "dietary": "Halal", "mobile": "not yet", "save": "later"}
    answer = send(client, path, half)
    assert (answer.status_code, TICK in answer.text, "not a telephone number" in answer.text) == (422, True, False)
    assert (held(answer)["dietary"], drafts(cast)) == ("Halal", [])
    assert send(client, path, half | {"agreed": "y"}).status_code == 303
    (draft,) = drafts(cast)
    assert (draft["dietary"], draft["agreed"], draft["mobile"]) == ("Halal", True, "not yet")
    send(client, path, half | {"mode": "online"})
    assert "dietary" not in drafts(cast)[0]


def drafts(cast: Cast) -> list[dict[str, Any]]:
    return read(cast.app, lambda: list(db.session.execute(select(Draft.values)).scalars()))
