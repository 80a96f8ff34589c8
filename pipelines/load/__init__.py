"""Outcomes → Parquet shards → schema raw of the warehouse."""

from pipelines.load.calendar import last_closed_year
from pipelines.load.lake import processed, write_shard
from pipelines.load.warehouse import load

__all__ = ["last_closed_year", "load", "processed", "write_shard"]
