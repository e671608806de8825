"""Text as it may stand in a calendar file: cleaned once, when an item is made."""

import re
from functools import lru_cache
from urllib.parse import quote, urlsplit

_BREAKS = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_UNSEEN = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f"  # C0 and C1 controls
    "\u202a-\u202e\u2066-\u2069"  # bidirectional embeddings, overrides and isolates
    "\ufeff\ufffe\uffff\ud800-\udfff]"  # byte order mark, non-characters, lone surrogates
)
_KEPT_IN_ADDRESSES = "!#$%&'()*+,/:;=?@[]~"

_SAID = {
    "en": ("Cancelled: ", "Join online: ", "Online"),
    "fr": ("Annulé\u00a0: ", "Rejoindre en ligne\u00a0: ", "En ligne"),
    "es": ("Cancelado: ", "Participar en línea: ", "En línea"),
    "ja": ("中止\uff1a", "オンライン参加\uff1a", "オンライン"),
    "ko": ("취소: ", "온라인 참여: ", "온라인"),
    "ar": ("أُلغيت: ", "الانضمام عبر الإنترنت: ", "عبر الإنترنت"),
}


def clean(text: str) -> str:
    """The text without what calendars choke on; every kind of line break becomes one line feed.

    Removed are control characters, marks that turn the direction of the text around,
    and halves of surrogate pairs; a tab becomes a space (RFC 5545 3.1 allows no other control).
    """
    if text.isprintable():  # nearly every text, and far quicker to tell
        return text
    return _UNSEEN.sub("", _BREAKS.sub("\n", text)).replace("\t", " ")


def one_line(text: str) -> str:
    """The cleaned text with each line break turned into one space."""
    text = clean(text).strip()
    return re.sub(r"\s*\n\s*", " ", text) if "\n" in text else text


@lru_cache(maxsize=4096)
def address(url: str) -> str:
    """The web address as RFC 3986 writes it, or "" for none.

    Raises ValueError for anything that is not an http or https address with a host.
    """
    url = clean(url).replace("\n", "").strip()
    if not url:
        return ""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError(f"“{url}” is not a web address that begins with https:// or http://.")
    return quote(url, safe=_KEPT_IN_ADDRESSES)


def cancelled_prefix(language: str) -> str:
    """What stands before the title of a cancelled entry, since not every client shows STATUS."""
    return _said(language)[0]


def cancelled_prefixes() -> tuple[str, ...]:
    """The same in every language there is."""
    return tuple(each[0] for each in _SAID.values())


def join_prefix(language: str) -> str:
    """What stands before the link to an online session in the description."""
    return _said(language)[1]


def online_place(language: str) -> str:
    """The place of a session for who takes part from afar."""
    return _said(language)[2]


def _said(language: str) -> tuple[str, str, str]:
    return _SAID.get(re.split("[-_]", language.lower())[0], _SAID["en"])
