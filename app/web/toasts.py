"""What is said after an act, with the button that takes it back."""

from __future__ import annotations

from collections.abc import Mapping

from flask import flash
from flask_babel import gettext as _


def undoable(message: str, address: str, *, label: str = "", hidden: Mapping[str, str] | None = None) -> None:
    """Say that something was done, on the next page, beside a form that posts to `address` and takes it back.

    The session that carries it is signed, so nobody else can put a form there.
    """
    told = {"said": message, "to": address, "label": label or _("Take it back"), "hidden": dict(hidden or {})}
    flash(told, "undo")  # type: ignore[arg-type]  # whatever JSON can hold travels in the session
