"""Who gets which answer at every door (A1), and no answer that is somebody's own may be kept by a cache (A31).

The answers stand in tests/trust/permission_matrix.csv, which people read: `make matrix` writes it anew, and `git diff`
shows what a change has opened or shut.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from werkzeug.test import TestResponse

from tests.trust.doors import marks, matrix
from tests.trust.doors.matrix import OWNER, SHUT, Matrix, word
from tests.trust.doors.survey import METHODS, Survey, Way, every_way, shown
from tests.trust.doors.world import World
from tests.trust.figures import Figures

pytestmark = pytest.mark.one_database

NOTHING_THERE = {
    "/sign-in/second": "between a right password and the second step alone",
    "/<event>/calendar/chosen.ics": "it holds what somebody chose, by a key in its query",
    "/<event>/look.css": "no event here has colours of its own",
    "/c/<token>/programme.ics": "it is found under the moderator's own secret, in their column",
    "/f/<token>/people/<reference>/photo": "the city's first person has no photo; /d/<token>/about/photo opens one",
    "/f/<token>/videos/<uid>/captions/file": "no film here has captions",
    "/organise/<event>/publish/letters/<whom>": "publishing would tell nobody",
}
"""Doors behind which the world has nothing, so that the line in the matrix proves only that nothing comes out."""


@pytest.fixture(scope="module")
def ways(built: World, surveyed: Survey) -> dict[tuple[str, str], Way]:
    return every_way(built, surveyed)


@dataclass
class Knocked:
    """What happened at all doors."""

    matrix: Matrix = field(default_factory=dict)
    loose: list[str] = field(default_factory=list)
    """What a cache could keep of what is somebody's own."""
    seen: dict[str, dict[str, str]] = field(default_factory=dict)
    """Who came upon which marker, and behind which door."""
    stored: dict[str, str] = field(default_factory=dict)
    """What a shared cache would have kept with a marker in it."""


@pytest.fixture(scope="module")
def knocked(built: World, ways: dict[tuple[str, str], Way]) -> Knocked:
    built.fresh()
    told = Knocked()
    for way, _who, answer, name in matrix.knock(built, ways):
        told.matrix.setdefault(way.name, {})[name] = word(answer)
        if _is_private(way) and word(answer) not in SHUT and not _kept_from_caches(way, answer):
            told.loose.append(f"{way.method} {way.rule} as {name}: {answer.headers.get('Cache-Control')}")
        for each in marks.found(answer):
            told.seen.setdefault(name, {}).setdefault(each, f"{way.method} {way.rule}")
            if not _forbidden(answer):
                told.stored[each] = f"{way.method} {way.rule} as {name}"
    return told


def _forbidden(answer: TestResponse) -> bool:
    """Whether a cache between may not keep the answer for others."""
    told = answer.headers.get("Cache-Control", "")
    return "private" in told or "no-store" in told or answer.request.method != "GET"


def _is_private(way: Way) -> bool:
    return way.rule.startswith("/organise/") or bool({"token", "secret"} & way.values.keys())


def _kept_from_caches(way: Way, answer: TestResponse) -> bool:
    told = answer.headers.get("Cache-Control", "")
    by_cookie = "Cookie" in answer.headers.get("Vary", "") or not way.rule.startswith("/organise/")
    return ("private" in told or "no-store" in told) and "public" not in told and by_cookie


def test_every_door_gives_the_answers_that_were_reviewed(knocked: Knocked, figures: Figures) -> None:
    found, reviewed = knocked.matrix, matrix.read()
    differ = {
        key: (reviewed.get(key), found.get(key)) for key in {*found, *reviewed} if found.get(key) != reviewed.get(key)
    }
    assert differ == {}, "read what has changed, then keep it by `make matrix`"
    figures.hold("A1", "doors whose answers were not reviewed", len(differ), exactly=0)
    figures.hold("A1", "answers compared with the reviewed matrix", sum(map(len, found.values())), least=8000)


def test_every_rule_has_its_line(built: World) -> None:
    rules = [each for each in built.app.url_map.iter_rules() if each.endpoint != "static"]
    there = {(shown(rule), method) for rule in rules for method in (rule.methods or set()) & METHODS}
    assert there ^ matrix.read().keys() == set()


def test_each_door_opens_for_the_one_whose_it_is(knocked: Knocked) -> None:
    """Else a line of 404s would prove nothing."""
    shut = {rule for (rule, method), row in knocked.matrix.items() if row[OWNER] in SHUT and method == "GET"}
    assert shut - NOTHING_THERE.keys() == set()


def test_no_door_falls_over(knocked: Knocked, figures: Figures) -> None:
    rows = knocked.matrix.items()
    broken = [(*key, name) for key, row in rows for name, answer in row.items() if answer.startswith("5")]
    figures.hold("P6", "faults among all answers at all doors", len(broken), exactly=0)


def test_what_is_somebodys_own_is_kept_by_no_cache(knocked: Knocked, figures: Figures) -> None:
    figures.hold("A31", "private answers that a shared cache could keep", len(knocked.loose), exactly=0)


def test_strangers_to_an_event_open_none_of_its_doors(knocked: Knocked, figures: Figures) -> None:
    """What can be said of all lines at once, however long the matrix grows."""
    staff = {key: row for key, row in knocked.matrix.items() if "<event>" in key[0] and key[0].startswith("/organise/")}
    network = {key: row for key, row in knocked.matrix.items() if "/<network>/" in key[0]}
    outside = ("anybody", "delegate A", "head A", "focal A", "moderator", "volunteer", "video sender", "organiser 2")
    opened = [(*key, name) for key, row in (staff | network).items() for name in outside if row[name] not in SHUT]
    figures.hold("A1", "doors of an event's desk that opened for outsiders", len(opened), exactly=0)


@pytest.mark.parametrize("name", marks.MAY_SEE)
def test_nobody_comes_upon_what_is_others(knocked: Knocked, name: str, figures: Figures) -> None:
    seen = knocked.seen.get(name, {})
    foreign = {each: door for each, door in seen.items() if each not in marks.MAY_SEE[name]}
    assert foreign == {}
    figures.hold("A2", f"foreign markers that {name} came upon", len(foreign), exactly=0)
    assert marks.MUST_SEE.get(name, set()) - seen.keys() == set()


def test_a_shared_cache_has_nothing_of_anybody_to_give_to_others(knocked: Knocked, figures: Figures) -> None:
    assert knocked.stored == {}
    figures.hold("A31", "markers in answers that a shared cache may keep", len(knocked.stored), exactly=0)
