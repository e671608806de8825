"""Organisers write pages and news; the public sees what is shown, as it stands, and nothing else."""

from __future__ import annotations

import re
from datetime import date, timedelta
from xml.etree import ElementTree as ET

import pytest
from sqlalchemy import select

from app import clock
from app.db import db
from app.db import write as commit
from app.events.models import Event
from app.refused import Refused
from app.site import service
from app.site.models import Article
from app.web.kept import KeepingFlask
from tests.desk.office import Organiser, held, notes, rows, words
from tests.queries import counted
from tests.site.written import SITE, VENUE, pressed, said, show, shown, stored, write
from tests.web.test_toasts import button

PAGE = "/rehearsal/info/the-venue"


def status(app: KeepingFlask, path: str) -> int:
    return app.test_client().get(path).status_code


def test_the_empty_place_says_what_to_write_first(tokyo: Organiser) -> None:
    page = words(tokyo.get(SITE))
    assert "What to write first" in page
    assert "Accessibility of the venue" in page
    assert "Steps and lifts" in page


def test_a_suggestion_opens_a_page_with_its_title_and_its_questions(tokyo: Organiser) -> None:
    page = tokyo.get(f"{SITE}/pages/new?start=visa")
    assert 'value="Visa"' in page.text
    assert "how the organisers help with letters" in words(page)


def test_a_draft_is_seen_by_organisers_alone(bare: KeepingFlask, tokyo: Organiser) -> None:
    answer = write(tokyo)
    assert answer.headers["Location"] == f"{SITE}/pages/the-venue/preview"
    assert "Only organisers see this: it is a draft." in words(tokyo.get(answer.headers["Location"]))
    assert status(bare, PAGE) == 404
    assert "The venue" not in bare.test_client().get("/rehearsal/agenda").text


def test_what_is_shown_is_seen_at_once_on_pages_that_were_kept(bare: KeepingFlask, tokyo: Organiser) -> None:
    reader = bare.test_client()
    assert "The venue" not in reader.get("/rehearsal/agenda").text
    shown(tokyo)
    assert "The venue" in reader.get("/rehearsal/agenda").text
    assert "<strong>nine</strong>" in reader.get(PAGE).text
    tokyo.send(f"{SITE}/pages/the-venue/edit", said("en", "The venue", "Doors open at ten."))
    assert "Doors open at ten." in reader.get(PAGE).text
    show(tokyo, "the-venue", "")
    assert reader.get(PAGE).status_code == 404
    assert "The venue" not in reader.get("/rehearsal/agenda").text


def test_a_kept_page_costs_no_question_of_its_own(bare: KeepingFlask, tokyo: Organiser) -> None:
    shown(tokyo)
    reader = bare.test_client()
    first = reader.get(PAGE)
    with counted(bare) as statements:
        second = reader.get(PAGE)
    assert (statements, second.data, second.headers["ETag"]) == ([], first.data, first.headers["ETag"])


def test_a_change_of_one_summit_leaves_the_pages_of_another(bare: KeepingFlask, tokyo: Organiser) -> None:
    reader = bare.test_client()
    reader.get("/gnets-2023/agenda")
    shown(tokyo)
    with counted(bare) as statements:
        reader.get("/gnets-2023/agenda")
    assert statements == []


def test_a_page_may_stand_outside_of_the_bar(bare: KeepingFlask, tokyo: Organiser) -> None:
    shown(tokyo, {"in_navigation": None})
    assert status(bare, PAGE) == 200
    assert "/info/the-venue" not in bare.test_client().get("/rehearsal/agenda").text


def test_who_reads_another_language_gets_it_or_the_fallback(bare: KeepingFlask, tokyo: Organiser) -> None:
    shown(tokyo, said("fr", "Le lieu", "Ouverture à neuf heures."), {"slug": "the-venue"})
    reader = bare.test_client()
    french = reader.get(f"{PAGE}?lang=fr").text
    assert ("Ouverture à neuf heures." in french, "Doors open" in french) == (True, False)
    japanese = reader.get(f"{PAGE}?lang=ja").text
    assert '<article lang="en" dir="ltr">' in japanese
    assert "<h1>The venue</h1>" in japanese
    assert "English" in re.sub(r"<footer.+", "", japanese, flags=re.DOTALL)


def test_what_is_missing_is_listed_by_language(tokyo: Organiser) -> None:
    write(tokyo, said("fr", "Le lieu", "Neuf heures."), {"slug": "the-venue"})
    (row,) = rows(tokyo.get(SITE)).values()
    assert "Missing: 日本語, 한국어, Español, العربية" in row


def test_another_language_may_stand_in_for_all_others(bare: KeepingFlask, tokyo: Organiser) -> None:
    typed = said("ja", "会場", "九時に開場します。") | {"fallback": "ja", "slug": "kaijo"}
    assert write(tokyo, said("en", "", ""), typed).status_code == 303
    show(tokyo, "kaijo")
    page = bare.test_client().get("/rehearsal/info/kaijo").text
    assert '<article lang="ja" dir="ltr">' in page
    assert "<h1>会場</h1>" in page
    assert '<span lang="ja" dir="ltr">会場</span>' in page


def test_a_name_for_the_address_is_made_of_the_title(bare: KeepingFlask, tokyo: Organiser) -> None:
    write(tokyo, said("en", "  Où dormir à São Paulo? ", "Here."))
    assert stored(bare, "ou-dormir-a-sao-paulo").words["en"]["title"] == "Où dormir à São Paulo?"


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"slug": "The Venue"}, "Give it a name for its address"),
        ({"slug": "a" * 61}, "Give it a name for its address"),
        ({"slug": "../venue"}, "Give it a name for its address"),
        ({"slug": "agenda"}, "“agenda” is an address of the product itself."),
        ({"slug": "changes"}, "“changes” is an address of the product itself."),
        (said("en", "会場", "九時"), "Give it a name for its address"),
        (said("en", "", "Text"), "English: Give it a title."),
        (said("en", "Title", ""), "English: Write a text, or leave the title empty too."),
        (said("en", "", ""), "English: Write it in at least one language."),
        (said("en", "T" * 121, "Text"), "English: At most 120 characters fit here; these are 121."),
        (said("en", "T", "x" * 20_001), "English: At most 20000 characters fit here; these are 20001."),
        ({"fallback": "ko"}, "In this language nothing is written yet"),
        (said("fr", "Lieu", "[x](javascript:alert(1))"), "Français: A link cannot lead there: javascript:alert(1)."),
    ],
)
def test_what_cannot_be_stored_is_refused_in_words_and_kept(
    bare: KeepingFlask, tokyo: Organiser, typed: dict[str, str], sentence: str
) -> None:
    answer = write(tokyo, typed)
    assert answer.status_code == 422
    assert sentence in words(answer)
    assert all(value in answer.text for value in typed.values() if len(value) < 100 and "(" not in value)
    with bare.app_context():
        assert db.session.execute(select(Article)).all() == []


def test_no_two_pages_have_one_address(tokyo: Organiser) -> None:
    write(tokyo)
    answer = write(tokyo, {"slug": "the-venue"})
    assert (answer.status_code, "“The venue” has this address." in words(answer)) == (422, True)


def test_the_address_of_something_deleted_is_kept_for_it(tokyo: Organiser) -> None:
    write(tokyo)
    tokyo.send(f"{SITE}/pages/the-venue/delete")
    answer = write(tokyo)
    assert "was the address of something deleted" in words(answer)


def test_the_same_form_sent_twice_is_one_page(bare: KeepingFlask, tokyo: Organiser) -> None:
    page = tokyo.get(f"{SITE}/pages/new")
    for _again in range(2):
        tokyo.send(f"{SITE}/pages/new", VENUE, page=page)
    assert stored(bare, "the-venue").version == 1


def test_pages_change_places_by_their_arrows(bare: KeepingFlask, tokyo: Organiser) -> None:
    for title in ("First", "Second", "Third"):
        shown(tokyo, said("en", title, "Text"), slug=title.lower())
    press = pressed(tokyo.get(SITE))
    for slug, to in (("third", "up"), ("third", "up"), ("third", "up"), ("first", "down"), ("first", "down")):
        answer = tokyo.client.post(f"{SITE}/pages/{slug}/move", data=press | {"to": to})
        assert answer.headers["Location"] == f"{SITE}#page-{slug}"
    assert list(rows(tokyo.get(SITE))) == ["Thirdinfo/third", "Secondinfo/second", "Firstinfo/first"]
    bar = bare.test_client().get("/rehearsal/agenda").text
    assert re.findall(r"info/(\w+)", bar) == ["third", "second", "first"]


def test_a_page_is_dragged_to_another_place(bare: KeepingFlask, tokyo: Organiser) -> None:
    for title in ("First", "Second", "Third"):
        shown(tokyo, said("en", title, "Text"), slug=title.lower())
    press = pressed(tokyo.get(SITE)) | {"to": "before"}

    def order() -> list[str]:
        return [each.partition("info/")[2] for each in rows(tokyo.get(SITE))]

    def drag(slug: str, before: str) -> None:
        answer = tokyo.client.post(f"{SITE}/pages/{slug}/move", data=press | {"before": before})
        assert answer.headers["Location"] == f"{SITE}#page-{slug}"

    drag("third", stored(bare, "first").uid)
    assert order() == ["third", "first", "second"]
    drag("third", "")
    drag("second", stored(bare, "second").uid)
    assert order() == ["first", "second", "third"]
    drag("first", "nothing of ours")
    assert "deleted meanwhile" in words(tokyo.get(SITE))
    assert order() == ["first", "second", "third"]


def test_search_engines_are_told_of_what_is_shown(bare: KeepingFlask, tokyo: Organiser) -> None:
    reader, there = bare.test_client(), "<loc>http://localhost/rehearsal/"
    write(tokyo)
    assert f"{there}info" not in reader.get("/sitemap.xml").text
    assert f"{there}news<" not in reader.get("/sitemap.xml").text
    show(tokyo, "the-venue")
    shown(tokyo, {"slug": "doors"}, slug="doors", kind="news")
    found = re.findall(rf"{there}((?:info|news)[^<]*)</loc><lastmod>\d{{4}}-", reader.get("/sitemap.xml").text)
    assert found == ["info/the-venue", "news", "news/doors"]
    with counted(bare) as statements:
        reader.get("/sitemap.xml")
    assert len(statements) == 1


def test_deleting_names_what_goes_and_can_be_taken_back(bare: KeepingFlask, tokyo: Organiser) -> None:
    shown(tokyo, said("fr", "Le lieu", "Neuf heures."), {"slug": "the-venue"})
    page = words(tokyo.get(f"{SITE}/pages/the-venue/delete"))
    assert "Delete the page “The venue”?" in page
    assert "It is written in 2 languages: English and Français." in page
    assert "Everybody sees it now; links to it will lead nowhere." in page
    tokyo.send(f"{SITE}/pages/the-venue/delete")
    assert status(bare, PAGE) == 404
    uid = stored(bare, "the-venue").uid
    told = tokyo.get(SITE)
    assert "“The venue” is deleted. Put it back" in words(told)
    address, values = button(told.text)
    tokyo.client.post(address, data=values)
    assert "It stands where it stood." in words(tokyo.get(SITE))
    assert "Doors open" in bare.test_client().get(PAGE).text
    assert [each.what for each in notes(bare, f"article/{uid}")] == [
        *("page written", "page shown", "page deleted", "page put back")
    ]


def test_what_was_deleted_long_ago_is_forgotten(bare: KeepingFlask, tokyo: Organiser) -> None:
    write(tokyo)
    write(tokyo, {"slug": "another"})
    tokyo.send(f"{SITE}/pages/the-venue/delete")
    with bare.app_context():
        now = clock.now()
        assert commit(lambda: service.forget(now + timedelta(days=29))) == 0
        assert commit(lambda: service.forget(now + timedelta(days=31))) == 1
        assert db.session.execute(select(Article.slug)).scalars().all() == ["another"]


def test_whoever_was_overtaken_sees_both_and_loses_nothing(bare: KeepingFlask, tokyo: Organiser) -> None:
    write(tokyo)
    path = f"{SITE}/pages/the-venue/edit"
    opened = tokyo.get(path)
    tokyo.send(path, said("en", "The venue", "Doors open at ten."))
    answer = tokyo.send(path, said("en", "The venue", "Doors open at eight."), page=opened)
    assert answer.status_code == 409
    assert "Doors open at ten." in answer.text
    assert "Doors open at eight." in answer.text
    assert stored(bare, "the-venue").words["en"]["text"] == "Doors open at ten."
    again = tokyo.send(path, page=answer)
    assert again.status_code == 303
    assert stored(bare, "the-venue").words["en"]["text"] == "Doors open at eight."


def test_what_was_changed_since_the_look_is_not_shown(bare: KeepingFlask, tokyo: Organiser) -> None:
    write(tokyo)
    looked = pressed(tokyo.get(f"{SITE}/pages/the-venue/preview"))
    tokyo.send(f"{SITE}/pages/the-venue/edit", said("en", "The venue", "Closed."))
    tokyo.client.post(f"{SITE}/pages/the-venue/switch", data=looked | {"shown": "y"})
    assert "Please look again before you show it." in words(tokyo.get(f"{SITE}/pages/the-venue/preview"))
    assert stored(bare, "the-venue").shown_at is None


def test_what_was_changed_since_is_not_deleted(tokyo: Organiser, bare: KeepingFlask) -> None:
    write(tokyo)
    page = tokyo.get(f"{SITE}/pages/the-venue/delete")
    tokyo.send(f"{SITE}/pages/the-venue/edit", said("en", "The venue", "Closed."))
    assert tokyo.send(f"{SITE}/pages/the-venue/delete", page=page).status_code == 422
    assert stored(bare, "the-venue").deleted_at is None


def test_a_look_at_what_is_typed_stores_nothing(bare: KeepingFlask, tokyo: Organiser) -> None:
    write(tokyo)
    form = held(tokyo.get(f"{SITE}/pages/the-venue/edit")) | said("en", "Other", "Is *this* good?")
    answer = tokyo.client.post(f"{SITE}/pages/typed?words=en", data=form)
    assert (answer.status_code, "<em>this</em>" in answer.text) == (200, True)
    assert "Nothing is stored" in words(answer)
    assert stored(bare, "the-venue").title == "The venue"


@pytest.mark.parametrize("end", ["preview", "edit", "delete"])
def test_organisers_of_another_summit_find_nothing(tokyo: Organiser, rome: Organiser, end: str) -> None:
    write(tokyo)
    assert rome.get(f"{SITE}/pages/the-venue/{end}").status_code == 404
    assert rome.get(f"/organise/gnets-2023/site/pages/the-venue/{end}").status_code == 404


def test_organisers_of_another_summit_change_nothing(bare: KeepingFlask, tokyo: Organiser, rome: Organiser) -> None:
    write(tokyo)
    uid, press = stored(bare, "the-venue").uid, pressed(rome.get("/organise/gnets-2023/site"))
    for desk in ("rehearsal", "gnets-2023"):
        for end in ("pages/the-venue/switch", "pages/the-venue/move", f"pages/{uid}/put-back"):
            answer = rome.client.post(f"/organise/{desk}/site/{end}", data=press | {"shown": "y", "seen": "1"})
            assert answer.status_code in {303, 404}
    with bare.app_context():
        archive = db.session.execute(select(Event).where(Event.slug == "gnets-2023")).scalar_one()
        with pytest.raises(Refused, match="deleted meanwhile"):
            service.held(archive.id, uid)
    assert (stored(bare, "the-venue").shown_at, stored(bare, "the-venue").version) == (None, 1)


def test_news_stands_with_the_newest_first_and_in_the_feed(bare: KeepingFlask, tokyo: Organiser) -> None:
    reader = bare.test_client()
    assert "There is no news yet." in words(reader.get("/rehearsal/news"))
    for day, title in (("2023-02-01", "Open"), ("2023-03-01", "Agreed"), ("2023-02-15", "Halfway")):
        typed = said("en", title, f"We are **{title}**.") | {"day": day}
        shown(tokyo, typed, slug=title.lower(), kind="news")
    write(tokyo, said("en", "Secret", "Not yet."), kind="news")
    page = words(reader.get("/rehearsal/news"))
    assert re.findall(r"We are (\w+)\.", page) == ["Agreed", "Halfway", "Open"]
    assert "Secret" not in page
    assert "Wednesday 1 March 2023" in words(reader.get("/rehearsal/news/agreed"))
    feed = reader.get("/rehearsal/news.atom")
    assert feed.content_type == "application/atom+xml; charset=utf-8"
    atom = {"a": "http://www.w3.org/2005/Atom"}
    entries = ET.fromstring(feed.data).findall("a:entry", atom)
    assert [each.findtext("a:title", "", atom) for each in entries] == ["Agreed", "Halfway", "Open"]
    assert "<strong>Agreed</strong>" in entries[0].findtext("a:content", "", atom)
    again = reader.get("/rehearsal/news.atom", headers={"If-None-Match": feed.headers["ETag"]})
    assert again.status_code == 304


def test_news_stands_in_the_bar_once_there_is_some(bare: KeepingFlask, tokyo: Organiser) -> None:
    reader = bare.test_client()
    assert "/rehearsal/news" not in reader.get("/rehearsal/agenda").text
    shown(tokyo, said("en", "Open", "Register now."), slug="open", kind="news")
    assert "/rehearsal/news" in reader.get("/rehearsal/agenda").text


def test_news_needs_its_day(tokyo: Organiser) -> None:
    assert "News needs its day." in words(write(tokyo, {"day": ""}, kind="news"))


def test_a_new_piece_of_news_is_of_today(tokyo: Organiser, bare: KeepingFlask) -> None:
    write(tokyo, kind="news")
    day = stored(bare, "the-venue").day
    assert day is not None
    assert abs(day - date.fromisoformat(clock.now().date().isoformat())) <= timedelta(days=1)


def test_a_summit_that_is_not_published_shows_no_page(bare: KeepingFlask, tokyo: Organiser) -> None:
    shown(tokyo)
    with bare.app_context():
        event = db.session.execute(select(Event).where(Event.slug == "rehearsal")).scalar_one()
        commit(lambda: setattr(event, "release", 0))
    assert status(bare, PAGE) == 404
    assert "as soon as its first release is published" in words(tokyo.get(SITE))


def test_the_list_costs_the_same_for_one_page_and_for_three(bare: KeepingFlask, tokyo: Organiser) -> None:
    costs = []
    for title in ("First", "Second", "Third"):
        shown(tokyo, said("en", title, "Text"), slug=title.lower())
        with counted(bare) as statements:
            tokyo.get(SITE)
        costs.append(len(statements))
    assert costs[0] == costs[2]
