"""The question as the methods work on it: what is left beside kept seats, parties in the order of their lots."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import lcm

from app.planning.allocate.model import MOST_WISHES, Party, Question, Seat, Signature, Visit
from app.planning.allocate.packing import Bin, Load, pack
from app.planning.order import lot

NONE = MOST_WISHES + 1
"""The rank of going nowhere, in a list where a first wish has 1."""

Places = dict[str, str]
"""The visit of each party that goes on one. Kept seats are not in it."""


def turns(question: Question) -> list[Party]:
    """Who decides first among equals: each delegation's first party, then each one's second; by lot within."""
    drawn = sorted(question.parties, key=lambda each: (lot(question.seed, each.id), each.id))
    before: Counter[str] = Counter()
    turn = {}
    for party in drawn:
        turn[party.id] = before[party.delegation]
        before[party.delegation] += 1
    return sorted(drawn, key=lambda each: (turn[each.id], lot(question.seed, each.delegation), each.delegation))


@dataclass(frozen=True)
class Ground:
    """What is asked, looked up by id."""

    question: Question

    @cached_property
    def visits(self) -> dict[str, Visit]:
        return {each.id: each for each in sorted(self.question.visits, key=lambda each: each.id)}

    @cached_property
    def parties(self) -> dict[str, Party]:
        """Those who have no seat yet, in turn."""
        return {each.id: each for each in turns(self.question) if each.kept is None}

    @cached_property
    def kept(self) -> dict[str, list[Party]]:
        """Those who keep a seat, by visit."""
        found = defaultdict(list)
        for each in self.question.parties:
            if each.kept is not None:
                found[each.kept.visit].append(each)
        return found

    @cached_property
    def bins(self) -> dict[str, tuple[Bin, ...]]:
        """What is left in each vehicle, never below nothing."""
        taken: Counter[Seat | None] = Counter()
        free: Counter[Seat | None] = Counter()
        for party in self.question.parties:
            taken[party.kept] += party.people
            free[party.kept] += party.step_free
        return {
            visit.id: tuple(
                Bin(max(0, each.seats - taken[seat]), max(0, each.step_free - free[seat]))
                for each in visit.vehicles
                for seat in (Seat(visit.id, each.id),)
            )
            for visit in self.visits.values()
        }

    @cached_property
    def room(self) -> dict[str, int]:
        """How many more may go on each visit."""
        found = {}
        for visit in self.visits.values():
            seats = sum(each.seats for each in self.bins[visit.id])
            most = seats if visit.most is None else visit.most - sum(each.people for each in self.kept[visit.id])
            found[visit.id] = max(0, min(seats, most))
        return found

    def of_delegation(self, delegation: str, visit: str) -> int | None:
        """How many more of a delegation may go there; None where nothing limits it."""
        most = self.visits[visit].of_delegation
        if most is None:
            return None
        return max(0, most - sum(each.people for each in self.kept[visit] if each.delegation == delegation))

    def least(self, visit: str) -> int:
        """Below how many new people it does not run. One on which somebody keeps a seat runs in any case."""
        return 0 if self.kept[visit] else self.visits[visit].least

    @cached_property
    def wishes(self) -> dict[str, dict[str, int]]:
        """The rank of each visit on which a party could go if nobody else did."""
        return {
            party.id: {
                visit: rank
                for rank, visit in enumerate(party.wishes, 1)
                if visit in self.visits and self.fits(visit, (party.id,))
            }
            for party in self.parties.values()
        }

    def fits(self, visit: str, parties: Sequence[str]) -> bool:
        """Whether these may go there together, whoever keeps a seat there already."""
        return self.allowed(visit, parties) and self.seated(visit, parties) is not None

    def allowed(self, visit: str, parties: Iterable[str]) -> bool:
        """The same without looking into the vehicles."""
        by: Counter[str] = Counter()
        for each in parties:
            by[self.parties[each].delegation] += self.parties[each].people
        limits = ((self.of_delegation(delegation, visit), count) for delegation, count in by.items())
        return by.total() <= self.room[visit] and all(limit is None or count <= limit for limit, count in limits)

    def seated(self, visit: str, parties: Sequence[str]) -> list[int] | None:
        """The vehicle of each, or None where they do not fit."""
        loads = [Load(self.parties[each].people, self.parties[each].step_free) for each in parties]
        return pack(self.bins[visit], loads)

    def rank(self, places: Places, party: str) -> int:
        return self.wishes[party][places[party]] if party in places else NONE

    def signature(self, places: Places) -> Signature:
        by: Counter[int] = Counter()
        for party in self.parties.values():
            by[self.rank(places, party.id)] += party.people
        return by[NONE], by[3], by[2]

    @cached_property
    def size(self) -> Counter[str]:
        """The people of each delegation, those who keep a seat among them."""
        found: Counter[str] = Counter()
        for each in self.question.parties:
            found[each.delegation] += each.people
        return found

    @cached_property
    def share(self) -> dict[str, int]:
        """What one person's step down weighs in each delegation, so that delegations of any size compare."""
        whole = lcm(*self.size.values()) if self.size else 1
        return {delegation: whole // people for delegation, people in self.size.items()}

    def burdens(self, places: Places) -> dict[str, int]:
        """How far each delegation is from its first wishes: steps down a person, times a number all have in common."""
        found = dict.fromkeys(self.size, 0)
        for party in self.parties.values():
            found[party.delegation] += party.people * (self.rank(places, party.id) - 1) * self.share[party.delegation]
        for party in (each for those in self.kept.values() for each in those):
            steps = party.wishes.index(party.kept.visit) if party.kept and party.kept.visit in party.wishes else 0
            found[party.delegation] += party.people * steps * self.share[party.delegation]
        return found

    def by_visit(self, places: Places) -> dict[str, list[str]]:
        """Who goes where, in turn."""
        found: dict[str, list[str]] = {each: [] for each in self.visits}
        for party in self.parties:
            if party in places:
                found[places[party]].append(party)
        return found

    def people(self, parties: Iterable[str]) -> int:
        return sum(self.parties[each].people for each in parties)
