"""What must hold after whatever happened to a process, a disk or a database: I1 to I6.

Each is asked of the database itself by plain SQL, beside all code of the product, and gives the number of rows that
break it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine, NullPool, create_engine, inspect, text

from app import db as database
from app import tokens


@dataclass(frozen=True)
class Acknowledged:
    """Somebody was told "you are registered": with which form, and the secret of the page they were led to."""

    submit_key: str
    secret: str


def engine_of(url: str) -> Engine:
    """An engine of the test's own, without any of the product's hooks; it holds no connection open."""
    return create_engine(database.address(url), poolclass=NullPool, hide_parameters=False)


def lost(connection: Connection, event_id: int, told: Iterable[Acknowledged]) -> int:
    """I1: of those who were told so, how many are not stored, or as somebody else."""
    rows = connection.execute(text("SELECT submit_key, link_hash FROM delegates"))
    stored = {row.submit_key: row.link_hash for row in rows}
    return sum(stored.get(_key(event_id, each)) != tokens.digest(each.secret) for each in told)


def doubled(connection: Connection) -> int:
    """I1: how many are registered more than once: in these storms nobody shares their name with anybody."""
    query = "SELECT coalesce(sum(n - 1), 0) FROM (SELECT count(*) AS n FROM delegates GROUP BY event_id, name) AS names"
    return int(connection.execute(text(query)).scalar_one())


def unstored(connection: Connection, told: Mapping[str, int]) -> int:
    """I1: of those who were told so, by the keys of their forms, how many are not stored exactly once under their
    number. Unlike names, these stand whatever people change later."""
    stored = Counter(
        (row.submit_key, row.id) for row in connection.execute(text("SELECT submit_key, id FROM delegates"))
    )
    return sum(stored[key, number] != 1 for key, number in told.items()) + len(stored) - len({key for key, _ in stored})


def _key(event_id: int, told: Acknowledged) -> str:
    return tokens.digest(f"{event_id}/{told.submit_key}")


def silent(connection: Connection) -> int:
    """I2: registrations without exactly one letter that tells of them, and letters that tell of none. A successor who
    takes over a place is told of it once their form is filled in."""
    query = """
        SELECT count(*) FROM delegates AS d JOIN events AS e ON e.id = d.event_id WHERE d.state = 'approved'
        AND d.organisation <> '' AND
        (SELECT count(*) FROM messages AS m WHERE m.key = 'confirmation/' || e.slug || '/' || d.reference || '/0') <> 1
    """
    orphans = """
        SELECT count(*) FROM messages AS m WHERE m.kind = 'confirmation' AND NOT EXISTS (SELECT 1 FROM delegates AS d
        JOIN events AS e ON e.id = d.event_id WHERE m.key = 'confirmation/' || e.slug || '/' || d.reference || '/0')
    """
    return _number(connection, query) + _number(connection, orphans)


MISCOUNTED = {
    "places": """
        SELECT count(*) FROM places AS p WHERE p.taken > p.seats + p.granted OR p.taken <> (SELECT count(*) FROM
        delegates AS d WHERE d.event_id = p.event_id AND d.mode = p.mode AND d.state IN ('approved', 'offered'))
    """,
    "quotas": """
        SELECT count(*) FROM quotas AS q WHERE q.taken > q.seats + q.granted OR q.taken <> (SELECT count(*) FROM
        delegates AS d WHERE d.delegation_id = q.delegation_id AND d.category = q.category AND d.mode = q.mode AND
        d.state IN ('nominated', 'submitted', 'endorsed', 'approved', 'offered', 'returned'))
    """,
    "visits": """
        SELECT count(*) FROM visits AS v WHERE v.taken > v.seats OR v.taken <> (SELECT count(*) FROM sign_ups AS s
        WHERE s.visit_id = v.id AND s.state IN ('offered', 'allocated', 'boarded', 'no-show'))
    """,
    "vehicles": """
        SELECT count(*) FROM vehicles AS v WHERE v.taken > v.seats OR v.taken <> (SELECT count(*) FROM sign_ups AS s
        WHERE s.vehicle_id = v.id)
    """,
    "step-free places": """
        SELECT count(*) FROM vehicles AS v WHERE v.step_free_taken > v.step_free OR v.step_free_taken <> (SELECT
        count(*) FROM sign_ups AS s WHERE s.vehicle_id = v.id AND s.step_free)
    """,
}


def miscounted(connection: Connection) -> int:
    """I3: counters of places that are not the number of those who hold one, or more than there are."""
    return sum(_number(connection, query) for query in MISCOUNTED.values())


def broken(connection: Connection) -> int:
    """I4: rows that point at nothing, and what the database's own check finds."""
    if connection.dialect.name == "sqlite":
        orphans = len(connection.exec_driver_sql("PRAGMA foreign_key_check").all())
        said = [row[0] for row in connection.exec_driver_sql("PRAGMA integrity_check")]
        return orphans + (0 if said == ["ok"] else len(said))
    return sum(_orphans(connection, table) for table in inspect(connection).get_table_names())


def _orphans(connection: Connection, table: str) -> int:
    found = 0
    for key in inspect(connection).get_foreign_keys(table):
        pairs = list(zip(key["constrained_columns"], key["referred_columns"], strict=True))
        held = " AND ".join(f'a."{one}" IS NOT NULL' for one, _other in pairs)
        same = " AND ".join(f'a."{one}" = b."{other}"' for one, other in pairs)
        there = f'SELECT 1 FROM "{key["referred_table"]}" AS b WHERE {same}'
        found += _number(connection, f'SELECT count(*) FROM "{table}" AS a WHERE {held} AND NOT EXISTS ({there})')
    return found


def stuck(connection: Connection) -> int:
    """I5: letters that nobody will ever take up again: neither at their end, nor held, nor due at some time."""
    return _number(
        connection,
        """
        SELECT count(*) FROM messages WHERE (state = 'sent' AND sent_at IS NULL)
        OR (state = 'inflight' AND (lease_until IS NULL OR worker = ''))
        OR (state IN ('queued', 'retry') AND due_at IS NULL)
        """,
    )


def unwritten(connection: Connection) -> int:
    """I6: registrations and sign-ups of which the journal does not tell exactly once how they came to be, and lines of
    the journal about nobody."""
    queries = (
        """
        SELECT count(*) FROM delegates AS d WHERE (SELECT count(*) FROM notes AS n
        WHERE n.subject = 'delegate/' || d.uid AND n.what IN ('registered', 'nominated')) <> 1
        """,
        """
        SELECT count(*) FROM notes AS n WHERE n.subject LIKE 'delegate/%'
        AND NOT EXISTS (SELECT 1 FROM delegates AS d WHERE n.subject = 'delegate/' || d.uid)
        """,
        """
        SELECT count(*) FROM sign_ups AS s JOIN delegates AS d ON d.id = s.delegate_id WHERE s.state <> 'requested'
        AND NOT EXISTS (SELECT 1 FROM notes AS n WHERE n.subject = 'delegate/' || d.uid)
        """,
    )
    return sum(_number(connection, query) for query in queries)


def _number(connection: Connection, query: str) -> int:
    return int(connection.execute(text(query)).scalar_one())


@dataclass(frozen=True)
class Found:
    """What breaks each invariant; all are 0 where everything is in order."""

    lost: int
    doubled: int
    silent: int
    miscounted: int
    broken: int
    stuck: int
    unwritten: int

    def hold(self, figures: Any, fault: str, after: str = "") -> None:
        """Note what was found with `figures.hold`, which fails the test at the first that is not 0."""
        figures.hold(fault, f"acknowledged registrations lost (I1){after}", self.lost, exactly=0)
        figures.hold(fault, f"people registered twice (I1){after}", self.doubled, exactly=0)
        rest = {
            "registrations and letters without each other (I2)": self.silent,
            "counters of places that are wrong (I3)": self.miscounted,
            "orphans and damaged pages (I4)": self.broken,
            "letters that nobody takes up (I5)": self.stuck,
            "acts and journal without each other (I6)": self.unwritten,
        }
        assert {what: number for what, number in rest.items() if number} == {}, fault + after
        figures.hold(fault, f"other faults of what is stored (I2 to I6){after}", sum(rest.values()), exactly=0)


def examine(url: str, event_id: int = 0, told: Iterable[Acknowledged] = ()) -> Found:
    """I1 to I6 over the database at `url`. `told` were told that they are registered for the event."""
    engine = engine_of(url)
    with engine.connect() as connection:
        return Found(
            lost(connection, event_id, told),
            doubled(connection),
            silent(connection),
            miscounted(connection),
            broken(connection),
            stuck(connection),
            unwritten(connection),
        )
