"""Whether a file has the shape that the JSON Schema gives, and what to say where it has not."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, cast

from jsonschema import Draft202012Validator, FormatChecker, ValidationError
from jsonschema.protocols import Validator
from jsonschema.validators import extend

from app.imports.faults import Fault, pointer

SCHEMA = Path(__file__).with_name("event-file.schema.json")
SHOWN = 40
"""How many characters of a wrong value are repeated in a sentence."""


def misshapen(document: Any) -> list[Fault]:
    """Everything in which the document departs from the schema."""
    return [Fault(pointer(*error.absolute_path), _said(error)) for error in _validator().iter_errors(document)]


def _said(error: ValidationError) -> str:
    if error.validator in SPOKEN:
        return error.message
    if error.validator == "oneOf":
        return "Give either “city” or “person”, and not both."
    schema = cast(Mapping[str, Any], error.schema)  # true and false are schemas too; this one has none of them
    return f"{_shown(error.instance)} is not {schema['description']}."


def _shown(value: object) -> str:
    if isinstance(value, dict):
        return "An object"
    if isinstance(value, list):
        return "A list"
    if isinstance(value, str):
        return f"“{value[:SHOWN]}{'…' if len(value) > SHOWN else ''}”"
    return json.dumps(value)


def _required(_: Validator, names: Sequence[str], value: object, __: Any) -> Iterator[ValidationError]:
    for name in names:
        if isinstance(value, dict) and name not in value:
            yield ValidationError(f"“{name}” is missing.")


def _together(_: Validator, pairs: Mapping[str, Sequence[str]], value: object, __: Any) -> Iterator[ValidationError]:
    for name, others in pairs.items():
        for other in others:
            if isinstance(value, dict) and name in value and other not in value:
                yield ValidationError(f"“{name}” is given without “{other}”.")


def _others(validator: Validator, rule: Any, value: object, schema: Mapping[str, Any]) -> Iterator[ValidationError]:
    if not isinstance(value, dict):
        return
    for name in sorted(value.keys() - schema.get("properties", {}).keys()):
        if rule is False:
            yield ValidationError(f"“{name[:SHOWN]}” is not a word of this format here.", path=(name,))
        else:
            yield from validator.descend(value[name], rule, path=name)  # type: ignore[attr-defined]


def _pattern(_: Validator, pattern: str, value: object, __: Any) -> Iterator[ValidationError]:
    """JSON Schema's patterns are ECMA-262's, whose $ is the very end; Python's lets a line feed follow."""
    if isinstance(value, str) and not re.search(re.sub(r"\$$", r"\\Z", pattern), value):
        yield ValidationError("")


SPOKEN = frozenset({"required", "dependentRequired", "additionalProperties"})
"""The keywords whose faults are worded here where they are found."""


@lru_cache(maxsize=1)
def _validator() -> Validator:
    rules = {
        "required": _required,
        "dependentRequired": _together,
        "additionalProperties": _others,
        "pattern": _pattern,
    }
    schema = json.loads(SCHEMA.read_text("utf-8"))
    kind = extend(Draft202012Validator, rules)  # type: ignore[no-untyped-call]
    return cast(Validator, kind(schema, format_checker=FormatChecker(["date"])))
