"""Small wrongs, one at a time, in a module of ours: what a slip of the hand or of thought would leave there.

Left alone are what acts on nothing (annotations, docstrings) and the words said to people, which the catalogues hold.
"""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterator
from copy import copy
from dataclasses import dataclass
from functools import singledispatch
from pathlib import Path
from types import CodeType

SAID = {"_", "_l", "_p", "ngettext", "TypeVar", "dataclass"}
"""Calls whose arguments are words for people, or for a type checker."""
SCOPES = (ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp, ast.FunctionDef, ast.ClassDef)
"""What has variables of its own."""
SILENT = {"annotation", "returns", "type_comment"}
BOUNDS = {"where", "filter", "filter_by", "having", "and_", "or_", "any", "all"}
"""Calls in which each argument is a condition."""
COMPARED: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
}
RECKONED: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.FloorDiv,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.Mult,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
    ast.LShift: ast.RShift,
    ast.RShift: ast.LShift,
}


@dataclass(frozen=True)
class Mutant:
    """A module with one wrong in it: where it stands, what stood there and stands there now, and the whole as code."""

    within: str
    line: int
    was: str
    becomes: str
    code: CodeType

    @property
    def name(self) -> tuple[str, str, str]:
        """What it is known by, whatever is written above it."""
        return self.within, self.was, self.becomes

    def __str__(self) -> str:
        return f"line {self.line}, {self.within}: {self.was}  ->  {self.becomes}"


def mutants(file: Path) -> list[Mutant]:
    """Every mutant of a file, in the order of its lines."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    return sorted(_of(tree, tree, str(file), "the module"), key=lambda each: each.line)


def _of(tree: ast.Module, parent: ast.AST, file: str, within: str) -> Iterator[Mutant]:
    if isinstance(parent, ast.FunctionDef | ast.ClassDef):
        within = parent.name if within == "the module" else f"{within}.{parent.name}"
    for field, value in ast.iter_fields(parent):
        if field in SILENT:
            continue
        for at, node in enumerate(value if isinstance(value, list) else [value]):
            if not isinstance(node, ast.AST) or _said(node):
                continue
            for wrong in wrongs(node):
                code = _with(tree, parent, field, at, _beside(wrong, node, parent), file)
                yield Mutant(within, getattr(node, "lineno", 0), _text(node), _text(wrong), code)
            yield from _of(tree, node, file, within)


def _with(tree: ast.Module, parent: ast.AST, field: str, at: int, wrong: ast.AST, file: str) -> CodeType:
    """The module's code with `wrong` in the place of one node; the tree is left as it was."""
    kept = getattr(parent, field)
    old = kept[at] if isinstance(kept, list) else kept
    wrong = ast.copy_location(copy(wrong), old)  # a copy, for it may stand elsewhere in the tree
    ast.fix_missing_locations(wrong)
    setattr(parent, field, [*kept[:at], wrong, *kept[at + 1 :]] if isinstance(kept, list) else wrong)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", SyntaxWarning)
            return compile(tree, file, "exec", dont_inherit=True)
    finally:
        setattr(parent, field, kept)


def _beside(wrong: ast.AST, old: ast.AST, parent: ast.AST) -> ast.AST:
    """`wrong`, with `old` where it is never reached, so that a function is left the outer variables that it had."""
    inner = any(isinstance(each, SCOPES) for each in ast.walk(old))
    named = any(isinstance(each, ast.Name) for each in ast.walk(old))
    if inner or not named or isinstance(parent, ast.JoinedStr | ast.FormattedValue):
        return wrong
    if isinstance(wrong, ast.expr) and isinstance(old, ast.expr):
        return ast.IfExp(ast.Constant(True), wrong, old)
    if isinstance(wrong, ast.stmt) and isinstance(old, ast.stmt):
        return ast.If(ast.Constant(True), [wrong], [old])
    return wrong


def _said(node: ast.AST) -> bool:
    if isinstance(node, ast.Expr):
        return isinstance(node.value, ast.Constant)
    if isinstance(node, ast.Subscript):
        return isinstance(node.value, ast.Name) and node.value.id == "Literal"
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in SAID


def _text(node: ast.AST) -> str:
    """A node in one line, as much as tells it from its neighbours."""
    if isinstance(node, ast.FunctionDef):
        return f"{' '.join(f'@{ast.unparse(each)}' for each in node.decorator_list)} def {node.name}".strip()
    if isinstance(node, ast.If | ast.While):
        return f"{type(node).__name__.lower()} {ast.unparse(node.test)}"
    return " ".join(ast.unparse(node).split())


@singledispatch
def wrongs(node: ast.AST) -> Iterator[ast.AST]:
    """What may stand by mistake where `node` stands."""
    yield from ()


@wrongs.register
def _(node: ast.Compare) -> Iterator[ast.AST]:
    for at, op in enumerate(node.ops):
        for other in COMPARED[type(op)]:
            yield ast.Compare(node.left, [*node.ops[:at], other(), *node.ops[at + 1 :]], node.comparators)


@wrongs.register
def _(node: ast.BoolOp) -> Iterator[ast.AST]:
    yield ast.BoolOp(ast.Or() if isinstance(node.op, ast.And) else ast.And(), node.values)
    for at in range(len(node.values)):
        rest = node.values[:at] + node.values[at + 1 :]
        yield ast.BoolOp(node.op, rest) if len(rest) > 1 else rest[0]


@wrongs.register
def _(node: ast.UnaryOp) -> Iterator[ast.AST]:
    yield node.operand


@wrongs.register
def _(node: ast.BinOp) -> Iterator[ast.AST]:
    if other := RECKONED.get(type(node.op)):
        yield ast.BinOp(node.left, other(), node.right)


@wrongs.register
def _(node: ast.Constant) -> Iterator[ast.AST]:
    match node.value:
        case bool():
            yield ast.Constant(not node.value)
        case int() | float():
            yield ast.Constant(node.value + 1)
            yield ast.Constant(node.value - 1)
        case str():
            yield ast.Constant("x" + node.value)
        case bytes():
            yield ast.Constant(b"x" + node.value)


@wrongs.register
def _(node: ast.IfExp) -> Iterator[ast.AST]:
    yield node.body
    yield node.orelse


@wrongs.register
def _(node: ast.If) -> Iterator[ast.AST]:
    for always in (True, False):
        yield ast.If(ast.Constant(always), node.body, node.orelse)


@wrongs.register
def _(node: ast.comprehension) -> Iterator[ast.AST]:
    for at in range(len(node.ifs)):
        yield ast.comprehension(node.target, node.iter, node.ifs[:at] + node.ifs[at + 1 :], node.is_async)


@wrongs.register
def _(node: ast.Call) -> Iterator[ast.AST]:
    for at in range(len(node.keywords)):
        yield ast.Call(node.func, node.args, node.keywords[:at] + node.keywords[at + 1 :])
    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    if name in BOUNDS:
        for at in range(len(node.args)):
            yield ast.Call(node.func, node.args[:at] + node.args[at + 1 :], node.keywords)


@wrongs.register
def _(node: ast.Return) -> Iterator[ast.AST]:
    if node.value is not None and not (isinstance(node.value, ast.Constant) and node.value.value is None):
        yield ast.Return(ast.Constant(None))


@wrongs.register
def _(node: ast.Assign) -> Iterator[ast.AST]:
    """A value that is put into something; a name that is never given one would fail at once."""
    if all(isinstance(each, ast.Attribute | ast.Subscript) for each in node.targets):
        yield ast.Pass()


@wrongs.register(ast.Expr)
@wrongs.register(ast.Raise)
@wrongs.register(ast.Delete)
@wrongs.register(ast.AugAssign)
@wrongs.register(ast.Continue)
@wrongs.register(ast.Break)
def _(node: ast.AST) -> Iterator[ast.AST]:
    yield ast.Pass()


@wrongs.register
def _(node: ast.FunctionDef) -> Iterator[ast.AST]:
    for at in range(len(node.decorator_list)):
        fields = dict(ast.iter_fields(node))
        fields["decorator_list"] = node.decorator_list[:at] + node.decorator_list[at + 1 :]
        yield ast.FunctionDef(**fields)
