"""Widths of integers, for the columns that `pipelines.domain.arrow` derives."""

from typing import Annotated

Int16 = Annotated[int, 16]
Int64 = Annotated[int, 64]
