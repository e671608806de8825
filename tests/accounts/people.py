"""The people of these tests and what they do in a browser."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any, TypeVar

from flask import Flask, current_app
from flask.testing import FlaskClient
from flask_security.utils import hash_password
from passlib.context import CryptContext
from sqlalchemy import select
from werkzeug.test import TestResponse

from app.accounts.models import User
from app.db import db, write

Result = TypeVar("Result")
PASSWORD = "five ships on the Sumida"
OTHER = "seven bridges of the Tiber"


def hashed(password: str) -> str:
    """As the application keeps it, which may be one of several with other costs."""
    return _hashed(password, current_app.extensions["security"].pwd_context)


@lru_cache
def _hashed(password: str, _by: CryptContext) -> str:
    return hash_password(password)


def person(city: str) -> User:
    return User(email=address(city), password=hashed(PASSWORD))


def address(city: str) -> str:
    return f"{city}@example.org"


def number(door: Flask, city: str) -> int:
    """The number of somebody's account."""
    with door.app_context():
        return db.session.scalars(select(User.id).where(User.email == address(city))).one()


def do(door: Flask, act: Callable[[], Result]) -> Result:
    """What comes of an act that is written."""
    with door.app_context():
        return write(act)


def token(page: TestResponse) -> str:
    """The CSRF token of the page's first form."""
    found = re.search(r'name="csrf_token"[^>]* value="([^"]+)"', page.text)
    assert found is not None, page.text
    return found[1]


def sign_in(
    client: FlaskClient, city: str, password: str = PASSWORD, to: str = "/sign-in", **more: Any
) -> TestResponse:
    """What a person does who opens the page, fills it in and presses the button."""
    values = {"email": address(city), "password": password, "csrf_token": token(client.get(to))}
    return client.post(to, data=values | more.pop("also", {}), **more)


def sign_out(client: FlaskClient) -> TestResponse:
    """Press the button; its token comes from any page that stands open."""
    return client.post("/sign-out", data={"csrf_token": token(client.get("/sign-in/forgotten"))})


def set_password(client: FlaskClient, link: str, password: str = OTHER) -> TestResponse:
    """Open the link and set a password."""
    values = {"password": password, "password_confirm": password, "csrf_token": token(client.get(link))}
    return client.post(link, data=values)


def messages(page: TestResponse) -> str:
    """The page's text without what differs from one fetch to the next."""
    return re.sub(r'value="[^"]*"', "", page.text)
