"""Organisers who work over real HTTP, each in a browser of their own."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from app.web.kept import KeepingFlask
from tests.accounts.people import PASSWORD, address
from tests.desk.office import held
from tests.registration.cast import hidden
from tests.trust.clients import Answer, Browser
from tests.trust.served import Served, served, settings_of

FORM = "application/x-www-form-urlencoded"
CARD = re.compile(r'data-card="([^"]+)" data-version="(\d+)"')


class Desk(Browser):
    """KOIKE Yuriko, signed in; each desk is a browser of hers."""

    def sign_in(self) -> Desk:
        page = self.get("/sign-in")
        told = {"email": address("tokyo"), "password": PASSWORD, "csrf_token": hidden(page)["csrf_token"]}
        assert self.post("/sign-in", told).status in {302, 303}
        return self

    def beside(self) -> Desk:
        """Another window with the same sign-in."""
        other = Desk(self.port, self.comes_from, self.patience)
        other.cookies = dict(self.cookies)
        return other

    def save(self, path: str, page: Answer, changes: Mapping[str, Any]) -> Answer:
        """Press the button of a form that stands open, with these changes."""
        values = {name: value for name, value in (held(page) | dict(changes)).items() if value is not None}
        return self.post(path, values)

    def drag(self, path: str, fields: Mapping[str, str]) -> tuple[int, dict[str, Any]]:
        """What the board's script sends when a card is dropped, and the answer as it reads it."""
        kind = {"Content-Type": FORM, "Accept": "application/json"}
        answer = self._ask("POST", path, urlencode(fields).encode(), kind)
        return answer.status, json.loads(answer.text) if answer.status in {200, 409, 422} else {}


def versions(cards: Mapping[str, str]) -> dict[str, int]:
    """The versions that a board knows once these cards are drawn."""
    return {code: int(number) for card in cards.values() for code, number in CARD.findall(card)}


@contextmanager
def open_desks(app: KeepingFlask, folder: Path, number: int, *without: str) -> Iterator[tuple[Served, list[Desk]]]:
    """The product as it is served, without these guards, and so many desks at it."""
    with served(settings_of(app), folder, broken=without) as house:
        first = Desk(house.port, "192.0.2.7", patience=120).sign_in()
        yield house, [first, *(first.beside() for _each in range(number - 1))]
