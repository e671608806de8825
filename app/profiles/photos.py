"""The portrait of a person, as it is kept."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from app import photos
from app.photos import Wanted

LEAST = 400
"""Pixels of the shorter side, as it is sent."""
MEGABYTES = 5
PORTRAIT = Wanted(
    least=LEAST,
    most=1200,
    longest=3,
    megabytes=MEGABYTES,
    pixels=30_000_000,  # photos of 5 MB rarely have half as many
    formats=("JPEG", "PNG"),
    only=_l("Only JPG and PNG photos are taken, whatever the name says."),
    narrow=_l("The photo is far too long and narrow. Please cut it to a portrait."),
)


def prepared(octets: bytes) -> bytes:
    """The photo as a JPG of at most 1200 px, upright, without any metadata. Refused on "photo" in words.

    It takes up to a second of work, so it is done before the transaction.
    """
    (portrait,) = photos.drawn(octets, PORTRAIT)
    return portrait.octets
