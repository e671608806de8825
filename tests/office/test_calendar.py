"""The calendar of a city's office: made, replaced and withdrawn by the office itself."""

from __future__ import annotations

import re

import html5lib
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.delegations import focal
from app.delegations.focal import Contact
from app.events.models import Mode
from tests.delegations.cities import NOW, Cities
from tests.office.test_pages import client, took_part, words

__all__ = ["client"]


def press(client: FlaskClient, path: str, act: str) -> TestResponse:
    """Open the page and press the button of this act; what comes after it."""
    tree = html5lib.parse(client.get(path).text, namespaceHTMLElements=False)
    (form,) = [each for each in tree.iter("form") if each.get("action", "").endswith(f"/{act}")]
    values = {each.get("name", ""): each.get("value", "") for each in form.iter("input")}
    answer = client.post(form.get("action", ""), data=values)
    assert answer.status_code == 303
    return client.get(answer.location)


def address(page: TestResponse) -> str:
    found = re.search(r'value="http://localhost(/c/[^"]+)"', page.text)
    assert found is not None
    return found[1]


def test_the_offices_page_leads_to_it_and_it_has_no_address_at_first(cities: Cities, client: FlaskClient) -> None:
    link = took_part(cities)
    assert f'href="{link}calendar"' in client.get(link).text
    page = client.get(f"{link}calendar")
    assert ("It has no address yet" in words(page), "/c/" in page.text) == (True, False)


def test_an_office_makes_an_address_that_opens_its_calendar(cities: Cities, client: FlaskClient) -> None:
    link = took_part(cities)
    page = press(client, f"{link}calendar", "make")
    path = address(page)
    assert f"webcal://localhost{path}" in page.text
    assert "No calendar has fetched it so far." in words(page)
    with client.get(path) as answer:
        assert answer.content_type == "text/calendar; charset=utf-8"
    assert "Last fetched by a calendar on" in words(client.get(f"{link}calendar"))


def test_a_replaced_address_opens_nothing_and_was_not_fetched(cities: Cities, client: FlaskClient) -> None:
    link = took_part(cities)
    old = address(press(client, f"{link}calendar", "make"))
    client.get(old).close()
    page = press(client, f"{link}calendar", "renew")
    assert [client.get(each).status_code for each in (old, address(page))] == [404, 200]
    assert "No calendar has fetched it so far." in words(page)


def test_a_withdrawn_address_opens_nothing(cities: Cities, client: FlaskClient) -> None:
    link = took_part(cities)
    old = address(press(client, f"{link}calendar", "make"))
    page = press(client, f"{link}calendar", "withdraw")
    assert (client.get(old).status_code, "It has no address yet" in words(page)) == (404, True)


def test_the_button_of_a_page_that_stood_open_replaces_nothing_twice(cities: Cities, client: FlaskClient) -> None:
    link = took_part(cities)
    press(client, f"{link}calendar", "make")
    page = client.get(f"{link}calendar").text
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert token is not None
    new = address(press(client, f"{link}calendar", "renew"))
    for generation in ("0", "", "-1", "9" * 30):
        client.post(f"{link}calendar/renew", data={"csrf_token": token[1], "generation": generation})
    assert address(client.get(f"{link}calendar")) == new


def test_colleagues_share_one_address_and_another_city_has_another(cities: Cities, client: FlaskClient) -> None:
    rome, milan = took_part(cities), took_part(cities, "Milan", Mode.VIDEO)
    path = address(press(client, f"{rome}calendar", "make"))
    contact = Contact("Luca Neri", "luca@rome.example")
    key = cities.id("Rome")
    colleague = cities.do(lambda: focal.appoint(key, contact, who="Rome", now=NOW))
    other = cities.read(lambda: colleague.link)
    assert address(client.get(f"/f/{other}/calendar")) == path
    assert address(press(client, f"{milan}calendar", "make")) != path


def test_a_wrong_secret_makes_nothing(client: FlaskClient) -> None:
    assert [client.get("/f/wrong/calendar").status_code, client.post("/f/wrong/calendar/make").status_code] == [
        404,
        400,
    ]
