"""Plenary: event registration and scheduling for summits of city networks."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from app.web.kept import KeepingFlask


def create_app(given: Mapping[str, Any] | None = None) -> KeepingFlask:
    """The whole product, put together (app/house.py). `given` overrides all other settings (app/config.py).

    Raises config.BadSetting with a sentence when a setting cannot be used.
    """
    # Loaded only here: whoever needs one pure room, as the solver's process does, imports this package too.
    made: KeepingFlask = import_module("app.house").create_app(given)
    return made
