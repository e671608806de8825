"""A10: a cookie that was copied opens nothing once its owner has signed out, by whatever way."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from app import clock
from app.accounts import letters, second, staffing
from app.accounts.models import User
from app.db import db, write
from tests.accounts.people import address, set_password, sign_in, sign_out, token
from tests.trust.figures import Figures

DESK = "/test/gnets-2023/desk"


def tokyo(app: Flask) -> User:
    return db.session.scalars(select(User).where(User.email == address("tokyo"))).one()


def new_password(app: Flask, _owner: FlaskClient) -> None:
    with app.app_context():
        link = letters.link(tokyo(app))
    set_password(app.test_client(), link.removeprefix("http://localhost"))


def everywhere(_app: Flask, owner: FlaskClient) -> None:
    page = owner.get("/organise/account/steps")
    owner.post("/organise/account/places/close", data={"csrf_token": token(page)})


def role_taken(app: Flask, _owner: FlaskClient) -> None:
    with app.app_context():
        key = tokyo(app).id
        write(lambda: staffing.set_roles(1, key, [], who="test", now=clock.now()))


def closed(app: Flask, _owner: FlaskClient) -> None:
    with app.app_context():
        write(lambda: db.session.execute(update(User).where(User.email == address("tokyo")).values(active=False)))


def reset(app: Flask, _owner: FlaskClient) -> None:
    with app.app_context():
        write(lambda: second.reset_address(address("tokyo"), who="test", now=clock.now()))


WAYS: dict[str, Callable[[Flask, FlaskClient], object]] = {
    "sign-out": lambda _app, owner: sign_out(owner),
    "a new password": new_password,
    "sign out everywhere": everywhere,
    "a role that was taken": role_taken,
    "an account that was closed": closed,
    "a second step that was reset": reset,
}


@pytest.mark.parametrize("way", WAYS)
def test_copied_cookie_opens_nothing_after(door: Flask, figures: Figures, way: str) -> None:
    owner, thief = door.test_client(), door.test_client()
    sign_in(owner, "tokyo")
    cookie = owner.get_cookie("plenary")
    assert cookie is not None
    thief.set_cookie("plenary", cookie.value)
    assert thief.get(DESK).status_code == 200  # the control: until then it opens everything
    WAYS[way](door, owner)
    opened = int(thief.get(DESK).status_code == 200)
    figures.hold("A10", f"pages opened by a copied cookie after {way}", opened, exactly=0)


def test_cookie_from_before_the_sign_in_is_not_signed_in_by_it(door: Flask, figures: Figures) -> None:
    """Fixation: what an attacker planted does not become the owner's sign-in."""
    owner, thief = door.test_client(), door.test_client()
    owner.get("/sign-in")
    planted = owner.get_cookie("plenary")
    assert planted is not None
    thief.set_cookie("plenary", planted.value)
    sign_in(owner, "tokyo")
    after = owner.get_cookie("plenary")
    assert after is not None
    assert after.value != planted.value
    figures.hold("A10", "pages opened by a cookie planted before", int(thief.get(DESK).status_code == 200), exactly=0)
