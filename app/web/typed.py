"""What forms bring, in words that are safe to read."""

from __future__ import annotations

from typing import IO

from flask import Request
from werkzeug.datastructures import FileStorage, MultiDict
from werkzeug.formparser import FormDataParser

from app.spelling import sparing


class Parser(FormDataParser):
    """As forms are read everywhere, but sparing with marks."""

    def parse(
        self, stream: IO[bytes], mimetype: str, content_length: int | None, options: dict[str, str] | None = None
    ) -> tuple[IO[bytes], MultiDict[str, str], MultiDict[str, FileStorage]]:
        stream, form, files = super().parse(stream, mimetype, content_length, options)
        return stream, self.cls((name, sparing(text)) for name, text in form.items(multi=True)), files


class TypedRequest(Request):
    form_data_parser_class = Parser
