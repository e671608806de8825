"""A photo as it is kept: upright, at most 1200 px, with nothing in it but the picture."""

from __future__ import annotations

import struct
import zlib
from io import BytesIO

from flask_babel import gettext as _
from PIL import Image, ImageCms, ImageOps

from app.refused import Refused

LEAST, MOST = 400, 1200
"""Pixels: of the shorter side as it is sent, of the longer side as it is kept."""
LONGEST = 3
"""How many times as long as the other one side may be."""
MEGABYTES = 5
PIXELS = min(30_000_000, Image.MAX_IMAGE_PIXELS or 30_000_000)
"""A small file may unfold into a picture that fills the memory; photos of 5 MB rarely have half as many."""
FIRST = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")
"""The first octets of a JPG and of a PNG."""
BROKEN = (OSError, SyntaxError, ValueError, EOFError, IndexError, KeyError, TypeError, struct.error, zlib.error)
"""What Pillow raises over files that are not what they begin as."""
BOMBS = (Image.DecompressionBombError, Image.DecompressionBombWarning)


def prepared(octets: bytes) -> bytes:
    """The photo as a JPG of at most `MOST` px, upright, without any metadata. Refused on "photo" in words.

    It takes up to a second of work, so it is done before the transaction.
    """
    if len(octets) > MEGABYTES * 1024 * 1024:
        raise Refused(_("The photo is larger than %(size)s MB.", size=MEGABYTES), "photo")
    if not octets.startswith(FIRST):
        raise Refused(_("Only JPG and PNG photos are taken, whatever the name says."), "photo")
    try:
        return _redrawn(octets)
    except BOMBS as fault:
        raise _too_many() from fault
    except BROKEN as fault:
        raise Refused(
            _("The photo cannot be read. It may be damaged: please save it anew and try again."), "photo"
        ) from fault


def _redrawn(octets: bytes) -> bytes:
    with Image.open(BytesIO(octets), formats=("JPEG", "PNG")) as image:
        if image.width * image.height > PIXELS:
            raise _too_many()
        if min(image.size) < LEAST:
            raise Refused(
                _(
                    "The photo is %(width)s × %(height)s pixels. Each side needs at least %(least)s.",
                    width=image.width,
                    height=image.height,
                    least=LEAST,
                ),
                "photo",
            )
        if max(image.size) > LONGEST * min(image.size):
            raise Refused(_("The photo is far too long and narrow. Please cut it to a portrait."), "photo")
        image.draft("RGB", (MOST, MOST))  # a JPG is then unfolded no larger than it is needed
        upright = ImageOps.exif_transpose(image)
        upright.thumbnail((MOST, MOST), Image.Resampling.LANCZOS)
        picture = _on_white(upright)
    kept = BytesIO()
    picture.save(kept, "JPEG", quality=88, optimize=True)
    return kept.getvalue()


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


def _too_many() -> Refused:
    return Refused(_("The photo has more pixels than we can take. Please make it smaller and try again."), "photo")
