"""What reads the answers of PostgreSQL."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Self

import psycopg
from psycopg.pq import ExecStatus
from psycopg.pq.abc import PGresult


class _Columns(Sequence[Any]):
    """What PEP 249 has a cursor tell of the columns of an answer, made when somebody asks."""

    def __init__(self, answer: PGresult) -> None:
        self.answer = answer

    def __len__(self) -> int:
        return self.answer.nfields

    def __getitem__(self, index: Any) -> Any:
        found = range(len(self))[index]
        if isinstance(found, range):
            return [self[each] for each in found]
        return (self.answer.fname(found) or b"").decode(), self.answer.ftype(found), *[None] * 5


class Cursor(psycopg.Cursor[Any]):
    """Tells of columns what it is asked. psycopg makes an object of each, for each answer anew, which took an eighth of
    a page; SQLAlchemy reads them once for each query."""

    def execute(self, *statement: Any, **how: Any) -> Self:
        """Of several statements in one exchange the last one's answer is the answer."""
        super().execute(*statement, **how)
        while self.nextset():
            pass
        return self

    @property
    def description(self) -> Any:
        found = self.pgresult
        if found is None or found.status != ExecStatus.TUPLES_OK:
            return super().description
        return _Columns(found)
