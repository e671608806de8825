"""The catalogue of the language that words are being put in, looked for once and not with each sentence.

A page puts hundreds of sentences. Flask-Babel works out language and catalogue anew for each of them, and Jinja's own
functions go through three calls of theirs to it: on a person's page that took a sixth of all time.
"""

from __future__ import annotations

from typing import Any

from babel import Locale
from babel.support import NullTranslations
from flask import Flask, g, has_app_context
from flask_babel import Babel, Domain, get_locale
from jinja2 import pass_eval_context
from jinja2.nodes import EvalContext
from markupsafe import Markup

from app.web import reading


def spoken() -> Locale | None:
    """As `get_locale` has it, which asks for its own notes through five proxies; None outside of contexts."""
    if not has_app_context():
        return None
    noted: Locale | None = getattr(getattr(g._get_current_object(), "_flask_babel", None), "babel_locale", None)
    return noted or get_locale()


class Words(Domain):  # type: ignore[misc]
    """The catalogues of an application."""

    def get_translations(self) -> NullTranslations:
        """That of the language spoken now: each context keeps the one it had last."""
        language = spoken()
        if language is None:
            return NullTranslations()
        held = g.get("catalogue")
        if held is None or held[0] is not language:
            held = g.catalogue = language, super().get_translations()
        found: NullTranslations = held[1]
        return found


def init_app(app: Flask) -> None:
    """Let pages speak: `_()`, `gettext()` and `{% trans %}` say as Jinja's own do, with values in place of blanks."""
    babel = Babel(app, locale_selector=reading.language)
    words = babel.domain_instance = Words()

    @pass_eval_context
    def said(about: EvalContext, sentence: str, **values: Any) -> str:
        put: str = words.get_translations().ugettext(sentence)
        if about.autoescape:
            put = Markup(put)  # noqa: S704 (the catalogue is a file of ours; what is put into it is escaped)
        return put % values if values or "%" in put else put

    app.jinja_env.globals |= {"_": said, "gettext": said}
