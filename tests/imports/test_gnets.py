"""The G-NETS summit of 2023, as its file brings it into the register."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

from app.agenda.models import Appearance, Kind, Part, Session
from app.db import db
from app.delegations.models import Delegation, DelegationMode
from app.events.models import Event, Mode, Outcome, Person, Theme
from app.imports import read_file
from app.imports.service import bundled
from app.network.models import Member
from app.registration.models import Places
from app.web.kept import KeepingFlask
from tests.imports.cast import document, loaded, order, rows, session


def count(event: Event, *conditions: object) -> int:
    asked = select(func.count()).select_from(Session).where(Session.event_id == event.id, *conditions)  # type: ignore[arg-type]
    return db.session.execute(asked).scalar_one()


def test_there_are_34_delegations_in_36_mode_rows(app: KeepingFlask) -> None:
    loaded(app, document())

    def ask(event: Event) -> tuple[int, dict[Mode, int]]:
        joined = select(DelegationMode.mode, func.count()).join(Delegation).where(Delegation.event_id == event.id)
        modes = {row[0]: row[1] for row in db.session.execute(joined.group_by(DelegationMode.mode))}
        number = select(func.count()).select_from(Delegation).where(Delegation.event_id == event.id)
        return db.session.execute(number).scalar_one(), modes

    assert rows(app, ask) == (34, {Mode.VENUE: 26, Mode.ONLINE: 6, Mode.VIDEO: 4})


def test_the_report_counts_what_was_loaded(app: KeepingFlask) -> None:
    report = loaded(app, document())
    assert (report.delegations, report.mode_rows, report.in_several_modes) == (34, 36, 2)
    assert dict(report.modes) == {Mode.VENUE: 26, Mode.ONLINE: 6, Mode.VIDEO: 4}
    assert (report.blocks, report.sessions, report.appearances, report.appearances_elsewhere) == (4, 6, 33, 3)


def test_the_report_says_what_was_normalised_and_what_to_know(app: KeepingFlask) -> None:
    report = loaded(app, document())
    assert report.normalised == ("NewYork → New York",)
    assert report.notes == (
        "Queensland is a state, not a city.",
        "Queensland is in no item of the agenda.",
        "How Rome takes part in Session 5 is to be confirmed.",
        "12 items without a clock time: to be announced.",
    )
    assert "Read as: NewYork → New York" in str(report)


def test_four_blocks_hold_six_numbered_sessions(app: KeepingFlask) -> None:
    loaded(app, document())

    def ask(event: Event) -> tuple[int, list[tuple[int | None, str]]]:
        blocks = {row.id: row.code for row in db.session.execute(select(Session)).scalars()}
        numbered = select(Session).where(Session.number.is_not(None)).order_by(Session.number)
        held = [(row.number, blocks[row.parent_id or 0]) for row in db.session.execute(numbered).scalars()]
        return count(event, Session.kind == Kind.BLOCK), held

    assert rows(app, ask) == (
        4,
        [
            (1, "block-environment-a"),
            (2, "block-environment-a"),
            (3, "block-inclusive"),
            (4, "block-inclusive"),
            (5, "block-safe"),
            (6, "block-environment-b"),
        ],
    )


def test_cities_appear_33_times_in_numbered_sessions_and_3_times_in_the_videos(app: KeepingFlask) -> None:
    loaded(app, document())

    def ask(_: Event) -> tuple[int, int]:
        cities = select(func.count()).select_from(Appearance).join(Session).where(Appearance.delegation_id.is_not(None))
        return (
            db.session.execute(cities.where(Session.number.is_not(None))).scalar_one(),
            db.session.execute(cities.where(Session.kind == Kind.VIDEOS)).scalar_one(),
        )

    assert rows(app, ask) == (33, 3)


def test_milan_appears_by_video_in_place_5_of_session_2(app: KeepingFlask) -> None:
    loaded(app, document())
    assert rows(app, lambda event: order(event, "session-2")) == [
        ("Amman", "venue"),
        ("Brisbane", "venue"),
        ("Delhi", "online"),
        ("Lancaster", "online"),
        ("Milan", "video"),
        ("San Salvador", "venue"),
        ("Ulaanbaatar", "venue"),
    ]


def test_rome_is_to_be_confirmed_in_session_5(app: KeepingFlask) -> None:
    loaded(app, document())
    assert rows(app, lambda event: order(event, "session-5"))[3:] == [("Rome", None), ("Tirana", "online")]


def test_new_york_comes_to_session_1_and_sends_a_video(app: KeepingFlask) -> None:
    loaded(app, document())
    assert rows(app, lambda event: order(event, "session-1"))[3] == ("New York", "venue")
    assert rows(app, lambda event: order(event, "city-videos")) == [
        ("Cairo", "video"),
        ("Kuala Lumpur", "video"),
        ("New York", "video"),
    ]


def test_the_order_of_session_6_is_the_printed_one(app: KeepingFlask) -> None:
    loaded(app, document())
    assert [name for name, _ in rows(app, lambda event: order(event, "session-6"))] == [
        "Rio de Janeiro",
        "Bangkok",
        "London",
        "Taipei",
        "Nairobi",
        "Nice",
        "Nouakchott",
    ]


def test_queensland_is_a_state_with_a_delegation_and_no_item(app: KeepingFlask) -> None:
    loaded(app, document())

    def ask(event: Event) -> tuple[str, list[Mode], int]:
        found = db.session.execute(
            select(Delegation)
            .join(Member)
            .where(Delegation.event_id == event.id, Member.slug == "queensland")
            .options(selectinload(Delegation.modes), selectinload(Delegation.member))
        ).scalar_one()
        items = select(func.count()).select_from(Appearance).where(Appearance.delegation_id == found.id)
        return found.member.kind, [each.mode for each in found.modes], db.session.execute(items).scalar_one()

    assert rows(app, ask) == ("state", [Mode.VENUE], 0)


def test_names_stand_as_their_owners_write_them(app: KeepingFlask) -> None:
    loaded(app, document())

    def ask(_: Event) -> list[tuple[str, str, str]]:
        people = db.session.execute(select(Person).order_by(Person.position)).scalars()
        return [(each.name, each.family_name, each.honorific) for each in people]

    assert rows(app, ask) == [
        ("Michael Bloomberg", "Bloomberg", "Mr."),
        ("IZUMO Mitsuru", "IZUMO", "Mr."),
        ("ISHII Naoko", "ISHII", "Ms."),
        ("Mari Christine", "", "Ms."),
        ("KORESAWA Atsushi", "KORESAWA", "Mr."),
        ("KOIKE Yuriko", "KOIKE", "Ms."),
    ]


def test_the_environment_comes_twice_with_two_moderators(app: KeepingFlask) -> None:
    loaded(app, document())

    def ask(event: Event) -> list[tuple[str, str, str, Part]]:
        themes = {each.id: each.name for each in db.session.execute(select(Theme)).scalars()}
        found = []
        for code in ("block-environment-a", "block-environment-b"):
            block = session(event, code)
            (moderator,) = block.appearances
            assert moderator.person is not None
            found.append((block.title, themes[block.theme_id or 0], moderator.person.name, moderator.part))
        return found

    assert rows(app, ask) == [
        ("Environment", "Environment", "ISHII Naoko", Part.MODERATOR),
        ("Environment", "Environment", "KORESAWA Atsushi", Part.MODERATOR),
    ]


def test_the_host_s_note_stands_on_the_first_block_alone(app: KeepingFlask) -> None:
    loaded(app, document())

    def ask(_: Event) -> list[tuple[str, str]]:
        noted = select(Session.code, Session.note).where(Session.note != "")
        return [(row.code, row.note) for row in db.session.execute(noted)]

    assert rows(app, ask) == [("block-environment-a", "With Ms. KOIKE Yuriko, Governor of Tokyo")]


def test_the_keynote_shows_the_office_and_the_mode_of_that_hour(app: KeepingFlask) -> None:
    loaded(app, document())

    def ask(event: Event) -> list[tuple[str | None, str]]:
        return [(each.mode, each.shown_position) for each in session(event, "keynote").appearances]

    assert rows(app, ask) == [
        (Mode.VIDEO, "Former Mayor of New York City"),
        (None, "Founder and President of Euglena Co., Ltd."),
    ]


def test_no_item_has_a_clock_time(app: KeepingFlask) -> None:
    loaded(app, document())
    assert rows(app, lambda event: (count(event), count(event, Session.starts.is_not(None)))) == (16, 0)


def test_the_communique_has_five_sections_three_of_them_on_themes(app: KeepingFlask) -> None:
    loaded(app, document())

    def ask(_: Event) -> tuple[date | None, list[tuple[str, str, int, int]]]:
        found = db.session.execute(select(Outcome)).scalar_one()
        return found.day, [
            (each["heading"], each["theme"], len(each["points"]), each["paragraphs"]) for each in found.sections
        ]

    assert rows(app, ask) == (
        date(2023, 3, 1),
        [
            ("Introduction", "", 0, 3),
            ("Realizing Inclusive and Just Societies", "inclusive", 5, 1),
            ("Response to Environmental Issues", "environment", 3, 1),
            ("Building Safe and Secure Cities", "safe", 4, 2),
            ("Conclusion", "", 0, 1),
        ],
    )


def test_registration_for_the_archive_is_closed(app: KeepingFlask) -> None:
    loaded(app, document())
    assert rows(app, lambda event: event.open_for_registration(datetime(2023, 2, 1, tzinfo=UTC))) is False


def test_every_mode_has_places_without_limit(app: KeepingFlask) -> None:
    loaded(app, document())

    def ask(event: Event) -> set[tuple[Mode, int | None]]:
        places = select(Places.mode, Places.seats).where(Places.event_id == event.id)
        return set(db.session.execute(places))

    assert rows(app, ask) == {(Mode.VENUE, None), (Mode.ONLINE, None), (Mode.VIDEO, None)}


def test_every_city_s_code_and_link_are_sealed(app: KeepingFlask) -> None:
    loaded(app, document())

    def ask(event: Event) -> set[bool]:
        sealed = set()
        for each in db.session.execute(select(Delegation).where(Delegation.event_id == event.id)).scalars():
            stored = (each.code_hash, each.link_hash)
            each.seal()
            sealed.add(stored == (each.code_hash, each.link_hash))
        db.session.rollback()
        return sealed

    assert rows(app, ask) == {True}


def test_the_timetable_gives_its_times_and_says_that_they_are_invented(app: KeepingFlask) -> None:
    loaded(app, document(), timetable=True)

    def ask(event: Event) -> tuple[str, time | None, time | None, date | None, int]:
        second = session(event, "session-2")
        return event.times_note, second.starts, second.ends, second.day, count(event, Session.starts.is_not(None))

    note = "The clock times are invented for a demonstration. Made public: “Opening ceremony”."
    assert rows(app, ask) == (note, time(11, 50), time(13, 10), date(2023, 2, 28), 12)


def test_lancaster_meets_on_the_evening_before(app: KeepingFlask) -> None:
    loaded(app, document(), timetable=True)
    span = rows(app, lambda event: session(event, "session-2").span(event.zone))
    assert span == (datetime(2023, 2, 28, 2, 50, tzinfo=UTC), datetime(2023, 2, 28, 4, 10, tzinfo=UTC))


def test_cities_are_found_by_other_names_and_taipei_stands_without_a_country() -> None:
    members = {each.slug: each for each in read_file(bundled("gnets-2023")).network.members}
    assert "Tel Aviv-Yafo" in members["tel-aviv"].aliases
    assert "Ulan Bator" in members["ulaanbaatar"].aliases
    assert "東京" in members["tokyo"].aliases
    assert [slug for slug, each in members.items() if not each.country_printed] == ["taipei"]
    assert members["lancaster"].disambiguator == "California"


def test_entries_in_calendars_are_not_named_after_the_file(app: KeepingFlask) -> None:
    loaded(app, document())
    loaded(app, document(), slug="again")

    def ask(_: Event) -> tuple[int, int]:
        uids = db.session.execute(select(Session.uid)).scalars().all()
        return len(uids), len(set(uids))

    assert rows(app, ask) == (32, 32)
