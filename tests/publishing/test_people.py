"""The list of people, searched, and the page of each."""

from __future__ import annotations

import re

import pytest

from app.web.kept import KeepingFlask
from tests.queries import counted

pytestmark = pytest.mark.one_database


def names(app: KeepingFlask, query: str) -> list[str]:
    page = app.test_client().get("/gnets-2023/people", query_string={"q": query}).text
    return re.findall(r"<h2 class=\"h3\"><a [^>]*><bdi>([^<]+)</bdi>", page)


@pytest.mark.parametrize("query", ["koike", "KOIKE", "yuriko koike", "governor", "Köike", "  koike  "])
def test_people_are_found_by_any_word_however_it_is_typed(gnets: KeepingFlask, query: str) -> None:
    assert names(gnets, query) == ["Ms. KOIKE Yuriko"]


def test_nobody_found_is_said_with_a_way_back(gnets: KeepingFlask) -> None:
    page = gnets.test_client().get("/gnets-2023/people", query_string={"q": '"><script>'}).text
    assert "Nobody is called so." in page
    assert "People shown: 0 of" in page
    assert "<script>" not in page


@pytest.mark.parametrize("query", ["", "   ", "!!!", "\u202e"])
def test_nothing_typed_finds_everybody(gnets: KeepingFlask, query: str) -> None:
    assert names(gnets, query) == names(gnets, "")
    assert len(names(gnets, query)) > 3


def test_a_very_long_search_is_cut(gnets: KeepingFlask) -> None:
    page = gnets.test_client().get("/gnets-2023/people", query_string={"q": "x" * 5000}).text
    assert f'value="{"x" * 100}"' in page


def test_the_page_of_a_person_says_where_they_appear(gnets: KeepingFlask) -> None:
    page = gnets.test_client().get("/gnets-2023/people/koresawa").text
    assert "Moderator" in page
    assert page.count('class="item"') == 2
    assert re.findall(r"<h3><a [^>]*>([^<]+)</a>", page) == ["Session 5", "Session 6"]  # those of the blocks they lead


def test_a_person_whom_the_programme_does_not_name_has_no_page(gnets: KeepingFlask) -> None:
    answer = gnets.test_client().get("/gnets-2023/people/nobody")
    assert answer.status_code == 404
    assert "Nobody of this name stands in the programme." in answer.text


def test_the_page_of_a_person_is_kept(gnets: KeepingFlask) -> None:
    client = gnets.test_client()
    client.get("/gnets-2023/people/koresawa")
    with counted(gnets) as statements:
        client.get("/gnets-2023/people/koresawa")
    assert statements == []
