"""Addresses: absolute ones for letters and calendars, and ones that carry the reader's choices along."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import quote, urlencode

from flask import current_app, request, url_for
from werkzeug import routing

from app.web.reading import LANGUAGES


class Rule(routing.Rule):
    """A rule that makes what writes its addresses when the first one is wanted: to make it for all 400 took a fifth of
    a second at each start, and few are ever asked of one process."""

    def _compile_builder(self, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        made = super()._compile_builder

        def first(self: Rule, /, **values: Any) -> tuple[str, str]:
            writes: Callable[..., tuple[str, str]] = made(append_unknown).__get__(self, None)
            if append_unknown:
                self._build_unknown = writes
            else:
                self._build = writes
            return writes(**values)

        return first


def absolute(endpoint: str, **values: Any) -> str:
    """The address as it stands in letters and calendars: built on BASE_URL alone, never on the request's host."""
    path = current_app.url_map.bind("").build(endpoint, values)
    return str(current_app.config["BASE_URL"]) + path


def here(endpoint: str, **values: Any) -> str:
    """`url_for` that keeps the reader's zone and language."""
    carried = {name: request.args[name] for name in ("tz", "lang") if request.args.get(name)}
    return url_for(endpoint, **(carried | values))


def in_language(code: str) -> str:
    """Where the page that is being read is in another language, as seen from it; empty where no page stands there."""
    if request.url_rule is None or "GET" not in (request.url_rule.methods or ()):
        return ""
    asked = [(name, value) for name, value in request.args.items(multi=True) if name != "lang"]
    return f"?{urlencode([*asked, ('lang', code)])}"


def this_page() -> str:
    """The address of the page that is being read, for its forms.

    A form that names none is sent to whatever part of the page its reader had jumped to, as with “Skip to the content”;
    the answer opens at that part then, and the list of what is wrong gets no focus.
    """
    asked = request.query_string.decode("ascii", "replace")
    return f"{quote(request.script_root + request.path)}{f'?{asked}' if asked else ''}"


def of_page(code: str | None = None) -> str:
    """The whole address of the page that is being read, as others should name it: in the language `code`; with "" in
    whichever its reader likes; by default as it was asked for. Nothing else that was asked for is in it."""
    asked = request.args.get("lang", "") if code is None else code
    known = urlencode({"lang": asked}) if asked in LANGUAGES else ""
    return f"{current_app.config['BASE_URL']}{quote(request.path)}{f'?{known}' if known else ''}"
