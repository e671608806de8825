"""A row whole: with the rows it belongs to, read by one statement and made into objects by what is known of them.

The session makes ready anew, for each answer, how every column of every table is to be taken, which takes three times
as long as all else together. Where many rows come, or where they are locked to be changed, it is worth its time.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, MutableMapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar, cast

from sqlalchemy import FromClause, Row, and_, bindparam, select
from sqlalchemy.orm import InstrumentedAttribute, Mapper
from sqlalchemy.orm.attributes import instance_dict, instance_state, set_committed_value

from app.db import Base, db, directly

Kind = TypeVar("Kind", bound=Base)


@dataclass(frozen=True)
class _Part:
    """One of the rows: where it stands in the answer, and in which relation of which part it is found."""

    mapper: Mapper[Any]
    table: FromClause
    names: tuple[str, ...]
    place: slice
    key: int
    """Where the number stands by which it is told from others."""
    owner: int | None
    relation: str


class Whole(Generic[Kind]):
    """The row of `kind` that has certain values in the columns `by`, together with what is found along each path of
    relations to one; each path comes after the one that it goes on from. ValueError for a relation to many.

    Made once, since making such a query takes as long as asking it. By tables alone, for the same reason: what names
    columns by their classes takes twice as long to be found among the queries that are ready.
    """

    def __init__(self, kind: type[Kind], *paths: Sequence[InstrumentedAttribute[Any]], by: Iterable[str]) -> None:
        self.parts = [_part(kind.__mapper__, kind.__mapper__.local_table, 0)]
        source = self.parts[0].table
        places: dict[tuple[str, ...], int] = {(): 0}
        for path in paths:
            names = tuple(each.key for each in path)
            relation, owner = path[-1].property, places[names[:-1]]
            if relation.uselist:
                raise ValueError(f"{relation} leads to many rows")
            table, beside = relation.mapper.local_table.alias(), self.parts[owner].table
            pairs = [beside.c[here.key] == table.c[there.key] for here, there in relation.local_remote_pairs]
            source = source.outerjoin(table, and_(*pairs))
            places[names] = len(self.parts)
            self.parts.append(_part(relation.mapper, table, self.parts[-1].place.stop, owner, names[-1]))
        columns = [each.table.c[name] for each in self.parts for name in each.names]
        its = self.parts[0].table.c
        self.query = select(*columns).select_from(source).where(*(its[name] == bindparam(name) for name in by))

    def glimpse(self, **values: object) -> Kind | None:
        """It, for who only looks: no session knows it, so it stays as it was read, and what is changed in it is lost.

        What lies off the paths is not to be had: DetachedInstanceError.
        """
        row = directly(self.query, **values).one_or_none()
        return None if row is None else self._made(row, {}, {})

    def held(self, **values: object) -> Kind | None:
        """It, as the session would have loaded it. What the session knew of it before stands as it stood; what it has
        changed and not stored yet is not looked for.
        """
        row = directly(self.query, **values).one_or_none()
        if row is None:
            return None
        session, fresh = db.session(), dict[Any, Any]()
        found = self._made(row, session.identity_map, fresh)
        session.add_all(fresh.values())
        return found

    def _made(self, row: Row[Any], known: Any, fresh: MutableMapping[Any, Any]) -> Kind:
        """`fresh` is filled with what was not known: one member may be found twice, as the city and as the host."""
        made: list[Any] = []
        for part in self.parts:
            found = None
            if (number := row[part.key]) is not None:
                identity = part.mapper.identity_key_from_primary_key((number,))
                values = dict(zip(part.names, row[part.place], strict=True))
                found = fresh.get(identity, known.get(identity))
                if found is None:
                    found = fresh[identity] = part.mapper.class_manager.new_instance()
                    instance_dict(found).update(values)
                    instance_state(found).key = identity
                else:
                    _complete(found, values)
            if part.owner is not None and (owner := made[part.owner]) is not None:
                _complete(owner, {part.relation: found})
            made.append(found)
        return cast(Kind, made[0])


def _part(mapper: Mapper[Any], table: FromClause, begins: int, owner: int | None = None, relation: str = "") -> _Part:
    names = tuple(each.key for each in mapper.column_attrs)
    (number,) = mapper.primary_key
    place = slice(begins, begins + len(names))
    return _Part(mapper, table, names, place, begins + names.index(number.key), owner, relation)


def _complete(row: Any, values: Mapping[str, Any]) -> None:
    """Tell of a row that is known already what nothing is known of: it is new, or was forgotten by its session."""
    has = instance_dict(row)
    for name in values.keys() - has.keys():
        set_committed_value(row, name, values[name])
