"""A new network, as organisers name it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from app import tokens
from app.accounts.service import FOUNDED
from app.db import Model, db
from app.journal import Note, note
from app.network.models import Network
from app.refused import Refused

SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
LONGEST = 40
ADDRESSES = frozenset({"new"})
"""What stands beside the networks in addresses."""


@dataclass(frozen=True)
class Plain:
    """What is said of a network at first."""

    name: str
    full_name: str
    slug: str
    region: str = ""
    founded: int | None = None


def check_slug(slug: str, taken: frozenset[str]) -> None:
    """Refused on "slug" unless it can stand in an address and is no word of the product's own."""
    if not SLUG.fullmatch(slug) or len(slug) > LONGEST:
        raise Refused(_("Small letters a to z, figures and single hyphens between them, at most 40."), "slug")
    if slug in taken:
        raise Refused(_("“%(slug)s” is an address of Plenary itself. Choose another.", slug=slug), "slug")


def found(plain: Plain, key: str, *, user_id: int, who: str, now: datetime) -> Network:
    """A new network, which this user looks after. The same form (`key`) sent twice makes one.

    Refused on "slug" when it cannot be had.
    """
    check_slug(plain.slug, ADDRESSES)
    mark = tokens.digest(f"network/{key}")
    first = db.session.execute(select(Network).where(Network.slug == plain.slug)).scalar_one_or_none()
    if first is not None:
        if made_by(f"network/{plain.slug}", FOUNDED) == mark:
            return first
        raise Refused(_("There is a network of this address already: %(name)s.", name=first.name), "slug")
    row = Network(
        slug=plain.slug, name=plain.name, full_name=plain.full_name or plain.name,
        region=plain.region, founded=plain.founded,
    )  # fmt: skip
    take_address(row)
    said = {"name": row.name, "full name": row.full_name, "region": row.region, "founded": row.founded}
    said |= {"form": mark, "user": str(user_id)}
    note(FOUNDED, f"network/{row.slug}", who=who, now=now, after=said)
    return row


def take_address(row: Model) -> None:
    """Store what has an address of its own. Refused on "slug" when another took it at this moment."""
    try:
        with db.session.begin_nested():
            db.session.add(row)
    except IntegrityError as fault:
        raise Refused(_("Somebody has just taken this address. Choose another."), "slug") from fault


def made_by(subject: str, what: str) -> str:
    """The mark of the form by which something was made, as the journal holds it; empty: it was made otherwise."""
    lines = select(Note.after).where(Note.subject == subject, Note.what == what).order_by(Note.id)
    said = db.session.execute(lines.limit(1)).scalar_one_or_none()
    return str((said or {}).get("form", ""))
