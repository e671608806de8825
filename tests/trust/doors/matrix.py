"""Who gets which answer at every door: rules x methods x those who knock."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import urlsplit

from werkzeug.test import TestResponse

from tests.trust.doors.survey import Way
from tests.trust.doors.world import NETWORKS, Knocker, World

FILE = Path(__file__).resolve().parents[1] / "permission_matrix.csv"
OWNER = "whose it is"
"""The holder of the secret in the address; else somebody with every role at every event."""
SHUT = {"404", "sign-in"}
Matrix = dict[tuple[str, str], dict[str, str]]


def address(world: World, way: Way, who: Knocker | None) -> str:
    """Where somebody knocks who wants what this way leads to; `who` None: the one to whom it belongs."""
    values = dict(way.values)
    if who is not None:
        for name in {"token", "secret"} & values.keys():
            values[name] = who.secret(way.rule)
        if who.event and "event" in values:
            values["event"] = who.event
        if who.event and "network" in values:
            values["network"] = NETWORKS[str(values["network"])]
    rule = next(each for each in world.app.url_map.iter_rules() if each.rule.replace(", ", ",") == way.rule)
    built = rule.build(values)
    assert built is not None, way
    return built[1] + (f"?{way.query}" if way.query and way.method == "GET" else "")


def word(answer: TestResponse) -> str:
    """An answer as the matrix writes it."""
    if answer.status_code in {302, 303} and urlsplit(answer.location).path == "/sign-in":
        return "sign-in"
    return str(answer.status_code)


def knock(world: World, ways: Mapping[tuple[str, str], Way]) -> Iterator[tuple[Way, Knocker, TestResponse, str]]:
    """Every door tried by everybody: the way, who, what was answered, and under which name it is told.

    What is asked with a form carries a valid token and nothing else. After whatever may have changed something all is
    put back.
    """
    for reads in (True, False):  # whatever writes may also touch files, which nothing puts back
        for way in (each for each in ways.values() if (each.method == "GET") == reads):
            yield from _at(world, way)


def _at(world: World, way: Way) -> Iterator[tuple[Way, Knocker, TestResponse, str]]:
    secret = {"token", "secret"} & way.values.keys()
    owner = world.knockers["anybody" if secret else "several roles"]
    asked: dict[tuple[str, str], TestResponse] = {}
    for name, who in [(OWNER, owner), *world.knockers.items()]:
        path = address(world, way, None if name == OWNER else who)
        answer = asked.get((path, who.cookie))
        if answer is None:
            data, headers = ({"csrf_token": who.csrf}, {}) if way.method != "GET" else (None, {})
            if "/uploads" in way.rule and not way.rule.endswith("/discard"):
                data, headers = None, {"Tus-Resumable": "1.0.0"}
            answer = asked[path, who.cookie] = world.ask(who, way.method, path, data, headers)
            if way.method != "GET" and word(answer) not in SHUT:
                world.fresh()
        yield way, who, answer, name


def read() -> Matrix:
    """The matrix as it was reviewed."""
    with FILE.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return {(row.pop("rule"), row.pop("method")): row for row in rows}


def write(matrix: Matrix) -> None:
    """Keep a matrix for review."""
    names = list(next(iter(matrix.values())))
    with FILE.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, ["rule", "method", *names], lineterminator="\n")
        writer.writeheader()
        writer.writerows({"rule": rule, "method": method, **row} for (rule, method), row in sorted(matrix.items()))
