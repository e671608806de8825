"""What a person's page begins with: what is left of the next day that holds something of theirs."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time

from app.events.models import Mode
from app.mypage import ahead
from app.mypage.ahead import Ahead, Day
from app.publishing.programme import Appearance, Programme, Session, Summit
from app.visits.models import Visit

SUMMIT = Summit(
    "s", "Summit", "G-NETS", "", None, "", date(2090, 2, 27), date(2090, 3, 1), "Asia/Tokyo", "Tokyo", "", ""
)


def at(day: int, hour: int) -> datetime:
    return datetime(2090, 2, day, hour, tzinfo=UTC)


def session(code: str, kind: str = "session", city: str = "", **facts: object) -> Session:
    appears = (Appearance(city=city, part="speaker", mode="venue"),) if city else ()
    made = Session(code, code, kind, code.title(), starts=at(27, 1), ends=at(27, 2), room="Hall", appearances=appears)
    return replace(made, **facts)  # type: ignore[arg-type]


def titles(programme: Programme, mode: Mode = Mode.VENUE, *, head: bool = False) -> list[str]:
    return [each.title for each in ahead.sessions(programme, "rome", mode, head=head)]


def test_ones_own_sessions_and_those_of_everybody_are_ahead() -> None:
    programme = Programme(
        1,
        at(1, 1),
        SUMMIT,
        sessions=(
            session("opening", "ceremony"),
            session("dinner", "meal"),
            session("ours", city="rome"),
            session("theirs", city="milan"),
            session("gone", city="rome", cancelled=True),
            session("open", city="rome", starts=None, ends=None),
            session("heads", "plenary", visibility="heads"),
            session("closed", city="rome", visibility="closed"),
        ),
    )
    assert titles(programme) == ["Opening", "Dinner", "Ours"]
    assert titles(programme, head=True) == ["Opening", "Dinner", "Ours", "Heads"]
    assert titles(programme, Mode.ONLINE) == ["Opening", "Ours"]
    (ours,) = (each for each in ahead.sessions(programme, "rome", Mode.ONLINE, head=False) if each.code == "ours")
    assert ours.place == ""


def thing(title: str, starts: datetime, ends: datetime) -> Ahead:
    return Ahead("session", title, starts, ends)


def test_the_day_is_the_readers_own_and_what_is_over_is_left_out() -> None:
    items = [
        thing("Past", at(27, 1), at(27, 2)),
        thing("Now", at(27, 2), at(27, 4)),
        thing("Late", at(27, 16), at(27, 17)),
    ]
    tokyo, rome = (ahead.first(items, at(27, 3), zone) for zone in ("Asia/Tokyo", "Europe/Rome"))
    assert tokyo == Day(date(2090, 2, 27), True, [items[1]])  # where the late one is on the 28th
    assert rome == Day(date(2090, 2, 27), True, items[1:])
    later = ahead.first(items, at(27, 5), "Asia/Tokyo")
    assert later == Day(date(2090, 2, 28), False, [items[2]])
    assert ahead.first(items, at(28, 1), "Asia/Tokyo") is None


def test_a_visit_says_where_to_meet() -> None:
    visit = Visit(
        code="river", title="River", day=date(2090, 2, 27), leaves=time(10), returns=time(12), meeting_point="Pier 3"
    )
    untimed = Visit(code="open", title="Open", day=None, leaves=None, returns=None)
    (found,) = ahead.visits([(visit, "River"), (untimed, "Open")], "Asia/Tokyo")
    assert (found.starts, found.place, found.minutes[1]) == (at(27, 1), "Pier 3", 120)


def test_a_venue_without_coordinates_has_no_map() -> None:
    assert ahead.map_of(SUMMIT) == ""
    assert "mlat=35.5&mlon=139.25" in ahead.map_of(replace(SUMMIT, geo=(35.5, 139.25)))
