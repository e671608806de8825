"""A register that anybody can reach must not become a way to send letters to anybody."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from app import clock
from app.accounts import brake
from app.db import write
from app.registration import bots
from app.registration.bots import AN_HOUR, REGISTRATIONS
from tests.registration.cast import Cast, delegates, hidden, read, send, typed


def test_a_flood_from_one_network_is_refused_in_words_and_others_go_on(
    cast: Cast, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bots, "HURRY", timedelta(0))  # whoever sends this took their time

    def flood() -> list[bool]:
        now = clock.now()
        return [brake.allowed("registration", "127.0.0.1", REGISTRATIONS, AN_HOUR, now) for _ in range(REGISTRATIONS)]

    assert all(read(cast.app, lambda: write(flood)))
    answer = send(client, "/summit/register", typed(cast))
    assert (answer.status_code, "Very many registrations came from your network" in answer.text) == (422, True)
    assert "Anna Bianchi" in answer.text
    values = typed(cast) | hidden(client.get("/summit/register"))
    elsewhere = client.post("/summit/register", data=values, environ_base={"REMOTE_ADDR": "192.0.2.7"})
    assert (elsewhere.status_code, len(delegates(cast.app))) == (303, 1)
