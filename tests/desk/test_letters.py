"""The letters of a release on the desk: who will get one, how it reads, the tick by which none goes, whom to call."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, time, timedelta

import pytest
from sqlalchemy import select

from app.db import db
from app.events.models import Mode
from app.outbox import Message
from app.publishing.models import Planned, Release
from app.registration.models import Delegate
from app.web.kept import KeepingFlask
from tests.desk.office import Organiser, rows, runs, words
from tests.publishing.digests.people import crowd, edit, join, office, publish
from tests.queries import counted
from tests.registration.cast import Cast, assemble

DESK = "/organise/summit"
PUBLISH, RELEASES = f"{DESK}/publish", f"{DESK}/releases"
REASON = {"reason": "Rome agreed to the hour"}
EVE = datetime(2090, 2, 27, 12, tzinfo=UTC)


@pytest.fixture
def cast(app: KeepingFlask) -> Cast:
    made = assemble(app)
    with app.app_context():
        join("Rome", "Anna Bianchi", mobile="+81 90 1111 2222")
        join("Lancaster", "Bob Hill", Mode.ONLINE, zone="")
        join("Seoul", "Kim Trial")
        office("Rome", "Gaia Romani", phone="+39 06 1234")
        edit(starts=time(9, 20), ends=time(10, 20))
    return made


@pytest.fixture
def tokyo(app: KeepingFlask, cast: Cast) -> Organiser:
    return runs(app, cast.event_id)


@contextmanager
def inside(cast: Cast) -> Iterator[None]:
    with cast.app.app_context():
        yield


def waiting(cast: Cast) -> list[str]:
    """To whom letters about a release go."""
    with inside(cast):
        return sorted(db.session.execute(select(Message.to).where(Message.kind == "release")).scalars())


def test_the_page_counts_the_letters_and_names_who_gets_one(tokyo: Organiser) -> None:
    said = words(tokyo.get(PUBLISH))
    assert "3 letters go, one to each of those whose programme this changes." in said
    assert "Gaia Romani (for the city; it names Anna Bianchi); Anna Bianchi" in said
    assert ("Bob Hill" in said, "Kim Trial" in said) == (True, False)


def test_one_letter_is_shown_as_whoever_is_chosen(cast: Cast, tokyo: Organiser) -> None:
    with inside(cast):
        anna = db.session.execute(select(Delegate).where(Delegate.name == "Anna Bianchi")).scalar_one()
    said = words(tokyo.get(f"{PUBLISH}?as={anna.reference}"))
    assert "ToAnna Bianchi <anna@rome.example.org>" in said
    assert "Tue 28 Feb, 01:00–02:00 → Tue 28 Feb, 01:20–02:20" in said
    assert "ToBob Hill <bob@lancaster.example.org>" in words(tokyo.get(f"{PUBLISH}?as=nobody"))


def test_the_frame_holds_the_letter_and_nothing_that_runs_or_opens_a_door(cast: Cast, tokyo: Organiser) -> None:
    page = tokyo.get(PUBLISH)
    (source,) = re.findall(r'<iframe[^>]* sandbox src="([^"]+)"', page.text)
    frame = tokyo.client.get(source)
    with inside(cast):
        secrets = [each.link for each in db.session.execute(select(Delegate)).scalars()]
    assert (frame.status_code, "sandbox" in frame.headers["Content-Security-Policy"]) == (200, True)
    assert [each for each in secrets if each in frame.text + page.text] == []


@pytest.mark.parametrize("path", [f"{PUBLISH}/letters/nobody", f"{PUBLISH}/letters/%00", f"{RELEASES}/7/calls"])
def test_what_never_was_is_not_found(tokyo: Organiser, path: str) -> None:
    assert tokyo.get(path).status_code == 404


@pytest.mark.parametrize("path", [f"{PUBLISH}/letters/nobody", f"{RELEASES}/1/calls"])
def test_a_stranger_finds_nothing(desks: KeepingFlask, rome: Organiser, path: str) -> None:
    assert rome.get(path.replace("summit", "rehearsal")).status_code == 404


def test_publishing_sends_them_and_says_so(cast: Cast, tokyo: Organiser) -> None:
    assert tokyo.send(PUBLISH, REASON).status_code == 303
    assert "3 letters are on their way." in words(tokyo.get(PUBLISH))
    assert waiting(cast) == ["anna@rome.example.org", "bob@lancaster.example.org", "office@rome.example.org"]
    assert "| 1 | 3 |" in rows(tokyo.get(RELEASES))["Release 2 Current"]


def test_a_minor_change_sends_none_and_the_list_says_so(cast: Cast, tokyo: Organiser) -> None:
    assert tokyo.send(PUBLISH, REASON | {"minor": "y"}).status_code == 303
    assert "It is a minor change, so no letters go." in words(tokyo.get(PUBLISH))
    assert waiting(cast) == []
    assert "| none: a minor change |" in rows(tokyo.get(RELEASES))["Release 2 Current"]
    assert "this was a minor change" in words(tokyo.get(f"{RELEASES}/2/calls"))


def test_the_choice_is_kept_with_a_planned_release(cast: Cast, tokyo: Organiser) -> None:
    day = f"{datetime.now(UTC) + timedelta(days=2):%Y-%m-%d}"
    for minor in (True, False):
        told = {"day": day, "time": "09:00"} | REASON | ({"minor": "y"} if minor else {})
        assert tokyo.send(f"{PUBLISH}/later", told).status_code == 303
        with inside(cast):
            row = db.session.execute(select(Planned).order_by(Planned.id.desc())).scalars().first()
            assert row is not None
            assert row.minor is minor
        assert tokyo.send(f"{PUBLISH}/later/{row.uid}/take-back").status_code == 303


def test_bringing_back_shows_its_letters_and_takes_the_tick(cast: Cast, tokyo: Organiser) -> None:
    assert tokyo.send(PUBLISH, REASON | {"minor": "y"}).status_code == 303
    back = f"{RELEASES}/1/restore"
    assert "3 letters go" in words(tokyo.get(back))
    assert tokyo.send(back, REASON | {"minor": "y"}).status_code == 303
    with inside(cast):
        kept = db.session.execute(select(Release.number, Release.minor, Release.letters)).all()
    assert (waiting(cast), kept[2]) == ([], (3, True, 0))


def test_whom_to_call_is_listed_with_telephone_what_changed_and_the_office(cast: Cast, tokyo: Organiser) -> None:
    with inside(cast):
        publish(now=EVE)
    assert "Whom to call: 2" in words(tokyo.get(RELEASES))
    assert "Whom to call about release 2" in words(tokyo.get(f"{RELEASES}/compare?first=1&second=2"))
    page = tokyo.get(f"{RELEASES}/2/calls")
    said = "Session 2: Another time. Tue 28 Feb, 09:00–10:00 → Tue 28 Feb, 09:20–10:20"
    begins = "28 February 2090, 09:00 (Tokyo)"
    assert rows(page) == {
        "Bob HillLancaster, online": f"{begins}27 February 2090, 16:00 (Los Angeles) | none held | {said}",
        "Anna BianchiRome, at the venue": (
            f"{begins}28 February 2090, 01:00 (Rome) | +81 90 1111 2222Gaia Romani (for the city), +39 06 1234 | {said}"
        ),
    }
    assert 'href="tel:+819011112222"' in page.text


def test_a_release_long_before_needs_no_calls(cast: Cast, tokyo: Organiser) -> None:
    assert tokyo.send(PUBLISH, REASON).status_code == 303
    assert "Nobody: it changed nothing that began within 24 hours" in words(tokyo.get(f"{RELEASES}/2/calls"))
    assert "Whom to call" not in words(tokyo.get(RELEASES))


def test_the_page_after_a_release_at_short_notice_leads_to_the_list(cast: Cast, tokyo: Organiser) -> None:
    with inside(cast):
        publish(now=EVE)
    page = words(tokyo.get(PUBLISH))
    assert "Release 2 changed for 2 people what begins within 24 hours of it. Whom to call" in page


def test_the_pages_cost_the_same_for_one_and_for_three_hundred(cast: Cast, tokyo: Organiser) -> None:
    costs = []
    for release, number in ((2, 4), (3, 300)):
        with inside(cast):
            crowd(number)
            edit(title=f"Rivers {number}")
        tokyo.get(PUBLISH)  # what is published is read once and stays in memory
        before = cost(cast, tokyo, PUBLISH)
        with inside(cast):
            publish(now=EVE)
        costs.append((before, cost(cast, tokyo, f"{RELEASES}/{release}/calls")))
    assert costs[0] == costs[1]


def cost(cast: Cast, reader: Organiser, path: str) -> int:
    with counted(cast.app) as statements:
        assert reader.get(path).status_code == 200
    return len(statements)
