"""What tests of videos at the desk share: a film that waits for a word, and how its buttons are pressed."""

from __future__ import annotations

from xml.etree.ElementTree import Element

import html5lib
import pytest
from werkzeug.test import TestResponse

from app.db import write
from app.videos import reviewing
from app.videos.models import State
from app.web.kept import KeepingFlask
from tests.desk.office import REHEARSAL, Organiser
from tests.videos import films
from tests.videos.films import Sent

PLAYLIST = f"{REHEARSAL}/playlist"


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Sent:
    return films.good(tmp_path_factory.mktemp("clips"))


@pytest.fixture
def reviewed(desks: KeepingFlask, good: Sent) -> KeepingFlask:
    """Milan's film was checked and waits for a word; Cairo and Kuala Lumpur owe theirs."""
    with desks.app_context():
        films.expect()
        films.send("milan", good)
        films.check()
    return desks


def review(app: KeepingFlask, city: str = "milan") -> str:
    with app.app_context():
        return f"{REHEARSAL}/videos/{films.message(city).uid}"


def held(organiser: Organiser, page: str, name: str) -> dict[str, str]:
    """What the form of one button holds on the page as it stands now."""
    path = PLAYLIST if name == "mark" else f"{page}/review"
    tree: Element = html5lib.parse(organiser.get(path).text, namespaceHTMLElements=False)
    values: dict[str, str] = {}
    for each in (field for field in tree.iter("input") if field.get("name") == "csrf_token"):
        values["csrf_token"] = each.get("value", "")
    for form in (each for each in tree.iter("form") if each.get("action") == f"{page}/{name}"):
        values |= {
            str(each.get("name")): each.get("value", "") for each in form.iter("input") if each.get("type") == "hidden"
        }
    return values


def act(organiser: Organiser, page: str, name: str, **values: str) -> TestResponse:
    """Press a button of the review page."""
    return organiser.client.post(f"{page}/{name}", data=held(organiser, page, name) | values)


def fetch(organiser: Organiser, path: str, ranges: str = "") -> TestResponse:
    """A file, read to its end and closed as servers do."""
    return organiser.client.get(path, headers={"Range": ranges} if ranges else {}, buffered=True)


def state(app: KeepingFlask, city: str = "milan") -> State:
    with app.app_context():
        return films.message(city).state


def accept(app: KeepingFlask, city: str = "milan") -> None:
    with app.app_context():
        key, number = films.message(city).id, films.newest(city).number
        write(lambda: reviewing.accept(key, number, without_captions=True, who="KOIKE Yuriko", now=films.NOW))
