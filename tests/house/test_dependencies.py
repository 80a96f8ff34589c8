"""What the code imports, the project depends on at runtime, and the other way round."""

import ast
import re
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
# Only `make dev` runs it.
NOT_IMPORTED = {"dagster-webserver"}


def _name(requirement: str) -> str:
    name = re.split(r"[^\w.-]", requirement, maxsplit=1)[0]
    return re.sub(r"[-_.]+", "-", name).lower()


def _imported() -> set[str]:
    """The distributions of which pipelines, assets or expectations import a package."""
    packages = set()
    for folder in ("pipelines", "assets", "expectations"):
        for file in (ROOT / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Import):
                    packages |= {alias.name.partition(".")[0] for alias in node.names}
                elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                    packages.add(node.module.partition(".")[0])
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
