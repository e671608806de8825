"""How one event's agenda is judged: what organisers chose, and the defaults for what they did not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import time
from typing import Any

from app.planning.kinds import SEVERITIES, Kind, Severity
from app.planning.model import Limits
from app.planning.rules import Rule, Step, Wishes


@dataclass(frozen=True)
class Settings:
    """What stands in `Event.planning`, with its defaults."""

    opens: time = time(8)
    closes: time = time(20)
    """Between these lies a day of the summit; meals, receptions and visits may lie outside."""
    limits: Limits = field(default_factory=Limits)
    """The local hours of who joins online (rule 9.7 of the domain)."""
    walking: int = 10
    """Minutes from one building to another."""
    most: int = 2
    """Sessions of one city beyond which organisers are told; the host may have more."""
    severities: Mapping[Kind, Severity] = field(default_factory=lambda: dict(SEVERITIES))
    wishes: Wishes = field(default_factory=Wishes)
    """The sliders of the planner's rules."""


TIMES = ("opens", "closes")
NUMBERS = ("walking", "most")
LIMITS = ("earliest", "latest", "pleasant_from", "pleasant_until")


def read(stored: Mapping[str, Any]) -> Settings:
    """The settings of an event; a word that this version does not know is passed over."""
    chosen = stored.get("severity", {})
    words: dict[str, Any] = {name: time.fromisoformat(stored[name]) for name in TIMES if name in stored}
    words |= {name: int(stored[name]) for name in NUMBERS if name in stored}
    limits = {name: time.fromisoformat(each) for name, each in stored.get("limits", {}).items() if name in LIMITS}
    kinds = {kind: Severity(chosen[kind]) for kind in Kind if chosen.get(kind) in set(Severity)}
    told = stored.get("level", {})
    steps = {rule: Step(told[rule]) for rule in Rule if told.get(rule) in set(Step)}
    return Settings(**words, limits=Limits(**limits), severities={**SEVERITIES, **kinds}, wishes=Wishes(steps))


def levels(steps: Mapping[Rule, Step]) -> dict[str, Any]:
    """What is stored of the sliders, beside what `plain` gives; one that stands at normal is left out."""
    return {"level": {rule.value: step.value for rule, step in steps.items() if step is not Step.NORMAL}}


def plain(settings: Settings) -> dict[str, Any]:
    """What is stored of how clashes are judged: plain values that `read` reads back."""
    return {
        **{name: getattr(settings, name).isoformat("minutes") for name in TIMES},
        **{name: getattr(settings, name) for name in NUMBERS},
        "limits": {name: getattr(settings.limits, name).isoformat("minutes") for name in LIMITS},
        "severity": {kind.value: word.value for kind, word in settings.severities.items() if word != SEVERITIES[kind]},
    }
