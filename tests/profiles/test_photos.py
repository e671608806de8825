"""What becomes of a photo before it is kept, and which are not taken."""

from __future__ import annotations

from io import BytesIO

import pytest
from flask import Flask
from PIL import Image

from app.profiles.photos import prepared
from app.refused import Refused
from app.web.kept import KeepingFlask
from tests.profiles.pictures import opened, photo, telling

pytestmark = pytest.mark.one_database


def said(app: Flask, octets: bytes) -> str:
    """The sentence with which a photo is refused."""
    with app.test_request_context(), pytest.raises(Refused) as no:
        prepared(octets)
    assert no.value.field == "photo"
    return no.value.message


def test_a_photo_is_kept_upright_small_and_without_what_the_camera_wrote() -> None:
    kept = prepared(telling())
    image = opened(kept)
    assert (image.format, image.size, dict(image.getexif())) == ("JPEG", (600, 1200), {})
    assert [word in kept for word in (b"Canary", b"Exif", b"GPS")] == [False, False, False]


def test_a_photo_that_is_small_enough_is_not_made_larger() -> None:
    assert opened(prepared(photo(400, 500))).size == (400, 500)


@pytest.mark.parametrize("mode", ["RGBA", "P", "L", "LA", "1"])
def test_png_of_every_kind_becomes_a_picture_on_white(mode: str) -> None:
    made = BytesIO()
    Image.new("RGBA", (450, 450), (255, 255, 255, 0)).convert(mode).save(made, "PNG")
    image = opened(prepared(made.getvalue()))
    assert (image.format, image.mode, image.getpixel((200, 200))) == ("JPEG", "RGB", (255, 255, 255))


@pytest.mark.parametrize(("width", "height"), [(399, 800), (800, 399)])
def test_a_photo_that_is_too_small_says_how_large_it_is(app: KeepingFlask, width: int, height: int) -> None:
    assert said(app, photo(width, height)) == (f"The photo is {width} × {height} pixels. Each side needs at least 400.")


def test_a_ribbon_is_no_portrait(app: KeepingFlask) -> None:
    assert said(app, photo(400, 1300)) == "The photo is far too long and narrow. Please cut it to a portrait."


@pytest.mark.parametrize(
    "octets", [b"", b"%PDF-1.7", b"GIF89a", b"<svg onload=alert(1)>", photo(kind="WEBP"), photo(kind="BMP")]
)
def test_what_is_no_jpg_or_png_is_not_taken_whatever_its_name(app: KeepingFlask, octets: bytes) -> None:
    assert said(app, octets) == "Only JPG and PNG photos are taken, whatever the name says."


@pytest.mark.parametrize("octets", [photo()[:400], photo(kind="PNG")[:60], b"\xff\xd8\xff" + b"x" * 500])
def test_a_damaged_photo_gets_a_sentence(app: KeepingFlask, octets: bytes) -> None:
    assert said(app, octets) == "The photo cannot be read. It may be damaged: please save it anew and try again."


@pytest.mark.parametrize("side", [7_200, 9_600, 14_000])
def test_a_small_file_that_unfolds_into_a_huge_picture_is_refused_unopened(app: KeepingFlask, side: int) -> None:
    made = BytesIO()
    Image.new("1", (side, side)).save(made, "PNG")
    assert said(app, made.getvalue()) == (
        "The photo has more pixels than we can take. Please make it smaller and try again."
    )


def test_a_photo_of_more_than_five_megabytes_is_refused(app: KeepingFlask) -> None:
    assert said(app, photo() + b"0" * 5 * 1024 * 1024) == "The photo is larger than 5 MB."
