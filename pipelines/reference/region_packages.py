"""Kept packages of codes → their tables, code → name."""

import ast
import json
import tarfile
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pipelines.domain import ReferenceDataError

Table = dict[str, str]  # code → name


def _member(folder: Path, archive: str, name: str) -> bytes:
    """One file out of a .tgz or .whl."""
    try:
        if archive.endswith(".whl"):
            with zipfile.ZipFile(folder / archive) as wheel:
                return wheel.read(name)
        with tarfile.open(folder / archive) as tar:
            inside = tar.extractfile(name)
            if inside is None:
                raise KeyError(name)
            return inside.read()
    except OSError as error:
        raise ReferenceDataError(f"{folder / archive}: {error.strerror or error}") from error
    except KeyError as error:
        raise ReferenceDataError(f"{folder / archive}: no {name} in it") from error


def read_table(folder: Path, source: Mapping[str, Any]) -> Table:
    """code → name of one kept table: a Python module with a dict, or JSON with code and name."""
    archive, member = str(source["archive"]), str(source["member"])
    text = _member(folder, archive, member).decode()
    if member.endswith(".json"):
        return {row["code"]: row["name"] for row in json.loads(text)}
    for statement in ast.parse(text).body:
        if isinstance(statement, ast.Assign) and isinstance(statement.value, ast.Dict):
            return dict(ast.literal_eval(statement.value))
    raise ReferenceDataError(f"{archive}: no table in {member}")


def read_list(folder: Path, archive: str, of_what: str, digits: int) -> Table:
    """code → name of one statistical list (`areas` or `streets`), codes cut to `digits`."""
    rows = json.loads(_member(folder, archive, f"package/dist/{of_what}.json"))
    return {str(row["code"])[:digits]: row["name"] for row in rows}
