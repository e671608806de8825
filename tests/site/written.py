"""Pages and news as organisers write them at the desk."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from werkzeug.test import TestResponse

from app.db import db
from app.site.models import Article
from app.web.kept import KeepingFlask
from tests.desk.office import Organiser

SITE = "/organise/rehearsal/site"
LANGUAGES = ("en", "ja", "ko", "fr", "es", "ar")


def said(code: str, title: str, text: str) -> dict[str, str]:
    """What one types in one language."""
    number = LANGUAGES.index(code)
    return {f"rows-{number}-title": title, f"rows-{number}-text": text}


VENUE = said("en", "The venue", "Doors open at **nine**.")


def write(desk: Organiser, *typed: dict[str, Any], kind: str = "pages") -> TestResponse:
    """Store a new one as a draft."""
    return desk.send(f"{SITE}/{kind}/new", VENUE, *typed)


def show(desk: Organiser, slug: str, shown: str = "y", kind: str = "pages") -> TestResponse:
    """Press the button beneath the preview."""
    page = desk.get(f"{SITE}/{kind}/{slug}/preview")
    return desk.client.post(f"{SITE}/{kind}/{slug}/switch", data=pressed(page) | {"shown": shown})


def pressed(page: TestResponse) -> dict[str, str]:
    """The hidden fields of the page's last form."""
    form = page.text.rpartition("<form")[2]
    parts = form.split('<input type="hidden" name="')[1:]
    return {each.split('"')[0]: each.split('value="')[1].split('"')[0] for each in parts}


def shown(desk: Organiser, *typed: dict[str, Any], slug: str = "the-venue", kind: str = "pages") -> None:
    """Store it and show it."""
    assert write(desk, *typed, kind=kind).status_code == 303
    assert show(desk, slug, kind=kind).status_code == 303


def stored(app: KeepingFlask, slug: str) -> Article:
    with app.app_context():
        return db.session.execute(select(Article).where(Article.slug == slug)).scalar_one()
