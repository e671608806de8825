"""Pages kept with blanks for what is each reader's own.

Of a form at first sight that is the token against forgery, the submit key, and what tells when it was opened; of a
person's page their own words and secrets. Everything else on such a page is the same for all who ask for it in one
language, and rendering it anew for each of them costs more than all else that is done for it.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Hashable, Mapping

from flask import current_app, request, session
from flask_wtf.csrf import generate_csrf
from markupsafe import escape

from app.web.forms import new_key
from app.web.kept import KeepingFlask, key_of
from app.web.wording import language

TOKEN, KEY, STAMP = "~ the token ~", "~ the key ~", "~ the stamp ~"
_OWN = secrets.token_hex(12)
"""Drawn anew in each process, so that nobody's words hold a blank."""
PLACE = re.compile(f"~{_OWN}-([a-z_]+)~")


def blank(mark: Hashable, drawn: Callable[[str, str], str], stamp: Callable[[str], str]) -> str:
    """The page of an empty form, which depends on nothing but its address, its language and `mark`.

    `drawn` renders it with the submit key that it is given and what `stamp` makes of that. What is to be said once
    (flash) is never kept.
    """
    asked, key = key_of(request.environ), new_key()
    stamped = stamp(key)
    if asked is None or session.get("_flashes"):
        return drawn(key, stamped)
    app: KeepingFlask = current_app  # type: ignore[assignment]
    page = app.shelf.forms.get((asked, mark), lambda: _emptied(drawn(key, stamped), key, stamped))
    return page.replace(TOKEN, generate_csrf()).replace(STAMP, stamped).replace(KEY, key)


def _emptied(page: str, key: str, stamped: str) -> str:
    """The page without what was its first visitor's own. A form without it would be no form: ValueError."""
    token = generate_csrf()
    if any(each not in page for each in (token, key, stamped)):
        raise ValueError("this page has no place for a token, a submit key and its stamp")
    return page.replace(token, TOKEN).replace(stamped, STAMP).replace(key, KEY)


def filled(mark: Hashable, own: Mapping[str, str], drawn: Callable[[Mapping[str, str]], str]) -> str:
    """The page of somebody, which depends on nothing but its view, its language, `mark` and their `own` words.

    `drawn` renders it with blanks in the places of these, and with "" where they have none. Blanks may stand in text,
    in attributes and in addresses. For the mark None, and where something is to be said once (flash) or the address
    asks for more than the page, it is kept for nobody else.
    """
    blanks = {name: f"~{_OWN}-{name}~" if words else "" for name, words in own.items()}
    if mark is None or request.query_string or session.get("_flashes"):
        page = drawn(blanks)
    else:
        app: KeepingFlask = current_app  # type: ignore[assignment]
        key = request.endpoint, language(), tuple(blanks.values()), mark
        page = app.shelf.forms.get(key, lambda: drawn(blanks))
    return PLACE.sub(lambda found: escape(own[found[1]]), page)
