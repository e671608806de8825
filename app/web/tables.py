"""A table as a file: to keep, and to send in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager

from flask import Response, request
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField, FileRequired

from app import sheets
from app.refused import Refused
from app.web.forms import Form

LARGEST = 20 * 1024 * 1024
"""Octets of a request that sends a table."""

TYPES = {"csv": "text/csv; charset=utf-8", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}
"""The kinds of such files, and what each is called over HTTP."""


def table_file(name: str, header: Sequence[str], rows: Iterable[Sequence[str]]) -> Response:
    """The answer that saves a table under this name, of the kind at its end: "g-nets-members.xlsx"."""
    kind = name.rpartition(".")[2]
    octets = (sheets.write_csv if kind == "csv" else sheets.write_xlsx)(header, rows)
    return Response(octets, content_type=TYPES[kind], headers={"Content-Disposition": f'attachment; filename="{name}"'})


class TableForm(Form):
    """Sends a table in a file. To be made before anything else reads the request, which may be larger than others."""

    file = FileField(_l("File"), [FileRequired(_l("Choose a file: CSV or .xlsx."))])

    @staticmethod
    def awaited() -> TableForm:
        """The form of a page that takes a table."""
        request.max_content_length = LARGEST
        return TableForm()

    @property
    def name(self) -> str:
        """What the file is called where it comes from."""
        return self.file.data.filename or ""

    def sheet(self) -> sheets.Sheet:
        """What the file holds. Refused, in words, when it is no table."""
        return sheets.read(self.file.data.read(), self.name)

    @contextmanager
    def refusals(self) -> Iterator[None]:
        """As for any form; whatever is wrong is wrong with the file."""
        with super().refusals():
            try:
                yield
            except Refused as no:
                raise Refused(no.message, "file") from no
