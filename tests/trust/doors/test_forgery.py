"""Nothing is changed by a form that came from elsewhere, nor by anything that only asks (A11)."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import pytest

from tests.trust.attacks.test_redirects import FOREIGN, leaves, parameters
from tests.trust.doors.forms import changes, rows
from tests.trust.doors.matrix import address
from tests.trust.doors.survey import Survey, Way, every_way
from tests.trust.doors.world import Knocker, World
from tests.trust.figures import Figures

pytestmark = pytest.mark.one_database

NOTED = {
    ("notes", "looked at visa data"): "each look at a passport is written down",
    ("notes", "pages looked at as they see them"): "so is each look at somebody's pages as they see them",
    ("fetches", "day"): "that a calendar was fetched is noted once a day",
}
REFUSED = {400, 403}
ONE_PRESS = "/u/<uid>/<secret>"
"""Mail programs leave a list by one POST without a token (RFC 8058); the secret in its address allows nothing else."""


@pytest.fixture(scope="module")
def writing(built: World, surveyed: Survey) -> list[Way]:
    """Every way that may change something, except pieces of films: their addresses hold a secret that no other site
    knows, and cookies open nothing there (web.policy.takes_octets)."""
    views = built.app.view_functions
    rules = [each for each in built.app.url_map.iter_rules() if hasattr(views[each.endpoint], "takes_octets")]
    octets = {each.rule.replace(", ", ",") for each in rules}
    found = every_way(built, surveyed).values()
    return [each for each in found if each.method != "GET" and each.rule not in octets]


def _owner(world: World, way: Way) -> Knocker:
    return world.knockers["anybody" if {"token", "secret"} & way.values.keys() else "several roles"]


@pytest.mark.parametrize("kind", ["without a token", "with another session's token", "from another site"])
def test_no_form_from_elsewhere_is_taken(built: World, writing: list[Way], kind: str, figures: Figures) -> None:
    built.fresh()
    before, taken = rows(built), []
    for way in (each for each in writing if each.rule != ONE_PRESS or kind == "from another site"):
        who = _owner(built, way)
        other = built.knockers["organiser 2" if who.name != "organiser 2" else "visa"]
        token = {"without a token": {}, "with another session's token": {"csrf_token": other.csrf}}
        headers = {"Origin": "https://evil.example"} if kind == "from another site" else {}
        data = token.get(kind, {"csrf_token": who.csrf})
        answer = built.ask(who, way.method, address(built, way, None), data, headers)
        if answer.status_code not in REFUSED and not (
            kind != "from another site" and _kept(built, way, answer.status_code)
        ):
            taken.append((way.method, way.rule, answer.status_code))
    assert taken == []
    assert changes(before, rows(built)) == {}
    figures.hold("A11", f"forms {kind} that were taken", len(taken), exactly=0)


def _kept(world: World, way: Way, code: int) -> bool:
    """Whether the page came again with what was typed, as it may where the form itself asks for the token; or nobody
    of this kind is let in at all."""
    rule = next(each for each in world.app.url_map.iter_rules() if each.rule.replace(", ", ",") == way.rule)
    by_itself = getattr(world.app.view_functions[rule.endpoint], "keeps_form", False)
    return code in {404, 302, 303} or (by_itself and code in {200, 409, 422})


def test_what_only_asks_changes_nothing(built: World, surveyed: Survey, figures: Figures) -> None:
    built.fresh()
    before = rows(built)
    ways = [each for each in every_way(built, surveyed).values() if each.method == "GET"]
    for way in ways:
        assert built.ask(_owner(built, way), "GET", address(built, way, None)).status_code < 500, way
    found = changes(before, rows(built))
    loose = {key: values for key, values in found.items() if key[0] not in {table for table, _what in NOTED}}
    assert loose == {}
    assert set(found.get(("notes", "what"), [])) <= {what for table, what in NOTED if table == "notes"}
    figures.hold("A11", "tables that changed because somebody only asked", len(loose), exactly=0)
    figures.hold("A11", "pages and files asked for", len(ways), least=300)


def test_numbers_of_another_event_change_nothing_from_the_own_one(
    built: World, writing: list[Way], figures: Figures
) -> None:
    """An organiser presses every button of their own event with what belongs to another one in its address. What has
    the same name in the own event is meant by it, and may change."""
    built.fresh()
    busan = built.knockers["organiser 2, at home"]
    strange = [each for each in writing if each.rule.startswith("/organise/<event>/") and each.values.keys() - PLAIN]
    before = not_of(busan.event, rows(built))
    for way in strange:
        built.ask(busan, way.method, address(built, way, busan), {"csrf_token": busan.csrf})
    found = changes(before, not_of(busan.event, rows(built)))
    assert found == {}
    figures.hold("A1", "rows changed through numbers of another event", len(found), exactly=0)
    figures.hold("A1", "buttons pressed with numbers of another event", len(strange), least=60)


def not_of(slug: str, found: dict[str, dict[Any, dict[str, Any]]]) -> dict[str, dict[Any, dict[str, Any]]]:
    """All rows but those of the event of this slug."""
    (own,) = (each["id"] for each in found["events"].values() if each["slug"] == slug)
    return {
        table: {
            key: line
            for key, line in lines.items()
            if line.get("event_id") != own and (table, line.get("id")) != ("events", own)
        }
        for table, lines in found.items()
    }


PLAIN = {"event", "kind", "act", "mode", "audience", "language", "name"}
"""Words in addresses that are no event's."""


def test_no_parameter_of_any_door_leads_to_another_site(
    built: World, surveyed: Survey, full: bool, figures: Figures
) -> None:
    """A8, with the secrets and names that open each door; without them most would answer that nothing is there."""
    built.fresh()
    names, left, opened, asked = parameters() - {"lang", "tz"}, [], 0, 0
    for number, way in enumerate(each for each in every_way(built, surveyed).values() if each.method == "GET"):
        who = built.knockers["anybody" if {"token", "secret"} & way.values.keys() else "several roles"]
        path = address(built, way, None).partition("?")[0]
        for payload in FOREIGN if full else [FOREIGN[number % len(FOREIGN)]]:
            answer = built.ask(who, "GET", f"{path}?{urlencode(dict.fromkeys(names, payload))}")
            asked, opened = asked + 1, opened + (answer.status_code != 404)
            left += [(path, payload, answer.location)] * leaves(answer.location)
    assert left == []
    figures.hold("A8", "doors opened with real secrets that led to another site", len(left), exactly=0)
    assert opened > asked / 2
