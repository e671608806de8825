"""A letter as a mail program shows it: a page of its own, for a frame in which nothing runs and nothing is fetched."""

from __future__ import annotations

from flask import Response

POLICY = (
    "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none';"
    " frame-ancestors 'self'"
)
"""Letters carry their styles inline, because mail programs know little else; here they may do nothing but be seen."""


def letter_page(html: str) -> Response:
    """The letter's HTML under a policy of its own. To be shown in an <iframe sandbox> of the same site."""
    headers = {"Content-Security-Policy": POLICY, "X-Frame-Options": "SAMEORIGIN", "Cache-Control": "no-store"}
    return Response(html, content_type="text/html; charset=utf-8", headers=headers)
