"""Photos as they are kept: upright, small enough, with nothing in them but the picture."""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from flask_babel import gettext as _
from PIL import Image, ImageCms, ImageOps

from app.refused import Refused

FIRST = {
    "JPEG": re.compile(rb"\xff\xd8\xff"),
    "PNG": re.compile(rb"\x89PNG\r\n\x1a\n"),
    "WEBP": re.compile(rb"RIFF.{4}WEBP", re.DOTALL),
}
"""The first octets of each format."""
HEIC = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"}
"""What a file calls itself in its ninth to twelfth octet when a phone kept it as HEIC."""
BROKEN = (OSError, SyntaxError, ValueError, EOFError, IndexError, KeyError, TypeError, struct.error, zlib.error)
"""What Pillow raises over files that are not what they begin as."""
BOMBS = (Image.DecompressionBombError, Image.DecompressionBombWarning)


@dataclass(frozen=True)
class Wanted:
    """What is asked of a photo, and how it is kept. Sizes are pixels."""

    least: int
    """Of the shorter side, as it is sent."""
    most: int
    """Of the longer side, as it is kept."""
    longest: int
    """How many times as long as the other one side may be."""
    megabytes: int
    pixels: int
    """A small file may unfold into a picture that fills the memory."""
    formats: tuple[str, ...]
    only: Any
    """The sentence that says which formats are taken."""
    narrow: Any
    """The sentence about a photo that is too long."""
    widths: tuple[int, ...] = ()
    """In which smaller widths it is kept beside."""
    quality: int = 88
    field: str = "photo"
    """Beside which field a refusal stands."""


@dataclass(frozen=True)
class Drawn:
    """A photo drawn anew, as a JPG of this size."""

    octets: bytes
    width: int
    height: int


def drawn(octets: bytes, wanted: Wanted) -> tuple[Drawn, ...]:
    """The photo upright, without any metadata, in each width that it reaches, the largest last. Refused on
    `wanted.field` in words.

    It takes up to some seconds of work, so it is done before the transaction.
    """
    if len(octets) > wanted.megabytes * 1024 * 1024:
        raise Refused(_("The photo is larger than %(size)s MB.", size=wanted.megabytes), wanted.field)
    if octets[4:8] == b"ftyp" and octets[8:12] in HEIC:
        said = _("This is a HEIC photo, which most browsers cannot show. Please save or send it as JPG and try again.")
        raise Refused(said, wanted.field)
    if not any(FIRST[each].match(octets) for each in wanted.formats):
        raise Refused(str(wanted.only), wanted.field)
    try:
        return tuple(_redrawn(octets, wanted))
    except BOMBS as fault:
        raise _too_many(wanted) from fault
    except BROKEN as fault:
        raise Refused(
            _("The photo cannot be read. It may be damaged: please save it anew and try again."), wanted.field
        ) from fault


def _redrawn(octets: bytes, wanted: Wanted) -> Iterator[Drawn]:
    with Image.open(BytesIO(octets), formats=wanted.formats) as image:
        if image.width * image.height > min(wanted.pixels, Image.MAX_IMAGE_PIXELS or wanted.pixels):
            raise _too_many(wanted)
        if min(image.size) < wanted.least:
            raise Refused(
                _(
                    "The photo is %(width)s × %(height)s pixels. Each side needs at least %(least)s.",
                    width=image.width,
                    height=image.height,
                    least=wanted.least,
                ),
                wanted.field,
            )
        if max(image.size) > wanted.longest * min(image.size):
            raise Refused(str(wanted.narrow), wanted.field)
        image.draft("RGB", (wanted.most, wanted.most))  # a JPG is then unfolded no larger than it is needed
        upright = ImageOps.exif_transpose(image)
        upright.thumbnail((wanted.most, wanted.most), Image.Resampling.LANCZOS)
        picture = _on_white(upright)
    for width in wanted.widths:
        if width < picture.width:
            size = (width, max(1, round(picture.height * width / picture.width)))
            yield _jpg(picture.resize(size, Image.Resampling.LANCZOS), wanted.quality)
    yield _jpg(picture, wanted.quality)


def _jpg(picture: Image.Image, quality: int) -> Drawn:
    kept = BytesIO()
    picture.save(kept, "JPEG", quality=quality, optimize=True, progressive=True)
    return Drawn(kept.getvalue(), *picture.size)


def _on_white(image: Image.Image) -> Image.Image:
    """A picture of its own, in the colours of every screen, to which nothing of the old file clings."""
    clear = image.convert("RGBA")
    picture = Image.new("RGB", image.size, "white")
    picture.paste(_in_srgb(image, clear), mask=clear.getchannel("A"))
    return picture


def _in_srgb(image: Image.Image, clear: Image.Image) -> Image.Image:
    """The colours by the profile that the camera wrote, if it can be used; else as they stand."""
    plain = clear.convert("RGB")
    if not image.info.get("icc_profile") or image.mode not in {"RGB", "RGBA"}:
        return plain
    try:
        own = ImageCms.ImageCmsProfile(BytesIO(image.info["icc_profile"]))
        turned = ImageCms.profileToProfile(plain, own, ImageCms.createProfile("sRGB"), outputMode="RGB")
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return plain
    return turned or plain


def _too_many(wanted: Wanted) -> Refused:
    return Refused(_("The photo has more pixels than we can take. Please make it smaller and try again."), wanted.field)
