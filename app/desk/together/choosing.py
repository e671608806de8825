"""Which cities an act is about: those ticked, or those that a filter of the board shows."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from werkzeug.datastructures import MultiDict

from app.desk.board import service as board
from app.desk.board.forms import BoardForm
from app.desk.board.needs import Row, chosen
from app.events.models import Event

Arguments = MultiDict[str, str]


def rows(event: Event, arguments: Arguments, now: datetime) -> list[Row]:
    """The rows of the cities named by `city`, or, when none is, of the choice in the address. Eight queries."""
    found = chosen(board.rows(event, now), BoardForm(_filter(arguments)).choice())
    ticked = set(arguments.getlist("city"))
    return [row for row in found if row.slug in ticked] if ticked else found


def address(arguments: Arguments) -> dict[str, Any]:
    """The same choice for the next address."""
    if ticked := arguments.getlist("city"):
        return {"city": ticked}
    return dict(BoardForm(arguments).choice().asked)


def _filter(arguments: Arguments) -> Arguments:
    """Ticks stand alone: whoever is ticked is meant, whatever the filter says by now."""
    return MultiDict() if arguments.getlist("city") else arguments
