"""A delegate's profile, and the consents they gave and took back."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db import Model, choice
from app.files import File


class Page(StrEnum):
    """The pages on which a person tells about themselves; each is short and is stored by itself."""

    NAMES = "names"
    LANGUAGES = "languages"
    BIO = "bio"
    BADGE = "badge"
    CONSENTS = "consents"


class NameOrder(StrEnum):
    """Which of the person's names stands first in ordered lists; the displayed name is never turned."""

    FAMILY_FIRST = "family first"
    GIVEN_FIRST = "given first"


class Consented(StrEnum):
    """What somebody may agree to, each by itself; to stand in the public list is a detail of the registration."""

    PHOTO_AND_FILM = "photo and film"
    RECORDING = "recording"
    CONTACT = "contact for the next edition"


class Profile(Model):
    """What a delegate told about themselves. Deleted when the registration ends, and 90 days after the summit."""

    __tablename__ = "profiles"

    delegate_id: Mapped[int] = mapped_column(ForeignKey("delegates.id"), primary_key=True)
    changed_at: Mapped[datetime]
    pages: Mapped[str] = mapped_column(String(80), default="")
    """The pages that were stored once, with something on them or nothing: "names badge"."""

    name_order: Mapped[NameOrder | None] = mapped_column(choice(NameOrder, "name_order"))
    capitals: Mapped[bool] = mapped_column(default=False)
    """The family name is written in capitals in ordered lists: KOIKE Yuriko."""
    own_script: Mapped[str] = mapped_column(String(200), default="")
    pronunciation: Mapped[str] = mapped_column(String(80), default="")
    second_position: Mapped[str] = mapped_column(String(200), default="")
    """The position in a second language."""
    languages: Mapped[str] = mapped_column(String(200), default="")
    """Languages spoken, as typed."""
    interpret_from: Mapped[str] = mapped_column(String(60), default="")
    interpret_to: Mapped[str] = mapped_column(String(60), default="")
    """Both or neither: interpretation that the person needs, from one language into another."""
    bio: Mapped[str] = mapped_column(String(800), default="")
    photo_id: Mapped[int | None] = mapped_column(ForeignKey("files.id"))
    badge_first: Mapped[str] = mapped_column(String(28), default="")
    badge_second: Mapped[str] = mapped_column(String(28), default="")

    photo: Mapped[File | None] = relationship(lazy="raise_on_sql")

    def has(self, page: Page) -> bool:
        """Whether this page was stored once."""
        return page.value in self.pages.split()


class Consent(Model):
    """One consent, to one wording: a line is added when it is given and marked when it is taken back, never deleted,
    because who relies on a consent has to be able to show it (GDPR 7.1)."""

    __tablename__ = "consents"
    __table_args__ = (
        CheckConstraint("version > 0", name="version"),
        CheckConstraint("withdrawn_at IS NULL OR withdrawn_at >= given_at", name="order"),
        Index(
            "uq_consents_one_standing",
            "delegate_id",
            "kind",
            "version",
            unique=True,
            sqlite_where=text("withdrawn_at IS NULL"),
            postgresql_where=text("withdrawn_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    delegate_id: Mapped[int] = mapped_column(ForeignKey("delegates.id"), index=True)
    kind: Mapped[Consented] = mapped_column(choice(Consented, "kind"))
    version: Mapped[int]
    """Of the wording that was agreed to."""
    given_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
