"""What calendars say beside organisers' own words, line by line."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask import Flask

from app import ical
from app.publishing import saying
from app.publishing.phrases import PARTS
from tests.ical.made import item
from tests.publishing.summits import at

pytestmark = pytest.mark.one_database


def entry(*lines: saying.Line) -> ical.Entry:
    return ical.Entry(replace(item(), description="", said=lines), 0, at(9), at(9))


def said(app: Flask, line: saying.Line, language: str = "en") -> str:
    with app.app_context():
        (found,) = saying.spoken([entry(line)], language)
    return found.item.description


@pytest.mark.parametrize(
    ("line", "english", "japanese"),
    [
        (saying.untimed(), "Time to be announced.", "時刻は追ってお知らせします。"),
        (saying.text("Bring {this}, %(that)s"), "Bring {this}, %(that)s", "Bring {this}, %(that)s"),
        (saying.person("keynote", "KOIKE Yuriko", "", ""), "Keynote: KOIKE Yuriko", "基調講演：KOIKE Yuriko"),
        (
            saying.person("moderator", "Gaia 100%", "Mayor", "online"),
            "Moderator: Gaia 100%, Mayor (online)",
            "モデレーター：Gaia 100%、Mayor（オンライン）",
        ),
        (
            saying.order([("Rome", "venue"), ("Milan", "")]),
            "In speaking order: Rome (at the venue); Milan (mode to be confirmed)",
            "発言順：Rome（会場参加）、Milan（参加形式は未定）",
        ),
    ],
)
def test_each_line_is_worded_in_the_language_asked_for(
    standing: Flask, line: saying.Line, english: str, japanese: str
) -> None:
    assert (said(standing, line), said(standing, line, "ja")) == (english, japanese)


@pytest.mark.parametrize("part", PARTS)
def test_every_part_has_a_word_of_its_own_in_every_language(standing: Flask, part: str) -> None:
    english = said(standing, saying.person(part, "X", "", ""))
    others = {said(standing, saying.person(part, "X", "", ""), each) for each in ("ja", "ko", "es", "ar")}
    assert (english in others, len(others)) == (False, 4)


def test_an_entry_with_words_already_stays_as_it_is(standing: Flask) -> None:
    worded = ical.Entry(item(), 0, at(9), at(9))
    with standing.app_context():
        assert saying.spoken([worded], "ja") == [worded]


def test_what_waits_to_be_worded_comes_back_from_the_store_as_it_was() -> None:
    kept = entry(saying.order([("Rome", "venue"), ("Milan", "")]), saying.untimed())
    assert ical.Entry.from_json(kept.to_json()) == kept
