"""What a release changes for one reader: each kind of change, for whom it counts, and what they may not know of."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.events.models import Mode
from app.publishing.differences import Moment
from app.publishing.digests import sights
from app.publishing.digests.sights import Concern, Reader, Step
from app.publishing.personal import may_know
from app.publishing.programme import OPENNESS, Appearance, Person, Programme, Session, from_json, to_json
from tests.publishing.summits import DAY, PROGRAMME, SESSION_2, SESSION_5, at, changed

pytestmark = pytest.mark.one_database

PLENARY = Session("plenary", "0" * 31 + "9", "plenary", "Plenary", day=DAY, starts=at(17), ends=at(18), room="Hall A")
KOIKE = Person("koike", "KOIKE Yuriko", "Ms.", ("Governor of Tokyo",), "tokyo")
THREE = ("new-york", "lancaster", "milan")
SOONER: tuple[dict[str, Any], ...] = ({}, {"starts": at(16)})
"""Nothing, and an hour earlier."""


def step(before: Programme, after: Programme, hours: int = 100) -> Step:
    """Published so many hours before midnight of the day."""
    now = at(9) - timedelta(hours=hours)
    return Step(before, replace(after, release=2, published_at=now))


def of(before: Programme, after: Programme, city: str, mode: Mode = Mode.VENUE, **more: Any) -> list[tuple[str, ...]]:
    """(code, kinds) of what concerns people of a city."""
    return [(each.code, *each.kinds) for each in sights.concerns(step(before, after), Reader(city, mode, **more))]


def cities(before: Programme, after: Programme) -> list[str]:
    """Whom it concerns, of all cities."""
    return [each.slug for each in PROGRAMME.cities if of(before, after, each.slug)]


def with_(*sessions: Session, **values: Any) -> Programme:
    return replace(PROGRAMME, sessions=sessions or PROGRAMME.sessions, **values)


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        ({"starts": at(12, 10), "ends": at(13, 30)}, "retimed"),
        ({"day": date(2023, 3, 1), "starts": None, "ends": None}, "retimed"),
        ({"title": "Rivers"}, "renamed"),
        ({"room": "Hall B"}, "moved"),
        ({"cancelled": True}, "cancelled"),
    ],
)
def test_what_changes_in_a_session_concerns_its_cities_alone(values: dict[str, Any], kind: str) -> None:
    assert of(PROGRAMME, changed(**values), "new-york") == [("session-2", kind)]
    assert cities(PROGRAMME, changed(**values)) == list(THREE)


def test_a_cancelled_session_that_takes_place_again_is_told_of() -> None:
    dropped = changed(cancelled=True)
    assert of(dropped, PROGRAMME, "milan") == [("session-2", "reinstated")]
    assert cities(dropped, changed(cancelled=True, title="Rivers")) == []


@pytest.mark.parametrize(
    "values",
    [{"note": "Bring water"}, {"description": "On rivers"}, {"theme": ""}, {"number": 7}, {"uid": "1" * 32}],
)
def test_what_is_no_time_no_place_and_nobodys_part_concerns_nobody(values: dict[str, Any]) -> None:
    assert cities(PROGRAMME, changed(**values)) == []


def test_another_room_concerns_only_those_who_go_there() -> None:
    moved = changed(room="Hall B")
    assert [of(PROGRAMME, moved, "new-york", mode) != [] for mode in Mode] == [True, False, False]


def test_another_venue_concerns_everybody_who_goes_there() -> None:
    elsewhere = with_(summit=replace(PROGRAMME.summit, venue="Tokyo Big Sight"))
    assert of(PROGRAMME, elsewhere, "rome") == [("session-5", "moved")]
    assert of(PROGRAMME, elsewhere, "rome", Mode.ONLINE) == []


def test_who_is_put_into_a_session_is_told_and_who_is_taken_off() -> None:
    appearances = [each for each in SESSION_2.appearances if each.city != "milan"]
    after = changed(appearances=(*appearances, Appearance("speaker", city="tokyo", mode="venue")))
    assert of(PROGRAMME, after, "tokyo") == [("session-2", "joined")]
    assert of(PROGRAMME, after, "milan") == [("session-2", "left")]
    assert of(PROGRAMME, after, "lancaster") == []


def test_another_mode_part_or_topic_of_a_city_concerns_that_city() -> None:
    for values in ({"mode": "online"}, {"part": "moderator"}, {"topic": "Trams"}, {"position": "Mayor"}):
        ny = replace(SESSION_2.appearances[1], **values)
        after = changed(appearances=(SESSION_2.appearances[0], ny, *SESSION_2.appearances[2:]))
        assert (cities(PROGRAMME, after), of(PROGRAMME, after, "new-york")) == (["new-york"], [("session-2", "part")])


def test_another_order_concerns_those_whose_turn_is_another() -> None:
    ishii, york, lancaster, milan = SESSION_2.appearances
    assert cities(PROGRAMME, changed(appearances=(ishii, lancaster, york, milan))) == ["new-york", "lancaster"]


def test_a_session_that_is_new_or_gone_is_told_to_its_cities() -> None:
    only_5 = with_(SESSION_5)
    assert of(only_5, PROGRAMME, "lancaster", Mode.ONLINE) == [("session-2", "added")]
    assert of(PROGRAMME, only_5, "lancaster", Mode.ONLINE) == [("session-2", "removed")]
    assert (cities(only_5, PROGRAMME), cities(only_5, changed(cancelled=True))) == (list(THREE), [])


@pytest.mark.parametrize("kind", sorted(sights.TO_ALL))
def test_what_everybody_comes_to_concerns_everybody(kind: str) -> None:
    before, later = (with_(replace(PLENARY, kind=kind, **each)) for each in SOONER)
    assert cities(before, later) == [each.slug for each in PROGRAMME.cities]


@pytest.mark.parametrize("kind", ["session", "block", "press", "break", "bilateral", "internal"])
def test_what_names_no_city_and_is_not_for_all_concerns_nobody(kind: str) -> None:
    before, later = (with_(replace(PLENARY, kind=kind, **each)) for each in SOONER)
    assert cities(before, later) == []


def test_a_visit_concerns_those_at_the_venue() -> None:
    before, later = (with_(replace(PLENARY, kind="visit", **each)) for each in SOONER)
    assert [of(before, later, "rome", mode) != [] for mode in Mode] == [True, False, False]


@pytest.mark.parametrize(
    ("visibility", "own", "other"),
    [("delegates", True, True), ("invited", True, False), ("heads", False, False), ("closed", False, False)],
)
def test_what_is_not_public_is_told_to_those_who_may_know(visibility: str, own: bool, other: bool) -> None:
    closed = replace(PLENARY, visibility=visibility, appearances=(Appearance("speaker", city="rome"),))
    before, later = with_(closed), with_(replace(closed, starts=at(16)))
    assert (bool(of(before, later, "rome")), bool(of(before, later, "milan"))) == (own, other)


def test_a_session_in_a_closed_block_is_closed() -> None:
    block = Session("block", "0" * 31 + "8", "block", "Block", visibility="closed")
    before, later = (with_(block, replace(each, parent="block")) for each in (SESSION_2, changed(room="X").sessions[0]))
    assert cities(before, later) == []


def test_what_is_closed_to_a_reader_is_gone_and_shows_nothing_of_what_it_became() -> None:
    hidden = changed(visibility="closed", title="A secret", starts=at(12, 10), ends=at(13, 30))
    (found,) = sights.concerns(step(PROGRAMME, hidden), Reader("new-york"))
    assert (found.kinds, found.after, found.title, found.known) == (("removed",), None, "Session 2", (True, False))
    assert of(hidden, PROGRAMME, "new-york") == [("session-2", "added")]


def test_a_moderator_is_reached_through_the_office_of_their_city() -> None:
    seen = replace(SESSION_2, appearances=(Appearance("presiding", person="koike"), *SESSION_2.appearances[1:]))
    before = with_(seen, people=(KOIKE,))
    later = with_(replace(seen, starts=at(12)), people=(KOIKE,))
    assert (of(before, later, "tokyo"), of(before, later, "tokyo", office=True)) == ([], [("session-2", "retimed")])
    assert (of(before, later, "tokyo", person="koike"), of(before, later, "rome", office=True)) == (
        [("session-2", "retimed")],
        [],
    )


def test_who_leads_a_block_leads_its_sessions() -> None:
    block = Session("block", "0" * 31 + "8", "block", "Block", appearances=(Appearance("moderator", person="ishii"),))
    inside = replace(SESSION_5, parent="block", appearances=())
    found = sights.named(step(with_(block, inside), with_(block, replace(inside, starts=at(14)))))
    assert {code: [each.code for each in new] for code, new in found.items()} == {"ishii": ["session-5"]}


def test_what_is_over_concerns_nobody() -> None:
    moved = changed(starts=at(12, 10), ends=at(13, 30))
    after = replace(moved, release=2, published_at=at(13, 30))
    assert sights.concerns(Step(PROGRAMME, after), Reader("milan")) == ()
    assert len(sights.concerns(Step(PROGRAMME, replace(after, published_at=at(13, 29))), Reader("milan"))) == 1


@pytest.mark.parametrize(("before_start", "soon"), [(timedelta(hours=24), 0), (timedelta(hours=23, minutes=59), 1)])
def test_under_a_day_before_it_begins_it_is_urgent(before_start: timedelta, soon: int) -> None:
    after = replace(changed(room="Hall B"), release=2, published_at=at(11, 50) - before_start)
    found = sights.concerns(made := Step(PROGRAMME, after), Reader("new-york"))
    assert len(sights.urgent(found, made)) == soon


def test_what_would_have_begun_soon_is_urgent_though_it_is_put_off() -> None:
    day = date(2023, 3, 5)
    put_off = changed(day=day, starts=at(11) + timedelta(days=5), ends=at(12) + timedelta(days=5))
    made = Step(PROGRAMME, replace(put_off, release=2, published_at=at(9)))
    found = sights.concerns(made, Reader("milan"))
    assert (len(sights.urgent(found, made)), sights.starts(found[0], made)) == (1, at(11, 50))


def test_what_is_new_is_told_in_order_of_start() -> None:
    before, after = with_(PLENARY, SESSION_2), with_(replace(PLENARY, room="B"), replace(SESSION_2, room="B"))
    assert [each[0] for each in of(before, after, "new-york")] == ["session-2", "plenary"]


def test_a_concern_is_stored_and_read_back_the_same() -> None:
    for each in sights.concerns(step(PROGRAMME, changed(day=None, starts=None, ends=None)), Reader("milan")):
        assert from_json(Concern, to_json(each)) == each
        assert (each.now.moment, each.own) == (Moment(), True)


def drawn(code: int, kind: str, visibility: str, hour: int, room: str, cancelled: bool, here: set[str]) -> Session:
    return Session(
        f"s-{code}", f"{code:032}", kind, f"S {code}", day=DAY, starts=at(hour), ends=at(hour + 1), room=room,
        visibility=visibility, cancelled=cancelled,
        appearances=tuple(Appearance("speaker", city=each) for each in sorted(here)),
    )  # fmt: skip


SESSIONS = st.builds(
    drawn,
    code=st.integers(1, 4),
    kind=st.sampled_from(("session", "plenary", "visit")),
    visibility=st.sampled_from(OPENNESS),
    hour=st.integers(9, 20),
    room=st.sampled_from("AB"),
    cancelled=st.booleans(),
    here=st.sets(st.sampled_from(THREE)),
)
PROGRAMMES = st.lists(SESSIONS, max_size=4, unique_by=lambda each: each.code).map(
    lambda each: replace(PROGRAMME, sessions=tuple(each))
)


@given(PROGRAMMES, PROGRAMMES, st.sampled_from(THREE), st.sampled_from(Mode))
def test_nobody_is_told_of_what_they_may_not_know_or_of_what_did_not_change(
    before: Programme, after: Programme, city: str, mode: Mode
) -> None:
    for each in sights.concerns(step(before, after), Reader(city, mode)):
        for sight, programme in ((each.before, before), (each.after, after)):
            if sight is not None:
                session = programme.session[each.code]
                assert (may_know(programme, session, city), sight.title) == (True, session.title)
        assert each.before != each.after
        assert each.kinds
    assert sights.concerns(step(before, before), Reader(city, mode)) == ()
