"""Many at once: each answer, reminder and colleague happens once."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

from app.delegations import answering, focal
from app.delegations.focal import Contact
from app.events.models import Mode
from app.refused import Refused
from tests.delegations.cities import ANSWER_BY, NOW, Cities

AT_ONCE = 8


def together(cities: Cities, act: Callable[[], Any]) -> list[Any]:
    def one(_number: int) -> Any:
        try:
            return cities.do(act)
        except Refused as no:
            return no.message

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(one, range(AT_ONCE)))


def test_a_city_accepts_once(cities: Cities) -> None:
    cities.invite("Rome")
    key = cities.id("Rome")
    done = together(cities, lambda: answering.answer_accept(key, [Mode.VENUE], who="Gaia Romani", now=NOW))
    assert sorted(done) == [False] * (AT_ONCE - 1) + [True]
    assert cities.letters().count(("answered", "Gaia Romani")) == 1


def test_organisers_invite_once(cities: Cities) -> None:
    ids = [cities.id("Rome"), cities.id("Milan"), cities.id("Seoul")]
    done = together(cities, lambda: answering.invite(cities.event_id, ids, who="KOIKE Yuriko", now=NOW))
    assert sorted(done) == [0] * (AT_ONCE - 1) + [3]
    assert len(cities.letters()) == 3


def test_workers_remind_once(cities: Cities) -> None:
    cities.invite("Rome", "Milan")
    done = together(cities, lambda: answering.remind_due(ANSWER_BY - timedelta(days=1)))
    assert sum(done) == 2
    assert [kind for kind, _name in cities.letters()].count("reminder") == 2


def test_workers_let_an_invitation_lapse_once(cities: Cities) -> None:
    cities.invite("Rome")
    assert sum(together(cities, lambda: answering.lapse_due(ANSWER_BY + timedelta(days=1)))) == 1
    assert len(cities.notes("lapsed")) == 1


def test_a_colleague_is_named_once(cities: Cities) -> None:
    cities.invite("Rome")
    key, anna = cities.id("Rome"), Contact("Anna Bianchi", "anna@rome.example.org")
    found = together(cities, lambda: focal.appoint(key, anna, who="Gaia Romani", now=NOW).id)
    assert len(set(found)) == 1
    assert cities.letters().count(("focal point", "Anna Bianchi")) == 1
