"""What visitors of a summit look for, so that organisers know what to write first."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l


@dataclass(frozen=True)
class Start:
    """A page that a summit should have: the name in its address, its title, and what it answers."""

    slug: str
    title: Any
    answers: Any


STARTS = (
    Start(
        "venue",
        _l("The venue"),
        _l("Where it takes place, when the doors open, what to bring, where to eat, whom to ask on the spot."),
    ),
    Start(
        "travel",
        _l("Getting there"),
        _l("From the airport and the station to the venue; what it costs, how long it takes, what runs late at night."),
    ),
    Start(
        "visa",
        _l("Visa"),
        _l("Who needs one, how long it takes, and how the organisers help with letters."),
    ),
    Start(
        "accommodation",
        _l("Accommodation"),
        _l("Hotels near the venue, at what rate, until when, and by which word one books."),
    ),
    Start(
        "accessibility",
        _l("Accessibility of the venue"),
        _l(
            "Steps and lifts, seats for wheelchairs, interpretation into sign language, captions, quiet rooms, toilets."
        ),
    ),
    Start(
        "contact",
        _l("Contact"),
        _l("Who answers which questions, in which languages, at what hours; the press office; emergencies."),
    ),
    Start(
        "about",
        _l("About the summit"),
        _l("Who meets and why, what came of earlier summits, what is hoped for."),
    ),
    Start(
        "outcome-text",
        _l("The outcome in full"),
        _l("The text that the cities agreed on, once it is announced, and where the document lies."),
    ),
)


def left(slugs: Collection[str]) -> list[Start]:
    """Those that are not written yet."""
    return [each for each in STARTS if each.slug not in slugs]


def start(slug: str) -> Start | None:
    return next((each for each in STARTS if each.slug == slug), None)
