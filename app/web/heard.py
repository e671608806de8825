"""What a guard refused, said in the log for whoever watches it: which guard, at which rule, whose account by number.

Nothing of anybody stands in it: no name, no address, no network, no secret, and not the address that was asked for.
"""

from __future__ import annotations

import logging

from flask import g, has_request_context, request

log = logging.getLogger("app.security")


def tell(what: str, **facts: str) -> None:
    """Write one line, `what` in a few fixed words: "access refused", "braked"."""
    told: dict[str, str | int] = {"security": what}
    if has_request_context():
        told |= {"method": request.method, "rule": request.url_rule.rule if request.url_rule else ""}
        if (standing := g.get("standing") or g.get("asleep")) is not None:
            told["user"] = standing.user.id
    log.warning("security", extra={"facts": told | facts})
