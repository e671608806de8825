"""Taking back and doing again: which of the last acts the two buttons of the boards are about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.agenda.models import Act


@dataclass(frozen=True)
class Steps:
    """What would be taken back, and what would be done again; None where there is nothing."""

    back: Act | None
    again: Act | None


def steps(history: Sequence[Act], touched: Mapping[int, int]) -> Steps:
    """One step in either direction from where the draft stands, over the last acts, newest first.

    What was taken back last is done again first. A newer act ends that: what was taken back before it can be done
    again from the list alone, where one sees what it is. `touched`: the number of an act -> that of the act which last
    took it back or did it again (acts.recent).
    """
    newest = max((act.number for act in history), default=0)
    ahead = {touched.get(act.number, 0): act for act in history if act.undone and touched.get(act.number, 0) > newest}
    return Steps(next((act for act in history if not act.undone), None), ahead[max(ahead)] if ahead else None)
