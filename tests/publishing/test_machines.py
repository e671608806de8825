"""What search engines and social media read: the sitemap, robots.txt, and the heads of pages."""

from __future__ import annotations

import re
from collections import Counter
from html import unescape
from xml.etree.ElementTree import fromstring

import pytest

from app.outbox.tongues import LOCALES
from app.web.kept import KeepingFlask
from app.web.reading import LANGUAGES
from tests.publishing.great import tell
from tests.publishing.test_described import hostile
from tests.queries import counted

pytestmark = pytest.mark.one_database

MAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
LINK = "{http://www.w3.org/1999/xhtml}link"


def listed(app: KeepingFlask) -> dict[str, tuple[str, dict[str, str]]]:
    """Address -> when it changed, and its other languages."""
    answer = app.test_client().get("/sitemap.xml")
    assert (answer.status_code, answer.mimetype) == (200, "application/xml")
    return {
        each.findtext(f"{MAP}loc", ""): (
            each.findtext(f"{MAP}lastmod", ""),
            {link.attrib["hreflang"]: link.attrib["href"] for link in each.findall(LINK)},
        )
        for each in fromstring(answer.data)
    }


def test_every_page_of_the_sitemap_answers(rehearsal: KeepingFlask) -> None:
    client = rehearsal.test_client()
    found = listed(rehearsal)
    assert {"http://localhost/", "http://localhost/gnets-2023/", "http://localhost/rehearsal/agenda"} <= set(found)
    wrong = [each for each in found if client.get(each.removeprefix("http://localhost")).status_code != 200]
    assert wrong == []


def test_each_page_has_its_languages_and_the_day_of_its_release(gnets: KeepingFlask) -> None:
    changed, others = listed(gnets)["http://localhost/gnets-2023/sessions/session-2"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?\+00:00", changed)
    assert set(others) == {*LANGUAGES, "x-default"}
    assert others["ar"] == "http://localhost/gnets-2023/sessions/session-2?lang=ar"


def test_what_is_not_public_is_not_listed(app: KeepingFlask) -> None:
    assert list(listed(app)) == ["http://localhost/", "http://localhost/accessibility"]


def test_a_hostile_title_breaks_no_sitemap(gnets: KeepingFlask) -> None:
    tell(gnets, hostile())
    assert "http://localhost/gnets-2023/people/ishii" in listed(gnets)


def test_the_sitemap_costs_one_query_once_its_releases_are_known(rehearsal: KeepingFlask) -> None:
    client = rehearsal.test_client()
    client.get("/sitemap.xml")
    with counted(rehearsal) as statements:
        client.get("/sitemap.xml")
    assert len(statements) == 1


def test_robots_are_told_where_the_sitemap_is_and_what_to_leave(app: KeepingFlask) -> None:
    text = app.test_client().get("/robots.txt").text
    assert "Sitemap: http://localhost/sitemap.xml\n" in text
    assert {"Disallow: /d/", "Disallow: /organise/"} <= set(text.splitlines())


def head(text: str) -> dict[str, str]:
    """Each tag of the head that names something, by its name."""
    found = re.findall(r'<meta (?:name|property)="([^"]+)" content="([^"]*)">', text)
    found += re.findall(r'<link rel="(canonical)" href="([^"]*)">', text)
    title = re.search(r"<title>(.*?)</title>", text)
    assert title
    return {name: unescape(value) for name, value in [*found, ("title", title[1])]}


def test_no_two_pages_share_a_title_or_a_description(rehearsal: KeepingFlask) -> None:
    client = rehearsal.test_client()
    paths = [each.removeprefix("http://localhost") for each in listed(rehearsal) if "/rehearsal/" in each]
    heads = [head(client.get(path).text) for path in paths if not path.endswith("/register")]
    for name in ("title", "description", "canonical", "og:url"):
        twice = [value for value, times in Counter(each[name] for each in heads).items() if times > 1]
        assert twice == [], name


@pytest.mark.parametrize(
    ("asked", "canonical"),
    [
        ("", "http://localhost/gnets-2023/agenda"),
        ("?tz=Europe/Rome", "http://localhost/gnets-2023/agenda"),
        ("?city=rome&mode=online", "http://localhost/gnets-2023/agenda"),
        ("?lang=ja&tz=Europe/Rome", "http://localhost/gnets-2023/agenda?lang=ja"),
        ("?lang=xx", "http://localhost/gnets-2023/agenda"),
    ],
)
def test_a_page_names_its_own_address_in_its_language(gnets: KeepingFlask, asked: str, canonical: str) -> None:
    text = gnets.test_client().get(f"/gnets-2023/agenda{asked}").text
    found = head(text)
    assert (found["canonical"], found["og:url"]) == (canonical, canonical)
    others = dict(re.findall(r'<link rel="alternate" hreflang="([^"]+)" href="([^"]+)">', text))
    assert set(others) == {*LANGUAGES, "x-default"}
    assert others["fr"] == "http://localhost/gnets-2023/agenda?lang=fr"


def test_social_media_are_told_what_a_page_is(gnets: KeepingFlask) -> None:
    found = head(gnets.test_client().get("/gnets-2023/sessions/session-2").text)
    assert found["og:title"] == "Session 2"
    assert found["og:site_name"] == "1st G-NETS Leaders Summit"
    assert found["og:description"] == found["description"]
    assert found["twitter:card"] == "summary"
    size = found["og:image:width"], found["og:image:height"]
    assert (found["og:image"], *size) == ("http://localhost/static/icons/share-1200.png", "1200", "630")
    assert found["og:image:alt"] == "The mark of Plenary: seats in a half circle"


def test_social_media_are_told_every_language_their_own_way(gnets: KeepingFlask) -> None:
    text = gnets.test_client().get("/gnets-2023/agenda?lang=ja").text
    assert re.findall(r'property="og:locale" content="(\w+)"', text) == ["ja_JP"]
    others = re.findall(r'property="og:locale:alternate" content="(\w+)"', text)
    assert others == ["en_GB", "ko_KR", "fr_FR", "es_ES", "ar_AR"]
    assert list(LOCALES) == list(LANGUAGES)


def test_a_hostile_title_stays_within_its_attribute(gnets: KeepingFlask) -> None:
    tell(gnets, hostile())
    found = head(gnets.test_client().get("/gnets-2023/sessions/session-2").text)
    assert found["og:title"].startswith('</script><script>alert("x")</script>')
