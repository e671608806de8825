"""What publishing tells: histories under every kind of edit."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.ical import Change, Circle, Entry, Item, live, revise
from tests.ical.made import TOLD, entry, item

pytestmark = pytest.mark.one_database

LATER = TOLD + timedelta(days=1)
TOKYO = {"T1": entry("tokyo")}


def edited(**changes: object) -> tuple[Entry, tuple[Change, ...]]:
    revision = revise(TOKYO, {"T1": item("tokyo", **changes)}, LATER)
    return revision.entries["T1"], revision.changes


def test_a_new_item_begins_at_sequence_0() -> None:
    revision = revise({}, {"T1": item("tokyo")}, TOLD)
    assert revision.entries == {"T1": Entry(item("tokyo"), 0, TOLD, TOLD)}
    assert revision.changes == (Change("T1", "added", None, item("tokyo")),)


def test_an_unchanged_item_keeps_its_very_entry() -> None:
    told, changes = edited()
    assert told is TOKYO["T1"]
    assert changes == ()


@pytest.mark.parametrize(
    "changes",
    [
        {"starts": datetime(2023, 3, 1, 2, tzinfo=UTC)},
        {"ends": datetime(2023, 3, 1, 4, tzinfo=UTC)},
        {"starts": date(2023, 3, 1), "ends": date(2023, 3, 2)},
        {"zone": "Asia/Seoul"},
        {"place": "Hall C"},
        {"online": "https://meet.example/tokyo"},
    ],
)
def test_another_time_place_or_link_raises_the_sequence(changes: dict[str, object]) -> None:
    after = item("tokyo", **changes)
    assert edited(**changes) == (
        Entry(after, 1, TOLD, LATER),
        (Change("T1", "moved", TOKYO["T1"].item, after),),
    )


@pytest.mark.parametrize(
    "changes",
    [
        {"title": "Tokyo speaks first"},
        {"description": "With slides."},
        {"url": "https://plenary.example/s/T1"},
        {"geo": (35.69, 139.69)},
    ],
)
def test_other_words_only_move_the_date_of_the_change(changes: dict[str, object]) -> None:
    after = item("tokyo", **changes)
    assert edited(**changes) == (
        Entry(after, 0, TOLD, LATER),
        (Change("T1", "changed", TOKYO["T1"].item, after),),
    )


def test_an_item_no_longer_wanted_is_cancelled_at_its_last_told_times() -> None:
    revision = revise(TOKYO, {}, LATER)
    after = item("tokyo", cancelled=True)
    assert revision.entries == {"T1": Entry(after, 1, TOLD, LATER)}
    assert revision.changes == (Change("T1", "cancelled", TOKYO["T1"].item, after),)


def test_an_item_the_organisers_cancel_says_why_at_its_last_told_times() -> None:
    told, changes = edited(
        cancelled=True, description="Typhoon.", starts=date(2023, 3, 9), ends=date(2023, 3, 10), zone="UTC"
    )
    assert told == Entry(item("tokyo", cancelled=True, description="Typhoon."), 1, TOLD, LATER)
    assert [change.kind for change in changes] == ["cancelled"]


def test_a_cancelled_item_stays_as_it_is() -> None:
    cancelled = revise(TOKYO, {}, LATER).entries
    for wanted in ({}, {"T1": item("tokyo", cancelled=True, title="Other words")}):
        again = revise(cancelled, wanted, LATER + timedelta(days=1))
        assert again.entries["T1"] is cancelled["T1"]
        assert again.changes == ()


def test_an_item_that_comes_back_is_reinstated_with_a_higher_sequence() -> None:
    cancelled = revise(TOKYO, {}, LATER).entries
    back = revise(cancelled, {"T1": item("tokyo")}, LATER + timedelta(days=1))
    assert back.entries == {"T1": Entry(item("tokyo"), 2, TOLD, LATER + timedelta(days=1))}
    assert back.changes == (Change("T1", "reinstated", cancelled["T1"].item, item("tokyo")),)


def test_an_item_cancelled_before_it_was_told_is_never_told() -> None:
    revision = revise({}, {"M1": item("milan", cancelled=True)}, TOLD)
    assert (revision.entries, revision.changes) == ({}, ())


def test_a_clock_that_runs_behind_does_not_set_a_change_back() -> None:
    revision = revise(TOKYO, {"T1": item("tokyo", title="Earlier?")}, TOLD - timedelta(hours=1))
    assert revision.entries["T1"].changed_at == TOLD


def test_a_uid_never_changes() -> None:
    with pytest.raises(ValueError, match="was told with the UID tokyo@plenary; it cannot become rome@plenary"):
        revise(TOKYO, {"T1": item("rome")}, LATER)


def test_changes_come_in_order_of_start_then_key() -> None:
    early = {"starts": datetime(2023, 2, 28, 1, tzinfo=UTC)}
    wanted = {"N1": item("new-york"), "S1": item("seoul", **early), "L1": item("lancaster")}
    assert [change.key for change in revise({}, wanted, TOLD).changes] == ["S1", "L1", "N1"]


def test_a_feed_shows_cancelled_entries_for_seven_days_after_their_end() -> None:
    gone = entry("milan", cancelled=True)
    held = entry("rome")
    end = gone.item.finishes
    assert live([held, gone], end + timedelta(days=7)) == [gone, held]
    assert live([held, gone], end + timedelta(days=7, seconds=1)) == [held]


def test_a_cancelled_day_ends_in_its_own_zone() -> None:
    gone = entry("new-york", cancelled=True, zone="America/New_York", starts=date(2023, 3, 1), ends=date(2023, 3, 2))
    last = datetime(2023, 3, 9, 5, tzinfo=UTC)  # midnight in New York, a week after
    assert live([gone], last) == [gone]
    assert live([gone], last + timedelta(seconds=1)) == []


KEYS = ("L1", "M1", "N1", "R1", "T1")
MOMENTS = st.datetimes(datetime(2013, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001
DAYS = st.dates(date(2013, 1, 1), date(2027, 12, 31))


@st.composite
def items(draw: st.DrawFn, key: str) -> Item:
    """An item of this key: few values for each fact, so that facts often stay as they were."""
    day, hour = draw(st.sampled_from([1, 2])), draw(st.sampled_from([None, 9, 10]))
    starts = date(2023, 3, day) if hour is None else datetime(2023, 3, day, hour, tzinfo=UTC)
    return item(
        key,
        starts=starts,
        ends=starts + timedelta(days=draw(st.sampled_from([1, 2]))),
        title=draw(st.sampled_from(["Speaks", "Shows a video"])),
        place=draw(st.sampled_from(["", "Hall B"])),
        online=draw(st.sampled_from(["", "https://meet.example/1"])),
        cancelled=draw(st.sampled_from([False, False, True])),
    )


PROGRAMMES = st.fixed_dictionaries({}, optional={key: items(key) for key in KEYS})
RELEASES = st.lists(st.tuples(PROGRAMMES, MOMENTS), min_size=1, max_size=6)


@given(RELEASES)
def test_any_run_of_releases_keeps_every_promise(releases: list[tuple[dict[str, Item], datetime]]) -> None:
    told: dict[str, Entry] = {}
    for wanted, now in releases:
        revision = revise(told, wanted, now)
        changed = {change.key: change for change in revision.changes}
        assert len(changed) == len(revision.changes)
        assert set(revision.entries) == set(told) | {key for key, one in wanted.items() if not one.cancelled}
        for key, after in revision.entries.items():
            before = told.get(key)
            shown = wanted[key] if key in wanted and not wanted[key].cancelled else None
            assert shown is None or after.item == shown
            assert after.item.cancelled is (shown is None)
            if before is None:
                assert (after, changed[key].kind) == (Entry(wanted[key], 0, now, now), "added")
            elif key not in changed:
                assert after is before
            else:
                raises = changed[key].kind != "changed"
                assert after.sequence == before.sequence + raises
                assert (after.created_at, after.changed_at) == (before.created_at, max(now, before.changed_at))
                assert (changed[key].before, changed[key].after) == (before.item, after.item)
                assert after.item != before.item
        assert revise(revision.entries, wanted, now + timedelta(days=1)) == replace(revision, changes=())
        told = revision.entries


@given(PROGRAMMES, MOMENTS)
def test_what_is_stored_comes_back_equal(wanted: dict[str, Item], now: datetime) -> None:
    entries = list(revise({}, wanted, now).entries.values())
    assert [Entry.from_json(one.to_json()) for one in entries] == entries


@given(st.text(), st.text(), st.none() | st.tuples(st.floats(-90, 90), st.floats(-180, 180)), DAYS)
def test_any_words_and_place_come_back_equal(
    title: str, description: str, geo: tuple[float, float] | None, day: date
) -> None:
    one = entry(title=title, description=description, geo=geo, starts=day, ends=day + timedelta(days=1))
    assert Entry.from_json(one.to_json()) == one


def with_circle(**facts: object) -> Item:
    return item("tokyo", joinable=bool(facts.pop("joinable", False)), circle=Circle(**facts))  # type: ignore[arg-type]


ROME_AT_THE_VENUE = with_circle(members=(("city/rome", "venue"),))


@pytest.mark.parametrize(
    ("before", "after", "raised"),
    [
        (ROME_AT_THE_VENUE, with_circle(members=(("city/rome", "online"),)), 1),
        (ROME_AT_THE_VENUE, with_circle(members=(("city/rome", "venue"), ("city/milan", "video"))), 0),
        (ROME_AT_THE_VENUE, with_circle(seen_by="heads", members=(("city/rome", "venue"),)), 0),
        (
            with_circle(joinable=True),
            with_circle(joinable=True, members=(("city/rome", "online"),)),
            1,
        ),
    ],
)
def test_whoever_finds_another_place_in_their_own_calendar_is_told_by_a_higher_sequence(
    before: Item, after: Item, raised: int
) -> None:
    told = Entry(before, 3, TOLD, TOLD)
    revision = revise({"T1": told}, {"T1": after}, LATER)
    (change,) = revision.changes
    assert (revision.entries["T1"], change.kind, change.raises) == (
        Entry(after, 3 + raised, TOLD, LATER),
        "changed",
        bool(raised),
    )


def test_who_may_know_of_a_cancelled_item_can_still_change() -> None:
    cancelled = revise(TOKYO, {}, LATER).entries
    closed = item("tokyo", cancelled=True, title="Other words", circle=Circle("closed"))
    again = revise(cancelled, {"T1": closed}, LATER + timedelta(days=1))
    assert again.entries["T1"] == Entry(
        item("tokyo", cancelled=True, circle=Circle("closed")), 1, TOLD, LATER + timedelta(days=1)
    )
    assert [change.kind for change in again.changes] == ["changed"]


def test_a_circle_is_stored_and_read_back_whatever_order_its_members_come_in() -> None:
    one, other = (("city/rome", "online"), ("city/milan", "video")), (("city/milan", "video"), ("city/rome", "online"))
    told = entry(circle=Circle("invited", one, on_site=True))
    assert Entry.from_json(told.to_json()) == told == entry(circle=Circle("invited", other, on_site=True))
    assert (told.item.circle.how("city/milan"), told.item.circle.how("city/paris")) == ("video", None)
