"""Text as it may stand in a calendar file, and the words that the writer adds itself."""

from __future__ import annotations

import pytest

from app.ical import Words, address, clean, online_place, words

pytestmark = pytest.mark.one_database

SAID = {
    "en": ("Cancelled: ", "Join online: ", "Online"),
    "fr": ("Annulé\u00a0: ", "Rejoindre en ligne\u00a0: ", "En ligne"),
    "es": ("Cancelado: ", "Participar en línea: ", "En línea"),
    "ja": ("中止\uff1a", "オンライン参加\uff1a", "オンライン"),
    "ko": ("취소: ", "온라인 참여: ", "온라인"),
    "ar": ("أُلغيت: ", "الانضمام عبر الإنترنت: ", "عبر الإنترنت"),
}


@pytest.mark.parametrize("language", [*SAID, "fr_CA", "AR-eg", "pt-fr"])
def test_each_language_has_words_of_its_own_and_all_others_have_the_english_ones(language: str) -> None:
    said = SAID.get(language[:2].lower(), SAID["en"])
    assert (words.cancelled_prefix(language), words.join_prefix(language), online_place(language)) == said
    assert words.cancelled_prefixes() == tuple(each for each, _join, _place in SAID.values())


def test_every_break_becomes_a_line_feed_a_tab_a_space_and_what_nobody_sees_goes() -> None:
    breaks = "a\r\nb\rc\x0bd\x0ce\x85f\u2028g\u2029h\ni"
    unseen = "".join(map(chr, (0, 8, 14, 31, 127, 132, 134, 159, 0x202A, 0x202E, 0x2066, 0x2069, 0xD800, 0xDFFF)))
    assert clean(f"{breaks}\tj{unseen}\ufeff\ufffe\uffffk") == "a\nb\nc\nd\ne\nf\ng\nh\ni jk"
    assert clean("x\r\nx") == "x\nx"
    assert clean("\u200f\u200d") == "\u200f\u200d"


def test_a_title_stands_in_one_line() -> None:
    titles = [Words("en", each).title for each in (" Rome \n \r\n Milan\t ", " Rome  speaks ", "x\nx")]
    assert titles == ["Rome Milan", "Rome  speaks", "x x"]


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("", ""),
        (" \n ", ""),
        (" http://a.example/ ", "http://a.example/"),
        ("https://a.example/\nb", "https://a.example/b"),
        ("https://a.example/!#$%&'()*+,/:;=?@[]~-._", "https://a.example/!#$%&'()*+,/:;=?@[]~-._"),
        ('https://a.example/é b\\"<>^`{|}', "https://a.example/%C3%A9%20b%5C%22%3C%3E%5E%60%7B%7C%7D"),
    ],
)
def test_an_address_is_written_as_rfc_3986_has_it(typed: str, kept: str) -> None:
    assert address(typed) == kept


@pytest.mark.parametrize(
    "typed", ["ftp://a.example", "a.example", "https://", "http:///path", "javascript:alert(1)", "x"]
)
def test_what_is_no_web_address_is_refused_in_words(typed: str) -> None:
    with pytest.raises(ValueError, match="web address") as no:
        address(typed)
    assert str(no.value) == f"“{typed}” is not a web address that begins with https:// or http://."
