"""The web app manifest (W3C): how a phone names a summit among its apps, and where it begins.

It never holds anybody's secret, since makers of browsers may fetch it to build the app: where somebody's own page is,
their device alone remembers.
"""

from __future__ import annotations

from typing import Any

from flask import url_for
from flask_babel import gettext as _

from app.publishing.programme import Summit
from app.web.reading import right_to_left
from app.web.wording import asset, language, span_of_days

ACCENT, PAPER = "#0b5d5e", "#faf8f3"
SHORT = 12
"""Characters that a phone shows below an icon."""
ICONS = (("mark-192.png", 192, "any"), ("mark-512.png", 512, "any"), ("mask-512.png", 512, "maskable"))


def whole() -> dict[str, Any]:
    """That of the installation."""
    about = _("Plenary, for the summits of city networks")
    return _manifest("/", "Plenary", "Plenary", about, url_for("publishing.home"), [])


def of(summit: Summit) -> dict[str, Any]:
    """That of one summit, in the reader's language."""
    dated = f"{summit.network} {summit.starts_on.year}"
    short = dated if len(dated) <= SHORT else summit.network
    about = ", ".join(filter(None, (summit.place, span_of_days(summit.starts_on, summit.ends_on), summit.motto)))
    ways = [
        (_("Agenda"), url_for("publishing.agenda", event=summit.slug)),
        (_("On this device"), url_for("phone.device")),
    ]
    start = url_for("phone.start", event=summit.slug)
    return _manifest(f"/{summit.slug}/", summit.title, short, about, start, ways)


def _manifest(key: str, name: str, short: str, about: str, start: str, ways: list[tuple[str, str]]) -> dict[str, Any]:
    spoken = language()
    return {
        "id": key,
        "name": name,
        "short_name": short,
        "description": about,
        "lang": spoken,
        "dir": "rtl" if right_to_left(spoken) else "ltr",
        "start_url": start,
        "scope": "/",
        "display": "standalone",
        "theme_color": ACCENT,
        "background_color": PAPER,
        "icons": [
            {"src": asset(f"icons/{file}"), "sizes": f"{size}x{size}", "type": "image/png", "purpose": purpose}
            for file, size, purpose in ICONS
        ],
        "shortcuts": [{"name": word, "url": to} for word, to in ways],
    }
