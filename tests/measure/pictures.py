"""How twenty key pages look: small pictures that are kept, and how far another may be from them.

`make snapshots` draws them anew. They are compared coarsely, because fonts and their edges differ between machines:
each is shrunk to cells of CELL pixels and blurred. What differs then is layout: something wider, lower or gone.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageFilter
from playwright.sync_api import Browser
from pytest import MonkeyPatch  # noqa: PT013 (the clock stands still in a test and in the command alike)
from sqlalchemy import select

from app import clock, create_app
from app.db import db, write
from app.delegations import focal
from app.delegations.focal import Contact
from app.delegations.models import Delegation
from app.events.models import Event, Mode
from app.network.models import Member
from app.registration.service import Application, Details, register
from tests.browser.chromium import picture
from tests.databases import KEY, open_database
from tests.desk.office import Organiser, give_desks
from tests.measure.glass import served

KEPT = Path(__file__).with_name("snapshots")
NOW = datetime(2026, 11, 30, 9, 0, tzinfo=UTC)
"""The moment at which all pictures are taken."""
WIDTHS = {"desk": 1280, "phone": 390}
TALL = 2400
"""What lies beneath so many pixels is not looked at: by then it has all been seen."""
SMALL = 4
"""Pixels of a page for one of its kept picture."""
CELL = 4
"""Pixels of a kept picture for one cell of the comparison."""
SHADES = 12
AT_REST = """async () => {
  document.querySelectorAll(".tongues, svg image").forEach((each) => each.remove());
  for (let times = 0; times < 3; times += 1) {
    document.body.getBoundingClientRect();
    await new Promise(requestAnimationFrame);
    await document.fonts.ready;
  }
}"""
"""Names of languages are written in faces that a machine may lack, and the coasts of the world are all edges; each look
at the page may ask for another piece of a font."""
BLUR, FAINT, APART = 0.8, 8, 0.4
"""Cells that run into each other; the ink that is none; how much more ink of a cell's is another picture."""


@dataclass(frozen=True)
class Shot:
    """One page to be looked at, by whom, and how wide."""

    name: str
    path: str
    staff: bool = False


PUBLIC = {
    "front": "/",
    "summit": "/gnets-2023/",
    "summit-arabic": "/gnets-2023/?lang=ar",
    "agenda": "/gnets-2023/agenda",
    "session": "/gnets-2023/sessions/session-2",
    "cities": "/gnets-2023/cities",
    "city": "/gnets-2023/cities/rome",
    "people": "/gnets-2023/people",
    "visits": "/rehearsal/visits",
    "calendars": "/rehearsal/calendars",
    "register": "/rehearsal/register",
    "sign-in": "/sign-in",
    "not-found": "/rehearsal/cities/nowhere",
}
DESK = {
    "board": "/organise/rehearsal/board",
    "schedule": "/organise/rehearsal/schedule",
    "registrations": "/organise/rehearsal/registrations",
    "publish": "/organise/rehearsal/publish",
    "outbox": "/organise/rehearsal/outbox",
}


@contextmanager
def standing_still(folder: Path) -> Iterator[tuple[str, list[Shot], str]]:
    """The rehearsal as it is at NOW, served: its address, what is looked at, and the session of its organiser."""
    with MonkeyPatch.context() as patch, open_database("sqlite", folder) as states:
        patch.setattr(clock, "now", lambda: NOW)
        told = {"INSTANCE": str(folder), "DATABASE_URL": states.url, "BASE_URL": "http://localhost", "TESTING": True}
        app = create_app(told | {"SECRET_KEY": KEY})
        states.attach(app)
        states.restore("rehearsal")
        give_desks(app)
        with app.app_context():
            person, office = write(_guests)
        cookie = Organiser(app, "tokyo").client.get_cookie(str(app.config["SESSION_COOKIE_NAME"]))
        assert cookie is not None
        own = {"my-page": f"/d/{person}/", "office": f"/f/{office}/"}
        shots = [Shot(name, path) for name, path in (PUBLIC | own).items()]
        with served(app) as url:
            yield url, [*shots, *(Shot(name, path, staff=True) for name, path in DESK.items())], cookie.value


def _guests() -> tuple[str, str]:
    """Anna of Rome registers, and Gaia speaks for the city; the secrets of their pages."""
    event = db.session.execute(select(Event).where(Event.slug == "rehearsal")).scalar_one()
    rome = select(Delegation.id).join(Member).where(Delegation.event_id == event.id, Member.slug == "rome")
    key = db.session.execute(rome).scalar_one()
    told = Details(Mode.VENUE, "Anna Bianchi", "Deputy Mayor", "City of Rome", "anna@rome.example")
    anna = register(event, Application("a picture", key, told), NOW)
    gaia = focal.appoint(key, Contact("Gaia Romani", "gaia@rome.example"), who="Tokyo", now=NOW)
    return anna.link, gaia.link


def taken(browser: Browser, url: str, shots: list[Shot], cookie: str) -> Iterator[tuple[str, Image.Image]]:
    """Each page in each width: its name and its picture, as it is kept."""
    for kind, width in WIDTHS.items():
        context = browser.new_context(
            viewport={"width": width, "height": 900}, locale="en-GB", timezone_id="Asia/Tokyo", reduced_motion="reduce"
        )
        page = context.new_page()
        page.clock.set_fixed_time(NOW)
        for staff in (False, True):
            if staff:
                context.add_cookies([{"name": "plenary", "value": cookie, "url": url}])
            for shot in (each for each in shots if each.staff == staff):
                context.clear_cookies(name="plenary-language")  # which one of them has chosen
                page.goto(url + shot.path, wait_until="load")
                page.evaluate(AT_REST)
                octets = picture(page)
                with Image.open(BytesIO(octets)) as image:
                    yield f"{shot.name}-{kind}", kept(image)
        context.close()


def kept(image: Image.Image) -> Image.Image:
    """A picture of a page as small as it is kept: a quarter as wide, in a few shades of grey."""
    seen = image.convert("L").crop((0, 0, image.width, min(image.height, TALL)))
    small = seen.resize((seen.width // SMALL, max(seen.height // SMALL, 1)), Image.Resampling.BOX)
    return small.quantize(SHADES)


def coarse(image: Image.Image) -> Image.Image:
    cells = (max(image.width // CELL, 1), max(image.height // CELL, 1))
    return image.convert("L").resize(cells, Image.Resampling.BOX).filter(ImageFilter.GaussianBlur(BLUR))


def distance(before: Image.Image, after: Image.Image) -> float:
    """How much of what is on two pictures is not where it was, in hundredths: of the cells that hold something on
    either, those that hold much more or much less on the other. Where one is longer, the other holds nothing."""
    first, second = coarse(before), coarse(after)
    size = (max(first.width, second.width), max(first.height, second.height))
    papers = [max(range(256), key=each.histogram().__getitem__) for each in (first, second)]
    sheets = [Image.new("L", size, paper) for paper in papers]
    for sheet, image in zip(sheets, (first, second), strict=True):
        sheet.paste(image, (0, 0))
    inks = [[abs(value - paper) for value in sheet.tobytes()] for sheet, paper in zip(sheets, papers, strict=True)]
    held = [(one, other) for one, other in zip(*inks, strict=True) if max(one, other) > FAINT]
    moved = [abs(one - other) > FAINT + max(one, other) * APART for one, other in held].count(True)
    return 100.0 * moved / max(len(held), 1)
