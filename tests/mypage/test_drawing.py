"""A person's page is drawn once for all who stand alike, and each reads their own words in it."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from flask import render_template
from flask.testing import FlaskClient
from sqlalchemy import select, update

from app.db import Model, db, write
from app.events.models import Event, Mode
from app.mypage import drawing
from app.network.models import Member
from app.registration import service
from app.registration.models import Delegate, State
from app.web.blanks import PLACE
from tests.registration.cast import NOW, Cast, application, read

PAGE = "mypage/page.html"


def register(cast: Cast, **changes: Any) -> Delegate:
    def act() -> Delegate:
        key = f"a form of {changes['name']} alone"
        return service.register(db.session.get_one(Event, cast.event_id), application(cast, key, **changes), NOW)

    return read(cast.app, lambda: write(act))


def online(cast: Cast, name: str, **changes: Any) -> Delegate:
    own = {"mode": Mode.ONLINE, "mobile": "", "dietary": "", "access": "", "agreed": False}
    return register(cast, **own, name=name, email=f"{name[:4].strip('<')}@rome.example.org", **changes)


def links(cast: Cast, *people: Delegate) -> list[str]:
    return read(cast.app, lambda: [each.link for each in people])


def drawn(monkeypatch: Any) -> list[str]:
    """Gets the name of each template that is rendered for a person's page."""
    found: list[str] = []

    def count(name: str, **values: Any) -> str:
        found.append(name)
        return render_template(name, **values)

    monkeypatch.setattr(drawing, "render_template", count)
    return found


def test_two_who_stand_alike_share_a_drawing_and_none_of_their_words(
    cast: Cast, client: FlaskClient, monkeypatch: Any
) -> None:
    found = drawn(monkeypatch)
    people = [online(cast, "Anna <b>Bianchi</b>"), online(cast, "Carlo & Figli", platform_name="Carlo")]
    people.append(online(cast, "Dora Esposito", platform_name="Dora", position="Chancellor"))
    secrets = read(cast.app, lambda: [(each.link, each.feed) for each in people])
    pages = [client.get(f"/d/{link}/registered").text for link, _feed in secrets]
    assert found == [PAGE]
    for at, page in enumerate(pages):
        assert PLACE.search(page) is None
        for other, (person, theirs) in enumerate(zip(people, secrets, strict=True)):
            own = (person.reference, person.email, *theirs)
            assert [each in page for each in own] == [at == other] * 4, (at, other)
    assert "Anna &lt;b&gt;Bianchi&lt;/b&gt;" in pages[0]
    assert "Carlo &amp; Figli" in pages[1]
    assert ["Chancellor, " in page for page in pages] == [False, False, True]


def test_who_has_no_address_reads_a_dash(cast: Cast, client: FlaskClient) -> None:
    both = links(cast, online(cast, "Anna"), online(cast, "Bea"))
    nowhere = update(Delegate).where(Delegate.name == "Bea").values(email="")
    read(cast.app, lambda: write(lambda: db.session.execute(nowhere)))
    assert ["<dt>Email</dt><dd>–</dd>" in client.get(f"/d/{link}/").text for link in both] == [False, True]


def test_what_changes_for_all_shows_at_once(cast: Cast, client: FlaskClient) -> None:
    (link,) = links(cast, online(cast, "Anna"))
    before = client.get(f"/d/{link}/").text
    read(cast.app, lambda: write(lambda: db.session.execute(update(Event).values(note="All moves to Kyoto."))))
    after = client.get(f"/d/{link}/").text
    assert ("All moves to Kyoto." in before, "All moves to Kyoto." in after) == (False, True)


def test_each_reads_it_in_their_own_language(cast: Cast, client: FlaskClient) -> None:
    both = links(cast, online(cast, "Anna"), online(cast, "Bea", language="fr"))
    assert ['<html lang="fr"' in client.get(f"/d/{link}/").text for link in both] == [False, True]


def test_what_is_said_once_is_said_to_one_person(cast: Cast, client: FlaskClient) -> None:
    both = links(cast, online(cast, "Anna"), online(cast, "Bea"))
    with client.session_transaction() as session:
        session["_flashes"] = [("info", "Only for you.")]
    assert ["Only for you." in client.get(f"/d/{link}/").text for link in both] == [True, False]


HERE = {"dietary": "", "access": "", "agreed": False}
CHANGES: dict[str, tuple[type[Model], dict[str, Any]]] = {
    "the list of all": (Delegate, {"listed": True}),
    "the list of participants": (Delegate, {"shared": True}),
    "the city's word": (Delegate, {"endorsed": True}),
    "the zone": (Delegate, {"zone": "Asia/Kolkata"}),
    "the state": (Delegate, {"state": State.SUBMITTED}),
    "what is owed": (Delegate, {"state": State.NOMINATED}),
    "an offer": (Delegate, {"state": State.OFFERED, "offered_until": datetime(2090, 2, 1, 9, tzinfo=UTC)}),
    "the mode": (Delegate, {"mode": Mode.VIDEO}),
    "the end": (Event, {"starts_on": date(2020, 1, 1), "ends_on": date(2020, 1, 2)}),
    "the venue": (Event, {"venue": "Tokyo International Forum"}),
    "the host's name": (Member, {"name": "Edo"}),
}

UNSEEN = {True: ["the venue", "the host's name"], False: ["the zone"]}
"""Of a release that is published the page shows what it held; while there is none, no hours."""


@pytest.mark.parametrize("published", [True, False])
def test_who_stands_otherwise_than_before_reads_it_as_if_drawn_for_them_alone(
    cast: Cast, client: FlaskClient, published: bool
) -> None:
    """What stood alike was drawn before."""
    (link,) = links(cast, register(cast, name="Bea", email="bea@rome.example.org", **HERE))
    rows = {Delegate: Delegate.name == "Bea", Event: Event.id == cast.event_id, Member: Member.zone == "Asia/Tokyo"}

    def stored(model: type[Model], values: dict[str, Any]) -> dict[str, Any]:
        """Change the one row, and give what stood in it."""
        was = select(*(getattr(model, each) for each in values)).where(rows[model])
        change = update(model).where(rows[model]).values(values)
        before = read(cast.app, lambda: dict(db.session.execute(was).one()._mapping))
        read(cast.app, lambda: write(lambda: db.session.execute(change)))
        return before

    def page() -> str:
        return client.get(f"/d/{link}/").text

    if not published:
        stored(Event, {"release": 0})
    unseen = []
    for what, (model, values) in CHANGES.items():
        before, was = page(), stored(model, values)
        after = page()
        cast.app.shelf.forms.clear()  # type: ignore[attr-defined]
        assert after == page(), what
        stored(model, was)
        if before == after:
            unseen.append(what)
    assert unseen == UNSEEN[published]
