"""A table as a file to keep."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from flask import Response

from app import sheets

TYPES = {"csv": "text/csv; charset=utf-8", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}
"""The kinds of such files, and what each is called over HTTP."""


def table_file(name: str, header: Sequence[str], rows: Iterable[Sequence[str]]) -> Response:
    """The answer that saves a table under this name, of the kind at its end: "g-nets-members.xlsx"."""
    kind = name.rpartition(".")[2]
    octets = (sheets.write_csv if kind == "csv" else sheets.write_xlsx)(header, rows)
    return Response(octets, content_type=TYPES[kind], headers={"Content-Disposition": f'attachment; filename="{name}"'})
