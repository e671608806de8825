"""Forms at first sight, kept with blanks for what is each visitor's own: the token against forgery, the submit key, and
what tells when it was opened.

Everything else on such a page is the same for all who ask for it in one language, and rendering it anew for each of
them costs more than all that follows when they send it.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable

from flask import current_app, request, session
from flask_wtf.csrf import generate_csrf

from app.web.forms import new_key
from app.web.kept import KeepingFlask, key_of

TOKEN, KEY, STAMP = "~ the token ~", "~ the key ~", "~ the stamp ~"


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
