"""The running order, as a pure function of a programme and its films."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask

from app.desk.screening import lists
from app.desk.screening.running import Block, File, Film, order
from app.publishing.programme import Appearance, City, Programme, Session, Summit
from app.videos.models import Purpose, State

pytestmark = pytest.mark.one_database

STARTS = datetime(2090, 2, 28, 1, 0, tzinfo=UTC)
DAY = date(2090, 2, 28)
SUMMIT = Summit("s", "Summit", "g", "G", 1, "", DAY, DAY, "Asia/Tokyo", "Tokyo", "Hall", "")
CITIES = tuple(City(each.lower(), each, "city", "", "UTC", ("video",)) for each in ("Cairo", "Milan", "Lancaster"))
VIDEOS = Session(
    "v", "uid", "videos", "Messages", starts=STARTS, ends=STARTS + timedelta(minutes=5), day=DAY,
    appearances=(Appearance("speaker", "cairo", mode="video"), Appearance("speaker", "milan", mode="video")),
)  # fmt: skip
TALK = Session(
    "t", "uid2", "session", "Talk", day=DAY, appearances=(Appearance("speaker", "lancaster", mode="online"),)
)
PROGRAMME = Programme(1, STARTS, SUMMIT, cities=CITIES, sessions=(VIDEOS, TALK))
FILE = File(2, 1_000_000, "ab" * 32, 120.0, "video/mp4", captions=True)


def film(city: str, session: str = "v", purpose: Purpose = Purpose.CITY, **more: object) -> Film:
    made = Film(f"uid-{city}-{purpose}", session, purpose, State.SCHEDULED, city.title(), city, file=FILE)
    return replace(made, **more)  # type: ignore[arg-type]


def names(blocks: tuple[Block, ...]) -> list[tuple[int, str]]:
    return [(turn.place, turn.name) for block in blocks for turn in block.turns]


def test_films_follow_the_speaking_order_and_count_through() -> None:
    blocks = order(PROGRAMME, [film("milan"), film("cairo"), film("lancaster", "t", Purpose.BACKUP)])
    assert names(blocks) == [(1, "Cairo"), (2, "Milan"), (3, "Lancaster")]


def test_a_place_that_organisers_gave_goes_before_the_speaking_order() -> None:
    assert names(order(PROGRAMME, [film("milan", running=1), film("cairo")])) == [(1, "Milan"), (2, "Cairo")]


def test_who_appears_by_video_has_a_place_before_anybody_asked_for_it() -> None:
    (block,) = order(PROGRAMME, [film("milan")])
    assert [(turn.name, turn.ready) for turn in block.turns] == [("Cairo", False), ("Milan", True)]
    assert [turn.name for turn in block.missing] == ["Cairo"]


def test_whoever_speaks_online_stands_in_it_with_a_backup_alone_and_takes_no_time() -> None:
    (_videos, talk) = order(PROGRAMME, [film("lancaster", "t", Purpose.BACKUP)])
    (turn,) = talk.turns
    assert (turn.live, turn.backup_name, talk.total, talk.missing) == (True, "03-t-lancaster-backup-v2.mp4", 0.0, ())
    assert [each.code for each in order(PROGRAMME, [film("lancaster", "t", Purpose.BACKUP, file=None)])] == ["v"]


def test_the_total_is_held_against_the_slot() -> None:
    long = replace(FILE, seconds=200.5)
    (block,) = order(PROGRAMME, [film("milan", file=long), film("cairo", file=None, declared=100)])
    assert (block.total, block.slot, block.over) == (300.5, 300.0, 0.5)
    assert order(replace(PROGRAMME, sessions=(replace(VIDEOS, starts=None, ends=None),)), [])[0].slot is None


def test_what_is_done_without_takes_no_time_and_is_not_missing() -> None:
    (block,) = order(PROGRAMME, [film("milan"), film("cairo", state=State.WAIVED, file=None, declared=100)])
    assert (block.total, block.missing) == (120.0, ())


def test_a_film_moved_since_the_release_is_played_where_its_city_still_appears() -> None:
    (block,) = order(PROGRAMME, [film("milan", "t"), film("cairo")])
    assert [(turn.name, turn.ready) for turn in block.turns] == [("Cairo", True), ("Milan", True)]
    (_videos, talk) = order(PROGRAMME, [film("milan", "t", by_hand=True), film("cairo")])
    assert [turn.name for turn in talk.turns] == ["Milan"]
    (block,) = order(PROGRAMME, [film("milan", "", by_hand=True), film("cairo")])
    assert [(turn.name, turn.ready) for turn in block.turns] == [("Cairo", True), ("Milan", False)]


def test_a_cancelled_session_plays_nothing() -> None:
    assert order(replace(PROGRAMME, sessions=(replace(VIDEOS, cancelled=True),)), [film("milan")]) == ()


def test_where_a_film_is_missing_its_backup_is_played(app: Flask) -> None:
    backup = film("cairo", "", Purpose.BACKUP)
    blocks = order(PROGRAMME, [film("cairo", file=None, state=State.FAILED), backup, film("milan")])
    with app.test_request_context():
        lines = lists.m3u("Summit\n#EXTINF:1,forged", blocks, lambda each: f"https://tokyo.example/{each.uid}").decode()
        assert lines.split("\n") == [
            "#EXTM3U",
            "#PLAYLIST:Summit #EXTINF:1,forged",
            "#EXTGRP:Messages",
            "#EXTINF:120,1. Cairo",
            "https://tokyo.example/uid-cairo-backup",
            "#EXTINF:120,2. Milan",
            "https://tokyo.example/uid-milan-message from city",
            "",
        ]
        assert [lists.fallback(turn) for turn in blocks[0].turns] == ["01-v-cairo-backup-v2.mp4", "nothing"]


def test_a_link_is_played_from_where_it_lies(app: Flask) -> None:
    linked = replace(FILE, link="https://milan.example/film", sha256="")
    with app.test_request_context():
        blocks = order(PROGRAMME, [film("milan", file=linked)])
        assert "https://milan.example/film" in lists.m3u("S", blocks, None).decode()
        assert lists.sums(blocks) == b""
