"""What the solver's process says: lines of JSON, and what all its answers tell alike."""

from __future__ import annotations

import json
import sys
from dataclasses import replace

from app.planning import wire
from app.planning.proposals import Outcome, Progress, Request
from app.planning.score import Score
from app.planning.solve.stop import Stop


def say(kind: str, value: object) -> None:
    """One line of the answer."""
    sys.stdout.write(json.dumps({kind: wire.dump(value)}, ensure_ascii=False) + "\n")
    sys.stdout.flush()


def progress(phase: str, stop: Stop, score: Score, bound: int | None = None) -> None:
    say("progress", Progress(phase, stop.seconds, score.unplaced, score.unmet, score.by_rule, score.tiers, bound))


def outcome(request: Request, stop: Stop, score: Score | None = None) -> Outcome:
    """What every answer tells alike."""
    told = Outcome(seconds=stop.seconds, stopped=stop.asked.is_set(), seed=request.seed)
    if score is None:
        return told
    return replace(told, by_rule=score.by_rule, unplaced=score.unplaced, unmet=score.unmet)
