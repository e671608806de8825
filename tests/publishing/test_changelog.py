"""What the public reads of each release, on a page and as a feed."""

from __future__ import annotations

import re
from datetime import time
from xml.etree import ElementTree as ET

import pytest
from sqlalchemy import update

from app.agenda.models import Visibility
from app.db import db, write
from app.publishing.models import Release
from app.web.kept import KeepingFlask
from tests.publishing.summits import edit, publish, published, within
from tests.queries import counted

pytestmark = pytest.mark.one_database

PAGE, FEED = "/rehearsal/changes", "/rehearsal/changes.atom"
A = "{http://www.w3.org/2005/Atom}"


def words(app: KeepingFlask, path: str = PAGE) -> str:
    answer = app.test_client().get(path)
    assert answer.status_code == 200
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.text))


def feed(app: KeepingFlask) -> ET.Element:
    answer = app.test_client().get(FEED)
    assert answer.content_type == "application/atom+xml; charset=utf-8"
    return ET.fromstring(answer.data)


def move() -> None:
    edit("session-2", starts=time(12, 10), ends=time(13, 30))
    publish()


def test_the_first_release_is_told_in_one_sentence(rehearsal: KeepingFlask) -> None:
    said = words(rehearsal)
    assert "Release 1" in said
    assert "The programme was published for the first time." in said


def test_a_retimed_session_is_told_in_both_zones(rehearsal: KeepingFlask) -> None:
    within(rehearsal, move)
    said = words(rehearsal, f"{PAGE}?tz=Europe/London")
    assert "Session 2 Retimed Session Time (Tokyo) 11:50–13:10 → becomes 12:10–13:30" in said
    assert "Time (London) 02:50–04:10 → becomes 03:10–04:30" in said


def test_the_newest_stands_first(rehearsal: KeepingFlask) -> None:
    within(rehearsal, move)
    text = rehearsal.test_client().get(PAGE).text
    assert text.index('id="release-2"') < text.index('id="release-1"')


def test_what_is_not_published_is_not_told(rehearsal: KeepingFlask) -> None:
    within(rehearsal, lambda: edit("session-2", title="A round on rivers"))
    assert "rivers" not in words(rehearsal)
    assert b"rivers" not in rehearsal.test_client().get(FEED).data


def test_nothing_is_told_of_closed_items(rehearsal: KeepingFlask) -> None:
    def act() -> None:
        edit("session-4", visibility=Visibility.CLOSED)
        publish(note="Heads speak of money")
        edit("session-4", title="Of money", starts=time(15, 25))
        publish()

    within(rehearsal, act)
    said = words(rehearsal)
    assert "Session 4 Removed" in said
    assert "Nothing changed in the public programme." in said
    octets = rehearsal.test_client().get(FEED).data
    assert [word for word in ("Of money", "speak of money", "15:25") if word in said or word.encode() in octets] == []


def test_the_feed_is_atom(rehearsal: KeepingFlask) -> None:
    within(rehearsal, move)
    root = feed(rehearsal)
    assert root.tag == f"{A}feed"
    for each in (root, *root.findall(f"{A}entry")):
        assert [len(each.findall(f"{A}{name}")) for name in ("id", "title", "updated")] == [1, 1, 1]
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", each.findtext(f"{A}updated", ""))
    assert root.findtext(f"{A}author/{A}name")
    links = {each.get("rel"): each.get("href") for each in root.findall(f"{A}link")}
    assert links == {"self": f"http://localhost{FEED}", "alternate": f"http://localhost{PAGE}"}


def test_an_entry_keeps_its_id_and_words_when_another_is_published(rehearsal: KeepingFlask) -> None:
    within(rehearsal, move)
    first = [ET.tostring(each) for each in feed(rehearsal).findall(f"{A}entry")]
    within(rehearsal, lambda: published("session-4", title="Rivers"))
    after = [ET.tostring(each) for each in feed(rehearsal).findall(f"{A}entry")]
    assert (len(first), after[1:]) == (2, first)
    assert len({each.findtext(f"{A}id") for each in feed(rehearsal).iter(f"{A}entry")}) == 3


def test_the_feed_says_what_changed(rehearsal: KeepingFlask) -> None:
    within(rehearsal, move)
    entry = feed(rehearsal).find(f"{A}entry")
    assert entry is not None
    assert entry.findtext(f"{A}content") == (
        "Changed in the public programme:\nSession 2 (session): Retimed. Time (Tokyo): 11:50–13:10 → 12:10–13:30.\n"
        "Times are those of Tokyo."
    )


@pytest.mark.parametrize("header", ["ETag", "Last-Modified"])
def test_who_has_the_feed_gets_304_until_the_next_release(rehearsal: KeepingFlask, header: str) -> None:
    client = rehearsal.test_client()
    have = client.get(FEED).headers[header]
    asked = {{"ETag": "If-None-Match", "Last-Modified": "If-Modified-Since"}[header]: have}
    again = client.get(FEED, headers=asked)
    assert (again.status_code, again.data) == (304, b"")


def test_who_has_the_old_feed_gets_the_new_one(rehearsal: KeepingFlask) -> None:
    client = rehearsal.test_client()
    have = client.get(FEED).headers["ETag"]
    within(rehearsal, move)
    assert client.get(FEED, headers={"If-None-Match": have}).status_code == 200


def test_hostile_words_are_words(rehearsal: KeepingFlask) -> None:
    within(rehearsal, lambda: published("session-2", title="<script>alert(1)</script>&"))
    assert "<script>alert" not in rehearsal.test_client().get(PAGE).text
    entry = feed(rehearsal).find(f"{A}entry")
    assert entry is not None
    assert "<script>alert(1)</script>&" in entry.findtext(f"{A}content", "")


def test_a_release_from_before_changes_were_stored_is_worked_out(rehearsal: KeepingFlask) -> None:
    def forget() -> None:
        move()
        write(lambda: db.session.execute(update(Release).values(changes=None, sessions=None)))

    within(rehearsal, forget)
    assert "11:50–13:10 → becomes 12:10–13:30" in words(rehearsal)


def test_the_page_costs_the_same_for_one_release_and_for_four(rehearsal: KeepingFlask) -> None:
    def cost() -> int:
        client = rehearsal.test_client()
        client.get(f"{PAGE}?tz=Europe/London")  # reads the release into memory
        with counted(rehearsal) as statements:
            client.get(PAGE)
        return len(statements)

    one = cost()
    for title in ("Rivers", "Lakes", "Seas"):
        within(rehearsal, lambda title=title: published("session-2", title=title))  # type: ignore[misc]
    assert cost() == one


def test_the_agenda_leads_to_page_and_feed(rehearsal: KeepingFlask) -> None:
    text = rehearsal.test_client().get("/rehearsal/agenda").text
    assert f'type="application/atom+xml" title="What has changed" href="{FEED}"' in text
    assert f'<a href="{PAGE}">What has changed</a>' in text


@pytest.mark.parametrize("path", ["changes", "changes.atom", "schedule.xml", "schedule.json"])
def test_of_an_event_that_never_was_published_there_is_nothing(app: KeepingFlask, path: str) -> None:
    assert app.test_client().get(f"/gnets-2023/{path}").status_code == 404
