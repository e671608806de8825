"""The agenda in a frame of another site, and that nothing else may stand in one."""

from __future__ import annotations

import re
from html import unescape

import pytest

from app.web.kept import KeepingFlask
from tests.queries import counted

pytestmark = pytest.mark.one_database

PAGE = "/embed/gnets-2023/agenda"


def policy(app: KeepingFlask, path: str) -> tuple[str, str | None]:
    answer = app.test_client().get(path)
    (ancestors,) = re.findall(r"frame-ancestors ([^;]+)", answer.headers["Content-Security-Policy"])
    return ancestors, answer.headers.get("X-Frame-Options")


def test_any_site_may_frame_the_agenda(gnets: KeepingFlask) -> None:
    assert policy(gnets, PAGE) == ("*", None)
    assert policy(gnets, PAGE) == ("*", None)  # as it is kept, too
    assert policy(gnets, f"{PAGE}?city=rome") == ("*", None)


def test_no_other_page_may_be_framed(gnets: KeepingFlask) -> None:
    """Each address that takes nothing but an event, and some that take more."""
    plain = [
        rule.rule.replace("<event>", "gnets-2023")
        for rule in gnets.url_map.iter_rules()
        if "GET" in (rule.methods or ()) and set(rule.arguments) <= {"event"} and rule.endpoint != "embedding.agenda"
    ]
    more = ["/gnets-2023/sessions/session-2", "/gnets-2023/cities/rome", "/gnets-2023/people/ishii", "/d/wrong/"]
    more += ["/embed/nothing/agenda", "/embed/gnets-2023/cities"]
    assert len(plain) > 20
    framed = [path for path in (*plain, *more) if policy(gnets, path) != ("'none'", "DENY")]
    assert framed == []


def test_links_lead_out_of_the_frame(gnets: KeepingFlask) -> None:
    page = gnets.test_client().get(PAGE).text
    assert '<base target="_blank">' in page
    assert page.index("<base") < page.index("<link")
    assert "<form" not in page


def test_a_part_of_the_agenda_can_be_framed(gnets: KeepingFlask) -> None:
    page = gnets.test_client().get(f"{PAGE}?city=rome").text
    assert ("Session 5" in page, "Session 6" in page) == (True, False)


def test_a_frame_costs_nothing_but_the_question_for_the_release(gnets: KeepingFlask) -> None:
    client = gnets.test_client()
    first = client.get(PAGE)
    with counted(gnets) as statements:
        second = client.get(PAGE)
    assert (statements, second.data, first.headers["ETag"]) == ([], first.data, second.headers["ETag"])


@pytest.mark.parametrize(("asked", "address"), [("", PAGE), ("?city=rome", f"{PAGE}?city=rome"), ("?city=x", PAGE)])
def test_the_code_to_copy_names_what_was_chosen(gnets: KeepingFlask, asked: str, address: str) -> None:
    page = gnets.test_client().get(f"/gnets-2023/embed{asked}").text
    (code,) = re.findall(r"<textarea[^>]*>(.*?)</textarea>", page, re.DOTALL)
    assert f'src="http://localhost{address}"' in unescape(code)
    assert f'src="{address}"' in unescape(page)
