"""Photos as cameras and others send them."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from PIL import Image


def photo(width: int = 600, height: int = 800, kind: str = "JPEG", colour: str = "navy", **more: Any) -> bytes:
    """A photo of one colour."""
    made = BytesIO()
    Image.new("RGB", (width, height), colour).save(made, kind, **more)
    return made.getvalue()


def telling() -> bytes:
    """A photo taken with the camera on its side, in which the camera wrote who, where and with what."""
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned by a quarter
    exif[0x010F] = "Canary Camera"
    exif.get_ifd(0x8825)[1] = "N"
    return photo(1600, 800, exif=exif, comment=b"Canary comment")


def opened(octets: bytes) -> Image.Image:
    with Image.open(BytesIO(octets)) as image:
        image.load()
        return image
