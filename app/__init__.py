"""Plenary: event registration and scheduling for summits of city networks."""

from __future__ import annotations

import gc
from collections.abc import Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from app.web.kept import KeepingFlask


def create_app(given: Mapping[str, Any] | None = None) -> KeepingFlask:
    """The whole product, put together (app/house.py). `given` overrides all other settings (app/config.py).

    Raises config.BadSetting with a sentence when a setting cannot be used.
    """
    gc.disable()  # what is loaded stays; looking through it again and again took a tenth of the start
    try:
        # Loaded only here: whoever needs one pure room, as the solver's process does, imports this package too.
        made: KeepingFlask = import_module("app.house").create_app(given)
    finally:
        gc.enable()
    return made
