"""All that is said to people, in five more languages: none missing, none that lost a value, ready at once."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po
from flask import Flask
from flask_babel import force_locale, gettext

from app.outbox.tongues import TONGUES
from app.web.catalogues import make_ready

pytestmark = pytest.mark.one_database

ROOT = Path(__file__).resolve().parents[2]
OTHERS = sorted(set(TONGUES) - {"en"})
PLACES = re.compile(r"%\([a-z_]+\)[a-z]|\{[a-z]+\}")


@pytest.fixture(scope="module")
def used(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    """All that is said in pages and letters, as `make words` finds it."""
    found = tmp_path_factory.mktemp("words") / "words.pot"
    words = "extract --mapping pyproject.toml --keyword _l --no-location --output".split()
    program = [sys.executable, "-c", "from babel.messages.frontend import main; main()", "--quiet", *words]
    subprocess.run([*program, str(found), "."], cwd=ROOT, check=True)
    with found.open("rb") as file:
        return read_po(file)


def catalogue(language: str) -> Catalog:
    with (ROOT / "app" / "translations" / language / "LC_MESSAGES" / "messages.po").open("rb") as file:
        return read_po(file, locale=language)


def words(of: Catalog) -> Iterator[Message]:
    return (each for each in of if each.id)


def forms(text: object) -> tuple[str, ...]:
    return tuple(text) if isinstance(text, tuple | list) else (str(text),)


def test_the_words_of_letters_and_pages_are_found(used: Catalog) -> None:
    letters = ("You are registered: {summit}", "Dear %(name)s,", "Another time", "at the venue", "Reference")
    pages = (
        "when a registration stands",
        "Skip to the content",
        "Publish release %(number)s",
        "Please look at this again",
    )
    assert [each for each in letters + pages if each not in used] == []


@pytest.mark.parametrize("language", OTHERS)
def test_every_word_is_translated(used: Catalog, language: str) -> None:
    theirs = catalogue(language)
    missing = [each.id for each in words(used) if each.id not in theirs or not all(forms(theirs[each.id].string))]
    assert missing == []
    assert [each.id for each in words(theirs) if each.id not in used] == []
    assert [each.id for each in words(theirs) if each.fuzzy] == []


@pytest.mark.parametrize("language", OTHERS)
def test_translations_hold_the_same_values(language: str) -> None:
    wrong = []
    for each in words(catalogue(language)):
        wanted = [sorted(PLACES.findall(form)) for form in forms(each.id)]
        for form in forms(each.string):
            places = sorted(PLACES.findall(form))
            figure = [*places, "%(num)s"]  # a form for none, one or two may do without it
            spoken_number = len(wanted) > 1 and (places == [] or sorted(figure) in wanted)
            if places not in wanted and not spoken_number:
                wrong.append((each.id, form))
    assert wrong == []


@pytest.mark.parametrize("language", OTHERS)
def test_each_plural_has_its_forms(language: str) -> None:
    theirs = catalogue(language)
    assert {len(forms(each.string)) for each in words(theirs) if isinstance(each.id, tuple)} == {theirs.num_plurals}


def test_a_catalogue_is_made_when_missing_and_anew_when_its_source_changed(tmp_path: Path) -> None:
    source = tmp_path / "fr" / "LC_MESSAGES" / "messages.po"
    source.parent.mkdir(parents=True)
    source.write_text('msgid "City"\nmsgstr "Ville"\n', encoding="utf-8")
    make_ready(tmp_path)
    made = source.with_suffix(".mo")
    assert b"Ville" in made.read_bytes()
    source.write_text('msgid "City"\nmsgstr "Cité"\n', encoding="utf-8")
    os.utime(source, (made.stat().st_mtime + 10, made.stat().st_mtime + 10))
    make_ready(tmp_path)
    assert "Cité".encode() in made.read_bytes()
    assert sorted(each.name for each in source.parent.iterdir()) == ["messages.mo", "messages.po"]


def test_where_nothing_can_be_written_it_is_said(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    source = tmp_path / "fr" / "LC_MESSAGES" / "messages.po"
    source.parent.mkdir(parents=True)
    source.write_text('msgid "City"\nmsgstr "Ville"\n', encoding="utf-8")
    source.with_suffix(".mo").mkdir()
    os.utime(source.with_suffix(".mo"), (1, 1))
    make_ready(tmp_path)
    assert "Words in fr cannot be made ready, so English stands in for them" in caplog.text


def test_letters_find_their_words_at_once(standing: Flask) -> None:
    with standing.app_context(), force_locale("ja"):
        assert gettext("Reference") == "登録番号"
