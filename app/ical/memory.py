"""What a process keeps because it is asked for again and again, within a bound."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable
from threading import Lock
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


class Memory(Generic[Key, Value]):
    """At most `room` of what was made, by `measure`; what was not asked for longest goes. Safe between threads."""

    def __init__(self, room: int, measure: Callable[[Value], int]) -> None:
        self.room = room
        self.held = 0
        self._measure = measure
        self._values: OrderedDict[Key, Value] = OrderedDict()
        self._lock = Lock()

    def get(self, key: Key, make: Callable[[], Value]) -> Value:
        """The value of this key, made now if it is not kept."""
        (found,) = self.many([key], lambda _key: make())
        return found

    def many(self, keys: Iterable[Key], make: Callable[[Key], Value]) -> list[Value]:
        """The values of these keys, in order; those that are not kept are made."""
        wanted = list(keys)
        with self._lock:
            found = [self._values.get(key) for key in wanted]
            for key in wanted:
                if key in self._values:
                    self._values.move_to_end(key)
        missing = dict.fromkeys(key for key, value in zip(wanted, found, strict=True) if value is None)
        made = {key: make(key) for key in missing}
        if made:
            self._keep(made)
        return [made[key] if value is None else value for key, value in zip(wanted, found, strict=True)]

    def clear(self) -> None:
        with self._lock:
            self._values.clear()
            self.held = 0

    def _keep(self, made: dict[Key, Value]) -> None:
        with self._lock:
            for key, value in made.items():
                if key not in self._values:
                    self._values[key] = value
                    self.held += self._measure(value)
            while self.held > self.room:
                _key, gone = self._values.popitem(last=False)
                self.held -= self._measure(gone)
