"""What the signature leaves equal goes to the delegations that are worst off, by exchanges between two parties."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from app.planning.allocate.ground import NONE, Ground, Places

PASSES = 50


def fairer(ground: Ground, places: Places) -> Places:
    """The same numbers at each wish, shared out better.

    Two parties of one size change places where the one that is now better off does not become as badly off as the other
    was. Ends when no such exchange is left, or after many.
    """
    found = dict(places)
    for _ in range(PASSES):
        if not _pass(ground, found):
            break
    return found


def _pass(ground: Ground, places: Places) -> bool:
    burdens, going = ground.burdens(places), ground.by_visit(places)
    at = defaultdict(list)
    for name, visit in places.items():
        party = ground.parties[name]
        at[visit, ground.rank(places, name), party.people, party.step_free].append(name)
    changed = False
    for name in sorted(ground.parties, key=lambda each: -burdens[ground.parties[each].delegation]):
        for other in list(_partners(ground, places, at, name)):
            if _pays(ground, places, burdens, name, other) and _allowed(ground, places, going, name, other):
                _exchange(ground, places, burdens, going, at, name, other)
                changed = True
                break
    return changed


Buckets = dict[tuple[str, int, int, int], list[str]]


def _partners(ground: Ground, places: Places, at: Buckets, name: str) -> Iterator[str]:
    """Who has what this party would rather have, and would get as good a wish by taking its place."""
    party, rank = ground.parties[name], ground.rank(places, name)
    for visit, better in ground.wishes[name].items():
        if better < rank:
            for other in at[visit, better, party.people, party.step_free]:
                if rank == NONE or ground.wishes[other].get(places[name]) == rank:
                    yield other


def _steps(ground: Ground, places: Places, name: str, other: str) -> int:
    return (ground.rank(places, name) - ground.rank(places, other)) * ground.parties[name].people


def _pays(ground: Ground, places: Places, burdens: dict[str, int], name: str, other: str) -> bool:
    mine, theirs = ground.parties[name].delegation, ground.parties[other].delegation
    return mine != theirs and (
        burdens[theirs] + _steps(ground, places, name, other) * ground.share[theirs] < burdens[mine]
    )


def _allowed(ground: Ground, places: Places, going: dict[str, list[str]], name: str, other: str) -> bool:
    def after(visit: str, comes: str, leaves: str) -> bool:
        return ground.allowed(visit, [each for each in going[visit] if each != leaves] + [comes])

    mine = places.get(name)
    return after(places[other], name, other) and (mine is None or after(mine, other, name))


def _exchange(
    ground: Ground,
    places: Places,
    burdens: dict[str, int],
    going: dict[str, list[str]],
    at: Buckets,
    name: str,
    other: str,
) -> None:
    party, steps = ground.parties[name], _steps(ground, places, name, other)
    burdens[party.delegation] -= steps * ground.share[party.delegation]
    burdens[ground.parties[other].delegation] += steps * ground.share[ground.parties[other].delegation]
    for each in (name, other):
        if each in places:
            going[places[each]].remove(each)
            at[places[each], ground.rank(places, each), party.people, party.step_free].remove(each)
    mine, theirs = places.pop(name, None), places.pop(other)
    places[name] = theirs
    if mine is not None:
        places[other] = mine
    for each in (name, other):
        if each in places:
            going[places[each]].append(each)
            at[places[each], ground.rank(places, each), party.people, party.step_free].append(each)
