"""The accessibility statement: linked from everywhere, true to the stylesheets, with somebody who answers."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import update

from app.db import db, write
from app.events.models import Event
from app.web.kept import KeepingFlask
from tests.measure.nu import ROOT
from tests.queries import counted


def answers(app: KeepingFlask, address: str) -> None:
    with app.app_context():
        write(lambda: db.session.execute(update(Event).values(reply_to=address)))


@pytest.mark.parametrize("path", ["/", "/sign-in", "/gnets-2023/", "/gnets-2023/agenda", "/nothing/"])
def test_every_foot_leads_to_the_statement(gnets: KeepingFlask, path: str) -> None:
    assert 'href="/accessibility"' in gnets.test_client().get(path).text


def test_the_link_keeps_the_language(gnets: KeepingFlask) -> None:
    assert 'href="/accessibility?lang=ar"' in gnets.test_client().get("/gnets-2023/agenda?lang=ar").text


def test_it_names_those_who_answer_for_each_published_summit(gnets: KeepingFlask) -> None:
    answers(gnets, "office@tokyo.example")
    page = gnets.test_client().get("/accessibility")
    assert page.status_code == 200
    assert 'href="mailto:office@tokyo.example"' in page.text
    assert "plenary@localhost.localdomain" not in page.text


def test_a_summit_that_is_not_published_is_not_named(gnets: KeepingFlask) -> None:
    answers(gnets, "office@tokyo.example")
    with gnets.app_context():
        write(lambda: db.session.execute(update(Event).values(release=0)))
    assert "office@tokyo.example" not in gnets.test_client().get("/accessibility").text


def test_without_summits_the_house_answers(client: FlaskClient) -> None:
    assert 'href="mailto:plenary@localhost.localdomain"' in client.get("/accessibility").text


def test_an_address_of_markup_is_only_an_address(gnets: KeepingFlask) -> None:
    answers(gnets, '"><script>alert(1)</script>')
    assert "<script>alert" not in gnets.test_client().get("/accessibility").text


def test_it_costs_one_query(gnets: KeepingFlask) -> None:
    client = gnets.test_client()
    with counted(gnets) as statements:
        client.get("/accessibility")
    assert len(statements) == 1


@pytest.mark.one_database
def test_nothing_moves_unless_the_reader_likes_it() -> None:
    moves = re.compile(r"(?<!-)\b(?:transition|animation)\s*:(?!\s*(?:none|open 0s))|scroll-behavior\s*:\s*smooth")
    for path in sorted((ROOT / "static").glob("*.css")):
        text = re.sub(
            r"@media \(prefers-reduced-motion: no-preference\) \{(?:[^{}]*\{[^{}]*\})*\s*\}", "", path.read_text()
        )
        assert (path.name, moves.findall(text)) == (path.name, [])
    scripts = "".join(each.read_text() for each in (ROOT / "static" / "js").glob("*.js"))
    assert "smooth" not in scripts


@pytest.mark.one_database
@pytest.mark.parametrize("wish", ["prefers-contrast: more", "forced-colors: active", "prefers-reduced-motion"])
def test_the_stylesheet_knows_what_readers_ask_of_their_device(wish: str) -> None:
    assert wish in (ROOT / "static" / "plenary.css").read_text(encoding="utf-8")
