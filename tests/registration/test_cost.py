"""What one registration asks of the database."""

from __future__ import annotations

from flask.testing import FlaskClient
from sqlalchemy import update

from app.db import db, write
from app.registration.models import Places
from app.web.blanks import KEY, STAMP, TOKEN
from tests.queries import counted
from tests.registration.cast import Cast, hidden, read, typed


def test_a_registration_costs_under_twelve_statements_and_its_three_requests_under_twenty(
    cast: Cast, client: FlaskClient
) -> None:
    costs = []
    for key in ("one", "two"):  # the first one fills caches
        with counted(cast.app) as form:
            page = client.get("/summit/register")
        with counted(cast.app) as post:
            answer = client.post("/summit/register", data=hidden(page) | typed(cast, name=f"Anna {key}"))
        with counted(cast.app) as confirmation:
            client.get(answer.location)
        costs = [len(form), len(post), len(confirmation)]
    assert (answer.status_code, costs[1] < 12, sum(costs) < 20) == (303, True, True), (costs, post)


def test_the_empty_form_is_drawn_once_and_its_token_and_key_are_each_visitors_own(cast: Cast) -> None:
    pages = [cast.app.test_client().get("/summit/register") for _ in range(3)]
    own = [hidden(page) for page in pages]
    assert len({(each["csrf_token"], each["submit_key"]) for each in own}) == 3
    bare = {
        page.text.replace(each["csrf_token"], "").replace(each["opened"], "").replace(each["submit_key"], "")
        for page, each in zip(pages, own, strict=True)
    }
    assert len(bare) == 1
    assert [each in pages[2].text for each in (TOKEN, KEY, STAMP)] == [False, False, False]


def test_the_empty_form_follows_the_places_that_are_left(cast: Cast, client: FlaskClient) -> None:
    before = client.get("/summit/register").text
    read(cast.app, lambda: write(lambda: db.session.execute(update(Places).values(seats=0, taken=0))))
    after = client.get("/summit/register").text
    assert (before.count("No place is left."), after.count("No place is left.")) == (0, 3)


def test_what_is_said_once_is_said_to_one_visitor(cast: Cast, client: FlaskClient) -> None:
    with client.session_transaction() as session:
        session["_flashes"] = [("info", "Only for you.")]
    assert "Only for you." in client.get("/summit/register").text
    assert "Only for you." not in cast.app.test_client().get("/summit/register").text
