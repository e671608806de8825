"""Colours that a summit may take: figures of contrast, the nearest that passes, and the stylesheet of it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.site.colours import GROUNDS, LEAST, OWN, Scheme, both, contrast, nearest, passes, stylesheet, tones, worst
from app.web.kept import KeepingFlask
from tests.desk.office import Organiser, notes, words
from tests.queries import counted
from tests.site.written import SITE

pytestmark = pytest.mark.one_database

COLOURS = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")
LOOK = f"{SITE}/look"
CSS = Path(__file__).resolve().parents[2] / "static" / "plenary.css"


@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    [
        ("#000000", "#ffffff", 21.0),
        ("#777777", "#ffffff", 4.48),  # the grey just too light, and the first that passes, of WCAG's own examples
        ("#767676", "#ffffff", 4.54),
        ("#ff0000", "#ffffff", 4.0),
        ("#0000ff", "#ffffff", 8.59),
        ("#00ff00", "#ffffff", 1.37),
        ("#ffff00", "#000000", 19.56),
        ("#ffffff", "#ffffff", 1.0),
    ],
)
def test_contrast_is_that_of_wcag(one: str, other: str, ratio: float) -> None:
    assert contrast(one, other) == contrast(other, one) == pytest.approx(ratio, abs=0.005)


def test_papers_and_inks_are_those_of_the_stylesheet() -> None:
    css = CSS.read_text(encoding="utf-8")
    for name in ("paper", "surface", "ink", "muted"):
        found = re.search(rf"--{name}: light-dark\((#\w+), (#\w+)\)", css)
        assert found is not None
        assert (getattr(GROUNDS[Scheme.LIGHT], name), getattr(GROUNDS[Scheme.DARK], name)) == found.groups()
    assert re.search(rf"--accent: light-dark\({OWN[Scheme.LIGHT]}, {OWN[Scheme.DARK]}\)", css)


@given(COLOURS, st.sampled_from(Scheme))
def test_the_nearest_passes_and_what_passes_stays(colour: str, scheme: Scheme) -> None:
    found = nearest(colour, scheme)
    assert worst(found, scheme) >= LEAST
    assert (found == colour) == passes(colour, scheme)


@given(COLOURS, st.sampled_from(Scheme))
def test_every_pair_that_text_makes_can_be_read(colour: str, scheme: Scheme) -> None:
    made, ground = tones(nearest(colour, scheme), scheme), GROUNDS[scheme]
    pairs = [
        *((made.accent, each) for each in (ground.paper, ground.surface, made.soft)),
        *((made.deep, each) for each in (ground.paper, ground.surface)),
        *((made.on, each) for each in (made.accent, made.deep)),
        *((each, made.soft) for each in (ground.ink, ground.muted)),
    ]
    assert min(contrast(*each) for each in pairs) >= LEAST


def test_the_nearest_keeps_its_hue_as_near_as_may_be() -> None:
    assert nearest("#ff6600", Scheme.LIGHT) == "#c34d02"
    assert nearest("#888888", Scheme.LIGHT) == "#727272"


def test_the_stylesheet_sets_nothing_but_the_accents() -> None:
    css = stylesheet(both("#003399", ""))
    assert re.findall(r"(--[\w-]+): light-dark\(#[0-9a-f]{6}, #[0-9a-f]{6}\);", css) == [
        *("--accent", "--accent-deep", "--accent-soft", "--on-accent")
    ]
    assert len(css.splitlines()) == 6


def test_a_colour_is_on_every_page_at_once(bare: KeepingFlask, tokyo: Organiser) -> None:
    reader = bare.test_client()
    assert "look.css" not in reader.get("/rehearsal/agenda").text
    assert reader.get("/rehearsal/look.css").status_code == 404
    assert tokyo.send(LOOK, {"own": "y", "accent": "#003399"}).status_code == 303
    links = {
        found
        for path in ("/rehearsal/agenda", "/rehearsal/", "/rehearsal/register")
        for found in re.findall(r'href="(/rehearsal/look\.css\?v=\w+)"', reader.get(path).text) or [path]
    }
    (link,) = links
    answer = reader.get(link)
    assert (answer.mimetype, "immutable" in answer.headers["Cache-Control"]) == ("text/css", True)
    assert "--accent: light-dark(#003399, #" in answer.text
    assert reader.get("/rehearsal/look.css?v=old").headers["Cache-Control"] == "no-cache"
    assert "look.css" not in reader.get("/gnets-2023/agenda").text
    last = notes(bare, "event/rehearsal")[-1]
    assert (last.what, last.after) == ("colours", {"accent": "#003399", "accent_dark": ""})


@pytest.mark.parametrize(
    ("typed", "sentences"),
    [
        (
            {"accent": "#ffcc00"},
            ["its contrast on paper is 1.42:1, and 4.5:1 is needed", "The nearest that can be read is"],
        ),
        ({"accent": "#003399", "own_dark": "y", "accent_dark": "#003399"}, ["its contrast on paper is 1.50:1"]),
        ({"accent": "red;}*{display:none}"}, ["This is no colour such as #0b5d5e."]),
        ({"accent": "url(x)"}, ["This is no colour such as #0b5d5e."]),
    ],
)
def test_a_colour_that_cannot_be_read_is_refused_with_its_figure(
    bare: KeepingFlask, tokyo: Organiser, typed: dict[str, str], sentences: list[str]
) -> None:
    answer = tokyo.send(LOOK, {"own": "y"}, typed)
    assert answer.status_code == 422
    assert all(each in words(answer) for each in sentences)
    assert "look.css" not in bare.test_client().get("/rehearsal/agenda").text


def test_the_colour_that_is_offered_is_taken_by_its_button(bare: KeepingFlask, tokyo: Organiser) -> None:
    answer = tokyo.send(LOOK, {"own": "y", "accent": "#ff6600"})
    assert 'name="offer-accent" value="#c34d02"' in answer.text
    assert tokyo.send(LOOK, {"offer-accent": "#c34d02"}, page=answer).status_code == 303
    assert "light-dark(#c34d02, " in bare.test_client().get("/rehearsal/look.css").text


def test_the_products_colours_come_back(bare: KeepingFlask, tokyo: Organiser) -> None:
    tokyo.send(LOOK, {"own": "y", "accent": "#003399"})
    tokyo.send(LOOK, {"own": None})
    assert "look.css" not in bare.test_client().get("/rehearsal/agenda").text


def test_whoever_was_overtaken_sees_both_colours(tokyo: Organiser) -> None:
    opened = tokyo.get(LOOK)
    tokyo.send(LOOK, {"own": "y", "accent": "#003399"})
    answer = tokyo.send(LOOK, {"own": "y", "accent": "#005500"}, page=opened)
    assert (answer.status_code, 'value="#005500"' in answer.text) == (409, True)
    assert "#003399" in words(answer)
    assert tokyo.send(LOOK, page=answer).status_code == 303


def test_colours_are_for_organisers_of_the_summit(rome: Organiser) -> None:
    assert rome.get(LOOK).status_code == 404


def test_a_page_that_is_not_kept_asks_once_for_its_site(bare: KeepingFlask) -> None:
    reader = bare.test_client()
    reader.get("/rehearsal/")
    with counted(bare) as statements:
        reader.get("/rehearsal/")
    assert len([each for each in statements if "SELECT events.id, events.site" in each]) == 1
