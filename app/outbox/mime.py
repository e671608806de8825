"""A rendered letter as the octets that go over the wire (RFC 5322, 2045-2049), made once and then kept.

The message's own headers are written here and not by the standard library's EmailMessage: before Python 3.11.10 that
folds a long quoted name into several addresses and lets line breaks through.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from email import policy
from email.header import Header
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import PurePosixPath

from app.ical import clean
from app.outbox.rendering import Attachment, Rendered


@dataclass(frozen=True)
class Headers:
    """What stands on a letter besides its subject and body. Addresses are in the form of `addresses.reachable`."""

    sender_name: str
    sender: str
    to_name: str
    to: str
    reply_to: str
    """"" for none."""
    message_id: str
    dated: datetime
    language: str
    answers: str = ""
    """The Message-ID of the first letter about the same thing, so that mail programs show them together."""
    unsubscribe: str = ""
    """Where one press ends letters of this kind. RFC 8058 wants https, so another address stands in no header."""


def octets(headers: Headers, rendered: Rendered) -> bytes:
    """The whole message: CRLF, lines of at most 998 octets, seven bits throughout, one recipient, no Bcc."""
    return _head(headers, rendered.subject) + _body(rendered).as_bytes(policy=policy.SMTP)


def _head(headers: Headers, subject: str) -> bytes:
    lines = {
        "From": _mailbox("From", headers.sender_name, headers.sender),
        "To": _mailbox("To", headers.to_name, headers.to),
        "Reply-To": _mailbox("Reply-To", "", headers.reply_to) if headers.reply_to else "",
        "Subject": _unstructured("Subject", _line(subject)),
        "Date": format_datetime(headers.dated),
        "Message-ID": headers.message_id,
        "In-Reply-To": headers.answers,
        "References": headers.answers,
        "Content-Language": headers.language if re.fullmatch(r"[A-Za-z0-9-]+", headers.language) else "",
        "Auto-Submitted": "auto-generated",  # RFC 3834 5: no holiday notice answers
        "X-Auto-Response-Suppress": "All",  # the same for Exchange
    }
    if re.fullmatch(r"https://[!-;=?-~]+", headers.unsubscribe):
        lines |= {
            "List-Unsubscribe": f"<{headers.unsubscribe}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",  # RFC 8058 3.1
        }
    return "".join(f"{name}: {value}\r\n" for name, value in lines.items() if value).encode("ascii")


def _body(rendered: Rendered) -> EmailMessage:
    """multipart/mixed[multipart/alternative[plain, html, invitation], attachments]; plain text first (RFC 2046 5.1.4).

    An invitation stands in both places with the same octets: programs that know iMIP read the alternative, the others
    offer the file (RFC 6047 2.4 wants the method in the part's type too).
    """
    body = EmailMessage(policy=policy.SMTP)
    body.set_content(rendered.text, cte="quoted-printable")
    body.add_alternative(rendered.html, subtype="html", cte="quoted-printable")
    for each in rendered.attachments:
        if each.method:
            params = {"charset": "utf-8", "method": each.method}
            body.add_alternative(each.content, maintype="text", subtype="calendar", cte="base64", params=params)
    body.make_mixed()
    for each in rendered.attachments:
        kind, _slash, subtype = ("application/ics" if each.method else each.mimetype).partition("/")
        body.add_attachment(
            each.content,
            maintype=kind,
            subtype=subtype,
            cte="base64",
            filename=_filename(each),
            params={"charset": "utf-8"} if kind == "text" else None,
        )
    return body


def _line(text: str) -> str:
    """The text on one line: breaks and runs of blanks become one space."""
    return re.sub(r"\s+", " ", clean(text)).strip()


def _mailbox(header: str, name: str, address: str) -> str:
    """`"Name" <address>`: a short ASCII name in quotes, any other as encoded words (RFC 2047)."""
    name = _line(name)
    if not name:
        return address
    if name.isascii() and "=?" not in name and len(name) <= 60:
        quoted = re.sub(r'(["\\])', r"\\\1", name)
        return f'"{quoted}"\r\n <{address}>'
    return f"{_encoded(header, name)}\r\n <{address}>"


def _unstructured(header: str, text: str) -> str:
    if text.isascii() and "=?" not in text and all(len(word) <= 60 for word in text.split()):
        return Header(text, "us-ascii", header_name=header, maxlinelen=76).encode(linesep="\r\n")
    return _encoded(header, text)


def _encoded(header: str, text: str) -> str:
    """Encoded words on lines of at most 76 characters, none of which cuts a character in two (RFC 2047 2, 5)."""
    return Header(text, "utf-8", header_name=header, maxlinelen=74).encode(linesep="\r\n")


def _filename(attachment: Attachment) -> str:
    """The file's name in ASCII letters, figures, dot, dash and underscore: no path, no header, no surprise."""
    plain = unicodedata.normalize("NFKD", attachment.filename).encode("ascii", "ignore").decode()
    name = re.sub(r"[^A-Za-z0-9._-]+", "-", PurePosixPath(plain).name).strip("-.")[-100:]
    return name or "attachment"
