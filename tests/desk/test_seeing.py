"""Pages as those see them whose pages they are: nothing acts, and no secret of theirs is in them."""

from __future__ import annotations

import re

import html5lib
import pytest
from sqlalchemy import select

from app.db import db
from app.delegations import focal as focal_points
from app.delegations.focal import Contact
from app.delegations.models import FocalPoint
from app.desk.seeing.rewriting import Rules, harmless, rewritten
from app.desk.seeing.service import allowed
from app.journal import Note
from app.registration.models import Delegate
from tests.desk.office import Organiser, words
from tests.desk.test_approvals import DESK, cast, tokyo
from tests.desk.test_outbox import anna
from tests.registration.cast import NOW, Cast, read
from tests.registration.people import do
from tests.travel.guests import JOURNEY, link, tell

ELSEWHERE = "/organise/citynet-2089"
__all__ = ["anna", "cast", "tokyo"]


def rules(**changes: object) -> Rules:
    known: dict[str, object] = {
        "link": lambda to: to if to.startswith("/ours") else None,
        "picture": lambda _to: None,
        "cut": lambda text: text.replace("secret", "…"),
        "band": "<p>band</p>",
        "blank": "<i>blank</i>",
    }
    return Rules(**known | changes)  # type: ignore[arg-type]


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("page", "found"),
    [
        ("<body><p>a</p></body>", "<body><p>a</p><p>band</p></body>"),
        (
            "<body><a href='#x'>skip</a><main>a</main></body>",
            '<body><a href="#x">skip</a><p>band</p><main>a</main></body>',
        ),
        (
            '<form method="post" action="/x"><button name="a" value="b">Go</button></form>',
            "<form><button disabled>Go</button></form>",
        ),
        ('<input type="hidden" name="csrf_token" value="x">', ""),
        ('<input id="own" type="url" value="secret">', '<input id="own" type="url" value="…" disabled>'),
        ("<button formaction='/x' onclick='go()'>Go</button>", "<button disabled>Go</button>"),
        ("<script>secret</script><p>a</p>", "<p>a</p>"),
        ('<iframe src="/x"></iframe>', ""),
        ('<a href="/ours">a</a>', '<a href="/ours">a</a>'),
        ('<a href="/theirs">b</a>', '<a aria-disabled="true" role="link">b</a>'),
        ('<a href="https://elsewhere/secret">a</a>', '<a aria-disabled="true" role="link">a</a>'),
        ('<a href="//elsewhere/">a</a>', '<a aria-disabled="true" role="link">a</a>'),
        ('<a href="javascript:alert(1)">a</a>', '<a aria-disabled="true" role="link">a</a>'),
        ('<a href="webcal://us/secret">a</a>', '<a aria-disabled="true" role="link">a</a>'),
        ('<a href="#there" ping="/x" download>a</a>', '<a href="#there">a</a>'),
        ('<img src="/d/x/photo" alt="Anna">', ""),
        ('<video src="/x"><source src="/y">none</video>', ""),
        ('<meta http-equiv="refresh" content="0;url=/x"><link rel="alternate" href="/c/secret">', ""),
        ('<section data-confidential><section>a</section>b</section>c', "<i>blank</i>c"),
        ("<p>a &lt;script&gt; &amp; b</p>", "<p>a &lt;script&gt; &amp; b</p>"),
        ('<p title="a &quot;b&quot; secret">x</p>', '<p title="a &#34;b&#34; …">x</p>'),
        ('<p data-copy="secret" style="x">x</p>', "<p>x</p>"),
        ('<svg viewBox="0 0 1 1"><path d="M0,0"/></svg>', '<svg viewbox="0 0 1 1"><path d="M0,0"/></svg>'),
        ("<!-- secret -->a<?php secret ?>", "a"),
    ],
)  # fmt: skip
def test_what_could_act_or_lead_away_is_changed(page: str, found: str) -> None:
    assert rewritten(page, rules()) == found


@pytest.mark.one_database
def test_no_page_is_shown_that_a_known_secret_came_through() -> None:
    with pytest.raises(LookupError):
        rewritten('<p class="abc">x</p>', rules(forbidden=frozenset({"abc"})))


@pytest.mark.one_database
def test_addresses_with_what_may_be_a_secret_are_not_harmless() -> None:
    assert harmless("/rehearsal/agenda/session-2")
    assert not harmless("/rehearsal/register/Ab3dEf6hIj9kLm2nOp5q")
    assert not harmless("/rehearsal/?key=Ab3dEf6hIj9kLm2nOp5q")


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("kind", "page"),
    [
        *(
            ("person", page)
            for page in ("change", "travel", "visa", "visa/passport", "complete", "links", "about/photo")
        ),
        *(("focal", page) for page in ("people/ABCDE/travel", "people/ABCDE/form", "letter/file", "withdraw", "../x")),
        *(("moderator", "mark"), ("video", "captions/file"), ("person", "visits/../change"), ("person", "/")),
    ],
)
def test_what_was_told_in_confidence_is_not_shown(kind: str, page: str) -> None:
    assert not allowed(kind, page)


def secrets_of(cast: Cast, who: Delegate) -> set[str]:
    return read(cast.app, lambda: {who.link, who.feed, who.join})


def at(who: Delegate, page: str = "") -> str:
    return f"{DESK}/as/person/{who.reference}/{page}"


def test_a_person_s_page_is_shown_and_nothing_on_it_acts(cast: Cast, tokyo: Organiser, anna: Delegate) -> None:
    page = tokyo.get(at(anna))
    assert page.status_code == 200
    said = words(page)
    assert f"As {anna.called} sees it." in said
    assert anna.reference in said
    assert "Your personal link" in said
    tree = html5lib.parse(page.text, namespaceHTMLElements=False)
    assert [each.get("action") for each in tree.iter("form") if each.get("action") or each.get("method")] == []
    controls = [each for tag in ("input", "button", "select", "textarea") for each in tree.iter(tag)]
    assert controls
    assert all(each.get("disabled") is not None for each in controls)
    assert list(tree.iter("script")) == []
    assert "form-action 'none'" in page.headers["Content-Security-Policy"]
    assert page.headers["Cache-Control"] == "private, no-store"


def test_no_secret_of_theirs_is_in_it(cast: Cast, tokyo: Organiser, anna: Delegate) -> None:
    secrets, own = secrets_of(cast, anna), cast.app.test_client().get(link(cast, anna, "/"))
    assert len([each for each in secrets if each in own.text]) > 1
    for page in ("", "participants", "availability", "about/names", "visits", "online"):
        shown = tokyo.get(at(anna, page))
        assert shown.status_code == 200, page
        assert [each for each in secrets if each in shown.text] == []
        assert re.findall(r'href="[^"]*/(?:d|c|j|f|v|m)/[^"]*"', shown.text) == []


def test_links_lead_to_what_may_be_seen_and_nowhere_else(cast: Cast, tokyo: Organiser, anna: Delegate) -> None:
    page = tokyo.get(at(anna)).text
    assert f'href="{at(anna, "availability")}"' in page
    assert f'href="{at(anna, "change")}"' not in page
    assert tokyo.get(at(anna, "change")).status_code == 404
    assert tokyo.get(at(anna, "travel")).status_code == 404


def test_whether_they_told_of_food_or_journeys_is_blank(cast: Cast, tokyo: Organiser, anna: Delegate) -> None:
    tell(cast.app.test_client(), link(cast, anna, "/travel/journey"), JOURNEY)
    page = words(tokyo.get(at(anna)))
    assert "Told in confidence, and not shown here." in page
    assert "stored; this page does not show it again" not in page
    assert "nothing told" not in page
    assert "Hotel, contact and more" not in page


def test_each_look_stands_in_the_journal(cast: Cast, tokyo: Organiser, anna: Delegate) -> None:
    tokyo.get(at(anna))
    tokyo.get(at(anna, "availability"))
    looked = select(Note.after).where(Note.subject == f"delegate/{anna.uid}", Note.what.startswith("pages looked at"))
    assert read(cast.app, lambda: db.session.scalars(looked.order_by(Note.id)).all()) == [
        {"page": "first page"},
        {"page": "availability"},
    ]


def test_nothing_can_be_sent_there(cast: Cast, tokyo: Organiser, anna: Delegate) -> None:
    for page in ("", "withdraw", "availability"):
        assert tokyo.client.post(at(anna, page), data={"x": "y"}).status_code in {404, 405}
    assert tokyo.get(at(anna)).status_code == 200
    assert "Approved" in words(tokyo.get(f"{DESK}/registrations/{anna.reference}"))


def test_nobody_else_s_organisers_and_no_stranger_see_them(cast: Cast, tokyo: Organiser, anna: Delegate) -> None:
    assert cast.app.test_client().get(at(anna)).status_code == 303
    assert tokyo.get(at(anna).replace(DESK, ELSEWHERE)).status_code == 404
    assert tokyo.get(f"{DESK}/as/person/NOBODY/").status_code == 404
    assert tokyo.get(f"{DESK}/as/stranger/{anna.reference}/").status_code == 404


def test_it_speaks_their_language_and_the_band_the_organiser_s(cast: Cast, tokyo: Organiser, anna: Delegate) -> None:
    page = tokyo.get(at(anna) + "?in=ja")
    assert '<html lang="ja"' in page.text
    assert '<aside class="band as-they-see" lang="en"' in page.text
    assert "Set-Cookie" not in page.headers
    assert 'href="?in=fr"' in page.text


def focal_of(cast: Cast, anna: Delegate) -> FocalPoint:
    contact = Contact("Gaia Romani", "gaia@rome.example.org")
    key = anna.delegation_id
    return do(cast, lambda: focal_points.appoint(key, contact, who="Tokyo", now=NOW))


def test_a_focal_point_s_pages_hold_no_secret_of_the_city_s(cast: Cast, tokyo: Organiser, anna: Delegate) -> None:
    focal = focal_of(cast, anna)
    home = f"{DESK}/as/focal/{focal.id}/"
    secrets = secrets_of(cast, anna)
    door = read(cast.app, lambda: focal.link)
    secrets.add(door)
    assert door in cast.app.test_client().get(f"/f/{door}/").text
    for page in ("", "focal-points", f"people/{anna.reference}/", "availability", "calendar"):
        shown = tokyo.get(home + page)
        assert shown.status_code == 200, page
        assert f"As {focal.name} sees it." in words(shown)
        assert [each for each in secrets if each in shown.text] == []
        assert re.findall(r'href="[^"]*/(?:d|c|j|f|v|m|register)/[^"]*"', shown.text) == []
    assert tokyo.get(f"{ELSEWHERE}/as/focal/{focal.id}/").status_code == 404
    assert tokyo.get(f"{DESK}/as/focal/99999999999/").status_code == 404
