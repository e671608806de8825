"""The browser at the other end: what it is known by, what it calls itself, and from which network it comes."""

from __future__ import annotations

import secrets

from flask import Response, after_this_request, current_app, request

from app.accounts import brake
from app.accounts.places import KNOWN_FOR

BROWSERS = {"Edg": "Edge", "OPR": "Opera", "Firefox": "Firefox", "Chrome": "Chrome", "Safari": "Safari"}
SYSTEMS = {
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Android": "Android",
    "Windows": "Windows",
    "Mac OS X": "macOS",
    "CrOS": "ChromeOS",
    "Linux": "Linux",
}
"""What browsers call themselves, the more special first, and what people call them."""


def in_production() -> bool:
    """Whether this is for real (docs/operations.md): then a second step is asked of all staff."""
    return str(current_app.config["BASE_URL"]).startswith("https://")


def network() -> str:
    """The network that the request came from (brake.network)."""
    return brake.network(request.remote_addr)


def device() -> str:
    """By what this browser says that it is known; empty when it says nothing."""
    return request.cookies.get(_cookie(), "")[:100]


def stay_known() -> str:
    """By what this browser is known from now on; the answer to this request tells it."""
    key = device() or secrets.token_urlsafe(32)

    @after_this_request
    def tell(response: Response) -> Response:
        age, secure = int(KNOWN_FOR.total_seconds()), in_production()
        response.set_cookie(_cookie(), key, max_age=age, secure=secure, httponly=True, samesite="Lax")
        return response

    return key


def lets_go() -> None:
    """The browser forgets the pages it has, so that its way back shows none of them. What it keeps on purpose to read
    without a network is no part of its cache (W3C Clear Site Data 3.1) and stays."""

    @after_this_request
    def tell(response: Response) -> Response:
        response.headers["Clear-Site-Data"] = '"cache"'
        return response


def described() -> str:
    """“Firefox, Windows”: in words of ours alone, since these stand in letters; empty when it is none that we know."""
    told = request.headers.get("User-Agent", "")
    found = (next((name for mark, name in words.items() if mark in told), "") for words in (BROWSERS, SYSTEMS))
    return ", ".join(name for name in found if name)


def _cookie() -> str:
    return "__Host-plenary-device" if in_production() else "plenary-device"
