"""Frozen values as JSON and back: how a problem reaches the solver's process and its answer comes home."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime, time
from enum import Enum
from functools import lru_cache
from types import NoneType, UnionType
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

T = TypeVar("T")


def dump(value: object) -> Any:
    """A value of dataclasses, enums, moments, tuples, sets and mappings as plain JSON values."""
    if is_dataclass(value) and not isinstance(value, type):
        return {each.name: dump(getattr(value, each.name)) for each in fields(value)}
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, frozenset | set):
        return sorted(dump(each) for each in value)
    if isinstance(value, tuple | list):
        return [dump(each) for each in value]
    if isinstance(value, Mapping):
        return {str(dump(key)): dump(each) for key, each in value.items()}
    return value


def load(shape: type[T], data: Any) -> T:
    """What `dump` wrote, as a value of this shape. Raises ValueError, naming the place, for anything else."""
    found: T = _load(shape, data, "")
    return found


@lru_cache(maxsize=200)
def _hints(shape: type) -> dict[str, Any]:
    return get_type_hints(shape)


def _load(shape: Any, data: Any, place: str) -> Any:
    origin, inner = get_origin(shape), get_args(shape)
    if origin in (Union, UnionType):
        return _either(inner, data, place)
    if origin is tuple:
        return _tuple(inner, data, place)
    if origin is frozenset:
        return frozenset(_load(inner[0], each, f"{place}/{n}") for n, each in enumerate(_listed(data, place)))
    if origin is not None and issubclass(origin, Mapping):
        _expect(isinstance(data, dict), "an object", place)
        return {_load(inner[0], key, place): _load(inner[1], each, f"{place}/{key}") for key, each in data.items()}
    if is_dataclass(shape):
        return _made(shape, data, place)
    return _plain(shape, data, place)


def _either(shapes: tuple[Any, ...], data: Any, place: str) -> Any:
    if data is None and NoneType in shapes:
        return None
    (shape,) = (each for each in shapes if each is not NoneType)
    return _load(shape, data, place)


def _tuple(inner: tuple[Any, ...], data: Any, place: str) -> tuple[Any, ...]:
    listed = _listed(data, place)
    if len(inner) == 2 and inner[1] is Ellipsis:
        return tuple(_load(inner[0], each, f"{place}/{n}") for n, each in enumerate(listed))
    _expect(len(listed) == len(inner), f"{len(inner)} values", place)
    return tuple(_load(shape, each, f"{place}/{n}") for n, (shape, each) in enumerate(zip(inner, listed, strict=True)))


def _made(shape: Any, data: Any, place: str) -> Any:
    _expect(isinstance(data, dict), "an object", place)
    hints = _hints(shape)
    unknown = sorted(data.keys() - hints.keys())
    _expect(not unknown, f"nothing called {', '.join(unknown)}", place)
    given = {name: _load(hints[name], each, f"{place}/{name}") for name, each in data.items()}
    try:
        return shape(**given)
    except TypeError as missing:
        raise ValueError(f"{place or '/'}: {missing}") from missing


def _plain(shape: Any, data: Any, place: str) -> Any:
    try:
        if issubclass(shape, datetime | date | time):
            moment = shape.fromisoformat(data)
            _expect(not isinstance(moment, datetime) or moment.tzinfo is not None, "a moment with its offset", place)
            return moment
        if issubclass(shape, Enum):
            return shape(data)
    except (TypeError, ValueError) as wrong:
        raise ValueError(f"{place or '/'}: {wrong}") from wrong
    right = isinstance(data, shape) and (shape is bool or not isinstance(data, bool))
    _expect(right or (shape is float and isinstance(data, int)), f"a value of the kind {shape.__name__}", place)
    return data


def _listed(data: Any, place: str) -> list[Any]:
    _expect(isinstance(data, list), "a list", place)
    found: list[Any] = data
    return found


def _expect(fits: bool, wanted: str, place: str) -> None:
    if not fits:
        raise ValueError(f"{place or '/'}: here should be {wanted}.")
