"""A person ranks visits on their own page."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient

from app.publishing import service as publishing
from app.registration.models import Delegate
from app.visits import freezing
from app.web.kept import KeepingFlask
from tests.publishing.said import say, speak
from tests.queries import counted
from tests.registration.cast import NOW, Cast, assemble, hidden, read
from tests.visits.cast import act, bus, guests, roomy, visit
from tests.visits.wishers import AFTER, adopt, event, run, wish, wished, wishes


@pytest.fixture
def cast(app: KeepingFlask) -> Cast:
    return roomy(assemble(app))


def publish(cast: Cast) -> None:
    act(cast, lambda: publishing.publish(cast.event_id, who="test", now=NOW))


def link(cast: Cast, who: Delegate, path: str = "") -> str:
    return read(cast.app, lambda: f"/d/{who.link}/wishes{path}")


def text(client: FlaskClient, path: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", client.get(path).text))


def fill(client: FlaskClient, path: str, **values: object) -> tuple[int, str]:
    """Open the page, fill in its form, press the button."""
    told = hidden(client.get(path)) | {"mobile": "+39061234567", "understood": "y", "step_free": "no"} | values
    sent = client.post(path, data={name: value for name, value in told.items() if value})
    return sent.status_code, sent.text


def test_somebody_ranks_two_visits_and_sees_them_in_order(cast: Cast, client: FlaskClient) -> None:
    bay, zoo = wished(cast, "bay"), wished(cast, "zoo")
    visit(cast)
    publish(cast)
    mayor, other = guests(cast, 2)
    wish(cast, [other], bay)
    status, _page = fill(client, link(cast, mayor), first=zoo.id, third=bay.id)
    page = text(client, link(cast, mayor))
    assert (status, wishes(cast, mayor)) == (303, ["Zoo", "Bay"])
    assert ("What you wish for Zoo Bay" in page, "Harbour by boat" in page) == (True, False)


def test_who_comes_along_wishes_for_the_same_and_sees_it(cast: Cast, client: FlaskClient) -> None:
    bay = wished(cast, "bay")
    publish(cast)
    mayor, guard = guests(cast, 2)
    fill(client, link(cast, mayor), first=bay.id, people=guard.reference)
    assert "Together with Rome 0." in text(client, link(cast, guard))


def test_a_refusal_stands_beside_its_field_and_nothing_typed_is_lost(cast: Cast, client: FlaskClient) -> None:
    bay = wished(cast, "bay", seats=1)
    publish(cast)
    mayor, guard = guests(cast, 2)
    status, page = fill(client, link(cast, mayor), first=bay.id, people=guard.reference)
    assert (status, 'href="#people-0"' in page, 'value="+39061234567"' in page) == (422, True, True)


def test_what_was_changed_elsewhere_is_shown_before_it_is_overwritten(cast: Cast, client: FlaskClient) -> None:
    bay, zoo = wished(cast, "bay"), wished(cast, "zoo")
    publish(cast)
    mayor = guests(cast, 1)[0]
    open_page = hidden(client.get(link(cast, mayor)))
    wish(cast, [mayor], bay)
    told = {"mobile": "+39061234567", "understood": "y", "step_free": "no", "first": str(zoo.id)}
    stale = client.post(link(cast, mayor), data=open_page | told)
    again = client.post(link(cast, mayor), data=hidden(stale) | told)
    assert (stale.status_code, "Bay</li>" in stale.text, again.status_code) == (422, True, 303)
    assert wishes(cast, mayor) == ["Zoo"]


def test_a_need_is_stored_and_never_shown_again(cast: Cast, client: FlaskClient) -> None:
    bay = wished(cast, "bay")
    publish(cast)
    mayor, guard = guests(cast, 2)
    needs = [needing(cast, client, mayor, first=bay.id, step_free=said) for said in ("yes", "keep", "no")]
    fill(client, link(cast, guard), first=bay.id, step_free="no")
    quiet = client.get(link(cast, guard)).text
    needing(cast, client, mayor, first=bay.id, step_free="yes")
    loud = client.get(link(cast, mayor)).text
    assert needs == [1, 1, 0]
    assert re.findall(r"<input[^>]*step_free[^>]*>", quiet) == re.findall(r"<input[^>]*step_free[^>]*>", loud)


def needing(cast: Cast, client: FlaskClient, who: Delegate, **values: object) -> int:
    """How many need a step-free place by the wishes, once somebody has told this."""
    assert fill(client, link(cast, who), **values)[0] == 303
    return read(cast.app, lambda: sum(each.step_free for each in freezing.freeze(event(cast), 1, NOW).question.parties))


def test_wishes_are_taken_back_by_a_button(cast: Cast, client: FlaskClient) -> None:
    bay = wished(cast, "bay")
    publish(cast)
    mayor = guests(cast, 1)[0]
    wish(cast, [mayor], bay)
    token = hidden(client.get(link(cast, mayor)))["csrf_token"]
    client.post(link(cast, mayor, "/take-back"), data={"csrf_token": token})
    assert wishes(cast, mayor) == []


def test_who_has_a_place_reads_so_and_finds_no_form(cast: Cast, client: FlaskClient) -> None:
    bay = wished(cast, "bay")
    bus(cast, bay, 3)
    publish(cast)
    mayor = guests(cast, 1)[0]
    wish(cast, [mayor], bay)
    adopt(cast, run(cast), now=AFTER)
    page = client.get(link(cast, mayor)).text
    assert ("You have a place: Bay" in page, 'name="first"' in page) == (True, False)


def test_a_link_of_nobody_and_of_somebody_who_withdrew_opens_nothing(cast: Cast, client: FlaskClient) -> None:
    assert client.get("/d/nobody/wishes").status_code == 404


def test_the_page_costs_the_same_for_one_visit_and_for_three(cast: Cast, client: FlaskClient) -> None:
    wished(cast, "bay")
    publish(cast)
    mayor = guests(cast, 3)[0]
    path = link(cast, mayor)
    with counted(cast.app) as one:
        client.get(path)
    wished(cast, "zoo")
    wished(cast, "dam")
    publish(cast)
    with counted(cast.app) as three:
        client.get(path)
    assert len(three) == len(one)


def test_what_was_not_announced_cannot_be_wished_for(cast: Cast, client: FlaskClient) -> None:
    wished(cast, "bay")
    publish(cast)
    hushed = wished(cast, "hushed")
    mayor = guests(cast, 1)[0]
    status, page = fill(client, link(cast, mayor), first=hushed.id)
    assert (status, "Hushed" in page, wishes(cast, mayor)) == (422, False, [])


def test_wishes_are_read_in_the_words_of_their_readers_language(cast: Cast, client: FlaskClient) -> None:
    bay = wished(cast, "bay")

    def translate() -> None:
        speak(cast.event_id, {"fr": []})
        say(cast.event_id, "fr", "visit", "bay", "title", "La baie")

    act(cast, translate)
    publish(cast)
    mayor = guests(cast, 1)[0]
    wish(cast, [mayor], bay)
    client.set_cookie("plenary-language", "fr")
    page = text(client, link(cast, mayor))
    assert ("La baie" in page, re.search(r"\bBay\b", page)) == (True, None)
    assert text(client, link(cast, mayor) + "?lang=en").count("Bay") == page.count("La baie")
