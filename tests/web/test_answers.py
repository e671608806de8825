"""What stands on every answer."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

pytestmark = pytest.mark.one_database


def test_the_front_page_says_what_is_missing_when_nothing_is_published(client: FlaskClient) -> None:
    assert "No summit has been published yet" in client.get("/").text


def test_a_page_that_is_not_there_offers_a_way_on(client: FlaskClient) -> None:
    answer = client.get("/nowhere/at/all")
    assert (answer.status_code, 'href="/"' in answer.text) == (404, True)


def test_healthz_answers_ok(client: FlaskClient) -> None:
    assert client.get("/healthz").text == "ok\n"
