"""An agenda of 300 sessions stays light."""

from __future__ import annotations

import gzip

import pytest

from app.web.kept import KeepingFlask
from tests.publishing.great import great, tell

pytestmark = pytest.mark.one_database

LIGHT = 60 * 1024
"""Octets that the page of an agenda may weigh, compressed."""


def test_an_agenda_of_300_sessions_weighs_at_most_60_kb(gnets: KeepingFlask) -> None:
    tell(gnets, great())
    page = gnets.test_client().get("/gnets-2023/agenda").data
    assert page.count(b"<h3") == 300
    assert len(gzip.compress(page, 6)) <= LIGHT


def test_a_choice_of_it_weighs_no_more(gnets: KeepingFlask) -> None:
    tell(gnets, great())
    page = gnets.test_client().get("/gnets-2023/agenda?theme=theme-1&tz=Europe/Rome").data
    assert b"Sessions shown: 50 of 300" in page
    assert len(gzip.compress(page, 6)) <= LIGHT


def test_its_front_page_and_programme_are_as_light(gnets: KeepingFlask) -> None:
    tell(gnets, great())
    for path in ("", "programme", "people", "cities"):
        assert len(gzip.compress(gnets.test_client().get(f"/gnets-2023/{path}").data, 6)) <= LIGHT, path
