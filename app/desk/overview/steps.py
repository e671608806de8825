"""The first steps of a new event, and which of them are done: worked out from figures alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class Step(StrEnum):
    """One thing to do, in the order in which it is worth doing."""

    NETWORK = "network"
    MEMBERS = "members"
    EVENT = "event"
    CHOOSE = "choose"
    """Say which members are invited."""
    SPEAKERS = "speakers"
    """Say who speaks for them, so that letters have an address."""
    DEADLINE = "deadline"
    """By when they answer."""
    INVITE = "invite"
    AGENDA = "agenda"
    REGISTRATION = "registration"
    """From when to when people register by themselves."""
    PUBLISH = "publish"


@dataclass(frozen=True)
class Counts:
    """What there is of an event; of nothing at all while there is none."""

    network: str = ""
    """The slug of the event's network; before there is one, of that with the most members."""
    networks: int = 0
    members: int = 0
    """In the register of the event's network; of all networks while there is no event."""
    events: int = 0
    delegations: int = 0
    reachable: int = 0
    """Delegations for which somebody speaks."""
    deadlines: int = 0
    invited: int = 0
    sessions: int = 0
    registration: bool = False
    """Whether it is said when registration opens."""
    release: int = 0


@dataclass(frozen=True)
class Stood:
    """A step, and whether it is done."""

    step: Step
    done: bool


def steps(counts: Counts) -> list[Stood]:
    """Every step in order, each with its state."""
    done = {
        Step.NETWORK: counts.networks > 0,
        Step.MEMBERS: counts.members > 0,
        Step.EVENT: counts.events > 0,
        Step.CHOOSE: counts.delegations > 0,
        Step.SPEAKERS: 0 < counts.delegations <= counts.reachable,
        Step.DEADLINE: counts.deadlines > 0,
        Step.INVITE: counts.invited > 0,
        Step.AGENDA: counts.sessions > 0,
        Step.REGISTRATION: counts.registration,
        Step.PUBLISH: counts.release > 0,
    }
    return [Stood(step, done[step]) for step in Step]


def next_of(found: Sequence[Stood]) -> Step | None:
    """The first that is not done; None when all are."""
    return next((each.step for each in found if not each.done), None)


def begun(found: Sequence[Stood]) -> bool:
    """Whether the first hour is over, since letters have gone and something is published; then the board leads on."""
    done = {each.step for each in found if each.done}
    return {Step.INVITE, Step.PUBLISH} <= done
