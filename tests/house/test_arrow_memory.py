"""No Arrow thread holds a Python object: it could release it after the interpreter has begun to
end, and the process would abort ("terminate called without an active exception")."""

import ast
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FILES = sorted(
    file
    for folder in ("pipelines", "assets", "expectations", "tests")
    for file in (ROOT / folder).rglob("*.py")
    if "pyarrow" in file.read_text(encoding="utf-8")
)
# Calls that return a Python file object, and the attribute that is one (sys.stdout.buffer).
OPENERS = {
    "open",
    "fdopen",
    "BytesIO",
    "TemporaryFile",
    "NamedTemporaryFile",
    "SpooledTemporaryFile",
}
HANDLES = {"buffer"}
# Arrow's own views of Python bytes; only `ParquetFile(...).read(use_threads=False)` may have one.
VIEWS = {"BufferReader", "py_buffer"}


def python_objects_for_arrow(source: str) -> list[int]:
    """The lines that give pyarrow a Python file object, or read Python bytes on its threads."""
    tree = ast.parse(source)
    modules = set(_pyarrow_names(tree))
    return [line for block in _blocks(tree.body) for line in _faults(block, modules)]


def _blocks(body: Sequence[ast.stmt]) -> Iterator[ast.stmt]:
    """Each function, method and other statement: a name means one thing in it."""
    for statement in body:
        if isinstance(statement, ast.ClassDef):
            yield from _blocks(statement.body)
        else:
            yield statement


def _faults(block: ast.stmt, modules: set[str]) -> list[int]:
    files = set(_names_of_files(block))
    unthreaded = set(_reads_on_this_thread(block))
    found = []
    for node in ast.walk(block):
        if not (isinstance(node, ast.Call) and _root(node.func) in modules):
            continue
        given = [part for value in _arguments(node) for part in ast.walk(value)]
        viewed = any(isinstance(part, ast.Call) and _last(part.func) in VIEWS for part in given)
        is_file = any(
            _is_file(part) or (isinstance(part, ast.Name) and part.id in files) for part in given
        )
        if is_file or (viewed and id(node) not in unthreaded):
            found.append(node.lineno)
    return found


def _pyarrow_names(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for name in node.names:
                if name.name.partition(".")[0] == "pyarrow":
                    yield name.asname or "pyarrow"
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("pyarrow"):
            yield from (name.asname or name.name for name in node.names)


def _names_of_files(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.withitem) and _is_file(node.context_expr):
            if isinstance(node.optional_vars, ast.Name):
                yield node.optional_vars.id
        elif isinstance(node, ast.Assign) and _is_file(node.value):
            yield from (target.id for target in node.targets if isinstance(target, ast.Name))


def _is_file(node: ast.AST) -> bool:
    if isinstance(node, ast.Call):
        return _last(node.func) in OPENERS
    return isinstance(node, ast.Attribute) and node.attr in HANDLES


def _reads_on_this_thread(block: ast.AST) -> Iterator[int]:
    """The ids of each call `ParquetFile(...)` whose `read` has `use_threads=False`."""
    for node in ast.walk(block):
        match node:
            case ast.Call(func=ast.Attribute(value=ast.Call() as opened), keywords=keywords):
                named = {k.arg: k.value for k in keywords}
                match named.get("use_threads"):
                    case ast.Constant(value=False) if _last(opened.func) == "ParquetFile":
                        yield id(opened)


def _arguments(node: ast.Call) -> list[ast.expr]:
    return [*node.args, *(keyword.value for keyword in node.keywords)]


def _root(node: ast.AST) -> str | None:
    while isinstance(node, ast.Attribute):
        node = node.value
    return node.id if isinstance(node, ast.Name) else None


def _last(node: ast.AST) -> str | None:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else None


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(ROOT)))
def test_no_python_object_is_given_to_arrow(file: Path) -> None:
    assert python_objects_for_arrow(file.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    "line",
    [
        "pq.read_table(io.BytesIO(content))",
        "pq.read_table(source=BytesIO(content))",
        "pq.read_table(pa.BufferReader(content))",
        "pq.ParquetFile(pa.BufferReader(content)).read()",
        "pq.ParquetFile(pa.BufferReader(content)).read(use_threads=True)",
        "pq.write_table(table, path.open('wb'))",
        "pq.write_table(table, file or sys.stdout.buffer)",
        "pa.ipc.new_stream(open('x', 'wb'), schema)",
        "csv.write_csv(table, handle)",
        "with path.open('wb') as out: pq.write_table(table, out)",
        "with filesystem.open(name) as out: pq.ParquetFile(out)",
    ],
)
def test_a_python_object_for_arrow_is_found(line: str) -> None:
    head = "import pyarrow as pa, pyarrow.parquet as pq\nfrom pyarrow import csv\n"
    body = f"def call():\n    handle = io.BytesIO()\n    {line}\n"
    assert python_objects_for_arrow(head + body) != []


@pytest.mark.parametrize(
    "line",
    [
        "pq.read_table(path)",
        "pq.write_table(table, path)",
        "pq.write_table(table, pa.BufferOutputStream())",
        "pq.ParquetFile(pa.BufferReader(content)).read(use_threads=False)",
        "zipfile.ZipFile(io.BytesIO(content))",
    ],
)
def test_what_arrow_owns_is_no_fault(line: str) -> None:
    head = "import pyarrow as pa, pyarrow.parquet as pq\n"
    assert python_objects_for_arrow(f"{head}{line}\n") == []
