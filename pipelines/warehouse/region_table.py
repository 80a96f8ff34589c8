"""Regions → one raw table: every record of a division, and what became of it."""

from operator import attrgetter
from typing import NamedTuple

import pyarrow as pa

from pipelines.domain.arrow import row_mapping
from pipelines.reference.regions import Region, Regions


class _Fate(NamedTuple):
    successor_code: str | None
    successor_codes: tuple[str, ...]
    change: str | None
    change_certainty: str | None


def region_table(regions: Regions) -> pa.Table:
    """One row a record, by code and first year; a division that stands is its own successor."""
    records = sorted(regions, key=attrgetter("region_code", "first_year"))
    own = row_mapping(Region).table(records)
    fates = row_mapping(_Fate).table(_fate(region, regions) for region in records)
    return pa.table([*own.columns, *fates.columns], names=[*own.column_names, *fates.column_names])


def _fate(region: Region, regions: Regions) -> _Fate:
    """The one division of today that goes on with it, all that do, and the kind and certainty of
    the change that ended it."""
    code = region.region_code
    if region.last_year is None:
        return _Fate(code, (code,), None, None)
    heir = regions.heir(code, region.first_year)
    living = dict.fromkeys(r.region_code for r in regions.became(code, region.first_year))
    change = next((change for change, _ in regions.ended_by(region)), None)
    return _Fate(
        heir.region_code if heir else None,
        tuple(living),
        change.kind if change else None,
        change.certainty if change else None,
    )
