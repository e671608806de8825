"""The rules, one line each: what is found, and what follows."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from flask import Flask

from app.videos import saying
from app.videos.captions import Cue
from app.videos.facts import Facts
from app.videos.requirements import RULES, Finding, Told, Weight, judge, needs_captions, refused, words_in

pytestmark = pytest.mark.one_database

GOOD = Facts(
    container="mp4",
    octets=60_000_000,
    readable=True,
    video="h264",
    pixels="yuv420p",
    width=1920,
    height=1080,
    pictures=4_500,
    stated=180.0,
    measured=180.0,
    rate=25.0,
    still=0.04,
    sound="aac",
    channels=2,
    loudness=-23.0,
    heard=((1.0, 179.0),),
    bit_rate=2_700_000,
    decoded=True,
)
TOLD = Told(
    seconds=180,
    slot=180,
    cues=(Cue(0.0, 179.0, "Milan greets Tokyo."),),
    transcript="Milan greets Tokyo. " * 100,
    may_show=True,
    cleared=True,
)
NO, LOOK, CAPTIONS = Weight.REFUSED, Weight.WARNED, Weight.CAPTIONS


def test_nothing_is_said_of_a_good_film() -> None:
    assert judge(GOOD, TOLD) == ()


@pytest.mark.parametrize(
    ("facts", "finding"),
    [
        ({"container": "PDF"}, Finding("container", NO, {"kind": "PDF"})),
        ({"readable": False}, Finding("unreadable", NO)),
        ({"video": ""}, Finding("no picture", NO)),
        ({"video": "hevc", "decoded": False}, Finding("codec", NO, {"codec": "hevc"})),
        ({"pixels": "yuv420p10le"}, Finding("pixels", NO, {"pixels": "yuv420p10le"})),
        ({"sound": "pcm_s16le", "decoded": False}, Finding("sound codec", NO, {"codec": "pcm_s16le"})),
        ({"width": 720, "height": 1280}, Finding("portrait", NO, {"width": 720, "height": 1280})),
        ({"turned": 90}, Finding("portrait", NO, {"width": 1080, "height": 1920})),
        ({"width": 1279, "height": 720}, Finding("size", NO, {"width": 1279, "height": 720})),
        ({"width": 1280, "height": 719}, Finding("size", NO, {"width": 1280, "height": 719})),
        ({"width": 1440, "height": 1080}, Finding("size", NO, {"width": 1440, "height": 1080})),
        ({"width": 7680, "height": 4320}, Finding("too large", NO, {"width": 7680, "height": 4320})),
        ({"resized": True}, Finding("resized", NO)),
        ({"decoded": False}, Finding("not decoded", NO)),
        ({"measured": 178.1}, Finding("cut off", NO, {"measured": 178.1, "stated": 180.0})),
        ({"damaged": 46}, Finding("damaged", NO, {"number": 46, "of": 4_500})),
        ({"damaged": 45}, Finding("damaged", LOOK, {"number": 45, "of": 4_500})),
        ({"rate": 15.0}, Finding("rate", NO, {"rate": 15.0})),
        ({"rate": 120.0}, Finding("rate", NO, {"rate": 120.0})),
        ({"still": 1.2, "still_at": 14.0}, Finding("still", LOOK, {"seconds": 1.2, "at": 14.0})),
        ({"sound": "", "loudness": None}, Finding("no sound", NO)),
        ({"loudness": None}, Finding("silent", NO)),
        ({"loudness": -50.1}, Finding("silent", NO, {"loudness": -50.1})),
        ({"loudness": -35.1}, Finding("quiet", LOOK, {"loudness": -35.1})),
    ],
)
def test_what_is_said_of_a_film(facts: dict[str, Any], finding: Finding) -> None:
    assert judge(replace(GOOD, **facts), TOLD) == (finding,)


@pytest.mark.parametrize(
    "facts",
    [
        {"width": 1280, "height": 720},
        {"width": 1920, "height": 1088},
        {"width": 1440, "height": 1080, "aspect": (4, 3)},
        {"width": 1080, "height": 1920, "turned": 270},
        {"width": 4096, "height": 2304},
        {"container": "mov"},
        {"rate": 24_000 / 1001},
        {"rate": 60.0},
        {"loudness": -35.0},
        {"measured": 182.0, "stated": 182.0},
        {"measured": 178.0, "stated": 178.0},
        {"stated": 181.8},
        {"heard": ()},
    ],
)
def test_what_is_just_right(facts: dict[str, Any]) -> None:
    assert judge(replace(GOOD, **facts), TOLD) == ()


@pytest.mark.parametrize(
    ("told", "finding"),
    [
        ({"seconds": 170}, Finding("duration", NO, {"measured": 180.0, "told": 170})),
        ({"slot": 120}, Finding("longer than its slot", LOOK, {"measured": 180.0, "slot": 120})),
        ({"cues": None}, Finding("no captions", CAPTIONS)),
        (
            {"cues": None, "faulty": ("order", 7)},
            Finding("captions unreadable", CAPTIONS, {"why": "order", "line": 7}),
        ),
        ({"cues": (Cue(0, 183, "x"),)}, Finding("captions too long", CAPTIONS, {"end": 183, "measured": 180.0})),
        ({"cues": (Cue(0, 89, "x"),)}, Finding("captions cover too little", CAPTIONS, {"share": 50})),
        ({"transcript": " \n"}, Finding("no transcript", LOOK)),
        ({"transcript": "word " * 483}, Finding("fast", LOOK, {"pace": 161})),
        ({"may_show": False}, Finding("no right to show", NO)),
        ({"cleared": False}, Finding("not cleared", NO)),
    ],
)
def test_what_is_said_of_what_the_city_told(told: dict[str, Any], finding: Finding) -> None:
    assert judge(GOOD, replace(TOLD, **told)) == (finding,)


@pytest.mark.parametrize(
    "told",
    [{"cues": None, "burned_in": True}, {"seconds": 182}, {"slot": 178}, {"seconds": None, "slot": None}],
)
def test_what_the_city_may_well_tell(told: dict[str, Any]) -> None:
    assert judge(GOOD, replace(TOLD, **told)) == ()


def test_a_film_that_comes_before_anything_is_told_of_it_is_not_refused_for_that() -> None:
    found = judge(GOOD, Told(cues=TOLD.cues, asked=True))
    assert found == (Finding("not told", LOOK),)


def test_four_minutes_against_three_go_to_review_and_are_not_refused() -> None:
    found = judge(replace(GOOD, measured=240.0, stated=240.0), replace(TOLD, seconds=240, cues=(Cue(0, 240, "x"),)))
    assert found == (Finding("longer than its slot", LOOK, {"measured": 240.0, "slot": 180}),)
    assert not refused(found)


def test_missing_captions_do_not_refuse_the_film() -> None:
    found = judge(GOOD, replace(TOLD, cues=None))
    assert (refused(found), needs_captions(found)) == (False, True)


def test_all_is_said_at_once_with_the_gravest_first() -> None:
    found = judge(replace(GOOD, width=720, height=1280, loudness=-40.0), replace(TOLD, cues=None))
    assert [each.rule for each in found] == ["portrait", "no captions", "quiet"]


@pytest.mark.parametrize(
    ("text", "words"),
    [("Tokyo's well-being, 34 cities", 4), ("東京都知事", 2.5), ("서울 Seoul", 2), ("São Paulo", 2), ("— …", 0)],
)
def test_how_many_words_are_spoken(text: str, words: float) -> None:
    assert words_in(text) == words


@pytest.mark.parametrize(
    ("finding", "sentence"),
    [
        (
            Finding("portrait", NO, {"width": 720, "height": 1280}),
            "720 × 1280, portrait: 16:9, at least 1280 × 720 is wanted. Film with the phone held sideways.",
        ),
        (
            Finding("longer than its slot", LOOK, {"measured": 240.0, "slot": 180}),
            "The film takes 4:00: at most 3:00 is wanted.",
        ),
        (
            Finding("silent", NO, {"loudness": -61.25}),
            "The sound is at -61.2 dBFS, which is silence: speech of at least -50 dBFS is wanted.",
        ),
        (Finding("damaged", NO, {"number": 1, "of": 50}), "1 picture of 50 is damaged. Please export the film anew."),
        (
            Finding("captions unreadable", CAPTIONS, {"why": "order", "line": 7}),
            "Captions, line 7: the caption begins before the one that stands above it.",
        ),
        (
            Finding("cut off", NO, {"measured": 1.2, "stated": 2.0}),
            "The film can be played to 0:01.2 of 0:02: the file is cut off or damaged. Please send it anew.",
        ),
        (
            Finding("captions cover too little", CAPTIONS, {"share": 50}),
            "Captions stand for 50 % of the time in which something is heard: at least 80 % is wanted.",
        ),
    ],
)
def test_the_figure_found_and_the_figure_wanted_are_said(app: Flask, finding: Finding, sentence: str) -> None:
    with app.test_request_context():
        assert saying.say(finding) == sentence


def test_there_are_words_for_each_rule() -> None:
    assert len(RULES) == 9
    assert {"container", "unreadable", "no picture", "unmeasured"} <= saying.SENTENCES.keys()
