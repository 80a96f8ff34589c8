"""What people use: read-only queries, the panel, a figure's origin, a document's reading.

Names are loaded when they are used: a question in SQL needs no pandas, a reading no DuckDB.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pipelines.serve.database import QueryError, connect, query
    from pipelines.serve.origin import evidence
    from pipelines.serve.panels import panel
    from pipelines.serve.reading_json import reading_object

__all__ = ["QueryError", "connect", "evidence", "panel", "query", "reading_object"]

_ROOM = {
    "QueryError": "database",
    "connect": "database",
    "query": "database",
    "evidence": "origin",
    "panel": "panels",
    "reading_object": "reading_json",
}


def __getattr__(name: str) -> Any:
    if name not in _ROOM:
        raise AttributeError(f"pipelines.serve has no {name}")
    return getattr(import_module(f"pipelines.serve.{_ROOM[name]}"), name)
