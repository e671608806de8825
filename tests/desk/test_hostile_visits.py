"""Hostile values in every form and address about visits: refused or stored as words, never a fault of ours."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import product

import pytest
from flask.testing import FlaskClient

from app.visits import vehicles
from app.visits.models import SignUp
from app.web.kept import KeepingFlask
from tests.desk.office import Organiser, held, runs
from tests.desk.test_hostile import Values, missing, no_version, numbers, twice, zeros
from tests.mypage.test_visits import link, publish
from tests.office.test_visits import office
from tests.registration.cast import Cast, assemble, hidden
from tests.registration.people import later
from tests.visits.cast import ORGANISER, act, bus, guests, roomy, sign_up, visit
from tests.visits.wishers import run, wish, wished

HERE = "/organise/summit"
ROOMS = (f"{HERE}/visits", f"{HERE}/allocations", "/d/", "/f/", "/b/")
WORDS = ("visit", "wish", "allocations", "/b/")
SEEN = {200, 303, 400, 404, 409, 422}
HOSTILE = ("\0", "9" * 400, "-1", "%", "\u202e<script>", "'; --", "\ud7ff" * 300, "٣", "999999999999999")
BUTTON = dict.fromkeys(("uid", "key", "pressed_at", "boarded", "group", "vehicle", "decision", "wanted", "on"), "1")
"""The fields of those acts that are a button on another page."""


@pytest.fixture
def cast(app: KeepingFlask) -> Cast:
    return roomy(assemble(app))


@pytest.fixture
def desk(app: KeepingFlask, cast: Cast) -> Organiser:
    return runs(app, cast.event_id)


class Full:
    """A visit with a bus, a person on it, wishes for another, and an allocation; the values of every address."""

    def __init__(self, cast: Cast) -> None:
        boat, zoo = visit(cast), wished(cast, "zoo", seats=1)
        self.car = bus(cast, boat, 5, 1)
        self.one, other = guests(cast, 2)
        self.mine: SignUp = sign_up(cast, boat, self.one)[0]
        wish(cast, [self.one], zoo)
        wish(cast, [other], zoo)
        publish(cast)
        self.boarding = act(cast, lambda: vehicles.link(self.car.id, on=True, who=ORGANISER, now=later(1)).link)
        self.person = link(cast, self.one).split("/")[2]
        self.office = office(cast).split("/")[2]
        self.number = run(cast)

    def values(self, path: str) -> dict[str, str]:
        token = {"/d/": self.person, "/f/": self.office, "/b/": self.boarding}.get(path[:3], "")
        uid = self.mine.uid if "/people/" in path else self.car.uid
        told = {"event": "summit", "code": "harbour", "number": str(self.number), "kind": "csv"}
        return told | {"token": token, "uid": uid, "reference": self.one.reference}

    def addresses(self, app: KeepingFlask, method: str) -> Iterator[tuple[str, dict[str, str]]]:
        """Every address about visits that takes this method, with its blanks and what to fill in."""
        for rule in app.url_map.iter_rules():
            path = rule.rule.replace("<event>", "summit")
            if path.startswith(ROOMS) and any(each in path for each in WORDS) and method in (rule.methods or ()):
                yield re.sub(r"<(?:[^:>]+:)?(\w+)>", r"<\1>", path), self.values(path)


def filled(path: str, values: dict[str, str]) -> str:
    return re.sub(r"<(\w+)>", lambda found: values[found[1]], path)


def form(desk: Organiser, path: str) -> tuple[Values, set[str]]:
    """What the form at this address holds, and which of its fields ask for a number."""
    page = desk.get(path)
    if page.status_code != 200 or page.text.count('name="submit_key"') != 1:
        return BUTTON | {"csrf_token": hidden(desk.get(f"{HERE}/visits/new"))["csrf_token"]}, set()
    return held(page), set(re.findall(r'type="number"[^>]*name="([^"]+)"', page.text))


def spoilt(values: Values, asked: set[str]) -> Iterator[Values]:
    """A form in every way in which it could be sent by somebody who means harm."""
    yield from (spoil(values, asked) for spoil in (numbers, zeros, missing, no_version, twice))
    for each in HOSTILE:
        yield {name: text if name in {"csrf_token", "submit_key"} else each for name, text in values.items()}


def test_no_form_about_visits_falls_over(app: KeepingFlask, cast: Cast, desk: Organiser) -> None:
    full = Full(cast)
    paths = [filled(*each) for each in full.addresses(app, "POST")]
    assert len(paths) > 25
    found = {}
    for path in paths:
        for values in spoilt(*form(desk, path)):
            found[path, str(values)[:200]] = desk.client.post(path, data=values).status_code
    assert {path: code for path, code in found.items() if code not in SEEN} == {}


def test_no_address_about_visits_falls_over(app: KeepingFlask, cast: Cast, desk: Organiser) -> None:
    full = Full(cast)
    found = {}
    for (path, values), bad in product(list(full.addresses(app, "GET")), HOSTILE):
        for name in set(re.findall(r"<(\w+)>", path)):
            address = filled(path, values | {name: bad.replace("%", "%25").replace("\0", "%00")})
            found[address[:200]] = desk.get(address).status_code
    assert {path: code for path, code in found.items() if code not in {200, 404}} == {}


def test_a_press_from_the_year_ten_thousand_counts_as_pressed_now(
    cast: Cast, desk: Organiser, client: FlaskClient
) -> None:
    full = Full(cast)
    page = f"/b/{full.boarding}"
    told = {"csrf_token": hidden(client.get(page))["csrf_token"], "uid": full.mine.uid, "boarded": "y"}
    late = told | {"key": "made-by-the-phone", "pressed_at": "999999999999999"}
    answer = client.post(f"{page}/tick", data=late, headers={"Accept": "application/json"})
    assert answer.json == {"uid": full.mine.uid, "boarded": True}
