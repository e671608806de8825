"""Filling in a page as a browser does, with a file if there is one."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from flask.testing import FlaskClient
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse, encode_multipart

from tests.desk.office import held


def press(client: FlaskClient, path: str, page: TestResponse | None = None, **changes: Any) -> TestResponse:
    """Open the page (or take one that stands open), change what its form holds (None: not sent), press its button.

    The body is made in memory, for the client would leave its own file open.
    """
    values = held(page or client.get(path))
    if "name_order" in values:
        values["name_order"] = ""  # the first of the radio buttons, which is the one that is chosen
    wanted = {name: value for name, value in (values | changes).items() if value is not None}
    boundary, octets = encode_multipart(wanted)
    return client.post(path, data=octets, content_type=f"multipart/form-data; boundary={boundary}")


def sent(octets: bytes, name: str = "portrait.jpg") -> FileStorage:
    return FileStorage(BytesIO(octets), name)
