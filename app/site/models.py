"""Pages, news, photos and colours, as organisers left them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db import Model, choice
from app.events.models import new_uid
from app.files import File
from app.outbox.tongues import TONGUES

Words = dict[str, dict[str, str]]
"""{language: {"title": ..., "text": ...}}, in the order of `TONGUES`; of a photo {language: {"alt": ...}}."""


def unwritten(words: Words) -> Sequence[str]:
    """The languages in which nothing is written, in order."""
    return [each for each in TONGUES if each not in words]


class Kind(StrEnum):
    """What an article is."""

    PAGE = "pages"
    """It stands at its place among the pages, whatever the day."""
    NEWS = "news"
    """It has a day, and the newest stands first."""


class Article(Model):
    """A page, or a piece of news, that organisers write for everybody. Its slug never changes, so links to it hold.

    A deleted one is shown nowhere; it can be put back for some time and is then forgotten.
    """

    __tablename__ = "articles"
    __table_args__ = (
        UniqueConstraint("event_id", "kind", "slug"),
        CheckConstraint("(kind = 'news') = (day IS NOT NULL)", name="news_has_a_day"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[str] = mapped_column(String(32), default=new_uid, unique=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id"), index=True)
    submit_key: Mapped[str] = mapped_column(String(64), unique=True)
    kind: Mapped[Kind] = mapped_column(choice(Kind, "kind"))
    slug: Mapped[str] = mapped_column(String(60))
    words: Mapped[Words] = mapped_column(JSON)
    fallback: Mapped[str] = mapped_column(String(12))
    """The language for readers in whose own it is not written."""
    position: Mapped[int] = mapped_column(default=0)
    """Of a page among the pages."""
    in_navigation: Mapped[bool] = mapped_column(default=True)
    day: Mapped[date | None]
    shown_at: Mapped[datetime | None]
    """When it was put before the public; None: it is a draft."""
    version: Mapped[int] = mapped_column(default=1)
    """Counts changes; what is shown is what was looked at."""
    changed_by: Mapped[str] = mapped_column(String(200))
    changed_at: Mapped[datetime]
    deleted_at: Mapped[datetime | None]

    @property
    def title(self) -> str:
        """As the desk names it."""
        return self.words[self.fallback]["title"]

    @property
    def missing(self) -> Sequence[str]:
        """The languages in which it is not written yet."""
        return unwritten(self.words)


class Photo(Model):
    """A photo that organisers show. The key in its address belongs to this picture for ever: another has another."""

    __tablename__ = "photos"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(16), unique=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id"), index=True)
    submit_key: Mapped[str] = mapped_column(String(64), unique=True)
    alt: Mapped[Words] = mapped_column(JSON)
    """What is to be seen, for who cannot see it."""
    fallback: Mapped[str] = mapped_column(String(12))
    credit: Mapped[str] = mapped_column(String(200), default="")
    version: Mapped[int] = mapped_column(default=1)
    changed_by: Mapped[str] = mapped_column(String(200))
    changed_at: Mapped[datetime]
    deleted_at: Mapped[datetime | None]

    sizes: Mapped[list[PhotoSize]] = relationship(lazy="raise_on_sql", order_by="PhotoSize.width")

    @property
    def said(self) -> str:
        """As the desk names it."""
        return self.alt[self.fallback]["alt"]

    @property
    def missing(self) -> Sequence[str]:
        """The languages in which nobody says what is to be seen."""
        return unwritten(self.alt)


class PhotoSize(Model):
    """The photo in one width."""

    __tablename__ = "photo_sizes"
    __table_args__ = (
        UniqueConstraint("photo_id", "width"),
        CheckConstraint("width > 0 AND height > 0", name="has_a_size"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    photo_id: Mapped[int] = mapped_column(ForeignKey("photos.id"))
    width: Mapped[int]
    height: Mapped[int]
    file_id: Mapped[int] = mapped_column(ForeignKey("files.id"))

    file: Mapped[File] = relationship(lazy="raise_on_sql")


class Look(Model):
    """The colours of one summit, and the picture at its head. Without a row it looks as the product does."""

    __tablename__ = "looks"

    event_id: Mapped[int] = mapped_column(ForeignKey("events.id"), primary_key=True, autoincrement=False)
    accent: Mapped[str] = mapped_column(String(7), default="")
    """As "#0b5d5e", on light paper; empty: the product's own."""
    accent_dark: Mapped[str] = mapped_column(String(7), default="")
    """The same on dark paper; empty: worked out from the other."""
    hero_id: Mapped[int | None] = mapped_column(ForeignKey("photos.id"))
    version: Mapped[int] = mapped_column(default=0)
    """Counts changes of the colours."""
    changed_by: Mapped[str] = mapped_column(String(200))
    changed_at: Mapped[datetime]
