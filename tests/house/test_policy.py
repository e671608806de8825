"""Every route says who may use it, and refuses a form without its token."""

from __future__ import annotations

import pytest
from flask import Flask
from werkzeug.routing import IntegerConverter

from app.events.models import RESERVED
from app.web.kept import KeepingFlask

pytestmark = pytest.mark.one_database


def views(app: Flask) -> dict[str, object]:
    return {
        rule.endpoint: app.view_functions[rule.endpoint]
        for rule in app.url_map.iter_rules()
        if rule.endpoint != "static"
    }


def test_every_route_carries_its_policy(app: KeepingFlask) -> None:
    bare = [endpoint for endpoint, view in views(app).items() if not getattr(view, "policy", "")]
    assert bare == []


def test_every_organisers_route_is_for_staff(app: KeepingFlask) -> None:
    loose = [
        rule.rule
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/organise")
        and not getattr(app.view_functions[rule.endpoint], "policy", "").startswith("staff")
    ]
    assert loose == []


TASKS = {
    "/organise/": "staff: any role",
    "/organise/account": "staff: any role",
    "/organise/account/password": "staff: any role",
    "/organise/account/places/<int(max=2147483647):sign_in_id>/close": "staff: any role",
    "/organise/account/places/close": "staff: any role",
    "/organise/account/steps": "staff: any role",
    "/organise/account/steps/app": "staff: any role",
    "/organise/account/steps/app/remove": "staff: any role",
    "/organise/account/steps/codes": "staff: any role",
    "/organise/account/steps/passkey": "staff: any role",
    "/organise/account/steps/passkey/<int(max=2147483647):key_id>/remove": "staff: any role",
    "/organise/<event>/": "staff: organiser, logistics, visa",
    "/organise/<event>/travel": "staff: logistics",
    "/organise/<event>/travel/<reference>": "staff: logistics",
    "/organise/<event>/travel/export.<any(csv,xlsx):kind>": "staff: logistics",
    "/organise/<event>/visa": "staff: visa",
    "/organise/<event>/visa/<reference>": "staff: visa",
    "/organise/<event>/visa/export.<any(csv,xlsx):kind>": "staff: visa",
    "/organise/<event>/visits": "staff: organiser, logistics",
    "/organise/<event>/visits/<code>/manifest/<uid>": "staff: organiser, logistics",
    "/organise/<event>/visits/<code>/manifest/<uid>/tick": "staff: organiser, logistics",
    "/organise/<event>/visits/<code>/manifest/<uid>/left": "staff: organiser, logistics",
}
"""The pages of those who have one task at an event; all others are its organisers' alone."""


def test_each_organisers_route_is_for_those_whose_task_it_is(app: KeepingFlask) -> None:
    found = {
        rule.rule: getattr(app.view_functions[rule.endpoint], "policy", "")
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/organise")
    }
    assert found == dict.fromkeys(found, "staff: organiser") | TASKS


def test_every_number_in_an_address_is_one_that_a_database_can_hold(app: KeepingFlask) -> None:
    """A greater one would be a fault of ours; so it opens nothing."""
    wide = [
        rule.rule
        for rule in app.url_map.iter_rules()
        for converter in rule._converters.values()
        if isinstance(converter, IntegerConverter) and (converter.max is None or converter.max > 2**31 - 1)
    ]
    assert wide == []


def test_the_product_takes_the_words_that_no_event_may_take(app: KeepingFlask) -> None:
    first = {rule.rule.split("/")[1] for rule in app.url_map.iter_rules()}
    words = {each for each in first if each and "<" not in each and "." not in each}
    assert words - RESERVED == set()


@pytest.mark.parametrize(
    "path", ["/gnets-2023/nothing", "/nothing/", "/nothing/agenda", "/d/wrong", "/c/wrong/agenda.ics"]
)
def test_what_is_not_there_answers_404_with_a_way_on(gnets: KeepingFlask, path: str) -> None:
    answer = gnets.test_client().get(path)
    assert answer.status_code == 404
    assert 'href="/"' in answer.text
