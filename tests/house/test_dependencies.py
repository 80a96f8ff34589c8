"""What the code imports, the project depends on at runtime, and the other way round."""

import ast
import re
import tomllib
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
# Only `make dev` runs it.
NOT_IMPORTED = {"dagster-webserver"}


def _name(requirement: str) -> str:
    name = re.split(r"[^\w.-]", requirement, maxsplit=1)[0]
    return re.sub(r"[-_.]+", "-", name).lower()


@cache
def _imported_names() -> frozenset[str]:
    """What pipelines, assets and expectations import, with its module: `os.path.join`."""
    names = set()
    for folder in ("pipelines", "assets", "expectations"):
        for file in (ROOT / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Import):
                    names |= {alias.name for alias in node.names}
                elif isinstance(node, ast.ImportFrom):
                    names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return frozenset(names)


def _imported() -> set[str]:
    """The distributions of which pipelines, assets or expectations import a package."""
    packages = {name.partition(".")[0] for name in _imported_names()}
    distributions = packages_distributions()
    return {_name(name) for package in packages for name in distributions.get(package, ())}


def test_every_runtime_dependency_is_imported() -> None:
    runtime = {_name(requirement) for requirement in PROJECT["dependencies"]}
    assert runtime - _imported() == NOT_IMPORTED


def test_no_development_dependency_is_imported() -> None:
    extras = PROJECT["optional-dependencies"]
    runtime = {_name(requirement) for requirement in PROJECT["dependencies"]}
    development = {_name(requirement) for requirement in extras["dev"]}
    assert development & _imported() <= runtime


def test_no_private_module_or_name_is_imported() -> None:
    private = re.compile(r"\._(?!_)")
    assert [name for name in sorted(_imported_names()) if private.search(f".{name}")] == []
