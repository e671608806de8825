"""What somebody told, as stored now."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy import select

from app.db import db
from app.files import File
from app.journal import Note
from app.profiles import service
from app.profiles.models import Consent, Profile
from app.registration.models import Delegate
from tests.registration.cast import Cast, read


def profile(cast: Cast, delegate: Delegate) -> Profile | None:
    return read(cast.app, lambda: service.profile_of(delegate.id))


def stored(cast: Cast, delegate: Delegate) -> Profile:
    found = profile(cast, delegate)
    assert found is not None
    return found


def consents(cast: Cast) -> list[tuple[str, int, bool]]:
    """(kind, version, whether it still stands), in the order in which they were given."""
    rows = select(Consent).order_by(Consent.id)

    def ask() -> list[tuple[str, int, bool]]:
        found = db.session.execute(rows).scalars()
        return [(each.kind.value, each.version, each.withdrawn_at is None) for each in found]

    return read(cast.app, ask)


def files(cast: Cast) -> list[File]:
    return read(cast.app, lambda: list(db.session.execute(select(File).order_by(File.id)).scalars()))


def octets(instance: Path, file: File) -> bytes:
    return (instance / "uploads" / file.key[:2] / file.key).read_bytes()


def notes(cast: Cast, delegate: Delegate) -> list[tuple[str, str, dict[str, Any] | None]]:
    """(what, who, after) of everything that was noted of somebody after they registered."""
    found = select(Note).where(Note.subject == f"delegate/{delegate.uid}").order_by(Note.id)

    def ask() -> list[tuple[str, str, dict[str, Any] | None]]:
        return [(each.what, each.who, each.after) for each in db.session.execute(found).scalars()][1:]

    return read(cast.app, ask)
