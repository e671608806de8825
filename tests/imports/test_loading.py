"""Loading twice, elsewhere, on other days and over what organisers have done."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, time
from typing import Any

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import selectinload

from app.agenda.models import Appearance, Kind, Part, Session
from app.db import db, write
from app.delegations.models import Delegation
from app.events.models import Event, Mode, Room
from app.imports import Faulty, bundled, read, read_file, rehearse
from app.imports.shape import misshapen
from app.journal import Note
from app.network.models import Member
from app.publishing import service as publishing
from app.refused import Refused
from app.registration.models import Places
from app.web.kept import KeepingFlask
from tests.imports.cast import NOW, changed, days, document, loaded, order, rows, session


def done(app: KeepingFlask, act: Callable[[], Any]) -> None:
    with app.app_context():
        write(act)


def event_id(app: KeepingFlask) -> int:
    found: int = rows(app, lambda event: event.id)
    return found


@pytest.mark.parametrize("name", ["gnets-2023", "citynet-2013", "rehearsal"])
@pytest.mark.parametrize("timetable", [False, True])
def test_loading_twice_changes_nothing(app: KeepingFlask, name: str, timetable: bool) -> None:
    source = rehearse(NOW.date()) if name == "rehearsal" else read_file(bundled(name))
    timetable = timetable and source.timetable is not None
    first = loaded(app, source, timetable=timetable)
    second = loaded(app, source, timetable=timetable)
    assert first.changed > 50
    assert (second.changed, second.event_id) == (0, first.event_id)
    assert "nothing changed, all of it was there" in str(second)


def test_loading_twice_writes_no_row_and_no_line_of_the_journal(app: KeepingFlask) -> None:
    loaded(app, document())

    def dump() -> dict[str, list[tuple[Any, ...]]]:
        with app.app_context():
            return {
                table.name: sorted(map(tuple, db.session.execute(select(table))), key=repr)
                for table in db.metadata.sorted_tables
            }

    before = dump()
    loaded(app, document())
    assert dump() == before


def test_loading_is_noted_in_the_journal(app: KeepingFlask) -> None:
    report = loaded(app, document())
    with app.app_context():
        (note,) = db.session.execute(select(Note)).scalars()
    assert (note.what, note.subject, note.event_id, note.at, note.after) == (
        "imported",
        "event/gnets-2023",
        report.event_id,
        NOW,
        {"rows": report.changed},
    )


def test_after_loading_twice_there_is_nothing_new_to_publish(app: KeepingFlask) -> None:
    report = loaded(app, document())
    done(app, lambda: publishing.publish(report.event_id, who="Ada", now=NOW))
    loaded(app, document())
    with app.app_context(), pytest.raises(Refused, match="nothing to publish"):
        write(lambda: publishing.publish(report.event_id, who="Ada", now=NOW))


def test_a_corrected_file_changes_only_what_differs(app: KeepingFlask) -> None:
    loaded(app, document())
    report = loaded(app, changed(("/event/title", "First G-NETS Summit"), ("/event/agenda/1/title", "Opening")))
    assert report.changed == 2 + 4  # what the file says of both in Japanese and French is made from the new titles
    assert rows(app, lambda event: (event.title, session(event, "opening").title)) == ("First G-NETS Summit", "Opening")


def test_a_speaking_order_may_be_turned_round(app: KeepingFlask) -> None:
    loaded(app, document())
    cities = document()["event"]["agenda"][7]["sessions"][0]["appearances"]
    report = loaded(app, changed(("/event/agenda/7/sessions/0/appearances", cities[::-1])))
    assert [name for name, _ in rows(app, lambda event: order(event, "session-6"))] == cities[::-1]
    assert report.changed == 6  # London stays in the middle


def test_a_city_may_take_another_s_place(app: KeepingFlask) -> None:
    loaded(app, document())
    loaded(app, changed(("/event/agenda/4/sessions/0/appearances", ["Paris", "Queensland"])))
    assert rows(app, lambda event: order(event, "session-1")) == [("Paris", "venue"), ("Queensland", "venue")]


def test_sessions_may_exchange_their_numbers(app: KeepingFlask) -> None:
    loaded(app, document())
    loaded(app, changed(("/event/agenda/4/sessions/0/number", 2), ("/event/agenda/4/sessions/1/number", 1)))
    assert rows(app, lambda event: (session(event, "session-1").number, session(event, "session-2").number)) == (2, 1)


def test_a_city_may_change_its_modes(app: KeepingFlask) -> None:
    loaded(app, document())
    online = [*document()["event"]["delegations"]["online"][1:], "Milan"]
    report = loaded(app, changed(("/event/delegations/online", online), ("/event/delegations/venue/-", "Delhi")))

    def ask(event: Event) -> dict[str, list[Mode]]:
        found = select(Delegation).where(Delegation.event_id == event.id).join(Member)
        found = found.where(Member.slug.in_(("delhi", "milan"))).options(
            selectinload(Delegation.modes), selectinload(Delegation.member)
        )
        return {each.member.slug: [mode.mode for mode in each.modes] for each in db.session.execute(found).scalars()}

    assert rows(app, ask)["delhi"] == [Mode.VENUE]
    assert set(rows(app, ask)["milan"]) == {Mode.ONLINE, Mode.VIDEO}
    assert report.modes[Mode.ONLINE] == 6


def test_secrets_stay_when_a_file_is_loaded_again(app: KeepingFlask) -> None:
    loaded(app, document())
    new = update(Delegation).values(code_generation=3)
    done(app, lambda: db.session.execute(new))

    def ask(event: Event) -> list[tuple[str, int, str]]:
        found = select(Delegation.uid, Delegation.code_generation, Delegation.code_hash)
        return list(db.session.execute(found.order_by(Delegation.id)))

    before = rows(app, ask)
    loaded(app, changed(("/event/title", "Summit")))
    assert rows(app, ask) == before


def test_what_organisers_added_stays_and_is_told(app: KeepingFlask) -> None:
    loaded(app, document())
    added = Session(event_id=event_id(app), code="dinner", kind=Kind.MEAL, title="Dinner", position=99)
    done(app, lambda: db.session.add(added))
    report = loaded(app, document())
    assert report.changed == 0
    assert report.notes[-1] == "1 other item of this event's agenda is not in the file and stays."
    assert rows(app, lambda event: session(event, "dinner").title) == "Dinner"


def test_what_organisers_moved_is_brought_back_to_the_file(app: KeepingFlask) -> None:
    loaded(app, document(), timetable=True)
    moved = update(Session).where(Session.code == "opening").values(starts=time(8), ends=time(8, 10))
    done(app, lambda: db.session.execute(moved))
    assert loaded(app, document(), timetable=True).changed == 1
    assert rows(app, lambda event: session(event, "opening").starts) == time(9, 15)


def test_places_are_never_fewer_than_are_taken(app: KeepingFlask) -> None:
    loaded(app, changed(("/event/registration", {"seats": {"venue": 120}})))
    venue = Places.mode == Mode.VENUE
    done(app, lambda: db.session.execute(update(Places).where(venue).values(taken=100)))
    report = loaded(app, changed(("/event/registration", {"seats": {"venue": 60}})))
    seats = rows(app, lambda _: db.session.execute(select(Places.seats, Places.taken).where(venue)).one())
    assert tuple(seats) == (100, 100)
    assert report.notes[-1] == "100 places (venue) are taken, so 100 and not 60 are offered."


def test_a_summit_moves_with_all_its_dates(app: KeepingFlask) -> None:
    opens = {"opens": "2023-01-10T09:00", "closes": "2023-02-20T18:00"}
    loaded(app, changed(("/event/registration", opens)), slug="tokyo-2030", starts=date(2030, 5, 13), timetable=True)

    def ask(event: Event) -> tuple[Any, ...]:
        return event.starts_on, event.ends_on, event.registration_opens, event.registration_closes, days(event)

    assert rows(app, ask, "tokyo-2030") == (
        date(2030, 5, 13),
        date(2030, 5, 15),
        datetime(2030, 3, 26, 0, tzinfo=UTC),
        datetime(2030, 5, 6, 9, 0, 59, 999999, tzinfo=UTC),
        {date(2030, 5, 13), date(2030, 5, 14), date(2030, 5, 15)},
    )
    assert rows(app, lambda event: session(event, "plenary").starts, "tokyo-2030") == time(9)


def test_a_summit_cannot_move_onto_an_hour_that_spring_leaves_out(app: KeepingFlask) -> None:
    slot = {"id": "plenary", "day": "2023-03-01", "starts": "02:30", "ends": "03:30"}
    given = changed(("/event/zone", "Europe/Brussels"), ("/event/timetable/items/10", slot))
    loaded(app, given, timetable=True)
    with pytest.raises(Faulty) as caught:
        loaded(app, given, slug="spring", starts=date(2023, 3, 24), timetable=True)
    (fault,) = caught.value.faults
    assert fault.message.startswith("timetable, plenary: On 26 March 2023 the clocks in Europe/Brussels go forward")


def test_the_same_summit_in_brussels_has_brussels_hours(app: KeepingFlask) -> None:
    loaded(app, changed(("/event/zone", "Europe/Brussels")), timetable=True)
    span = rows(app, lambda event: session(event, "session-2").span(event.zone))
    assert span == (datetime(2023, 2, 28, 10, 50, tzinfo=UTC), datetime(2023, 2, 28, 12, 10, tzinfo=UTC))


def test_in_brussels_in_summer_the_hours_are_summer_s(app: KeepingFlask) -> None:
    given = changed(("/event/zone", "Europe/Brussels"))
    loaded(app, given, starts=date(2023, 7, 3), timetable=True)
    span = rows(app, lambda event: session(event, "session-2").span(event.zone))
    assert span == (datetime(2023, 7, 4, 9, 50, tzinfo=UTC), datetime(2023, 7, 4, 11, 10, tzinfo=UTC))


def test_two_events_of_one_file_share_the_members_and_nothing_else(app: KeepingFlask) -> None:
    loaded(app, document())
    loaded(app, document(), slug="second")

    def number(kind: type[Any]) -> int:
        return db.session.execute(select(func.count()).select_from(kind)).scalar_one()

    with app.app_context():
        assert (number(Event), number(Member), number(Delegation), number(Session)) == (2, 34, 68, 32)


@pytest.mark.parametrize("slug", ["sign-in", "Tokyo", "a b", "-a", "a" * 41, "tokyo\n"])
def test_a_slug_that_cannot_be_is_refused(app: KeepingFlask, slug: str) -> None:
    with pytest.raises(Refused, match="cannot be an event's slug"):
        loaded(app, document(), slug=slug)


def test_a_slug_of_another_network_is_refused(app: KeepingFlask) -> None:
    loaded(app, document())
    with pytest.raises(Refused, match="an event of another network"):
        loaded(app, document("citynet-2013"), slug="gnets-2023")
    assert rows(app, lambda event: event.title) == "1st G-NETS Leaders Summit"


def test_a_day_out_of_all_calendars_is_refused(app: KeepingFlask) -> None:
    with pytest.raises(Refused, match="between 1900 and 2199"):
        loaded(app, document(), starts=date(9999, 12, 30))


def test_a_timetable_that_is_not_there_is_refused(app: KeepingFlask) -> None:
    with pytest.raises(Refused, match="holds no timetable"):
        loaded(app, document("citynet-2013"), timetable=True)


@pytest.mark.parametrize("name", ["atlantis-1", "../cli", ""])
def test_a_demonstration_that_is_not_there_is_refused_with_those_that_are(name: str) -> None:
    with pytest.raises(Refused, match="there are citynet-2013, gnets-2023, rehearsal"):
        bundled(name)


@pytest.mark.one_database
def test_a_file_may_give_modes_parts_and_times_itself() -> None:
    given = changed(
        ("/event/rooms", [{"name": "Hall", "seats": 80}]),
        ("/event/agenda/6/sessions/0/appearances/3", {"city": "Roma", "mode": "online", "part": "panellist"}),
        ("/event/agenda/6/sessions/0/appearances/4", {"city": "Tirana", "mode": None}),
        ("/event/agenda/8", {"id": "plenary", "kind": "plenary", "title": "Plenary", "day": "2023-03-01"}),
        ("/event/agenda/8/starts", "09:00"),
        ("/event/agenda/8/ends", "10:00"),
        ("/event/agenda/8/room", "Hall"),
        ("/event/agenda/8/visibility", "closed"),
    )
    source = read(given)
    by_code = {each.code: each for each in source.sessions}
    rome, tirana = by_code["session-5"].appearances[3:]
    assert (rome.city, rome.mode, rome.part) == ("rome", Mode.ONLINE, Part.PANELLIST)
    assert (tirana.city, tirana.mode) == ("tirana", None)
    slot = by_code["plenary"].slot
    assert (slot.starts, slot.ends, slot.room, by_code["plenary"].visibility) == (time(9), time(10), "Hall", "closed")
    assert source.normalised == ("NewYork → New York", "Roma → Rome")


def test_a_rooms_link_is_loaded_and_kept_by_a_file_that_leaves_it_out(app: KeepingFlask) -> None:
    def links(event: Event) -> list[str]:
        return list(db.session.execute(select(Room.link).where(Room.event_id == event.id)).scalars())

    loaded(app, changed(("/event/rooms", [{"name": "Hall", "link": "https://meet.example/1?pwd=2"}])))
    assert rows(app, links) == ["https://meet.example/1?pwd=2"]
    loaded(app, changed(("/event/rooms", [{"name": "Hall", "seats": 80}])))
    assert rows(app, links) == ["https://meet.example/1?pwd=2"]


@pytest.mark.one_database
@pytest.mark.parametrize("link", ["http://meet.example/1", "meet.example", "https://", "https://meet example/", 7])
def test_a_rooms_link_is_an_https_address(link: object) -> None:
    (fault,) = misshapen(changed(("/event/rooms", [{"name": "Hall", "link": link}])))
    assert (fault.place, "is not an https address" in fault.message) == ("/event/rooms/0/link", True)


def test_a_loaded_event_takes_new_appearances_from_organisers(app: KeepingFlask) -> None:
    """The rows are ordinary ones: an organiser's appearance joins them, and the next loading takes it out again."""
    loaded(app, document())

    def act() -> None:
        queensland = select(Delegation).join(Member).where(Member.slug == "queensland")
        delegation = db.session.execute(queensland).scalar_one()
        row = Appearance(position=6, part=Part.SPEAKER, delegation_id=delegation.id, mode=Mode.VENUE)
        row.session = session(db.session.get_one(Event, delegation.event_id), "session-1")
        db.session.add(row)

    done(app, act)
    assert rows(app, lambda event: order(event, "session-1"))[5] == ("Queensland", "venue")
    assert loaded(app, document()).changed == 1
    assert len(rows(app, lambda event: order(event, "session-1"))) == 5


@pytest.mark.one_database
def test_values_are_frozen() -> None:
    source = read(document())
    with pytest.raises(AttributeError):
        source.event.title = "Other"  # type: ignore[misc]
    assert replace(source.event, title="Other").title == "Other"


def test_a_number_that_an_organiser_gave_away_is_told(app: KeepingFlask) -> None:
    loaded(app, document())
    added = Session(event_id=event_id(app), code="extra", kind=Kind.SESSION, title="Extra", number=7, position=99)
    done(app, lambda: db.session.add(added))
    with pytest.raises(Refused, match="Number 7, which the file gives to “Session 6”, has been given to “Extra”"):
        loaded(app, changed(("/event/agenda/7/sessions/0/number", 7)))
