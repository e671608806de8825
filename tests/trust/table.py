"""The table of promises that `make trust` prints, in the form of docs/trust.md."""

from __future__ import annotations

from collections.abc import Iterable

from tests.trust.figures import Figure
from tests.trust.promises import PROMISES

HEAD = """# Trust

What Plenary promises, and what the last run of `make trust` found. Each number comes from a proof that was run against
real processes, on the databases named; a bound that was not kept is **marked**, and a stroke says that this
was not asked of that database. Times and rates depend on the machine. Where a proof met the same question more than
once, the worst answer stands.
"""


COLUMNS = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}
"""The databases, in the order of the table."""


def written(figures: Iterable[Figure], told: str = "") -> str:
    """Promises with the figures of their proofs, then every other figure, as Markdown; `told`: when and where found."""
    found: dict[str, list[Figure]] = {}
    for each in figures:
        found.setdefault(each.of, []).append(each)
    parts = [HEAD, f"{told}\n"] if told else [HEAD]
    for number, (promise, proofs) in enumerate(PROMISES, 1):
        parts.append(f"## {number}. {promise}\n\n" + _rows([each for proof in proofs for each in found.pop(proof, [])]))
    rest = [each for proof in sorted(found, key=_order) for each in found[proof]]
    if rest:
        parts.append("## All other proofs\n\n" + _rows(rest))
    return "\n".join(parts)


def _order(proof: str) -> tuple[str, int]:
    return proof[0], int(proof[1:])


def _rows(figures: list[Figure]) -> str:
    """A line for each question, the databases beside each other."""
    if not figures:
        return "No figure yet.\n"
    asked: dict[tuple[str, str, str], dict[str, Figure]] = {}
    for each in figures:
        found = asked.setdefault((each.of, each.what, each.bound), {})
        before = found.get(each.database)
        found[each.database] = each if before is None else worse(before, each)
    names = [each for each in COLUMNS if any(each in found for found in asked.values())]
    lines = [f"| proof | what | {' | '.join(COLUMNS[each] for each in names)} | should be |"]
    lines.append(f"|---|---|{'--:|' * len(names)}---|")
    for (proof, what, bound), found in asked.items():
        cells = " | ".join(_cell(found.get(each)) for each in names)
        lines.append(f"| {proof} | {what} | {cells} | {bound} |")
    return "\n".join(lines) + "\n"


def worse(one: Figure, other: Figure) -> Figure:
    """Of two answers to one question the one that is further from its bound."""
    if one.bound.startswith("="):
        return other if one.kept else one
    return (max if one.bound.startswith("≤") else min)(one, other, key=lambda each: each.value)


def _cell(figure: Figure | None) -> str:
    if figure is None:
        return "–"
    said = f"{figure.value:.3g}" if figure.unit else f"{figure.value:g}"
    value = f"{said} {figure.unit}".strip()
    return value if figure.kept else f"**{value}**"
