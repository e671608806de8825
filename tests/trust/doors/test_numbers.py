"""Numbers in addresses give nobody's data away (A4), and files are handed to those alone whose they are (A3)."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select
from werkzeug.routing import AnyConverter, BaseConverter, IntegerConverter

from app import files
from app.db import db
from app.files import File
from tests.trust.doors import marks
from tests.trust.doors.matrix import address, word
from tests.trust.doors.survey import Survey, Way, every_way, shown
from tests.trust.doors.tenants import Tenants, Whose
from tests.trust.doors.world import MADE_UP, Knocker, World
from tests.trust.figures import Figures

pytestmark = pytest.mark.one_database

STRANGERS = ("anybody", "focal B", "organiser 2", "organiser 2, at home")
ENDED = {"sign-in", "404"}


def _numbered(world: World, ways: dict[tuple[str, str], Way]) -> list[tuple[Way, str]]:
    """The ways to ask for something by a number, and how it is called."""
    return [
        (ways[rule.rule.replace(", ", ","), "GET"], name)
        for rule in world.app.url_map.iter_rules()
        for name, converter in rule._converters.items()
        if isinstance(converter, IntegerConverter) and "GET" in (rule.methods or set())
    ]


def test_no_number_gives_a_stranger_anything_of_others(
    built: World, surveyed: Survey, full: bool, figures: Figures
) -> None:
    built.marked.fresh()
    numbered = _numbered(built, every_way(built, surveyed))
    seen: set[tuple[str, marks.Mark]] = set()
    asked = 0
    for way, name in numbered:
        for who in (built.knockers[each] for each in STRANGERS):
            for number in range(1, 5001) if full else (*range(1, 16), *range(16, 301, 19)):
                other = Way(way.method, way.rule, {**way.values, name: number}, way.query)
                answer = built.ask(who, "GET", address(built, other, who))
                asked += 1
                seen |= {(way.rule, each) for each in marks.found(answer) if not marks.may_see(who.name, each)}
    figures.hold("A4", "foreign markers behind numbers in addresses", len(seen), exactly=0)
    figures.hold("A4", "numbers tried by strangers", asked, least=100_000 if full else 800)


NAMED = ("reference", "uid", "code", "slug", "member", "key", "session", "one", "other")
"""What else stands in addresses for something that is somebody's."""
PARTS = 4


def _names(world: World) -> list[str]:
    """How the marked people, cities, visits, films and drafts are called in addresses, of each tenant one a table."""
    found: dict[tuple[str, str, Whose], str] = {}
    with world.app.app_context():
        tenants = Tenants(world.people)
        for table in db.metadata.sorted_tables:
            for name in ("reference", "uid", "code", "slug", "key") if table.name not in {"events", "networks"} else ():
                for row in tenants.rows[table.name] if name in table.columns else ():
                    whose = tenants.whose(table, row)
                    of_somebody = whose.person in {"anna", "berta", ""} or whose.event == marks.OTHER
                    if whose.event and of_somebody and whose.city in {"", "rome", "new-york", "city-0"}:
                        found.setdefault((table.name, name, whose), str(row[name]))
    return sorted(set(found.values()))


@pytest.mark.parametrize("part", range(PARTS))
def test_no_name_of_an_object_gives_it_to_a_stranger(
    built: World, surveyed: Survey, full: bool, figures: Figures, part: int
) -> None:
    """Each who may stand before a door, with what is called so of every tenant in place of their own; in parts that
    several processors may take."""
    built.marked.fresh()
    names = _names(built)
    knockers = [*built.knockers.values(), replace(built.knockers["organiser 1"], event=marks.OTHER)]
    seen: set[str] = set()
    asked = 0
    ways = [each for each in every_way(built, surveyed).values() if each.method == "GET"]
    for number, way in list(enumerate(ways))[part::PARTS]:
        choices = {each for each, one in _converters(built, way).items() if isinstance(one, AnyConverter)}
        for name in (each for each in NAMED if each in way.values.keys() - choices):
            for who in (each for each in knockers if each.name != "several roles" and _stands_before(way, each)):
                for value in names if full else names[number % 25 :: 25]:
                    other = Way("GET", way.rule, {**way.values, name: value}, way.query)
                    answer = built.ask(who, "GET", address(built, other, who))
                    asked += 1
                    foreign = (each for each in marks.found(answer) if not marks.may_see(who.name, each))
                    seen |= {f"{way.rule} with {value} as {who.name}: {each}" for each in foreign}
    assert seen == set()
    figures.hold("A2", "foreign markers behind the names of all tenants' objects", len(seen), exactly=0)
    least = (20_000 if full else 1_000) // PARTS
    figures.hold("A2", "addresses with names of all tenants' objects tried, in each quarter", asked, least=least)
    built.fresh()


def _converters(world: World, way: Way) -> dict[str, BaseConverter]:
    return next(each._converters for each in world.app.url_map.iter_rules() if shown(each) == way.rule)


def _stands_before(way: Way, who: Knocker) -> bool:
    """Whether somebody has a secret for this door, or a cookie where that is what counts."""
    if {"token", "secret"} & way.values.keys():
        return any(way.rule.startswith(head) for head in who.secrets)
    return way.rule.startswith("/organise/") and who.name in STAFFED


STAFFED = {"organiser 1", "organiser 2", "organiser 2, at home", "logistics", "visa"}


def test_files_are_gone_after_signing_out_and_for_whoever_has_no_secret(
    built: World, surveyed: Survey, figures: Figures
) -> None:
    """What is no page: letters, photos, films, captions, sheets, calendars; of each who has a key to it now."""
    built.fresh()
    ways = every_way(built, surveyed)
    given = [ways[key] for key in surveyed.ways if key[1] == "GET" and _is_file(built, ways[key])]
    several = built.knockers["several roles"]
    assert built.ask(several, "POST", "/sign-out", {"csrf_token": several.csrf}).status_code in {302, 303}
    open_still = []
    for way in given:
        values = {name: MADE_UP if name in {"token", "secret"} else each for name, each in way.values.items()}
        answer = built.ask(several, "GET", address(built, Way("GET", way.rule, values, way.query), None))
        if word(answer) not in ENDED:
            open_still.append(way.rule)
    assert open_still == []
    figures.hold("A3", "files that opened after signing out or by a made-up secret", len(open_still), exactly=0)
    figures.hold("A3", "kinds of files asked for", len(given), least=20)
    built.fresh()


def _is_file(world: World, way: Way) -> bool:
    private = way.rule.startswith("/organise/") or {"token", "secret"} & way.values.keys()
    who = world.knockers["anybody" if {"token", "secret"} & way.values.keys() else "several roles"]
    return bool(private) and world.ask(who, "GET", address(world, way, None)).mimetype != "text/html"


def test_no_file_of_anybody_lies_where_the_server_hands_out_what_is_static(built: World) -> None:
    built.fresh()
    with built.app.app_context():
        keys = list(db.session.execute(select(File.key)).scalars())
        places = [files._path(each) for each in keys]
    static = Path(str(built.app.static_folder)).resolve()
    assert len(places) >= 5
    assert [each for each in places if each.resolve().is_relative_to(static)] == []
    names = {each.name for each in static.rglob("*")}
    assert names & set(keys) == set()
