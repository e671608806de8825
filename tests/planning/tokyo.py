"""The summit of 2023 as the planner is asked to seat it: its live cities, in six sessions of three themes."""

from __future__ import annotations

from typing import Any

from app.planning.model import City, Mode
from app.planning.summit import Meeting, Summit
from tests.planning.cast import file, span

SLOTS = (
    span("10:40", "11:40"),
    span("11:50", "13:10"),
    span("14:10", "15:10"),
    span("15:20", "16:10"),
    span("16:20", "17:20"),
    span("17:30", "18:50"),
)
VIDEO_ONLY = frozenset({"cairo", "kuala-lumpur", "milan"})


def live_cities() -> tuple[City, ...]:
    """The cities that speak live, each as it takes part; those that are named for a session."""
    whole = file()
    modes: dict[str, set[Mode]] = {}
    for mode, names in whole["event"]["delegations"].items():
        for name in names:
            modes.setdefault(name, set()).add(Mode(mode))
    wishes = ("environment", "inclusive", "safe")
    found = []
    for n, each in enumerate(whole["network"]["members"]):
        if each["id"] in VIDEO_ONLY:
            continue
        found.append(
            City(
                id=each["id"],
                name=each["name"],
                zone=each["zone"],
                modes=frozenset(modes[each["name"]] - {Mode.VIDEO}),
                host=each["id"] == "tokyo",
                region=each["region"],
                head=n % 2 == 0,
                wishes=(*wishes[n % 3 :], *wishes[: n % 3]),
            )
        )
    return tuple(found)


def summit(**facts: Any) -> Summit:
    """Six sessions, two of each theme, in the six slots of the rehearsal's timetable."""
    themes = ("environment", "inclusive", "safe")
    meetings = tuple(
        Meeting(f"session-{n + 1}", themes[n // 2], f"person:{themes[n // 2]}", f"session-{n}" if n % 2 else "")
        for n in range(6)
    )
    given: dict[str, Any] = {"meetings": meetings, "slots": SLOTS, "cities": live_cities()} | facts
    return Summit(**given)
