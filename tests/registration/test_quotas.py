"""Quotas: never exceeded, whoever comes at once; lowered, granted, lifted with name and reason."""

from __future__ import annotations

from collections import Counter

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from app.db import db
from app.delegations import quotas
from app.delegations.models import Category, Overflow, Quota
from app.events.models import Mode
from app.refused import Refused
from app.registration import leading, nominating, service, waiting
from app.registration.models import Capacity, Delegate
from tests.registration.cast import NOW, Cast, delegates, read
from tests.registration.people import (
    OFFICE,
    at_once,
    complete,
    delegation_id,
    do,
    later,
    nominate,
    quota,
    refusal,
    register,
    used,
)


def test_fifty_nominations_at_once_never_exceed_the_quota(cast: Cast) -> None:
    four = quota(cast, "Rome", 4)
    outcomes = at_once(50, lambda number: refusal(lambda: nominate(cast, f"Delegate {number}")) is None)
    assert Counter(outcomes) == {True: 4, False: 46}
    assert (used(cast, four), len(delegates(cast.app))) == ((4, 4, 0), 4)


def test_without_its_condition_the_table_itself_refuses_to_exceed(cast: Cast) -> None:
    quota(cast, "Rome", 4)
    with pytest.raises(IntegrityError):
        do(cast, lambda: db.session.execute(update(Quota).values(taken=5)))


def test_the_fifth_of_four_is_refused_with_the_way_on(cast: Cast) -> None:
    quota(cast, "Rome", 4)
    for number in range(4):
        nominate(cast, f"Delegate {number}")
    said = (
        "The quota of your city is used up: 4 of 4 (delegates, at the venue). Ask the organisers for another place, or"
        " take somebody off the list first."
    )
    with pytest.raises(Refused) as no:
        nominate(cast, "Delegate 4")
    assert (no.value.field, no.value.message) == ("role", said)


def test_what_is_granted_is_kept_with_number_reason_and_name(cast: Cast) -> None:
    one = quota(cast, "Rome", 1)
    nominate(cast, "Delegate 0")
    do(cast, lambda: waiting.grant_quota(one, 1, "Signs the accord", who="KOIKE Yuriko", now=NOW))
    nominate(cast, "Delegate 1")
    found = select(Overflow.number, Overflow.reason, Overflow.granted_by)
    kept = read(cast.app, lambda: [tuple(row) for row in db.session.execute(found)])
    assert (used(cast, one), kept) == ((1, 2, 1), [(1, "Signs the accord", "KOIKE Yuriko")])


@pytest.mark.parametrize(("number", "reason", "field"), [(0, "A reason", "number"), (1, " ", "reason")])
def test_nothing_is_granted_without_number_and_reason(cast: Cast, number: int, reason: str, field: str) -> None:
    one = quota(cast, "Rome", 1)
    with pytest.raises(Refused) as no:
        do(cast, lambda: quotas.grant(one, number, reason, who="Tokyo", now=NOW))
    assert no.value.field == field


def test_venue_and_online_and_roles_are_counted_apart(cast: Cast) -> None:
    quota(cast, "Rome", 1)
    quota(cast, "Rome", 1, mode=Mode.ONLINE)
    nominate(cast, "Luca Ferri")
    nominate(cast, "Carla Neri", mode=Mode.ONLINE)
    nominate(cast, "Mara Villa", role=Capacity.INTERPRETER)
    assert refusal(lambda: nominate(cast, "Ugo Sala", mode=Mode.ONLINE)) is not None


def test_a_quota_that_is_new_counts_who_is_there_already(cast: Cast) -> None:
    nominate(cast, "Luca Ferri")
    register(cast, "Anna Bianchi")
    assert used(cast, quota(cast, "Rome", 3)) == (3, 2, 0)


def test_a_quota_made_while_people_come_counts_them_all(cast: Cast) -> None:
    def act(number: int) -> object:
        if number == 5:
            return quota(cast, "Rome", 20)
        return nominate(cast, f"Delegate {number}")

    at_once(10, act)
    assert used(cast, quota(cast, "Rome", 20)) == (20, 9, 0)


def test_set_below_its_use_nobody_new_comes_until_the_number_fits(cast: Cast) -> None:
    key = quota(cast, "Rome", 4)
    people = [nominate(cast, f"Delegate {number}") for number in range(4)]
    quota(cast, "Rome", 2)
    assert (used(cast, key), refusal(lambda: nominate(cast, "Delegate 4")) is None) == ((2, 4, 2), False)
    do(cast, lambda: nominating.remove(people[0].id, who=OFFICE, now=later(1)))
    assert (used(cast, key), refusal(lambda: nominate(cast, "Delegate 5")) is None) == ((2, 3, 1), False)
    for each in people[1:3]:
        do(cast, lambda: nominating.remove(each.id, who=OFFICE, now=later(2)))  # noqa: B023
    assert (used(cast, key), refusal(lambda: nominate(cast, "Delegate 6")) is None) == ((2, 1, 0), True)


def test_what_was_granted_outlives_a_lower_quota(cast: Cast) -> None:
    key = quota(cast, "Rome", 2)
    do(cast, lambda: waiting.grant_quota(key, 1, "Signs the accord", who="Tokyo", now=NOW))
    quota(cast, "Rome", 1)
    assert used(cast, key) == (1, 0, 1)


def test_without_a_quota_there_is_no_limit(cast: Cast) -> None:
    quota(cast, "Rome", 0)
    quota(cast, "Rome", None)
    assert refusal(lambda: nominate(cast, "Luca Ferri")) is None


def test_who_changes_the_mode_frees_one_quota_and_takes_the_other(cast: Cast) -> None:
    venue, online = quota(cast, "Rome", 1), quota(cast, "Rome", 1, mode=Mode.ONLINE)
    luca = complete(cast, nominate(cast))
    do(cast, lambda: service.set_mode(luca.id, Mode.ONLINE, who="Tokyo", now=later(1)))
    assert (used(cast, venue), used(cast, online)) == ((1, 0, 0), (1, 1, 0))


def test_two_who_swap_roles_need_no_room_in_either_quota(cast: Cast) -> None:
    heads, others = quota(cast, "Rome", 1, Category.HEADS), quota(cast, "Rome", 1)
    nominate(cast, "Roberto Gualtieri", role=Capacity.HEAD)
    luca = nominate(cast, "Luca Ferri")
    do(cast, lambda: leading.name_head(luca.id, who=OFFICE, now=later(1)))
    assert (used(cast, heads), used(cast, others)) == ((1, 1, 0), (1, 1, 0))


def test_the_quotas_of_a_city_stand_in_order(cast: Cast) -> None:
    quota(cast, "Rome", 2, mode=Mode.ONLINE)
    quota(cast, "Rome", 1, Category.HEADS)
    quota(cast, "Rome", 3)
    key = delegation_id(cast, "Rome")
    found = read(cast.app, lambda: [(each.category, each.mode, each.seats) for each in quotas.of(key)])
    assert found == [
        (Category.HEADS, Mode.VENUE, 1),
        (Category.DELEGATES, Mode.VENUE, 3),
        (Category.DELEGATES, Mode.ONLINE, 2),
    ]


def test_a_place_that_was_never_taken_is_not_given_back(cast: Cast) -> None:
    quota(cast, "Rome", 1)
    key = delegation_id(cast, "Rome")
    with pytest.raises(RuntimeError, match="never taken"):
        do(cast, lambda: quotas.free(key, Category.DELEGATES, Mode.VENUE))


def test_who_registers_with_the_code_counts_in_the_quota_too(cast: Cast) -> None:
    one = quota(cast, "Rome", 1)
    outcomes = at_once(8, lambda number: refusal(lambda: register(cast, f"Delegate {number}")) is None)
    counted = read(cast.app, lambda: len(db.session.execute(select(Delegate.id)).all()))
    assert (Counter(outcomes), used(cast, one), counted) == (Counter({True: 1, False: 7}), (1, 1, 0), 1)
