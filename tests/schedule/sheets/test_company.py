"""Who appears, as a cell says it: names in any spelling, parts, ways of taking part, minutes; and what stays."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.agenda.facts import Seat
from app.agenda.models import Order, Part
from app.events.models import Mode
from app.schedule.sheets.naming import Called, Named
from tests.schedule.sheets.cast import (
    ALEX,
    BLOCK,
    ISHII,
    KOIKE,
    LANCASTER,
    MILAN,
    NEW_YORK,
    QUEENSLAND,
    ROME,
    SAO_PAULO,
    SEOUL,
    SESSION_2,
    SESSION_5,
    TOKYO,
    changed,
    city,
    draft,
    look,
    person,
    refused,
)

pytestmark = [pytest.mark.one_database, pytest.mark.usefixtures("spoken")]

MILANS = SESSION_2.seats[3]


def cities(cell: str) -> tuple[Seat, ...]:
    """The cities of Session 2 after a cell."""
    return tuple(each for each in changed("Cities", cell).seats if each.delegation_id)


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("NewYork", NEW_YORK),
        ("new york", NEW_YORK),
        ("Sao Paulo", SAO_PAULO),
        ("SÃO PAULO", SAO_PAULO),
        ("Roma", ROME),
        ("東京", TOKYO),
        ("lancaster, california", LANCASTER),
        ("queensland", QUEENSLAND),
    ],
)
def test_a_city_goes_by_any_of_its_names(written: str, key: int) -> None:
    assert [each.delegation_id for each in cities(written)] == [key]


def test_spellings_that_were_read_as_others_are_told() -> None:
    found = look(("session-2", "NewYork; Sao Paulo; Seoul"), head="Code|Cities")
    assert found.read_as == ("NewYork → New York", "Sao Paulo → São Paulo")


def test_mode_part_and_minutes_stand_in_brackets_in_any_order() -> None:
    assert cities("Seoul (Online, 5 min, keynote); Tokyo (tbc); Queensland (at the venue)") == (
        city(SEOUL, Mode.ONLINE, minutes=5, part=Part.KEYNOTE),
        city(TOKYO, None),
        city(QUEENSLAND),
    )


def test_who_comes_new_without_a_word_comes_in_the_citys_one_way() -> None:
    assert changed("Cities", "Lancaster; Rome", code="session-5").seats == (
        city(LANCASTER, Mode.ONLINE),
        SESSION_5.seats[1],
    )


def test_who_stays_without_a_word_keeps_its_way() -> None:
    assert cities("Milan; New York; Lancaster") == (
        replace(MILANS, minutes=None),
        SESSION_2.seats[1],
        SESSION_2.seats[2],
    )


def test_who_stays_keeps_what_no_cell_shows() -> None:
    assert cities("Milan (venue, panellist)") == (
        city(MILAN, Mode.VENUE, topic="Shade", confirmed=True, part=Part.PANELLIST),
    )


def test_a_city_that_changes_its_session_takes_along_what_no_cell_shows() -> None:
    found = look(("session-2", "New York; Lancaster"), ("session-5", "Tokyo; Milan (video); Rome"), head="Code|Cities")
    assert [each.after.seats for each in found.changes if each.after] == [
        SESSION_2.seats[:3],
        (SESSION_5.seats[0], replace(MILANS, minutes=None), SESSION_5.seats[1]),
    ]


def test_people_and_cities_keep_their_places_among_each_other() -> None:
    mixed = replace(SESSION_2, seats=(city(TOKYO), person(ISHII), city(ROME), person(KOIKE)))
    after = changed("Cities", "Rome (venue); Seoul (venue); Tokyo (venue)", draft(mixed))
    assert after.seats == (city(ROME), person(ISHII), city(SEOUL), person(KOIKE), city(TOKYO))


def test_more_people_stand_after_the_last_of_them() -> None:
    seats = changed("People", "ISHII Naoko (moderator); Alex Example (rehearsal) (presiding, venue)").seats
    assert seats == (person(ISHII), person(ALEX, Part.PRESIDING, Mode.VENUE), *SESSION_2.seats[1:])


def test_the_first_people_of_a_session_stand_before_its_cities() -> None:
    assert changed("People", "koike (moderator)", code="session-5").seats == (person(KOIKE), *SESSION_5.seats)


def test_a_name_may_be_turned() -> None:
    assert changed("People", "Naoko Ishii (moderator)", code="session-5").seats[0] == person(ISHII)


def test_an_empty_cell_takes_all_of_them_off() -> None:
    assert changed("Cities", "").seats == SESSION_2.seats[:1]
    assert changed("People", "").seats == SESSION_2.seats[1:]


def test_an_order_by_rule_is_by_hand_when_the_file_has_another() -> None:
    drawn = draft(replace(SESSION_2, order_rule=Order.ALPHABET, seats=SESSION_2.seats[1:]))
    turned = changed("Cities", "Milan (video, 3 min); New York (venue); Lancaster (online)", drawn)
    assert turned.order_rule is Order.HAND


def test_an_order_by_rule_stays_when_somebody_comes_new_at_its_end() -> None:
    drawn = draft(replace(SESSION_2, order_rule=Order.ALPHABET, seats=SESSION_2.seats[1:]))
    more = changed("Cities", "New York (venue); Lancaster (online); Milan (video, 3 min); Seoul (venue)", drawn)
    assert more.order_rule is Order.ALPHABET


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        ("Romme", "“Romme” is none of the cities of this summit. Is “Rome” meant?"),
        (
            "Milan, Rome",
            "“Milan, Rome” is none of the cities of this summit. Several are parted by semicolons. There are",
        ),
        ("ISHII Naoko", "“ISHII Naoko” is none of the cities of this summit."),
        ("Rome (onlin)", "Rome: “onlin” is neither a way of taking part (venue, online, video, to be confirmed), nor"),
        ("Rome (0 min)", "Rome: minutes are from 1 to 600."),
        ("Rome (601 min)", "Rome: minutes are from 1 to 600."),
        ("Rome; Milan; roma (video)", "Rome stands twice in the speaking order in the same part."),
    ],
)
def test_what_is_no_city_is_refused_in_words(cell: str, said: str) -> None:
    assert refused("Cities", cell).startswith(said)


def test_a_city_is_no_person() -> None:
    assert refused("People", "Rome").startswith("“Rome” is none of the people of this summit.")


def test_one_may_stand_in_two_parts() -> None:
    assert cities("Rome (venue); Rome (moderator, venue)") == (city(ROME), city(ROME, part=Part.MODERATOR))


TWO = Called(
    [
        Named(1, "Lancaster", "lancaster", ("Lancaster California",)),
        Named(2, "Lancaster", "lancaster-england", ("Lancaster England",)),
        Named(3, "Hall A", "hall"),
        Named(4, "Hall-A", "hall-2"),
    ]
)


def test_two_of_one_name_are_told_apart_by_their_place_or_reference() -> None:
    assert [TWO.one(each, "") for each in ("Lancaster, England", "lancaster", "lancaster-england")] == [2, 1, 2]


def test_a_name_of_two_is_refused_with_what_to_write() -> None:
    empty = draft(BLOCK)
    two = replace(empty, book=replace(empty.book, cities=TWO))
    assert refused("Cities", "Lancaster", two, "block-safe") == (
        "“Lancaster” may be any of: lancaster, lancaster-england. Write one of these instead."
    )


def test_a_name_that_would_read_as_several_is_written_by_its_reference() -> None:
    assert Called([Named(1, "Rome; Milan", "both")]).written(1) == "both"


def test_the_very_name_comes_before_one_that_is_nearly_so() -> None:
    assert [TWO.written(each) for each in (3, 4)] == ["Hall A", "Hall-A"]
    assert [TWO.one(each, "") for each in ("Hall A", "Hall-A")] == [3, 4]


def test_a_block_keeps_who_leads_it() -> None:
    led = replace(BLOCK, seats=(person(ISHII),))
    assert changed("Title", "Safe Cities", draft(led), "block-safe").seats == (person(ISHII),)
