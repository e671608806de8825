"""Names that may be one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.network.likeness import alike, distance, known_as
from app.network.models import folded

pytestmark = pytest.mark.one_database


@pytest.mark.parametrize(
    ("one", "other", "may_be"),
    [
        ("Busan", "Pusan", True),
        ("Seoul", "Seoul Metropolitan Government", True),
        ("City of Lancaster", "Lancaster", True),
        ("São Paulo", "Sao Paolo", True),
        ("Suwon", "Busan", False),
        ("Rome", "Lima", False),
        ("Nice", "Nizza", False),
        ("Ward 12", "Ward 13", False),
        ("Institute of Water", "Institute of Waters", True),
    ],
)
def test_names_one_letter_apart_may_be_one(one: str, other: str, may_be: bool) -> None:
    assert alike(known_as(one), known_as(other)) is may_be


def test_an_alias_may_be_the_name() -> None:
    assert alike(known_as("Tel Aviv-Yafo"), known_as("Tel Aviv", ["Tel Aviv-Yafo", "תל אביב-יפו"]))


@pytest.mark.parametrize(
    ("written", "seen"),
    [
        ("São Paulo", "saopaulo"),
        ("Malmö", "malmo"),
        ("Tromsø", "tromso"),
        ("Łódź", "lodz"),
        ("서울", "서울"),
        ("サンパウロ", "サンハウロ"),
        ("ｻﾝﾊﾟｳﾛ", "サンハウロ"),
        ("Côte-d’Ivoire", "cotedivoire"),
    ],
)
def test_search_sees_names_without_accents_case_and_marks(written: str, seen: str) -> None:
    assert folded(written) == seen


def plain(a: str, b: str) -> int:
    """Levenshtein's distance as textbooks have it."""
    above = list(range(len(b) + 1))
    for i, letter in enumerate(a, 1):
        row = [i]
        for j, other in enumerate(b, 1):
            row.append(min(above[j] + 1, row[-1] + 1, above[j - 1] + (letter != other)))
        above = row
    return above[-1]


words = st.text("abc", max_size=7)


@given(words, words, st.integers(0, 3))
def test_the_distance_is_levenshteins_as_far_as_it_is_asked_for(a: str, b: str, most: int) -> None:
    assert distance(a, b, most) == min(plain(a, b), most + 1)
