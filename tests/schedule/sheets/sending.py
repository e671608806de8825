"""Sending files of sessions and looking at them, as the tests of their pages do it."""

from __future__ import annotations

import io
from datetime import time

from sqlalchemy import func, select
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse, encode_multipart

from app import sheets
from app.db import db
from app.web.kept import KeepingFlask
from tests.desk.office import REHEARSAL, Organiser, held, stored, words

FILE = f"{REHEARSAL}/schedule/file"
Row = dict[str, str]


def taken_out(organiser: Organiser, kind: str = "csv", desk: str = REHEARSAL) -> list[Row]:
    """The rows of the draft by their heads."""
    answer = organiser.get(f"{desk}/schedule/agenda.{kind}")
    assert answer.status_code == 200
    sheet = sheets.read(answer.data, kind)
    return [dict(zip(sheet.header, row, strict=True)) for row in sheet.rows]


def with_cells(found: list[Row], code: str, **cells: str) -> list[Row]:
    """The same rows, the one of this code with other cells."""
    return [each | cells if each["Code"] == code else each for each in found]


def written(found: list[Row]) -> bytes:
    return sheets.write_csv(list(found[0]), [list(each.values()) for each in found])


def send(organiser: Organiser, octets: bytes, name: str = "agenda.csv", path: str = FILE) -> TestResponse:
    """Send a file; the body is made in memory, for the client would leave its own file open."""
    values = held(organiser.get(path)) | {"file": FileStorage(io.BytesIO(octets), name)}
    boundary, body = encode_multipart(values)
    return organiser.client.post(path, data=body, content_type=f'multipart/form-data; boundary="{boundary}"')


def looked(organiser: Organiser, octets: bytes, name: str = "agenda.csv") -> tuple[str, TestResponse]:
    """The address and the page of what a file would do."""
    sent = send(organiser, octets, name)
    assert sent.status_code == 303, words(sent)
    return sent.location, organiser.get(sent.location)


def moved(organiser: Organiser, **cells: str) -> bytes:
    return written(with_cells(taken_out(organiser), "session-2", **({"Starts": "12:10", "Ends": "13:30"} | cells)))


def when(app: KeepingFlask, code: str = "session-2") -> tuple[time | None, time | None]:
    row = stored(app, "rehearsal", code)
    return row.starts, row.ends


def count(app: KeepingFlask, what: type) -> int:
    with app.app_context():
        return db.session.execute(select(func.count()).select_from(what)).scalar_one()


STOOD = (time(11, 50), time(13, 10))
THEN = (time(12, 10), time(13, 30))
