"""Who may use a staff page, written on the line under its route."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from flask import Response, abort, after_this_request, current_app, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from sqlalchemy.exc import DBAPIError

from app.accounts import again, browser, service
from app.accounts.models import Role
from app.db import BRIEFLY, Busy, write
from app.journal import COMMAND_LINE
from app.sentences import Sentence
from app.web import heard
from app.web.reading import speaks

OUR_PATH = re.compile(r"/(?![/\\])[^\\\x00-\x20\x7f]*")
"""An address on our own site and nowhere else, however leniently a browser reads it."""
BY_ITSELF = "Plenary-By-Itself"
"""The header of what an open page asks by itself, every few seconds: nobody uses it then."""
log = logging.getLogger(__name__)
VISITOR = Sentence(_l("a visitor")).stored()
View = TypeVar("View", bound=Callable[..., Any])


def staff(*roles: Role) -> Callable[[View], View]:
    """Those who hold one of `roles` at the event named by the view's parameter `event`, its slug.

    Whoever is not signed in is sent to do so and comes back; to anybody else the page does not exist, no more than
    an event that does not. Loads no event.
    """

    def lets_in(user_id: int, values: dict[str, Any]) -> bool:
        g.roles = service.roles(user_id, values["event"])
        return bool(g.roles.intersection(roles) if roles else g.roles)

    return _guard(roles, lets_in)


def staff_home(*roles: Role) -> Callable[[View], View]:
    """Those who hold one of `roles`, or any when none is named, at some event: for pages of no one event."""
    return _guard(roles, lambda user_id, _values: service.is_staff(user_id, roles))


def keeper(view: View) -> View:
    """Those who look after the network named by the view's parameter `network`, its slug: who organises one of its
    events, or every event. To organisers of other networks' events it does not exist."""
    return _guard((Role.ORGANISER,), lambda user_id, values: service.keeps(user_id, values["network"]))(view)


def held() -> frozenset[Role]:
    """The roles that the signed-in person holds at the event of this page; none on pages of no one event."""
    found: frozenset[Role] = g.get("roles", frozenset())
    return found


def who() -> str:
    """The signed-in person, as the journal names them: their name, or else their address, as much as it holds."""
    if not (request and current_user.is_authenticated):
        return VISITOR if request else COMMAND_LINE
    return str(current_user.name or current_user.email)[:200]


def _guard(roles: tuple[Role, ...], lets_in: Callable[[int, dict[str, Any]], bool]) -> Callable[[View], View]:
    def mark(view: View) -> View:
        @wraps(view)
        def guarded(**values: Any) -> ResponseReturnValue:
            after_this_request(private)
            if not current_user.is_authenticated:
                if g.get("asleep") and getattr(view, "wakes", False):
                    asked: ResponseReturnValue = view(**values)
                    return asked
                if (elsewhere := _comes_back()) is not None:
                    return elsewhere
            _note_use()
            if not lets_in(current_user.id, values):
                heard.tell("access refused")
                abort(404)
            if browser.in_production() and not g.standing.steps and not getattr(view, "before_step", False):
                return redirect(url_for("steps.page"), 303)
            if current_user.language != "en":  # English is what accounts begin with, so there the browser's word counts
                speaks(current_user.language)
            answer: ResponseReturnValue = view(**values)
            return answer

        guarded.policy = f"staff: {', '.join(roles) or 'any role'}"  # type: ignore[attr-defined]
        return guarded  # type: ignore[return-value]

    return mark


def _comes_back() -> ResponseReturnValue | None:
    """Where somebody goes who is not signed in. Whoever has not used their sign-in for long types their password, and
    is back: at the page they asked for, or (None) with the form that they sent."""
    if g.get("asleep") is None:
        return _to_sign_in()
    if request.method in {"GET", "HEAD"}:
        here = request.full_path.rstrip("?")
        return redirect(url_for("proving.again", next=here), 303)
    if (asked := again.goes_on()) is not None:
        return asked
    g.pop("_login_user")  # who it is is asked anew
    return None if current_user.is_authenticated else _to_sign_in()


def _note_use() -> None:
    """Have it noted that the sign-in is used, once the answer has been sent and not every time."""
    standing: service.Standing = g.standing
    if BY_ITSELF in request.headers or standing.asked_at - standing.used_at < service.COARSELY:
        return
    app, sign_in_id, now = current_app._get_current_object(), standing.sign_in_id, standing.asked_at  # type: ignore[attr-defined]

    def note() -> None:
        with app.app_context():
            try:
                write(lambda: service.use(sign_in_id, now), patience=BRIEFLY)
            except (Busy, DBAPIError):  # nothing is lost: the next page notes it
                log.warning("That a sign-in was used could not be noted.")

    @after_this_request
    def later(response: Response) -> Response:
        response.call_on_close(note)
        return response


def _to_sign_in() -> ResponseReturnValue:
    """To the sign-in page, and back here afterwards if here is a page that can be opened."""
    opens = "GET" in getattr(request.url_rule, "methods", ())
    here = (request.full_path if request.method == "GET" else request.path).rstrip("?")
    return redirect(url_for("security.login", next=here if opens else None), 303)


def before_step(view: View) -> View:
    """Beneath the line that says who may: also they who have no second step yet where one is required."""
    view.before_step = True  # type: ignore[attr-defined]
    return view


def wakes(view: View) -> View:
    """Beneath the line that says who may: the view asks for the password itself, so it also opens to whoever has not
    used their sign-in for long (again.holder)."""
    view.wakes = True  # type: ignore[attr-defined]
    return view


def private(response: Response) -> Response:
    """Let no browser and no cache keep the answer: it is one person's."""
    response.headers["Cache-Control"] = "private, no-store"
    response.vary.add("Cookie")
    return response
