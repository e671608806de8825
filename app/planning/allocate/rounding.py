"""From people who could be parted to whole parties: the hardest are placed one by one, all others keep flowing."""

from __future__ import annotations

from collections import defaultdict

from app.planning.allocate.ground import Ground, Places
from app.planning.allocate.model import Party
from app.planning.allocate.relaxing import Relaxed
from app.planning.order import lot


def rounded(relaxed: Relaxed, attempt: int = 0) -> Places | None:
    """An allocation of whole parties near the flow, or None where it comes to nothing. Uses the flow up.

    Each attempt places them in another order.
    """
    fixed = defaultdict[str, list[str]](list)
    for name in hard(relaxed.ground, attempt):
        place = _chosen(relaxed, name, fixed)
        if place is None or not relaxed.fix(name, place):
            return None
        if place:
            fixed[place].append(name)
    return relaxed.places()


def hard(ground: Ground, attempt: int) -> list[str]:
    """Parties of more than one and those who need a step-free place, the hardest first, then in turn.

    After the first attempt chance lets some come before others of up to two people more.
    """
    several = [each for each in ground.parties.values() if each.people > 1 or each.step_free]

    def hardness(party: Party) -> tuple[int, float]:
        drawn = int(lot(f"{ground.question.seed} {attempt}", party.id)[:8], 16) / 2**31 if attempt else 0.0
        return party.step_free, party.people + drawn

    return [each.id for each in sorted(several, key=hardness, reverse=True)]


def _chosen(relaxed: Relaxed, name: str, fixed: dict[str, list[str]]) -> str | None:
    """Where the party goes best: where all of it flows already if it fits, else where the rest pays least."""
    ground, flows = relaxed.ground, relaxed.flows(name)
    places = sorted(flows, key=lambda place: -flows[place])
    if _fits(ground, name, places[0], fixed) and flows[places[0]] == ground.parties[name].people:
        return places[0]
    mark, costs = relaxed.net.mark(), {}
    for place in places:
        if _fits(ground, name, place, fixed):
            if relaxed.fix(name, place):
                costs[place] = relaxed.cost()
            relaxed.net.restore(mark)
    return min(costs, key=costs.__getitem__) if costs else None


def _fits(ground: Ground, name: str, place: str, fixed: dict[str, list[str]]) -> bool:
    return not place or ground.fits(place, [*fixed[place], name])
