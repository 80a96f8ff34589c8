"""`ogi failed`: the documents that a run could not read, also where its release was blocked."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipelines.cli.terminal import settings_of_process
from pipelines.domain import OgiError

if TYPE_CHECKING:
    from pipelines.settings import Settings
    from pipelines.warehouse.census import FailedDocument

ALL = "all"
_SHORT_SHA256 = 12


class FailedFormat(StrEnum):
    TABLE = "table"
    JSON = "json"


def failed(
    output: Annotated[
        FailedFormat, typer.Option("--format", help="json: one array of objects.")
    ] = FailedFormat.TABLE,
) -> None:
    """List the failed documents of the warehouse that the last run built, with reasons.

    After a blocked run these are the documents that the release before it does not have.
    """
    found = _failed_documents(settings_of_process())
    if output is FailedFormat.JSON:
        typer.echo(
            json.dumps([asdict(document) for document in found], ensure_ascii=False, indent=2)
        )
        return
    for document in found:
        reason = document.reason.removeprefix(f"{document.address}: ")
        typer.echo(f"{document.document_sha256[:_SHORT_SHA256]}  {document.address}: {reason}")
    typer.echo(f"{len(found):,} failed documents")


def chosen_failures(names: Sequence[str], settings: "Settings") -> tuple[str, ...]:
    """SHA-256 of the failed documents that are named: by the beginning of it, by their address or
    path, or all of them by `all`.

    Raises:
        OgiError: a name is of no failed document, or of several.
    """
    found = _failed_documents(settings)
    chosen: set[str] = set()
    for name in names:
        named = [
            document.document_sha256
            for document in found
            if name == ALL
            or document.document_sha256.startswith(name)
            or document.address in (name, str(Path(name).absolute()))
        ]
        if not named:
            raise OgiError(f"{name}: no failed document; `ogi failed` lists them")
        if name != ALL and len(named) > 1:
            raise OgiError(f"{name}: {len(named)} failed documents; write more of the SHA-256")
        chosen.update(named)
    return tuple(sorted(chosen))


def _failed_documents(settings: "Settings") -> "list[FailedDocument]":
    import duckdb

    from pipelines.warehouse.census import failed_documents
    from pipelines.warehouse.connection import reading

    file = settings.warehouse_file
    if not file.is_file():
        raise OgiError(f"{file}: no warehouse yet; `ogi run` makes one")
    try:
        with reading(file) as con:
            return failed_documents(con)
    except duckdb.Error as error:
        raise OgiError(f"{file}: a run is building it, or has not finished it") from error
