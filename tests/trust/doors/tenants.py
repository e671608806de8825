"""Whose a row is: the event or network, the city and the person that it hangs on; and rows for those who have none."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from sqlalchemy import JSON, Column, ForeignKey, String, Table, UniqueConstraint, insert, select

from app.db import db

Row = Mapping[str, Any]


class Whose(NamedTuple):
    """The tenant of a row."""

    event: str = ""
    """The slug of the event, or of the network for what hangs on none; empty: it is nobody's."""
    city: str = ""
    """The slug of the city."""
    person: str = ""
    """The name that the proofs have for somebody, or else a number."""

    def within(self, other: Whose) -> bool:
        """Whether this is the other's own, or of the city or the event around them."""
        return self.event == other.event and self.city in ("", other.city) and self.person in ("", other.person)


NOT_ABOVE = {"users", "files", "messages", "photos"}
"""What a row may point at without being theirs."""
OF_ACCOUNTS = {"sign_ins", "passkeys"}
"""What hangs on an account."""


SINGLE = {
    "allocations": "its report names people of the event for which it was made",
    "two_people": "it points at two people",
    "overflows": "it hangs on a quota, which counts who has a place of it",
}
"""Of what no row is given to others, and why."""


class Tenants:
    """All rows, and whose each is; `people`: id of a delegate -> how the proofs call them."""

    def __init__(self, people: Mapping[int, str]) -> None:
        self.people = people
        self.rows: dict[str, list[Row]] = {}
        self._by: dict[tuple[str, str], dict[Any, Row]] = {}
        self._known: dict[tuple[str, Any], Whose] = {}
        self._pointing: dict[int, Whose] = {}
        for table in db.metadata.sorted_tables:
            self.read(table)

    def read(self, table: Table) -> None:
        """What stands in a table now."""
        self.rows[table.name] = [dict(each) for each in db.session.execute(select(table)).mappings()]
        for column in table.primary_key.columns:
            self._by[table.name, column.name] = {each[column.name]: each for each in self.rows[table.name]}

    def whose(self, table: Table, row: Row) -> Whose:
        key = table.name, tuple(row[each.name] for each in table.primary_key.columns)
        if key not in self._known:
            self._known[key] = self._found(table, row)
        return self._known[key]

    def _found(self, table: Table, row: Row) -> Whose:
        if table.name in {"events", "networks"}:
            return Whose(row["slug"])
        if table.name == "files":
            return self._of_file(row["id"])
        if table.name == "users":
            return self._of_account(row)
        event = city = person = ""
        if "event_id" in table.columns and row["event_id"] is not None:
            event = self._by["events", "id"][row["event_id"]]["slug"]
        for above in self._above(table, row):
            event, city, person = event or above.event, city or above.city, person or above.person
        if table.name == "delegates":
            person = self.people.get(row["id"], str(row["id"]))
        if table.name == "delegations":
            city = self._by["members", "id"][row["member_id"]]["slug"]
        return Whose(event, city, person)

    def _above(self, table: Table, row: Row) -> Iterator[Whose]:
        """Whose the rows are on which this one hangs."""
        for key in sorted(table.foreign_keys, key=lambda each: each.parent.name):
            parent, value = key.column.table, row[key.parent.name]
            host = key.parent.name == "member_id" and "event_id" in table.columns
            beside = parent.name in NOT_ABOVE and not (parent.name == "users" and table.name in OF_ACCOUNTS)
            if value is not None and parent is not table and not beside and not host:
                yield self.whose(parent, self._by[parent.name, key.column.name][value])

    def _of_file(self, number: int) -> Whose:
        """A file is that of the row which points at it."""
        for table in db.metadata.sorted_tables:
            for key in (each for each in table.foreign_keys if each.column.table.name == "files"):
                for row in self.rows[table.name]:
                    if row[key.parent.name] == number:
                        return self.whose(table, row)
        return Whose()

    def _of_account(self, user: Row) -> Whose:
        """An account is of the event for which it has a task; of none, if it is of several networks."""
        events = self._by["events", "id"]
        tasks = [each["event_id"] for each in self.rows["staff"] if each["user_id"] == user["id"]]
        event = events[tasks[0]]["slug"] if tasks and tasks[0] is not None else ""
        return Whose(event, "", user["email"].partition("@")[0])

    def twin(self, table: Table, target: Whose, least: int) -> bool:
        """Give this tenant such a row as another one has, if they have none.

        `least`: 2 leaves alone what is only of an event, and of no city or person.
        """
        found = [(self.whose(table, row), row) for row in self.rows[table.name]]
        events = {each["slug"] for each in self.rows["events"]}
        like = [(whose, row) for whose, row in found if whose.event in events]
        deepest = max((_depth(whose) for whose, _row in like), default=0)
        wanted = _cut(target, deepest)
        if table.name in SINGLE or deepest < least or any(whose == wanted for whose, _row in found):
            return False
        source = next(row for whose, row in like if _depth(whose) == deepest)
        values = {
            each.name: self._value(each, source[each.name], target) for each in table.columns if not _counts(each)
        }
        self._rename(table, source, values)
        db.session.execute(insert(table).values(values))
        self.read(table)
        return True

    def _rename(self, table: Table, source: Row, values: dict[str, Any]) -> None:
        """Let entries of calendars that the row holds be about itself, and the person whose it is now."""
        names = [(source[each.name], values[each.name]) for each in table.columns if each.name == "uid"]
        if values.get("delegate_id") is not None:
            people = self._by["delegates", "id"]
            names.append((people[source["delegate_id"]]["uid"], people[values["delegate_id"]]["uid"]))
        for column in (each for each in table.columns if isinstance(each.type, JSON)):
            text = json.dumps(values[column.name])
            for old, new in names:
                text = text.replace(old, new)
            values[column.name] = json.loads(text)

    def _value(self, column: Column[Any], value: Any, target: Whose) -> Any:
        for key in column.foreign_keys:
            return None if value is None else self._parent(key, value, target)
        if column.name == "event_id" and value is not None:  # messages and notes do not point at it
            return next(each["id"] for each in self.rows["events"] if each["slug"] == target.event)
        if isinstance(value, str) and _alone(column):
            return secrets.token_hex(len(value))[: len(value)]
        return value + 100 if isinstance(value, int) and _numbers(column) else value

    def _parent(self, key: ForeignKey, value: Any, target: Whose) -> Any:
        parent = key.column.table
        if parent.name in NOT_ABOVE - {"photos"}:
            return None if key.parent.nullable else value
        mine = self._of(parent, target)
        if not mine and self.twin(parent, target, least=1):
            mine = self._of(parent, target)
        assert mine, f"{target} has nothing in {parent.name}"
        return mine[0][key.column.name]

    def _of(self, table: Table, target: Whose) -> list[Row]:
        """The rows of somebody, of their city and their event, in this order."""
        mine = [row for row in self.rows[table.name] if self.whose(table, row).within(target)]
        return sorted(mine, key=lambda row: -_depth(self.whose(table, row)))


def _depth(whose: Whose) -> int:
    return sum(map(bool, whose))


def _cut(whose: Whose, depth: int) -> Whose:
    """The person, or the city or event around them."""
    return Whose(*whose[:depth])


def _counts(column: Column[Any]) -> bool:
    """Whether the database numbers it."""
    return column.primary_key and not column.foreign_keys and not isinstance(column.type, String)


def _alone(column: Column[Any]) -> bool:
    """Whether no other row, whosever it is, may say the same."""
    free = [each for each in _together(column) if not any(one.foreign_keys for one in each)]
    return bool(column.unique or free or (column.primary_key and isinstance(column.type, String)))


def _numbers(column: Column[Any]) -> bool:
    """Whether it counts the rows that hang on the same one."""
    return not column.foreign_keys and bool(_together(column))


def _together(column: Column[Any]) -> list[Any]:
    """The columns that are one of a kind together with this one."""
    told = [each.columns for each in column.table.constraints if isinstance(each, UniqueConstraint)]
    return [each for each in told if column.name in each]
