"""Letters as organisers may read them: what was sent, with every secret cut out of its addresses.

Whoever has the address of a person's page speaks for that person, so a letter is never shown with it. What is cut is
not a list of known secrets: of an address only what is plainly a word stays, so that a new kind of link is safe too.
"""

from __future__ import annotations

import re
from dataclasses import replace
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any
from urllib.parse import urlsplit

from flask import current_app

from app.outbox.rendering import Attachment, Rendered

ADDRESS = re.compile(r"(?:https?|webcal)://[^\s<>\"']+", re.IGNORECASE)
WORD = re.compile(r"(?:[a-z0-9][a-z0-9.-]{0,15})?")
"""A part of a path that is no secret: those have 24 characters, of both cases."""
LONG = re.compile(r"(?<![\w-])(?=[\w-]*[A-Z0-9])[\w-]{20,}(?![\w-])", re.ASCII)
"""What looks like a secret outside of an address."""
CUT = "…"


def read(octets: bytes) -> Rendered:
    """What the octets of a letter of ours say."""
    message = message_from_bytes(octets, policy=policy.default)
    if not isinstance(message, EmailMessage):
        raise TypeError("the parser gave another kind of message")
    plain, html = (message.get_body((kind,)) for kind in ("plain", "html"))
    text, marked = (part.get_content().replace("\r\n", "\n") if part else "" for part in (plain, html))
    files = tuple(_attached(each) for each in message.iter_attachments())
    return Rendered(str(message["Subject"] or ""), text, marked, files)


def without_secrets(letter: Rendered) -> Rendered:
    """The letter as others than its reader may see it. Of its files only those stay that are text."""
    files = tuple(_file(each) for each in letter.attachments if each.mimetype.startswith("text/"))
    return replace(letter, subject=cut(letter.subject), text=cut(letter.text), html=cut(letter.html), attachments=files)


def holds_none(octets: bytes) -> bool:
    """Whether a letter of ours holds nothing that would be cut, in any part of it, so that its octets may be seen as
    they are. Of its head the numbers by which letters name each other are left aside: they open nothing."""
    message = message_from_bytes(octets, policy=policy.default)
    head = [str(value) for name, value in message.items() if name not in {"Message-ID", "In-Reply-To", "References"}]
    parts = [_attached(each) for each in message.walk() if not each.is_multipart()]
    readable = all(each.mimetype.startswith("text/") or each.mimetype == "application/ics" for each in parts)
    said = head + [_unfolded(each) for each in parts]
    return readable and all(cut(each) == each for each in said)


def sender(octets: bytes) -> tuple[str, str]:
    """(name, address) of whom a letter of ours is from."""
    found = message_from_bytes(octets, policy=policy.default)["From"].addresses[0]
    return found.display_name, found.addr_spec


def leaving(octets: bytes) -> str:
    """The address at which a reader of this letter takes leave of such ones, without its secret; empty: it has none."""
    found = str(message_from_bytes(octets, policy=policy.default)["List-Unsubscribe"] or "")
    return cut(found.strip("<>")).replace(CUT, "...")


def cut(text: str) -> str:
    """The text without the secrets in it."""
    return LONG.sub(CUT, ADDRESS.sub(lambda found: _address(found[0]), text))


def _address(found: str) -> str:
    """Of ours the words of the path stay, of others only whose it is."""
    try:
        parts, ours = urlsplit(found), urlsplit(current_app.config["BASE_URL"])
    except ValueError:
        return CUT
    path = f"/{CUT}" if parts.path.strip("/") else parts.path
    if parts.netloc == ours.netloc:
        path = "/".join(each if WORD.fullmatch(each) else CUT for each in parts.path.split("/"))
    more = f"?{CUT}" * bool(parts.query) + f"#{CUT}" * bool(parts.fragment)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{path}{more}"


def _attached(part: EmailMessage) -> Attachment:
    content: Any = part.get_payload(decode=True)
    return Attachment(part.get_filename() or "attachment", part.get_content_type(), content or b"")


def _file(file: Attachment) -> Attachment:
    return replace(file, content=cut(_unfolded(file)).encode())


def _unfolded(file: Attachment) -> str:
    """What a file says; in a calendar, a long line is folded, maybe in the middle of an address."""
    text = file.content.decode("utf-8", "replace")
    return re.sub(r"\r?\n[ \t]", "", text) if file.mimetype in {"text/calendar", "application/ics"} else text
