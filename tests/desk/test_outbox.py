"""Organisers read the outbox of their summit and put right what went wrong; no page of it opens anybody's door."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import select, update

from app.db import db, write
from app.delegations import focal
from app.delegations.focal import Contact
from app.delegations.models import FocalPoint
from app.desk.outbox import service
from app.journal import Note
from app.office.undelivered import by_delegation
from app.outbox import Letter, Message, State, bounces, deliver, handling, post
from app.outbox.models import Hold, Mark
from app.registration import service as registration
from app.registration.models import Delegate
from app.web.kept import KeepingFlask
from tests.desk.office import Organiser, rows, words
from tests.desk.test_approvals import DESK, cast, tokyo
from tests.outbox.cast import Bag
from tests.outbox.reports import postfix
from tests.registration.cast import NOW, Cast, read
from tests.registration.people import delegation_id, do, nominate, now_of, register

__all__ = ["cast", "tokyo"]
PAGE = f"{DESK}/outbox"


def send(cast: Cast, at: datetime = NOW) -> None:
    """The worker sends what waits."""
    read(cast.app, lambda: deliver(at + timedelta(minutes=1), 500, carrier=Bag()))


def all_letters(cast: Cast) -> list[Message]:
    query = select(Message).order_by(Message.id)
    return read(cast.app, lambda: list(db.session.execute(query).scalars()))


def newest(cast: Cast, kind: str = "confirmation") -> Message:
    return [each for each in all_letters(cast) if each.kind == kind][-1]


def stand(cast: Cast, letter: Message, state: State, **more: Any) -> None:
    values = {"state": state, "sent_at": NOW if state == State.SENT else None} | more
    do(cast, lambda: db.session.execute(update(Message).where(Message.id == letter.id).values(**values)))


def comes_back(cast: Cast, letter: Message) -> None:
    do(cast, lambda: bounces.settle(bounces.read(postfix(letter)), NOW))


def to(letter: Message, act: str = "") -> str:
    return f"{PAGE}/{letter.id}{'/' if act else ''}{act}"


def first_column(organiser: Organiser, query: str = "") -> list[str]:
    return list(rows(organiser.get(f"{PAGE}{query}")))


@pytest.fixture
def anna(cast: Cast) -> Delegate:
    """Anna of Rome, whose confirmation waits."""
    return register(cast, "Anna Bianchi", email="anna@rome.example.org")


def test_the_outbox_lists_the_letters_of_this_summit_latest_first(cast: Cast, tokyo: Organiser, anna: Delegate) -> None:
    register(cast, "São Costa", "Milan", email="sao@milan.example.org")
    stand(cast, newest(cast), State.FAILED, error="550 5.1.1 no such user")
    stranger = Letter("greeting", "of another summit", "x@seoul.example", "KIM Minji", {}, event_id=cast.event_id + 1)
    do(cast, lambda: post(stranger, NOW))
    page = tokyo.get(PAGE)
    assert list(rows(page)) == ["São Costasao@milan.example.org", "Anna Bianchianna@rome.example.org"]
    assert [each.split(" | ")[:2] for each in rows(page).values()] == [
        ["Confirmation", "Failed550 5.1.1 no such user"],
        ["Confirmation", "Waiting"],
    ]
    assert "Put it right" in rows(page)["São Costasao@milan.example.org"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?q=sao", ["São Costa"]), ("?q=MILAN.example", ["São Costa"]), ("?q=anna+rome", ["Anna Bianchi"]),
        ("?q=!", []), ("?state=waiting", ["Anna Bianchi"]), ("?state=failed", ["São Costa"]), ("?state=sent", []),
        ("?kind=confirmation&state=failed", ["São Costa"]), ("?kind=invitation", ["São Costa", "Anna Bianchi"]),
        ("?state=nonsense&page=9", ["São Costa", "Anna Bianchi"]),
    ],
)  # fmt: skip
def test_letters_are_found_by_state_kind_name_and_address(
    cast: Cast, tokyo: Organiser, anna: Delegate, query: str, found: list[str]
) -> None:
    register(cast, "São Costa", "Milan", email="sao@milan.example.org")
    stand(cast, newest(cast), State.FAILED)
    assert [re.sub(r"\S+@\S+$", "", each) for each in first_column(tokyo, query)] == [
        re.sub(r"\S+@\S+$", "", f"{name}{'sao@m' if name[0] == 'S' else 'anna@r'}") for name in found
    ]


def test_a_page_lists_a_hundred_letters(cast: Cast, tokyo: Organiser) -> None:
    def act() -> None:
        for number in range(103):
            key, to, name = f"greeting/{number}", f"city-{number}@example.org", f"City {number}"
            post(Letter("greeting", key, to, name, {}, event_id=cast.event_id), NOW)

    do(cast, act)
    assert [len(first_column(tokyo, query)) for query in ("", "?page=2", "?q=city", "?q=city&page=2")] == [
        100, 3, 100, 3,
    ]  # fmt: skip
    assert "Page 2 of 2" in words(tokyo.get(f"{PAGE}?page=2"))


def test_a_letter_shows_where_it_stands_and_what_servers_said(cast: Cast, tokyo: Organiser, anna: Delegate) -> None:
    send(cast)
    comes_back(cast, newest(cast))
    page = words(tokyo.get(to(newest(cast))))
    assert "Came back A mail server took it, and said later that it cannot be delivered." in page
    assert "Recipient address rejected: User unknown in local table" in page
    assert "Letters to anna@rome.example.org come back since" in page


def test_sent_is_never_called_delivered(cast: Cast, tokyo: Organiser, anna: Delegate) -> None:
    send(cast)
    page = words(tokyo.get(to(newest(cast))))
    assert "Whether it reached the person nobody tells us, unless it comes back." in page
    assert [each for each in (page, words(tokyo.get(PAGE))) if "elivered" in each] == []


def test_a_letter_that_waits_is_shown_as_it_would_go(cast: Cast, tokyo: Organiser, anna: Delegate) -> None:
    page = tokyo.get(to(newest(cast)))
    assert "As it would go now." in words(page)
    assert "Reference: " + anna.reference in words(page)
    assert "Anna Bianchi" in tokyo.get(to(newest(cast), "letter")).text


def test_a_letter_of_another_summit_is_not_there(cast: Cast, tokyo: Organiser, anna: Delegate) -> None:
    do(cast, lambda: db.session.execute(update(Message).values(event_id=cast.event_id + 1)))
    paths = ["", "letter", "letter.eml", "hold", "release", "abort", "resend", "correct", "works"]
    assert [tokyo.get(to(newest(cast), each)).status_code for each in paths] == [404] * 9


def test_a_letter_is_held_and_released_by_two_presses(cast: Cast, tokyo: Organiser, anna: Delegate) -> None:
    letter = newest(cast)
    for act, state in (("hold", "held"), ("release", "queued")):
        done = tokyo.send(to(letter, act))
        assert (done.status_code, done.location, newest(cast).state) == (303, to(letter), state)
    assert [(each.what, each.who) for each in journal(cast, letter)] == [
        ("letter held", "KOIKE Yuriko"),
        ("letter released", "KOIKE Yuriko"),
    ]


def test_what_does_not_fit_is_refused_in_words(cast: Cast, tokyo: Organiser, anna: Delegate) -> None:
    page = tokyo.get(to(newest(cast), "abort"))
    send(cast)
    answer = tokyo.send(to(newest(cast), "abort"), page=page)
    assert (answer.status_code, newest(cast).state) == (422, "sent")
    assert "The mail server has taken it, so it cannot be held back" in words(answer)


def test_pressed_twice_it_is_done_once(cast: Cast, tokyo: Organiser, anna: Delegate) -> None:
    send(cast)
    letter = newest(cast)
    page = tokyo.get(to(letter, "resend"))
    first, second = (tokyo.send(to(letter, "resend"), page=page) for _ in range(2))
    assert (first.status_code, first.location) == (second.status_code, second.location)
    assert [(each.state, each.again_of) for each in all_letters(cast)] == [("sent", None), ("queued", letter.id)]
    assert f"letter {letter.id + 1}" in words(tokyo.get(to(letter)))


def test_without_its_token_no_act_is_done(cast: Cast, tokyo: Organiser, anna: Delegate) -> None:
    letter = newest(cast)
    done = [tokyo.client.post(to(letter, act)).status_code for act in ("hold", "abort", "resend", "correct", "works")]
    done.append(tokyo.client.post(f"{PAGE}/hold").status_code)
    assert (done, newest(cast).state) == ([422] * 6, "queued")


def test_a_letter_goes_to_another_address_and_the_person_gets_all_further_ones_there(
    cast: Cast, tokyo: Organiser, anna: Delegate
) -> None:
    send(cast)
    comes_back(cast, newest(cast))
    done = tokyo.send(to(newest(cast), "correct"), {"email": "anna.bianchi@rome.example.org"})
    first, changed = all_letters(cast)[0], newest(cast, "changed")
    again = newest(cast)
    assert (done.location, again.to, again.again_of, again.message_id) == (
        to(again), "anna.bianchi@rome.example.org", first.id, "",
    )  # fmt: skip
    assert (now_of(cast, anna).email, changed.to) == ("anna.bianchi@rome.example.org",) * 2
    assert [each.kind for each in all_letters(cast) if each.kind == "redirected"] == []


def test_one_letter_alone_can_go_elsewhere(cast: Cast, tokyo: Organiser, anna: Delegate) -> None:
    stand(cast, newest(cast), State.FAILED)
    tokyo.send(to(newest(cast), "correct"), {"email": "gaia@rome.example.org", "at_person": None})
    assert (newest(cast).to, now_of(cast, anna).email) == ("gaia@rome.example.org", "anna@rome.example.org")


def test_an_address_that_may_be_right_is_told_that_its_letter_went_elsewhere(
    cast: Cast, tokyo: Organiser, anna: Delegate
) -> None:
    tokyo.send(to(newest(cast), "correct"), {"email": "other@tokyo.example.org"})
    told = newest(cast, "redirected")
    assert (told.to, told.facts["by"]) == ("anna@rome.example.org", "KOIKE Yuriko")
    send(cast)
    text = tokyo.get(to(told, "letter")).text
    assert "<bdi>KOIKE Yuriko</bdi> of the organisers took this address for a wrong one." in text
    assert re.findall(r"/(?:d|c|f)/", text) == []


def test_somebody_nominated_gets_another_address_before_they_filled_in_anything(cast: Cast, tokyo: Organiser) -> None:
    luca = nominate(cast, "Luca Ferri", email="luka@rome.example.org")
    stand(cast, newest(cast, "nominated"), State.FAILED)
    tokyo.send(to(newest(cast, "nominated"), "correct"), {"email": "luca@rome.example.org"})
    assert (now_of(cast, luca).email, newest(cast, "nominated").to) == ("luca@rome.example.org",) * 2


def test_who_speaks_for_a_city_gets_another_address(cast: Cast, tokyo: Organiser) -> None:
    key = delegation_id(cast, "Rome")
    do(cast, lambda: focal.appoint(key, Contact("Gaia Romani", "gaja@rome.example.org"), who="Tokyo", now=NOW))
    stand(cast, newest(cast, "focal point"), State.FAILED)
    tokyo.send(to(newest(cast, "focal point"), "correct"), {"email": "gaia@rome.example.org"})
    emails = read(cast.app, lambda: db.session.scalars(select(FocalPoint.email)).all())
    assert ("gaia@rome.example.org" in emails, "gaja@rome.example.org" in emails) == (True, False)


def test_where_an_address_is_the_persons_no_more_only_the_letter_is_offered(
    cast: Cast, tokyo: Organiser, anna: Delegate
) -> None:
    told = {"email": "bianchi@rome.example.org"}
    do(cast, lambda: registration.amend(anna.id, told, who="Tokyo", now=NOW))
    assert "further letters" not in words(tokyo.get(to(newest(cast), "correct")))


def test_all_letters_of_the_summit_are_held_and_released(cast: Cast, tokyo: Organiser, anna: Delegate) -> None:
    tokyo.send(f"{PAGE}/hold")
    register(cast, "Luca Ferri", "Milan", email="luca@milan.example.org")
    send(cast)
    assert ([each.state for each in all_letters(cast)], "by KOIKE Yuriko" in words(tokyo.get(PAGE))) == (
        ["queued", "queued"], True,
    )  # fmt: skip
    tokyo.send(f"{PAGE}/release")
    send(cast)
    assert [each.state for each in all_letters(cast)] == ["sent", "sent"]
    assert read(cast.app, lambda: db.session.scalars(select(Hold)).all()) == []


def test_that_letters_do_not_arrive_is_shown_at_the_person_and_at_the_city(
    cast: Cast, tokyo: Organiser, anna: Delegate
) -> None:
    person, city = f"{DESK}/registrations/{anna.reference}", f"{DESK}/invitations/city/rome"
    said = "Letters to Anna Bianchi at anna@rome.example.org do not arrive."
    assert [said in words(tokyo.get(each)) for each in (person, city)] == [False, False]
    send(cast)
    comes_back(cast, newest(cast))
    assert [said in words(tokyo.get(each)) for each in (person, city)] == [True, True]
    assert said not in words(tokyo.get(f"{DESK}/invitations/city/milan"))


def test_on_the_board_a_city_whose_letters_do_not_arrive_lacks_an_address(
    cast: Cast, tokyo: Organiser, anna: Delegate
) -> None:
    register(cast, "São Costa", "Milan", email="sao@milan.example.org")
    board, chosen = f"{DESK}/board", f"{DESK}/board?missing=address"
    assert list(rows(tokyo.get(chosen))) == []
    stand(cast, all_letters(cast)[0], State.FAILED)
    [(city, said)] = rows(tokyo.get(chosen)).items()
    assert (city, "Letters do not reach 1" in said, said.endswith("Correct an address: Rome")) == (
        "RomeRome time", True, True,
    )  # fmt: skip
    assert "Letters do not reach" not in rows(tokyo.get(board))["MilanRome time"]
    assert "An address that letters reach" in tokyo.get(f"{board}/export.csv?missing=address").text


def test_people_whom_letters_do_not_reach_are_marked_and_can_be_listed_alone(
    cast: Cast, tokyo: Organiser, anna: Delegate
) -> None:
    register(cast, "São Costa", "Milan", email="sao@milan.example.org")
    people = f"{DESK}/registrations"
    assert list(rows(tokyo.get(f"{people}?letters=lost"))) == []
    stand(cast, all_letters(cast)[0], State.FAILED)
    pages = [rows(tokyo.get(f"{people}{query}")) for query in ("?letters=lost", "?letters=x", "")]
    found = [["Anna" if "Anna" in each else "São" for each in page] for page in pages]
    assert found == [["Anna"], ["São", "Anna"], ["São", "Anna"]]
    marked = ["Letters do not arrive" in said for said in pages[2].values()]
    assert marked == [False, True]


def test_who_speaks_for_a_city_counts_on_the_board_and_a_later_letter_that_arrives_ends_it(
    cast: Cast, tokyo: Organiser
) -> None:
    key = delegation_id(cast, "Rome")
    do(cast, lambda: focal.appoint(key, Contact("Gaia Romani", "gaia@rome.example.org"), who="Tokyo", now=NOW))
    first = newest(cast, "focal point")
    stand(cast, first, State.BOUNCED)
    assert read(cast.app, lambda: by_delegation(cast.event_id)) == {key: 1}
    again = do(cast, lambda: handling.resend(first.id, "one form", who="Tokyo", now=NOW))
    assert read(cast.app, lambda: by_delegation(cast.event_id)) == {key: 1}
    stand(cast, again, State.SENT)
    assert read(cast.app, lambda: by_delegation(cast.event_id)) == {}


def test_whoever_no_longer_comes_needs_no_address(cast: Cast, anna: Delegate) -> None:
    stand(cast, newest(cast), State.FAILED)
    assert read(cast.app, lambda: by_delegation(cast.event_id)) == {anna.delegation_id: 1}
    do(cast, lambda: registration.withdraw(anna.id, NOW))
    assert read(cast.app, lambda: by_delegation(cast.event_id)) == {}


def test_an_address_that_another_summit_found_dead_is_dead_here(cast: Cast, anna: Delegate) -> None:
    send(cast)
    assert read(cast.app, lambda: by_delegation(cast.event_id)) == {}
    comes_back(cast, newest(cast))
    stand(cast, newest(cast), State.SENT)
    do(cast, lambda: db.session.execute(update(Message).values(event_id=cast.event_id + 1)))
    assert read(cast.app, lambda: by_delegation(cast.event_id)) == {anna.delegation_id: 1}


def test_an_address_that_works_again_gets_letters_again(cast: Cast, tokyo: Organiser, anna: Delegate) -> None:
    send(cast)
    comes_back(cast, newest(cast))
    tokyo.send(to(newest(cast), "works"))
    assert read(cast.app, lambda: db.session.scalars(select(Mark)).all()) == []
    tokyo.send(to(newest(cast), "resend"))
    assert newest(cast).state == "queued"


def test_what_letters_said_is_forgotten_half_a_year_after_the_summit(
    cast: Cast, tokyo: Organiser, anna: Delegate
) -> None:
    send(cast)
    last = date(2090, 3, 1)
    for day, forgotten in ((last + timedelta(days=180), 0), (last + timedelta(days=181), 1)):
        assert do(cast, partial(service.forget, day, NOW)) == forgotten
    [letter] = all_letters(cast)
    assert (letter.facts, letter.to, letter.state, letter.message_id != "") == (
        {},
        "anna@rome.example.org",
        "sent",
        True,
    )
    page = words(tokyo.get(to(letter)))
    assert "half a year after a summit we keep only that a letter was sent" in page
    assert tokyo.get(to(letter, "letter.eml")).status_code == 404
    assert "What it said is forgotten" in words(tokyo.send(to(letter, "resend")))


def test_what_still_waits_half_a_year_after_the_summit_is_not_sent(cast: Cast, anna: Delegate) -> None:
    do(cast, lambda: service.forget(date(2091, 1, 1), NOW))
    send(cast)
    assert [(each.state, each.facts) for each in all_letters(cast)] == [("skipped", {})]


def test_letters_of_no_summit_are_forgotten_when_they_are_as_old(app: KeepingFlask) -> None:
    with app.app_context():
        old, fresh = (
            Letter("password set", f"password set/{at:%Y}", "a@b.example", "A", {"at": at.isoformat()})
            for at in (NOW - timedelta(days=181), NOW)
        )
        write(lambda: post(old, NOW - timedelta(days=181)))
        write(lambda: post(fresh, NOW))
        assert write(lambda: service.forget(NOW.date(), NOW)) == 1
        assert [bool(each) for each in db.session.scalars(select(Message.facts).order_by(Message.id))] == [False, True]


def journal(cast: Cast, letter: Message) -> list[Note]:
    query = select(Note).where(Note.subject == f"letter/{letter.id}").order_by(Note.id)
    return read(cast.app, lambda: list(db.session.scalars(query)))
