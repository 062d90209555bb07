"""Every refusal that the code can give, found by reading its syntax trees.

A refusal is a call of `Problem` or of one of the helpers beside it in `shared.errors`. Its slug must be readable where
it stands: a literal, a constant, or a parameter that the callers in the same file fill with literals. Refusals that are
data (a table of rules, the HTTP errors of the framework) are read as data.
"""

import ast
import inspect
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from importlib import import_module
from pathlib import Path

from deploy.docs.house import file_of, from_root, functions_in, python_files, tree_of
from shared import errors
from shared.errors import Problem

MAKERS: Mapping[str, Callable[..., Problem]] = {
    "Problem": Problem,
    **{
        name: maker
        for name, maker in vars(errors).items()
        if inspect.isfunction(maker) and inspect.signature(maker).return_annotation is Problem
    },
}
VARIES = "…"
Function = ast.FunctionDef | ast.AsyncFunctionDef
_SAYING = {"say", "_", "gettext"}


@dataclass(frozen=True, order=True)
class Refusal:
    """One place that refuses, as a client sees it."""

    slug: str
    status: int
    title: str
    detail: str
    file: Path


def inventory() -> list[Refusal]:
    """Every refusal of the house. Errors: `LookupError` naming the place whose slug cannot be read."""
    found = {refusal for file in python_files("shared", "services", "deploy") for refusal in _in_file(file)}
    return sorted({*found, *_rules(), *_framework()})


def _in_file(file: Path) -> Iterator[Refusal]:
    if file == file_of("shared.errors") or file in _data_files():
        return
    tree = tree_of(file)
    owners = {id(node): function for function in functions_in(tree) for node in ast.walk(function)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in MAKERS:
            yield from _Place(file, tree, owners.get(id(node))).refusals(node, node.func.id)


@dataclass(frozen=True)
class _Place:
    """A call's surroundings: what a name in it may stand for."""

    file: Path
    tree: ast.Module
    function: Function | None
    given: Mapping[str, ast.expr] = field(default_factory=dict)

    def refusals(self, call: ast.Call, name: str) -> Iterator[Refusal]:
        """What this call of the maker `name` can give, one for each slug it may carry."""
        maker = MAKERS[name]
        given = _arguments(call, list(inspect.signature(maker).parameters))
        handed_on = {node.id for node in given.values() if isinstance(node, ast.Name)} & set(self._parameters())
        for place in [*self._called()] if handed_on else [self]:
            for slug in place.texts(given["slug"]) if "slug" in given else [""]:
                if slug == VARIES:
                    raise LookupError(f"{from_root(self.file)}:{call.lineno}: write the slug as a literal")
                for detail in place.texts(given["detail"]) if "detail" in given else [""]:
                    yield place._made(maker, given, slug, detail)

    def _called(self) -> Iterator["_Place"]:
        """This place once for each call of its function in the same file, with what that call gives it."""
        own = self.function.name if self.function else ""
        names, defaults = self._parameters(), self.function.args.defaults if self.function else []
        left_out = dict(zip(reversed(names), reversed(defaults), strict=False))
        elsewhere = True
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == own:
                elsewhere = False
                yield replace(self, given={**left_out, **_arguments(node, names)})
        if elsewhere:
            yield replace(self, given=left_out)

    def _parameters(self) -> list[str]:
        return [argument.arg for argument in self.function.args.args] if self.function else []

    def _made(self, maker: Callable[..., Problem], given: Mapping[str, ast.expr], slug: str, detail: str) -> Refusal:
        """Call the real maker, so that status and title are what it really gives."""
        values: dict[str, object] = {"slug": slug, "detail": detail, "title": self._first(given.get("title"))}
        values |= {"status": _number(given.get("status")), "retry_after": 1, "challenge": "", "errors": {}}
        wanted = set(inspect.signature(maker).parameters)
        if not detail:
            values.pop("detail")
        problem = maker(**{name: value for name, value in values.items() if name in wanted})
        return Refusal(problem.slug, problem.status, problem.title, detail, self.file)

    def _first(self, node: ast.expr | None) -> str:
        return self.texts(node)[0] if node is not None else VARIES

    def texts(self, node: ast.expr) -> list[str]:
        """What the expression may read, `…` standing for what is only known while running."""
        match node:
            case ast.Constant(value=str(text)):
                return [text]
            case ast.JoinedStr(values=pieces):
                return ["".join(str(one.value) if isinstance(one, ast.Constant) else VARIES for one in pieces)]
            case ast.BinOp(left=left, op=ast.Add(), right=right):
                return [a + b for a in self.texts(left) for b in self.texts(right)]
            case ast.IfExp(body=left, orelse=right):
                return [*self.texts(left), *self.texts(right)]
            case ast.Call(func=ast.Name(id=word), args=[first, *_]) if word in _SAYING:
                return self.texts(first)
            case ast.Name(id=name):
                return self._named(name)
        return [VARIES]

    def _named(self, name: str) -> list[str]:
        if name in self.given:
            return replace(self, function=None, given={}).texts(self.given[name])
        if name in self._parameters():
            return [VARIES]
        for scope in (self.function, self.tree) if self.function else (self.tree,):
            found = [text for value in _assigned(scope, name) for text in self.texts(value)]
            if found:
                return found
        return self._imported(name)

    def _imported(self, name: str) -> list[str]:
        for node in self.tree.body:
            if isinstance(node, ast.ImportFrom) and any((one.asname or one.name) == name for one in node.names):
                try:
                    file = file_of(str(node.module))
                except LookupError:
                    return [VARIES]
                original = next(one.name for one in node.names if (one.asname or one.name) == name)
                return _Place(file, tree_of(file), None)._named(original)
        return [VARIES]


def _arguments(call: ast.Call, names: list[str]) -> dict[str, ast.expr]:
    by_place = dict(zip(names, call.args, strict=False))
    return by_place | {keyword.arg: keyword.value for keyword in call.keywords if keyword.arg}


def _assigned(tree: ast.AST, name: str) -> list[ast.expr]:
    body = tree.body if isinstance(tree, ast.Module) else list(ast.walk(tree))
    found = []
    for node in body:
        match node:
            case ast.Assign(targets=[ast.Name(id=target)], value=value) if target == name:
                found.append(value)
            case ast.AnnAssign(target=ast.Name(id=target), value=ast.expr() as value) if target == name:
                found.append(value)
    return found


def _number(node: ast.expr | None) -> int:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, int) else 0


def _data_files() -> frozenset[Path]:
    return frozenset({file_of("access_manager.rules.refusals"), file_of("shared.web.exits")})


def _rules() -> Iterator[Refusal]:
    """The hard rules of access managers: a table from refusal to (status, sentence)."""
    rules = import_module("access_manager.rules.refusals")
    refuse = import_module("access_manager.rules.refusals").refuse
    for refusal in rules.REFUSALS:
        problem = refuse(refusal)
        yield Refusal(problem.slug, problem.status, problem.title, problem.detail, file_of(rules.__name__))


def _framework() -> Iterator[Refusal]:
    """What the one exit makes of the framework's own errors, of a cache that is away, and of our own mistakes."""
    file = file_of("shared.web.exits")
    for status, (slug, title, detail) in import_module("shared.web.exits").FRAMEWORK.items():
        yield Refusal(slug, status, title, detail, file)
    place = _Place(file, tree_of(file), None)
    for node in ast.walk(place.tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in MAKERS:
            slug = _arguments(node, list(inspect.signature(MAKERS[node.func.id]).parameters)).get("slug")
            if isinstance(slug, ast.Constant):
                yield from place.refusals(node, node.func.id)
