"""Why a party did not get a wish, from how it all came out."""

from __future__ import annotations

from app.planning.allocate.ground import Ground
from app.planning.allocate.model import Party, Why
from app.planning.allocate.packing import Bin


def why_not(ground: Ground, party: Party, visit: str, going: dict[str, list[str]], left: dict[str, list[Bin]]) -> Why:
    """What stands against it now. `left` is what is free in each vehicle."""
    idle = not going[visit] and not ground.kept[visit]
    if idle and ground.fits(visit, [party.id]):
        return Why.MINIMUM
    limit = ground.of_delegation(party.delegation, visit)
    there = sum(ground.parties[each].people for each in going[visit] if _same(ground, each, party))
    if limit is not None and there + party.people > limit:
        return Why.DELEGATION
    if ground.people(going[visit]) + party.people > ground.room[visit]:
        return Why.FULL
    if all(each.seats < party.people for each in left[visit]):
        return Why.APART
    return Why.STEP_FREE if party.step_free else Why.APART


def _same(ground: Ground, name: str, party: Party) -> bool:
    return ground.parties[name].delegation == party.delegation
