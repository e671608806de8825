"""What one registration asks of the database."""

from __future__ import annotations

from flask.testing import FlaskClient

from tests.queries import counted
from tests.registration.cast import Cast, hidden, typed


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
