"""No letter bears more marks than any script gives it, and nothing that people write is changed."""

from __future__ import annotations

import sys
import unicodedata

import pytest

from app import sheets
from app.spelling import MARKS, TURNED_INTO_MARKS, sparing
from app.web.kept import KeepingFlask

ACUTE, BELOW = "\u0301", "\u0316"
WRITTEN = (
    "Nguyễn Thị Minh Khai, phó chủ tịch Ủy ban nhân dân",
    "בְּרֵאשִׁ֖ית בָּרָ֣א אֱלֹהִ֑ים אֵ֥ת הַשָּׁמַ֖יִם",
    "ﾄﾞｳｷｮｳﾄ ｺﾞﾃﾝﾊﾞｼ ｼﾞﾁｶｲ ﾀﾞｲﾋｮｳ ﾊﾞｲﾋﾟﾝｸﾞ",
    "མཁྱེན་བརྩེའི་དབང་པོ་ཀུན་དགའ་བསྟན་པའི་རྒྱལ་མཚན",
    "a" + ACUTE * MARKS,
)


@pytest.mark.parametrize("text", WRITTEN)
def test_what_people_write_stays_as_it_is(text: str) -> None:
    assert len(text) > MARKS
    assert (sparing(text), sparing(unicodedata.normalize("NFD", text))) == (text, unicodedata.normalize("NFD", text))


def test_marks_beyond_what_a_letter_bears_are_left_out_and_the_next_letter_has_its_own() -> None:
    assert sparing("a" + ACUTE * 500 + "e" + ACUTE) == "a" + ACUTE * MARKS + "e" + ACUTE


@pytest.mark.parametrize("pair", [ACUTE + BELOW, "\u0f73", "\u0f81\u0f75", "\uff9e" + ACUTE])
def test_what_is_left_never_becomes_a_long_row_of_marks(pair: str) -> None:
    apart = unicodedata.normalize("NFKD", sparing("a" + pair * 2_000 + "b"))
    assert len(apart) <= 2 + 2 * MARKS


def test_every_letter_that_is_taken_apart_into_marks_counts_as_one() -> None:
    found = set()
    for each in map(chr, range(sys.maxunicode + 1)):
        apart = unicodedata.normalize("NFKD", each)
        if unicodedata.combining(apart[0]) and not unicodedata.combining(each):
            found.add(each)
    assert found == TURNED_INTO_MARKS


@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "multipart/form-data"])
def test_forms_are_read_so(app: KeepingFlask, kind: str) -> None:
    marked = "a" + ACUTE * 500
    sent = {"name": [marked, "Québec"], "free": marked}
    with app.test_request_context("/", method="POST", data=sent, content_type=kind) as context:
        read = context.request.form.to_dict(flat=False)
    assert read == {"name": [sparing(marked), "Québec"], "free": [sparing(marked)]}


def test_cells_of_a_spreadsheet_are_read_so() -> None:
    assert sheets.plain("a" + ACUTE * 500) == "a" + ACUTE * MARKS
