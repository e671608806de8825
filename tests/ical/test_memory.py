"""What a process keeps: made once, within its bound, the longest unasked going first."""

from __future__ import annotations

import pytest

from app.ical import Memory

pytestmark = pytest.mark.one_database


def test_a_value_is_made_once() -> None:
    made: list[str] = []
    memory: Memory[str, str] = Memory(100, len)

    def make(key: str) -> str:
        made.append(key)
        return key * 2

    assert memory.many(["rome", "milan", "rome"], make) == ["romerome", "milanmilan", "romerome"]
    assert memory.many(["milan", "seoul"], make) == ["milanmilan", "seoulseoul"]
    assert (made, memory.held) == (["rome", "milan", "seoul"], 28)


def test_what_was_not_asked_for_longest_goes_first() -> None:
    memory: Memory[str, str] = Memory(10, len)
    for key in ("rome", "milan", "rome", "seoul"):
        memory.get(key, lambda key=key: key)  # type: ignore[misc]
    assert memory.held == 9
    assert memory.get("rome", lambda: "made again") == "rome"
    assert memory.get("milan", lambda: "again") == "again"


def test_what_is_greater_than_the_room_is_given_and_not_kept() -> None:
    memory: Memory[str, str] = Memory(3, len)
    assert memory.get("rome", lambda: "too long") == "too long"
    assert memory.held == 0
