"""Key pages look as they did when somebody last looked: their layout, not their pixels."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PIL import Image, ImageChops, ImageFilter, ImageOps
from playwright.sync_api import Browser

from tests.measure.pictures import DESK, KEPT, PUBLIC, WIDTHS, distance, standing_still, taken

pytestmark = pytest.mark.one_database

LIMIT = 5.0
"""How far a picture may be from the kept one. Measured on all forty: other letters are at most 2.8 away, a panel that
is gone at least 6.3, something inserted 12, a page the wrong way around 11."""
NAMES = [f"{name}-{kind}" for name in (*PUBLIC, *DESK, "my-page", "office") for kind in WIDTHS]


@pytest.fixture(scope="module")
def pictures(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Image.Image]]:
    with standing_still(tmp_path_factory.mktemp("still")) as (url, shots, cookie):
        found = dict(taken(browser, url, shots, cookie))
        far = {name.rsplit("-", 1)[0] for name, picture in found.items() if distance(before(name), picture) > LIMIT}
        again = [each for each in shots if each.name in far]  # once more: a loaded machine may have looked too early
        yield found | dict(taken(browser, url, again, cookie))


def before(name: str) -> Image.Image:
    with Image.open(KEPT / f"{name}.png") as image:
        return image.convert("L")


def test_twenty_pages_look_as_they_did(pictures: dict[str, Image.Image]) -> None:
    """After a change that is meant: `make snapshots`, and look at what it drew."""
    assert len(pictures) == 40
    apart = {name: round(distance(before(name), picture), 1) for name, picture in pictures.items()}
    assert {name: far for name, far in apart.items() if far > LIMIT} == {}


def test_as_many_are_kept_as_are_looked_at_and_they_stay_small() -> None:
    files = sorted(KEPT.iterdir())
    assert sorted(each.stem for each in files) == sorted(NAMES)
    assert sum(each.stat().st_size for each in files) < 1_000_000


def inserted(image: Image.Image) -> Image.Image:
    """Something 100 px high stands above the rest."""
    moved = Image.new("L", (image.width, image.height + 25), 250)
    moved.paste(image.crop((0, 0, image.width, 60)), (0, 0))
    moved.paste(image.crop((0, 60, image.width, image.height)), (0, 85))
    return moved


def gone(image: Image.Image) -> Image.Image:
    """A panel in the middle has vanished."""
    less = image.copy()
    less.paste(250, (0, image.height // 3, image.width, image.height * 2 // 3))
    return less


BROKEN = {"inserted": inserted, "gone": gone, "mirrored": ImageOps.mirror}


@pytest.mark.parametrize("how", BROKEN)
@pytest.mark.parametrize("name", NAMES)
def test_a_broken_layout_is_too_far(name: str, how: str) -> None:
    assert distance(before(name), BROKEN[how](before(name))) > LIMIT


@pytest.mark.parametrize("name", NAMES)
def test_other_edges_of_letters_are_near(name: str) -> None:
    """Another machine draws letters bolder, softer, or a pixel beside."""
    image = before(name)
    for other in (
        image.filter(ImageFilter.GaussianBlur(0.7)),
        image.point(lambda value: max(value - 10, 0)),
        ImageChops.offset(image, 1, 0),
        image.filter(ImageFilter.MinFilter(3)).point(lambda value: min(value + 60, 255)),
    ):
        assert distance(image, other) < LIMIT
