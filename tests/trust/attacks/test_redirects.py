"""A8: no parameter of any address sends anybody to another site."""

from __future__ import annotations

import ast
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import pytest
from flask import Flask
from werkzeug.routing import BuildError

from app.accounts.access import OUR_PATH
from tests.accounts.people import PASSWORD, address, sign_in, token
from tests.trust.figures import Figures

pytestmark = pytest.mark.one_database

ROOM = Path(__file__).resolve().parents[3] / "app"
FOREIGN = (
    "https://evil.example/",
    "//evil.example",
    "///evil.example",
    "////evil.example",
    "https:///evil.example",
    "https:evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "\\/evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    "\x19//evil.example",
    " //evil.example",
    "/%09/evil.example",
    "/%5cevil.example",
    "javascript:alert(1)",
    "data:text/html,x",
    "//evil.example\\@localhost/",
    "https://localhost@evil.example/",
    "/\u2028/evil.example",
    "evil.example",
)
COMMON = {"next", "url", "back", "return", "return_to", "to", "redirect", "continue", "goto", "r", "u"}


def leaves(location: str | None) -> bool:
    """Whether a browser that stands on our site ends on another: as browsers read it, backslashes and blanks too."""
    if location is None:
        return False
    read = "".join(each for each in location.strip("\x00\x19 ") if each not in "\t\r\n").replace("\\", "/")
    found = urlsplit(urljoin("http://localhost/page", read))
    return found.scheme not in {"http", "https"} or found.hostname != "localhost" or read.startswith("//")


def parameters() -> set[str]:
    """Every name that the product reads from an address or a form, and those that such products often have."""
    found = set(COMMON)
    for file in ROOM.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            name = None
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args:
                name = (node.func.value, node.args[0])
            elif isinstance(node, ast.Subscript):
                name = (node.value, node.slice)
            if name and isinstance(name[0], ast.Attribute) and name[0].attr in {"args", "form", "values"}:
                found |= {str(name[1].value)} if isinstance(name[1], ast.Constant) else set()
    return found


@pytest.mark.parametrize("payload", FOREIGN)
def test_pattern_of_our_own_addresses_takes_none_that_leaves(payload: str) -> None:
    assert not (OUR_PATH.fullmatch(payload) and leaves(payload))


def test_a_lenient_check_would_let_some_through() -> None:
    """The control: asking for a leading slash alone lets four of them leave."""
    assert sum(each.startswith("/") and leaves(each) for each in FOREIGN) >= 4


def test_no_parameter_of_any_page_leaves(door: Flask, figures: Figures, full: bool) -> None:
    """Every page that opens by GET, as an organiser, with the payload in every parameter that is read anywhere."""
    client = door.test_client()
    sign_in(client, "new.york")
    names, asked, left = parameters() - {"lang", "tz"}, 0, []
    for rule in door.url_map.iter_rules():
        if "GET" not in (rule.methods or ()) or rule.endpoint == "static":
            continue
        values = {name: "gnets-2023" if name == "event" else "1" for name in rule.arguments}
        try:
            with door.test_request_context():
                path = door.url_map.bind("").build(rule.endpoint, values)
        except (BuildError, ValueError, TypeError):
            continue
        for payload in FOREIGN if full else FOREIGN[6:8]:
            answer = client.get(path, query_string=dict.fromkeys(names, payload), buffered=True)
            asked += 1
            if leaves(answer.location):
                left.append((path, payload, answer.location))
    assert left == []
    assert asked > 150
    figures.hold("A8", "answers that lead to another site", len(left), exactly=0)


@pytest.mark.parametrize("path", ["/sign-in", "/sign-in/again", "/sign-in/forgotten"])
def test_no_form_of_signing_in_leaves(door: Flask, path: str, figures: Figures) -> None:
    left = 0
    for payload in FOREIGN:
        client = door.test_client()
        if path == "/sign-in/again":
            sign_in(client, "tokyo")
        values = {"email": address("tokyo"), "password": PASSWORD, "csrf_token": token(client.get(path))}
        for answer in (
            client.post(path, query_string={"next": payload}, data=values),
            client.post(path, data=values | {"next": payload}),
        ):
            left += leaves(answer.location)
    figures.hold("A8", f"answers of {path} that lead to another site", left, exactly=0)
