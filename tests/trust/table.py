"""The table of promises that `make trust` prints, in the form of docs/trust.md."""

from __future__ import annotations

from collections.abc import Iterable

from tests.trust.figures import Figure
from tests.trust.promises import PROMISES

HEAD = """# Trust

What Plenary promises, and what the last run of `make trust` found. Each number comes from a proof that was run against
real processes, on the database named; a bound that was not kept is marked. Times and rates depend on the machine.
"""


def written(figures: Iterable[Figure]) -> str:
    """Promises with the figures of their proofs, then every other figure, as Markdown."""
    found: dict[str, list[Figure]] = {}
    for each in figures:
        found.setdefault(each.of, []).append(each)
    parts = [HEAD]
    for number, (promise, proofs) in enumerate(PROMISES, 1):
        parts.append(f"## {number}. {promise}\n\n" + _rows([each for proof in proofs for each in found.pop(proof, [])]))
    rest = [each for proof in sorted(found, key=_order) for each in found[proof]]
    if rest:
        parts.append("## All other proofs\n\n" + _rows(rest))
    return "\n".join(parts)


def _order(proof: str) -> tuple[str, int]:
    return proof[0], int(proof[1:])


def _rows(figures: list[Figure]) -> str:
    if not figures:
        return "No figure yet.\n"
    lines = ["| proof | database | what | found | bound | |", "|---|---|---|--:|--:|---|"]
    for each in figures:
        value = f"{each.value:g} {each.unit}".strip()
        mark = "kept" if each.kept else "**not kept**"
        lines.append(f"| {each.of} | {each.database} | {each.what} | {value} | {each.bound} | {mark} |")
    return "\n".join(lines) + "\n"
