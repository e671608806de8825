"""Who may use a route is written on the line under the route, and a test sees that no route goes without."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NoReturn, TypeVar

from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

View = TypeVar("View", bound=Callable[..., Any])
Answer = TypeVar("Answer", bound=Response)


def public(reason: str) -> Callable[[View], View]:
    """Anybody may use the route, for this reason: "the token is the permission"."""

    def mark(view: View) -> View:
        view.policy = f"public: {reason}"  # type: ignore[attr-defined]
        return view

    return mark


def keeps_form(view: View) -> View:
    """The view checks its form's token itself, so that a stale token costs nobody what they typed."""
    view.keeps_form = True  # type: ignore[attr-defined]
    return view


def takes_octets(view: View) -> View:
    """The view reads the body itself, piece by piece, though it is no form, and says how much of it.

    No token is asked for: its address holds a secret that no other site knows, and cookies open nothing there.
    """
    view.takes_octets = True  # type: ignore[attr-defined]
    return view


def kept_by_nobody(response: Answer) -> Answer:
    """To hang after the requests of pages whose address is somebody's secret: no cache stores them, and no search
    engine finds them."""
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def not_found(sentence: str) -> NoReturn:
    """404 with a sentence that says what was not found."""
    raise NotFound(sentence)
