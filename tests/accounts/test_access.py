"""Who may open a staff page."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask, Response
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from app.accounts import Role, service, who
from app.accounts.access import OUR_PATH, private
from app.accounts.models import Staff, User
from app.db import db, write
from app.events.models import Event
from tests.accounts.people import PASSWORD, address, sign_in, token
from tests.queries import counted

GNETS, CITYNET, NOWHERE = "/test/gnets-2023/desk", "/test/citynet-2013/desk", "/test/atlantis-2099/desk"


@pytest.mark.parametrize(
    ("city", "gnets", "citynet", "nowhere", "home"),
    [
        ("tokyo", 200, 404, 404, 200),
        ("rome", 404, 200, 404, 200),
        ("new.york", 200, 200, 404, 200),
        ("milan", 404, 404, 404, 404),
        (None, 303, 303, 303, 303),
    ],
)
def test_who_opens_which_desk(door: Flask, city: str | None, gnets: int, citynet: int, nowhere: int, home: int) -> None:
    client = door.test_client()
    if city:
        sign_in(client, city)
    got = [client.get(page).status_code for page in (GNETS, CITYNET, NOWHERE, "/test/home")]
    assert got == [gnets, citynet, nowhere, home]


def test_a_page_opens_for_the_roles_that_it_names_and_for_any_where_it_names_none(door: Flask) -> None:
    def works_on_visas() -> None:
        milan, gnets = (
            db.session.scalars(query).one()
            for query in (
                select(User.id).where(User.email == address("milan")),
                select(Event.id).where(Event.slug == "gnets-2023"),
            )
        )
        db.session.add(Staff(user_id=milan, event_id=gnets, role=Role.VISA))

    with door.app_context():
        write(works_on_visas)
    pages = (GNETS, "/test/gnets-2023/visas", "/test/gnets-2023/kitchen", "/test/home", "/test/office")
    opened = {}
    for city in ("milan", "tokyo", "rome"):
        client = door.test_client()
        sign_in(client, city)
        opened[city] = [client.get(page).status_code for page in pages]
    assert opened == {
        "milan": [404, 200, 200, 200, 404],
        "tokyo": [200] * 5,
        "rome": [404, 404, 404, 200, 200],
    }


def test_page_of_another_event_looks_like_one_that_is_not_there(door: Flask) -> None:
    client = door.test_client()
    sign_in(client, "tokyo")
    assert client.get(CITYNET).text == client.get(NOWHERE).text


def test_anonymous_person_comes_back_after_signing_in(door: Flask) -> None:
    client = door.test_client()
    sent = client.get(f"{GNETS}?day=2").location
    assert sent == "/sign-in?next=/test/gnets-2023/desk?day%3D2"
    assert sign_in(client, "tokyo", to=str(sent), also={"next": f"{GNETS}?day=2"}).location == f"{GNETS}?day=2"


def test_post_after_the_sign_in_ended_leads_back_to_the_page(door: Flask) -> None:
    client = door.test_client()
    answer = client.post(GNETS, data={"csrf_token": token(client.get("/sign-in"))})
    assert (answer.status_code, answer.location) == (303, "/sign-in?next=/test/gnets-2023/desk")


def test_what_was_asked_of_a_page_by_post_is_not_asked_again_by_get(door: Flask) -> None:
    client = door.test_client()
    answer = client.post(f"{GNETS}?day=2", data={"csrf_token": token(client.get("/sign-in"))})
    assert (answer.status_code, answer.location) == (303, "/sign-in?next=/test/gnets-2023/desk")


def test_an_address_is_come_back_to_as_it_was_to_its_last_letter(door: Flask) -> None:
    assert door.test_client().get(f"{GNETS}?find=Bordeaux").location == f"/sign-in?next={GNETS}?find%3DBordeaux"


@pytest.mark.parametrize(
    ("path", "ours"),
    [("/", True), ("/organise/x/people?find=Bordeaux&page=2#1", True), ("/東京", True), ("organise/", False)]
    + [
        (each, False)
        for each in ("//evil.example", "/\\evil.example", "/\t/evil.example", "/a b", "/\x7f", "https://x/")
    ],
)
def test_only_a_path_of_our_own_is_gone_on_to(path: str, ours: bool) -> None:
    assert bool(OUR_PATH.fullmatch(path)) is ours


@pytest.mark.parametrize(
    ("city", "theirs", "founded_by_others", "nowhere"),
    [("tokyo", 200, 404, 404), ("new.york", 200, 200, 404), ("milan", 404, 404, 404), (None, 303, 303, 303)],
)
def test_who_keeps_which_network(
    door: Flask, city: str | None, theirs: int, founded_by_others: int, nowhere: int
) -> None:
    client = door.test_client()
    if city:
        sign_in(client, city)
    got = [client.get(f"/test/networks/{network}").status_code for network in ("g-nets", "c40", "atlantis")]
    assert got == [theirs, founded_by_others, nowhere]


def test_a_page_knows_the_roles_held_at_its_event_and_a_page_of_none_knows_none(door: Flask) -> None:
    client = door.test_client()
    sign_in(client, "tokyo")
    assert client.get("/test/gnets-2023/visas").text == "gnets-2023 organiser en"
    assert client.get("/test/networks/g-nets").text == "g-nets 0"


@pytest.mark.parametrize(("own", "browsers", "told"), [("ja", "fr", "ja"), ("en", "fr", "fr"), ("en", "", "en")])
def test_pages_speak_the_accounts_language_or_else_the_browsers(
    door: Flask, own: str, browsers: str, told: str
) -> None:
    client = door.test_client()
    sign_in(client, "tokyo")
    with door.app_context():
        write(lambda: db.session.execute(update(User).where(User.email == address("tokyo")).values(language=own)))
    page = client.get("/test/gnets-2023/visas", headers={"Accept-Language": browsers} if browsers else {})
    assert page.text == f"gnets-2023 organiser {told}"


def test_address_that_cannot_be_opened_is_not_gone_on_to(door: Flask) -> None:
    client = door.test_client()
    answer = client.post("/test/gnets-2023/publish", data={"csrf_token": token(client.get("/sign-in"))})
    assert (answer.status_code, answer.location) == (303, "/sign-in")


@pytest.mark.parametrize("city", ["tokyo", "milan", None])
def test_staff_page_is_kept_by_no_cache(door: Flask, city: str | None) -> None:
    client = door.test_client()
    if city:
        sign_in(client, city)
    head = client.get(GNETS).headers
    assert (head["Cache-Control"], "Cookie" in head["Vary"]) == ("private, no-store", True)


def test_what_is_one_persons_is_kept_by_no_cache_whoever_made_it() -> None:
    head = private(Response()).headers
    assert (head["Cache-Control"], head["Vary"]) == ("private, no-store", "Cookie")


def test_role_taken_away_is_gone_at_once(door: Flask) -> None:
    client = door.test_client()
    sign_in(client, "tokyo")
    with door.app_context():
        write(lambda: db.session.delete(_staff(address("tokyo"))))
    assert client.get(GNETS).status_code == 404


def _staff(email: str) -> Staff:
    return db.session.scalars(select(Staff).join(User, User.id == Staff.user_id).where(User.email == email)).one()


def test_asking_what_somebody_may_do_is_one_query(door: Flask) -> None:
    with door.app_context():
        user_id = _staff(address("tokyo")).user_id
        with counted(door) as asked:
            assert service.roles(user_id, "gnets-2023") == {Role.ORGANISER}
    assert len(asked) == 1


@pytest.mark.parametrize("event_id", [None, 1])
def test_nobody_holds_a_role_twice(door: Flask, event_id: int | None) -> None:
    def twice() -> None:
        user_id = db.session.scalars(select(User.id).where(User.email == address("milan"))).one()
        db.session.add_all(Staff(user_id=user_id, event_id=event_id, role=Role.ORGANISER) for _each in range(2))

    with door.app_context(), pytest.raises(IntegrityError):
        write(twice)


def test_address_in_capitals_cannot_be_a_second_account(door: Flask) -> None:
    with door.app_context(), pytest.raises(IntegrityError):
        write(lambda: db.session.add(User(email="Tokyo@example.org", password=PASSWORD)))


def test_command_line_is_named_in_the_journal(door: Flask) -> None:
    with door.app_context():
        assert who() == "the command line"


def test_visitor_is_named_in_the_journal(door: Flask) -> None:
    with door.test_request_context():
        assert who() == "a visitor"


@pytest.mark.parametrize(("name", "named"), [("KOIKE Yuriko", "KOIKE Yuriko"), ("", address("tokyo"))])
def test_the_journal_names_people_by_their_name_or_else_their_address(door: Flask, name: str, named: str) -> None:
    client = door.test_client()
    sign_in(client, "tokyo")
    with door.app_context():
        write(lambda: db.session.execute(update(User).where(User.email == address("tokyo")).values(name=name)))
    assert client.get(GNETS).text == f"gnets-2023 {named}"


def test_an_address_longer_than_the_journals_line_is_cut_to_it(door: Flask) -> None:
    client, long = door.test_client(), f"{'a' * 64}@{'b' * 150}.example.org"
    sign_in(client, "tokyo")
    with door.app_context():
        write(
            lambda: db.session.execute(update(User).where(User.email == address("tokyo")).values(name="", email=long))
        )
    assert client.get(GNETS).text == f"gnets-2023 {long[:200]}"


def test_every_page_of_signing_in_says_who_may_use_it(door: Flask) -> None:
    pages = [name for name in door.view_functions if name.startswith("security.")]
    assert {name: policy(door, name).partition(":")[0] for name in pages} == {
        "security.login": "public",
        "security.logout": "public",
        "security.forgot_password": "public",
        "security.reset_password": "public",
    }


def test_staff_page_says_who_may_use_it(door: Flask) -> None:
    policies = [policy(door, f"rehearsal_desk.{name}") for name in ("desk", "home", "members", "visas")]
    assert policies == ["staff: organiser", "staff: any role", "staff: organiser", "staff: visa, organiser"]


def policy(door: Flask, endpoint: str) -> str:
    view: Any = door.view_functions[endpoint]
    return str(view.policy)


def test_page_that_does_not_ask_who_reads_costs_no_query(door: Flask) -> None:
    client = door.test_client()
    sign_in(client, "tokyo")
    with counted(door) as asked:
        client.get("/static/nothing-is-called-so")
    assert asked == []
