"""A letter is a row of the act it tells of."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from app.db import write
from app.outbox import deliver, post, post_all
from app.refused import Refused
from tests.outbox.cast import NOW, Bag, letter, put, row, rows
from tests.queries import counted


def test_a_posted_letter_waits_with_its_frozen_facts(house: Flask) -> None:
    put(letter("Rome", event_id=7, reply_to="protocol@tokyo.example", priority=2))
    waiting = row()
    assert (waiting.state, waiting.due_at, waiting.facts, waiting.event_id, waiting.reply_to, waiting.priority) == (
        "queued",
        NOW,
        {"city": "Rome"},
        7,
        "protocol@tokyo.example",
        2,
    )


def test_the_same_key_twice_is_one_letter_and_the_first_stands(house: Flask) -> None:
    put(letter("Rome"), letter("Rome", facts={"city": "Milan"}))
    put(letter("Rome", to="other@rome.example"))
    assert [(each.to, each.facts) for each in rows()] == [("office@rome.example", {"city": "Rome"})]


def test_many_are_posted_at_once_for_each_key_one(house: Flask) -> None:
    many = [letter("Rome"), letter("Milan", priority=-10), letter("Rome", facts={"city": "Milan"})]
    for _time in range(2):
        write(lambda: post_all(many, NOW))
    assert [(each.key, each.facts["city"], each.priority) for each in rows()] == [
        ("greeting/Rome", "Rome", 0),
        ("greeting/Milan", "Milan", -10),
    ]


def test_one_and_three_hundred_cost_one_statement(house: Flask) -> None:
    costs = []
    for number in (1, 300):
        with counted(house) as statements:
            write(lambda number=number: post_all([letter(f"City {each}") for each in range(number)], NOW))  # type: ignore[misc]
        costs.append(len(statements))
    assert (costs[0], len(rows())) == (costs[1], 300)


def test_an_act_that_fails_leaves_no_letter(house: Flask) -> None:
    put(letter("Tokyo"))

    def act() -> None:
        post(letter("Rome"), NOW)
        raise Refused("The venue is full.")

    with pytest.raises(Refused):
        write(act)
    assert [each.key for each in rows()] == ["greeting/Tokyo"]


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        (
            "小池@tokyo.example",
            "Before the @, an email address may only have plain Latin letters, figures and signs. Is there another?",
        ),
        (
            "office@rome.example\r\nBcc: x@y.example",
            "“office@rome.example\r\nBcc: x@y.example” is not an email address.",
        ),
        ("Rome", "“Rome” is not an email address."),
    ],
)
def test_an_address_no_letter_can_reach_is_refused_in_words(house: Flask, address: str, sentence: str) -> None:
    with pytest.raises(Refused) as no:
        write(lambda: post(letter("Rome", to=address), NOW))
    assert (no.value.message, no.value.field, list(rows())) == (sentence, "email", [])


def test_a_letter_may_wait_for_its_moment(house: Flask) -> None:
    put(letter("Rome", due_at=NOW + timedelta(hours=9)))
    assert (row().due_at, deliver(NOW + timedelta(hours=8), carrier=Bag())) == (NOW + timedelta(hours=9), 0)
    assert deliver(NOW + timedelta(hours=9), carrier=Bag()) == 1
