"""What stands on every request and every answer: CSRF, security headers, error pages in words."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Flask, Response, abort, current_app, g, render_template, request
from flask.sessions import SecureCookieSessionInterface
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError, CSRFProtect
from itsdangerous import URLSafeTimedSerializer
from sqlalchemy.exc import DBAPIError
from werkzeug.exceptions import (
    HTTPException,
    NotFound,
    RequestEntityTooLarge,
    SecurityError,
    UnsupportedMediaType,
)

from app.db import Busy, passing
from app.web import heard

csrf = CSRFProtect()

FORMS = {"application/x-www-form-urlencoded", "multipart/form-data"}
FIELDS = 10_000
"""How many fields a form may have; the table of a great agenda has some thousands."""
POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; media-src 'none';"
    " object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
}


def plays(page: ResponseReturnValue) -> Response:
    """A page with films of our own in it, which no other page may play."""
    answer = current_app.make_response(page)
    answer.headers["Content-Security-Policy"] = POLICY.replace("media-src 'none'", "media-src 'self'")
    return answer


def framed(page: ResponseReturnValue) -> Response:
    """A page that any other site may show in a frame: it holds no form that changes anything, and nobody's own."""
    answer = current_app.make_response(page)
    answer.headers["Content-Security-Policy"] = POLICY.replace("frame-ancestors 'none'", "frame-ancestors *")
    g.framed = True
    return answer


def sentence(fault: HTTPException) -> str:
    """What happened, in words a visitor can use."""
    own = {
        400: _("The request could not be understood."),
        403: _("You may not do this."),
        404: _("There is nothing at this address. It may have been mistyped, or the link may have been replaced."),
        405: _("This address cannot be used in this way."),
        413: _("What you sent is larger than we can take."),
        415: _("Plenary takes forms, and nothing in any other shape."),
        429: _("Too many tries. Please wait a few minutes and try again."),
        500: _("Something went wrong on our side. Nothing you sent was stored; please try again."),
        503: _("So many are writing just now that this could not be stored. Please try again in a moment."),
    }
    said = fault.description if fault.code == 404 and fault.description != type(fault).description else None
    code = fault.code or 500
    return said or own.get(code) or own[400 if code < 500 else 500]


def _in_words(fault: HTTPException) -> ResponseReturnValue:
    if fault.code is not None and 300 <= fault.code < 400:
        return fault.get_response()
    if isinstance(fault, SecurityError):  # not our host, so no page of ours can be addressed from here
        return sentence(fault), 400, {"Content-Type": "text/plain; charset=utf-8"}
    code = fault.code or 500
    page = render_template("errors/error.html", code=code, sentence=sentence(fault))
    return page, code, [each for each in fault.get_headers() if each[0] != "Content-Type"]


def _busy(_fault: Busy) -> tuple[str, int, dict[str, str]]:
    """In words, and with whatever form was sent, ready to be sent again: nothing that was typed is lost."""
    kept = _typed()
    if kept:
        said = _("This could not be stored just now. Nothing is lost: press the button in a moment to send it again.")
    else:
        said = _(
            "So many are writing just now that this could not be stored. Please go back and try again in a moment."
        )
    page = render_template("errors/error.html", code=503, sentence=said, kept=kept)
    return page, 503, {"Retry-After": "2", "Cache-Control": "no-store"}


def _typed() -> list[tuple[str, str]]:
    """What was sent by a form of words, without passwords; its token is judged again when it comes again."""
    if request.method != "POST" or request.mimetype != "application/x-www-form-urlencoded":
        return []
    return [(name, value) for name, value in request.form.items(multi=True) if "password" not in name]


def _broken(fault: DBAPIError) -> tuple[str, int, dict[str, str]]:
    """A database that cannot be reached now is a passing fault, on reading too; any other is a fault of ours."""
    if not passing(fault):
        raise fault
    return _busy(Busy())


def _forged(_fault: CSRFError) -> tuple[str, int]:
    heard.tell("form refused")
    said = _("This page was open for long or came from elsewhere. Nothing was changed: go back and press again.")
    return render_template("errors/error.html", code=400, sentence=said), 400


def _readable() -> None:
    """No address of ours has control characters, nor the character zero behind its question mark: a database refuses
    them. And what is sent are forms of human size."""
    if any(ord(each) < 32 for each in request.path) or b"%00" in request.query_string:
        raise NotFound
    if request.content_length and request.mimetype not in FORMS and not _marked("takes_octets"):
        raise UnsupportedMediaType
    if request.mimetype == "application/x-www-form-urlencoded" and request.get_data().count(b"&") > FIELDS:
        raise RequestEntityTooLarge


def _check() -> None:
    """Take nothing that a page of another site sends, and ask for the token wherever something may change; a view that
    keeps its form asks for it by the form itself."""
    if request.method in {"GET", "HEAD", "OPTIONS", "TRACE"} or request.routing_exception is not None:
        return
    if not _ours(request.headers.get("Origin", "null")):
        abort(400)
    if not _marked("keeps_form") and not _marked("takes_octets"):
        csrf.protect()


def _ours(origin: str) -> bool:
    """Whether a page of this origin may send us a form: ours, under the address people know or that of this request.
    A browser that does not tell ("null") is left to the token."""
    return origin == "null" or urlsplit(origin).netloc in {
        request.host,
        urlsplit(current_app.config["BASE_URL"]).netloc,
    }


def _marked(by: str) -> bool:
    """Whether the view that answers carries this mark (web.policy)."""
    return bool(getattr(current_app.view_functions.get(request.endpoint or ""), by, False))


def _headers(response: Response) -> Response:
    for name, value in HEADERS.items():
        if not (name == "X-Frame-Options" and g.get("framed")):
            response.headers.setdefault(name, value)
    if current_app.config["BASE_URL"].startswith("https://"):
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    return response


class Signed(SecureCookieSessionInterface):
    """Visitors' signed cookies as Flask has them, with the signer made once for the keys of the application: making it
    anew twice for each request took as long as signing."""

    def __init__(self) -> None:
        self._made: tuple[object, URLSafeTimedSerializer | None] = (None, None)

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        keys = app.secret_key, tuple(app.config["SECRET_KEY_FALLBACKS"] or ())
        made = self._made
        if made[0] != keys:
            made = self._made = keys, super().get_signing_serializer(app)
        return made[1]


def init_app(app: Flask) -> None:
    app.session_interface = Signed()
    csrf.init_app(app)
    app.before_request(_readable)
    app.before_request(_check)
    app.after_request(_headers)
    app.register_error_handler(HTTPException, _in_words)
    app.register_error_handler(CSRFError, _forged)
    app.register_error_handler(Busy, _busy)
    app.register_error_handler(DBAPIError, _broken)
