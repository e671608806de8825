"""What visitors of a summit look for, so that organisers know what to write first."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _p


@dataclass(frozen=True)
class Start:
    """A page that a summit should have: the name in its address, its title, and what it answers."""

    slug: str
    title: Any
    answers: Any


STARTS = (
    Start(
        "venue",
        _p("The venue"),
        _p("Where it takes place, when the doors open, what to bring, where to eat, whom to ask on the spot."),
    ),
    Start(
        "travel",
        _p("Getting there"),
        _p("From the airport and the station to the venue; what it costs, how long it takes, what runs late at night."),
    ),
    Start(
        "visa",
        _p("Visa"),
        _p("Who needs one, how long it takes, and how the organisers help with letters."),
    ),
    Start(
        "accommodation",
        _p("Accommodation"),
        _p("Hotels near the venue, at what rate, until when, and by which word one books."),
    ),
    Start(
        "accessibility",
        _p("Accessibility of the venue"),
        _p(
            "Steps and lifts, seats for wheelchairs, interpretation into sign language, captions, quiet rooms, toilets."
        ),
    ),
    Start(
        "contact",
        _p("Contact"),
        _p("Who answers which questions, in which languages, at what hours; the press office; emergencies."),
    ),
    Start(
        "about",
        _p("About the summit"),
        _p("Who meets and why, what came of earlier summits, what is hoped for."),
    ),
    Start(
        "outcome-text",
        _p("The outcome in full"),
        _p("The text that the cities agreed on, once it is announced, and where the document lies."),
    ),
)


def left(slugs: Collection[str]) -> list[Start]:
    """Those that are not written yet."""
    return [each for each in STARTS if each.slug not in slugs]


def start(slug: str) -> Start | None:
    return next((each for each in STARTS if each.slug == slug), None)
