"""A person's page is drawn once for all who stand alike, and each reads their own words in it."""

from __future__ import annotations

from typing import Any

from flask import render_template
from flask.testing import FlaskClient
from sqlalchemy import update

from app.db import db, write
from app.events.models import Event, Mode
from app.mypage import drawing
from app.registration import service
from app.registration.models import Delegate
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
