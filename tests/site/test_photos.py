"""Photos of a site: what becomes of them, which are not taken, where they may stand, and what goes with them."""

from __future__ import annotations

import re
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from app import clock
from app.db import db
from app.db import write as commit
from app.files import File
from app.refused import Refused
from app.site import pictures
from app.site.models import Photo, PhotoSize
from app.web.kept import KeepingFlask
from tests.desk.office import Organiser, held, notes, words
from tests.profiles.pictures import opened, photo, telling
from tests.site.written import SITE, pressed, said, shown, stored, write
from tests.web.test_toasts import button

PHOTOS = f"{SITE}/photos"
HALL = {"rows-0-alt": "The great hall, full of people", "credit": "A. Bianchi"}


def send(desk: Organiser, octets: bytes, *typed: dict[str, Any]) -> TestResponse:
    values = held(desk.get(f"{PHOTOS}/new")) | HALL
    for each in typed:
        values |= each
    return desk.client.post(f"{PHOTOS}/new", data=values | {"photo": (BytesIO(octets), "../../etc/IMG.JPG")})


def key(app: KeepingFlask) -> str:
    with app.app_context():
        return db.session.execute(select(Photo.key)).scalar_one()


def files(app: KeepingFlask) -> int:
    with app.app_context():
        return db.session.execute(select(func.count()).select_from(File)).scalar_one()


@pytest.fixture
def hall(bare: KeepingFlask, tokyo: Organiser) -> str:
    """A photo of the hall; its key."""
    assert send(tokyo, photo(1200, 800)).status_code == 303
    return key(bare)


def test_a_photo_is_kept_upright_in_several_widths_without_what_the_camera_wrote(
    bare: KeepingFlask, tokyo: Organiser
) -> None:
    assert send(tokyo, telling()).status_code == 303
    reader, name = bare.test_client(), key(bare)
    for width, height in ((480, 960), (800, 1600)):  # it lay on its side, 1600 x 800
        answer = reader.get(f"/rehearsal/photos/{name}-{width}.jpg")
        image = opened(answer.data)
        assert (image.format, image.size, dict(image.getexif())) == ("JPEG", (width, height), {})
        assert [word in answer.data for word in (b"Canary", b"Exif", b"GPS")] == [False, False, False]
        assert answer.headers["Cache-Control"] == "private, max-age=31536000, immutable"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert reader.get(answer.request.path, headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304
    assert reader.get(f"/rehearsal/photos/{name}-960.jpg").status_code == 404
    assert reader.get(f"/gnets-2023/photos/{name}-480.jpg").status_code == 404


def test_a_great_photo_is_made_smaller(bare: KeepingFlask, tokyo: Organiser) -> None:
    send(tokyo, photo(4000, 3000))
    with bare.app_context():
        sizes = db.session.execute(select(PhotoSize.width, PhotoSize.height).order_by(PhotoSize.width)).all()
    assert [tuple(each) for each in sizes] == [(480, 360), (960, 720), (1440, 1080), (2000, 1500)]


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_other_formats_become_jpg(bare: KeepingFlask, tokyo: Organiser, kind: str) -> None:
    made = BytesIO()
    Image.new("RGBA", (700, 650), (255, 255, 255, 0)).save(made, kind)
    assert send(tokyo, made.getvalue()).status_code == 303
    image = opened(bare.test_client().get(f"/rehearsal/photos/{key(bare)}-700.jpg").data)
    assert (image.format, image.getpixel((9, 9))) == ("JPEG", (255, 255, 255))


def bomb() -> bytes:
    made = BytesIO()
    Image.new("1", (9_000, 9_000)).save(made, "PNG")
    return made.getvalue()


@pytest.mark.parametrize(
    ("octets", "sentence"),
    [
        (photo(599, 900), "The photo is 599 × 900 pixels. Each side needs at least 600."),
        (photo(3000, 700), "The photo is far too long and narrow for a page. Please cut it."),
        (bomb(), "The photo has more pixels than we can take."),
        (b"GIF89a", "Only JPG, PNG and WebP photos are taken, whatever the name says."),
        (b"<svg onload=alert(1)>", "Only JPG, PNG and WebP photos are taken, whatever the name says."),
        (b"RIFF0000WAVEfmt ", "Only JPG, PNG and WebP photos are taken, whatever the name says."),
        (b"RIFF0000WEBPVP8 ", "The photo cannot be read. It may be damaged"),
        (photo(900, 900)[:500], "The photo cannot be read. It may be damaged"),
        (b"\0\0\0\x18ftypheic\0\0\0\0", "This is a HEIC photo, which most browsers cannot show."),
    ],
)
def test_what_is_no_good_photo_is_refused_in_words_and_nothing_typed_is_lost(
    bare: KeepingFlask, tokyo: Organiser, octets: bytes, sentence: str
) -> None:
    answer = send(tokyo, octets)
    assert (answer.status_code, sentence in words(answer)) == (422, True)
    assert "The great hall, full of people" in answer.text
    assert files(bare) == 0


def test_a_photo_of_more_than_twenty_megabytes_is_refused(bare: KeepingFlask) -> None:
    with bare.test_request_context(), pytest.raises(Refused, match=r"larger than 20 MB\."):
        pictures.laid(photo(800, 800) + b"0" * 20 * 1024 * 1024)


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"rows-0-alt": ""}, "English: Say what is to be seen, in at least one language"),
        ({"rows-0-alt": "x" * 251}, "English: At most 250 characters fit here; these are 251."),
        ({"fallback": "fr"}, "In this language nothing is written yet"),
        ({"credit": "x" * 201}, "At most 200 characters fit here; these are 201."),
    ],
)
def test_a_photo_needs_its_words(
    bare: KeepingFlask, tokyo: Organiser, typed: dict[str, str], sentence: str, instance: Path
) -> None:
    answer = send(tokyo, photo(), typed)
    assert (answer.status_code, sentence in words(answer)) == (422, True)
    assert files(bare) == 0


def test_no_photo_at_all_is_asked_for(tokyo: Organiser) -> None:
    answer = tokyo.client.post(f"{PHOTOS}/new", data=held(tokyo.get(f"{PHOTOS}/new")) | HALL | {"photo": None})
    assert "Choose a photo." in words(answer)


def test_a_photo_stands_in_a_page_with_its_words(bare: KeepingFlask, tokyo: Organiser, hall: str) -> None:
    shown(tokyo, said("en", "The venue", f"One.\n\n![Before the opening](photo:{hall})\n\nTwo."))
    page = bare.test_client().get("/rehearsal/info/the-venue").text
    image = re.search(r"<img [^>]+>", page)
    assert image is not None
    assert f'src="/rehearsal/photos/{hall}-1200.jpg"' in image[0]
    assert f"/rehearsal/photos/{hall}-480.jpg 480w" in image[0]
    assert 'width="1200" height="800" alt="The great hall, full of people"' in image[0]
    caption = re.search(r"<figcaption>.+</figcaption>", page)
    assert caption is not None
    assert re.sub("<[^>]+>", "", caption[0]) == "Before the opening Photo: A. Bianchi"


def test_a_photo_of_another_summit_may_not_appear(bare: KeepingFlask, tokyo: Organiser, hall: str) -> None:
    shown(tokyo, said("en", "The venue", f"![](photo:{hall})"))
    rome = Organiser(bare, "rome")
    typed = said("en", "The venue", f"![](photo:{hall})")
    answer = rome.send("/organise/gnets-2023/site/pages/new", typed)
    assert "Only photos of this summit can appear" in words(answer)


def test_other_words_hold_wherever_the_photo_stands(bare: KeepingFlask, tokyo: Organiser, hall: str) -> None:
    shown(tokyo, said("en", "The venue", f"![](photo:{hall})"))
    reader = bare.test_client()
    reader.get("/rehearsal/info/the-venue")
    tokyo.send(f"{PHOTOS}/{hall}/edit", {"rows-0-alt": "The hall <b>empty</b>", "rows-3-alt": "La salle"})
    assert 'alt="The hall &lt;b&gt;empty&lt;/b&gt;"' in reader.get("/rehearsal/info/the-venue").text
    assert "Missing: 日本語, 한국어, Español, العربية" in words(tokyo.get(PHOTOS))


def test_whoever_was_overtaken_sees_both_words(tokyo: Organiser, hall: str) -> None:
    opened_before = tokyo.get(f"{PHOTOS}/{hall}/edit")
    tokyo.send(f"{PHOTOS}/{hall}/edit", {"rows-0-alt": "The hall, empty"})
    answer = tokyo.send(f"{PHOTOS}/{hall}/edit", {"rows-0-alt": "The hall, full"}, page=opened_before)
    assert answer.status_code == 409
    assert ("The hall, empty" in answer.text, 'value="The hall, full"' in answer.text) == (True, True)


def test_deleting_a_photo_names_where_it_stands_and_can_be_taken_back(
    bare: KeepingFlask, tokyo: Organiser, hall: str
) -> None:
    shown(tokyo, said("en", "The venue", f"One.\n\n![](photo:{hall})"))
    tokyo.client.post(f"{PHOTOS}/head", data=pressed(tokyo.get(PHOTOS)) | {"key": hall})
    page = words(tokyo.get(f"{PHOTOS}/{hall}/delete"))
    assert "It stands in: The venue. There it will be left out." in page
    assert "It stands at the head of the front page" in page
    tokyo.send(f"{PHOTOS}/{hall}/delete")
    reader = bare.test_client()
    assert reader.get(f"/rehearsal/photos/{hall}-480.jpg").status_code == 404
    assert "<img" not in reader.get("/rehearsal/info/the-venue").text
    address, values = button(tokyo.get(PHOTOS).text)
    tokyo.client.post(address, data=values)
    assert "<img" in reader.get("/rehearsal/info/the-venue").text
    assert [each.what for each in notes(bare, f"photo/{hall}")] == ["photo added", "photo deleted", "photo put back"]


def test_a_photo_deleted_long_ago_is_forgotten_with_its_octets(bare: KeepingFlask, tokyo: Organiser, hall: str) -> None:
    tokyo.client.post(f"{PHOTOS}/head", data=pressed(tokyo.get(PHOTOS)) | {"key": hall})
    tokyo.send(f"{PHOTOS}/{hall}/delete")
    assert files(bare) == 3
    with bare.app_context():
        assert commit(lambda: pictures.forget(clock.now() + timedelta(days=31))) == 1
    assert files(bare) == 0
    assert "There are no photos yet." in words(tokyo.get(PHOTOS))


def test_one_photo_stands_at_the_head(bare: KeepingFlask, tokyo: Organiser, hall: str) -> None:
    tokyo.client.post(f"{PHOTOS}/head", data=pressed(tokyo.get(PHOTOS)) | {"key": hall})
    with bare.test_request_context():
        site = bare.jinja_env.globals["site_of"]("rehearsal")  # type: ignore[operator]
        assert (site.hero.key, site.hero.alt) == (hall, "The great hall, full of people")
    tokyo.client.post(f"{PHOTOS}/head", data=pressed(tokyo.get(PHOTOS)) | {"key": ""})
    with bare.test_request_context():
        assert bare.jinja_env.globals["site_of"]("rehearsal").hero is None  # type: ignore[operator]


def test_photos_are_for_organisers_of_the_summit(bare: KeepingFlask, rome: Organiser, hall: str) -> None:
    for path in (PHOTOS, f"{PHOTOS}/new", f"{PHOTOS}/{hall}/edit", f"/organise/gnets-2023/site/photos/{hall}/edit"):
        assert rome.get(path).status_code == 404
    press = pressed(rome.get("/organise/gnets-2023/site"))
    answer = rome.client.post("/organise/gnets-2023/site/photos/head", data=press | {"key": hall})
    assert answer.status_code == 303
    assert "This photo was deleted meanwhile." in words(rome.get("/organise/gnets-2023/site/photos"))


def test_the_picker_offers_every_photo_by_its_words(tokyo: Organiser, hall: str) -> None:
    page = tokyo.get(f"{SITE}/pages/new")
    assert f'data-insert="![](photo:{hall})"' in page.text
    write(tokyo)


def test_a_stored_page_that_shows_a_photo_can_be_stored_again_after_it_was_deleted(
    bare: KeepingFlask, tokyo: Organiser, hall: str
) -> None:
    shown(tokyo, said("en", "The venue", f"![](photo:{hall})"))
    tokyo.send(f"{PHOTOS}/{hall}/delete")
    assert tokyo.send(f"{SITE}/pages/the-venue/edit").status_code == 303
    assert stored(bare, "the-venue").version == 3
