"""A house with an outbox: letters of one kind, worded here, and settings that name a server of ours."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest
from flask import Flask
from flask_mail import Mail

from app.outbox import Rendered, renderers
from app.web.kept import KeepingFlask
from tests.outbox.cast import greeting


@pytest.fixture
def house(app: KeepingFlask) -> Iterator[KeepingFlask]:
    """The application, its context open: nothing here goes through the test client."""
    with app.app_context():
        yield app
    app.extensions.pop("outbox", None)


@pytest.fixture(autouse=True)
def _greeting() -> Iterator[None]:
    """Letters of the kind "greeting", and "broken" ones that cannot be worded."""

    def broken(facts: Mapping[str, Any], language: str) -> Rendered:
        raise KeyError("platform")

    renderers.update(greeting=greeting, broken=broken)
    yield
    del renderers["greeting"], renderers["broken"]


@pytest.fixture
def mail_to(house: Flask) -> Iterator[Callable[..., None]]:
    """Point the settings at a mail server; they are put back afterwards."""
    before = {name: house.config[name] for name in house.config if name.startswith("MAIL_")}

    def point(port: int, **more: Any) -> None:
        house.config.update({"MAIL_SERVER": "127.0.0.1", "MAIL_PORT": port, "MAIL_USE_TLS": False} | more)
        Mail(house)

    yield point
    house.config.update(before)
    Mail(house)
