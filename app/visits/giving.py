"""An allocation carried out: sign-ups, places, calendars, journal and letters follow what was worked out.

Places are taken for all who share a vehicle at once, and rows and letters are stored together, since hundreds of people
are moved in one transaction.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta

from app.db import db
from app.events.models import new_uid
from app.outbox import Letter
from app.planning.allocate.model import Given, Outcome, Seat
from app.registration.models import Delegate
from app.visits import moving, outcomes, rows, seats
from app.visits.models import SignUp, Standing, Visit, WishList
from app.visits.said import sayer_to_many

People = Mapping[str, tuple[int, ...]]


class Giving:
    """One adoption, in a transaction in which its visits are locked."""

    def __init__(
        self,
        outcome: Outcome,
        people: People,
        visits: Mapping[int, Visit],
        lists: Mapping[int, WishList],
        delegates: Mapping[int, Delegate],
        run: str,
        who: str,
        now: datetime,
    ) -> None:
        """`visits` with their vehicles, `lists` and `delegates` of everybody who may get something, by delegate."""
        self.people, self.visits, self.lists, self.delegates = people, visits, lists, delegates
        self.run, self.who, self.now = run, who, now
        self.idle = set(outcome.idle)
        self.given = sorted((each for each in outcome.given if each.turn), key=lambda each: each.turn)
        ids = {key for each in self.given for key in people[each.party]}
        query = rows.whole().where(SignUp.delegate_id.in_(ids), SignUp.visit_id.in_(visits))
        self.rows = {(each.visit_id, each.delegate_id): each for each in rows.held(query)}
        self.cars = {car.id: car for each in visits.values() for car in each.vehicles}
        self.letters: list[tuple[Delegate, Letter]] = []
        self.sayer = sayer_to_many()

    def carry_out(self, onto_lists: bool, before: set[int]) -> int:
        """Seat who got a wish, and tell all others why not, save those of `before`, who know; how many are seated.

        Refused when places are gone, and then nobody is seated.
        """
        self._take()
        with db.session.no_autoflush:
            for given in self.given:
                if given.seat is not None:
                    self._seat(given, given.seat)
                else:
                    self._miss(given, onto_lists, before)
        db.session.flush()
        outcomes.send(self.letters, self.now)
        return sum(len(self.people[each.party]) for each in self.given if each.seat is not None)

    def _take(self) -> None:
        """The places of all, by the conditional updates that first come takes them by."""
        people: Counter[tuple[str, str]] = Counter()
        step_free: Counter[tuple[str, str]] = Counter()
        for given in self.given:
            if given.seat is not None:
                place = given.seat.visit, given.seat.vehicle
                people[place] += len(self.people[given.party])
                step_free[place] += sum(self.lists[key].step_free for key in self.people[given.party])
        for (visit, car), count in sorted(people.items()):
            seats.take(int(visit), int(car) if car else None, count, step_free[visit, car])

    def _seat(self, given: Given, seat: Seat) -> None:
        visit, car = self.visits[int(seat.visit)], self.cars[int(seat.vehicle)] if seat.vehicle else None
        for key in self.people[given.party]:
            row = self._row(visit, key)
            row.vehicle = car
            moving.one_of_many(row, Standing.ALLOCATED, who=self.who, now=self.now, sayer=self.sayer)
            self.letters.append((self.delegates[key], outcomes.granted(row, given.wish, self.who, self.sayer)))

    def _row(self, visit: Visit, delegate_id: int) -> SignUp:
        """The sign-up of this person for this visit, new or begun anew, as their wishes say."""
        row, told = self.rows.get((visit.id, delegate_id)), self.lists[delegate_id]
        if row is None:
            row = SignUp(uid=new_uid(), visit=visit, delegate=self.delegates[delegate_id], version=0)
            row.state, row.state_at, row.changed_at = Standing.REQUESTED, self.now, self.now
            row.told, row.vehicle, row.comment = None, None, ""
            db.session.add(row)
        elif moving.may_follow(row.state, Standing.REQUESTED):
            moving.one_of_many(row, Standing.REQUESTED, who=self.who, now=self.now)
        row.party, row.list_class, row.step_free, row.unanswered = told.party, told.list_class, told.step_free, 0
        row.mobile, row.understood_at, row.ticked_at = told.mobile, told.understood_at, None
        return row

    def _miss(self, given: Given, onto_lists: bool, before: set[int]) -> None:
        """No place: onto the list of the dearest visit that runs, if it is wanted, and a letter."""
        running = [visit for visit, _why in given.why if visit not in self.idle]
        waits = self.visits[int(running[0])] if onto_lists and running else None
        wishes = [(self.visits[int(visit)], why) for visit, why in given.why]
        for key in self.people[given.party]:
            if waits is not None:
                self._wait(waits, key, given.turn)
            if key not in before:
                letter = outcomes.missed(self.delegates[key], self.run, wishes, waits, self.who, self.sayer)
                self.letters.append((self.delegates[key], letter))

    def _wait(self, visit: Visit, delegate_id: int, turn: int) -> None:
        """A turn on the list in the order of the lots. Whoever waits there already keeps theirs."""
        row = self.rows.get((visit.id, delegate_id))
        if row is None or row.state != Standing.WAITLISTED:
            row = self._row(visit, delegate_id)
            row.joined_at = self.now + timedelta(microseconds=turn)
            moving.one_of_many(row, Standing.WAITLISTED, who=self.who, now=self.now)
