"""Milan, Rome and Lancaster owe videos; a sender of files as tus-js-client is one."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from app.db import db
from app.events.models import Event, Mode
from app.videos import expecting, parts, telling
from app.videos.models import State, Upload, VideoMessage, VideoTerms
from tests.delegations.cities import NOW, Cities

FTYP = b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom"
"""How an MP4 begins."""
SETTLED = datetime(2089, 11, 2, 9, 0, tzinfo=UTC)


def film(octets: int) -> bytes:
    """So many octets that begin as an MP4 does; each stretch of the rest differs."""
    rest = b"".join(number.to_bytes(4, "big") for number in range((octets + 3) // 4))
    return (FTYP + rest)[:octets]


@dataclass(frozen=True)
class Senders:
    """Cities that take part by video."""

    cities: Cities

    def message(self, city: str) -> VideoMessage:
        """What is expected of this city, with all that its pages show."""

        def ask() -> VideoMessage:
            key = select(VideoMessage.id).where(VideoMessage.delegation_id == self.cities.id(city))
            return telling.found(db.session.execute(key.order_by(VideoMessage.id)).scalars().all()[0])

        return self.cities.read(ask)

    def state(self, city: str) -> State:
        return self.message(city).state

    def link(self, city: str) -> str:
        """The page of its message."""
        return self.cities.read(lambda: f"/v/{self.message(city).link}/")

    def uploads(self) -> list[Upload]:
        return self.cities.read(lambda: list(db.session.execute(select(Upload).order_by(Upload.id)).scalars()))

    def settle(self, now: datetime = SETTLED) -> int:
        return self.cities.do(lambda: expecting.settle(self.cities.event_id, "the clock", now))

    def change(self, city: str, **values: Any) -> None:
        """Set columns of the message as they are needed for a test."""
        key = self.message(city).id

        def act() -> None:
            row = db.session.get_one(VideoMessage, key)
            for name, value in values.items():
                setattr(row, name, value)

        self.cities.do(act)

    def event(self) -> Event:
        return self.cities.read(lambda: db.session.get_one(Event, self.cities.event_id))

    def size(self, key: str) -> int:
        return self.cities.read(lambda: parts.size(key))


def take_part(cities: Cities) -> Senders:
    """Milan takes part by video alone; Rome at the venue and by video; Lancaster online."""
    cities.invite("Milan", "Rome", "Lancaster", now=NOW)
    cities.accept("Milan", Mode.VIDEO)
    cities.accept("Rome", Mode.VENUE, Mode.VIDEO)
    cities.accept("Lancaster", Mode.ONLINE)
    senders = Senders(cities)
    senders.settle()
    return senders


@dataclass(frozen=True)
class Sender:
    """A program that speaks tus, at the page of one message."""

    client: FlaskClient
    page: str

    def _ask(self, method: str, path: str, headers: dict[str, str], data: bytes = b"") -> TestResponse:
        given = {"Tus-Resumable": "1.0.0"} | headers
        kept = {name: value for name, value in given.items() if value}
        return self.client.open(path, method=method, headers=kept, data=data)

    def announce(self, length: int, name: str = "milan.mp4", data: bytes = b"", **headers: str) -> TestResponse:
        said = {"Upload-Length": str(length), "Upload-Metadata": f"filename {encoded(name)}"}
        return self._ask("POST", f"{self.page}uploads", said | named(headers), data)

    def patch(self, path: str, offset: int, piece: bytes, **headers: str) -> TestResponse:
        said = {"Upload-Offset": str(offset), "Content-Type": "application/offset+octet-stream"}
        return self._ask("PATCH", path, said | named(headers), piece)

    def head(self, path: str, **headers: str) -> TestResponse:
        return self._ask("HEAD", path, named(headers))

    def delete(self, path: str) -> TestResponse:
        return self._ask("DELETE", path, {})

    def begun(self, length: int) -> str:
        """The address of an upload that was let in."""
        answer = self.announce(length)
        assert answer.status_code == 201, answer.text
        return answer.headers["Location"]

    def whole(self, octets: bytes, name: str = "milan.mp4") -> TestResponse:
        """Send a file in one piece."""
        path = self.announce(len(octets), name).headers["Location"]
        return self.patch(path, 0, octets)


def terms(senders: Senders, **values: int) -> None:
    """The organisers ask for small files, and for what is named besides."""
    row = {"hard": False, "seconds": 180, "megabytes": 1, "quota_megabytes": 2, "blocks_release": False}
    event_id = senders.cities.event_id
    senders.cities.do(lambda: db.session.add(VideoTerms(event_id=event_id, **(row | values))))


def named(headers: dict[str, str]) -> dict[str, str]:
    """Upload_Checksum=... as a header's name; an empty value leaves that header out."""
    return {name.replace("_", "-"): value for name, value in headers.items()}


def encoded(text: str | bytes) -> str:
    return base64.b64encode(text.encode() if isinstance(text, str) else text).decode()
