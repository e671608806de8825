"""Every way into the product, with real values in its address: found by following links and the addresses of forms."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import takewhile
from typing import Any
from urllib.parse import urljoin, urlsplit

from werkzeug.exceptions import HTTPException
from werkzeug.routing import AnyConverter, RequestRedirect, Rule
from werkzeug.test import TestResponse

from tests.trust.doors.world import World

LINK = re.compile(r'\s(?:href|src|action|formaction)="([^"#]+)')
ENOUGH = 2
"""How many pages of one rule are opened, of as many summits or secrets."""
METHODS = {"GET", "POST", "PUT", "PATCH", "DELETE"}
MORE: dict[str, Any] = {"upload": "an-upload", "whom": "anybody", "day": "2090-02-28", "key_id": 1, "sign_in_id": 1}
"""What stands in addresses that nothing leads to, where no other address holds such a thing."""


@dataclass(frozen=True)
class Way:
    """One rule and method, and an address that leads through it to something that is there."""

    method: str
    rule: str
    values: Mapping[str, Any]
    query: str = ""

    @property
    def name(self) -> tuple[str, str]:
        return self.rule, self.method


@dataclass(frozen=True)
class Survey:
    """What a walk through everything found."""

    ways: Mapping[tuple[str, str], list[Way]]
    """(rule, method) -> the ways found, those that opened something first."""
    pages: Mapping[str, TestResponse]
    """address -> what was answered with 200."""
    rules: Mapping[str, str]
    """address -> the rule that answered."""


def shown(rule: Rule) -> str:
    """A rule as the matrix writes it."""
    return rule.rule.replace(", ", ",")


def survey(world: World) -> Survey:
    """Walk from all doors, with every role and no secret but those in the addresses."""
    return _Surveyor(world).walk()


def every_way(world: World, found: Survey) -> dict[tuple[str, str], Way]:
    """(rule, method) -> one way in. Where no link and no form leads, the values are those of an address beside it."""
    rules = [each for each in world.app.url_map.iter_rules() if each.endpoint != "static"]
    told = {}
    for rule, method in [(each, method) for each in rules for method in sorted((each.methods or set()) & METHODS)]:
        key = shown(rule), method
        opened = found.ways.get((key[0], "GET"), [])
        known = opened[:1] if method != "GET" and opened else found.ways.get(key, [])[:1]
        told[key] = Way(method, key[0], known[0].values, known[0].query) if known else _beside(rule, method, found)
    return told


def _beside(rule: Rule, method: str, found: Survey) -> Way:
    """A way made of the values of those whose addresses have most in common with this one."""
    known = sorted(found.ways.items(), key=lambda each: -_shared(each[0][0], rule.rule))
    values: dict[str, Any] = {}
    for name, converter in rule._converters.items():
        if isinstance(converter, AnyConverter):
            values[name] = sorted(converter.items)[0]
        else:
            values[name] = MORE.get(name) or next(
                ways[0].values[name] for _key, ways in known if name in ways[0].values
            )
    return Way(method, shown(rule), values)


def _shared(one: str, other: str) -> int:
    """How many characters two addresses have in common at their heads."""
    return sum(1 for _pair in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))


class _Surveyor:
    def __init__(self, world: World) -> None:
        self.world = world
        self.who = world.knockers["several roles"]
        self.adapter = world.app.url_map.bind("localhost")
        self.opened: dict[str, set[str]] = {}
        self.ways: dict[tuple[str, str], list[Way]] = {}
        self.good: list[Way] = []
        self.pages: dict[str, TestResponse] = {}
        self.rules: dict[str, str] = {}

    def walk(self) -> Survey:
        held = self.world.knockers
        own = [f"/d/{held[each].secrets['/d/']}/" for each in ("delegate A", "head A", "delegate B")]
        own += [f"/f/{held[each].secrets['/f/']}/" for each in ("focal A", "focal B")]
        own += [f"/b/{held['volunteer'].secrets['/b/']}", f"/m/{held['moderator'].secrets['/m/']}"]
        waiting, seen = deque([*own, *self.world.doors]), set[str]()
        while waiting:
            path = waiting.popleft()
            if path not in seen:
                seen.add(path)
                waiting.extend(self._open(path))
        return Survey(self.ways, self.pages, self.rules)

    def _match(self, path: str, method: str) -> Way | None:
        parts = urlsplit(path)
        try:
            rule, values = self.adapter.match(parts.path, method=method, return_rule=True)
        except (HTTPException, RequestRedirect):
            return None
        return None if rule.endpoint == "static" else Way(method, shown(rule), values, parts.query)

    def _open(self, path: str) -> Iterator[str]:
        for method in ("POST", "PATCH", "DELETE"):
            other = self._match(path, method)
            if other is not None:
                self.ways.setdefault(other.name, []).append(other)
        way = self._match(path, "GET")
        if way is None:
            return
        whose = str(way.values.get("event") or way.values.get("network") or way.values.get("token") or "")
        opened = self.opened.setdefault(way.rule, set())
        if whose in opened or len(opened) >= ENOUGH:
            return
        who = self.world.knockers["anybody"] if way.rule.startswith("/sign") else self.who
        answer = self.world.ask(who, "GET", path)
        if answer.status_code in {302, 303}:
            self.ways.setdefault(way.name, []).append(way)
            yield urlsplit(answer.location).path
        if answer.status_code != 200:
            return
        opened.add(whose)
        found = self.ways.setdefault(way.name, [])
        found.insert(sum(each in self.good for each in found), way)
        self.good.append(way)
        self.pages[path], self.rules[path] = answer, way.rule
        if answer.mimetype == "text/html":
            for each in LINK.finditer(answer.text):
                there = urljoin(path, each[1].replace("&amp;", "&"))
                if urlsplit(there).netloc in ("", "localhost"):
                    yield urlsplit(there)._replace(scheme="", netloc="").geturl()
