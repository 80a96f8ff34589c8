"""Regions → one raw table: every record of a division, and what became of it."""

from operator import attrgetter

import pyarrow as pa

from pipelines.reference.regions import Region, Regions

REGIONS = pa.schema(
    {
        "region_code": pa.string(),
        "region_name": pa.string(),
        "short_name": pa.string(),
        "level": pa.string(),
        "kind": pa.string(),
        "parent_code": pa.string(),
        "first_year": pa.int16(),
        "last_year": pa.int16(),
        "is_first_year_exact": pa.bool_(),
        "is_last_year_exact": pa.bool_(),
        "successor_code": pa.string(),
        "successor_codes": pa.list_(pa.string()),
        "change": pa.string(),
        "change_certainty": pa.string(),
    }
)
_OF_THE_RECORD = REGIONS.names[: REGIONS.names.index("successor_code")]
_Fate = tuple[str | None, list[str], str | None, str | None]


def region_table(regions: Regions) -> pa.Table:
    """One row a record, by code and first year; a division that stands is its own successor."""
    records = sorted(regions, key=attrgetter("region_code", "first_year"))
    if not records:
        return REGIONS.empty_table()
    columns = (
        *zip(*map(attrgetter(*_OF_THE_RECORD), records), strict=True),
        *zip(*(_fate(region, regions) for region in records), strict=True),
    )
    arrays = [pa.array(c, field.type) for c, field in zip(columns, REGIONS, strict=True)]
    return pa.table(arrays, schema=REGIONS)


def _fate(region: Region, regions: Regions) -> _Fate:
    """The one division of today that goes on with it, all that do, and the kind and certainty of
    the change that ended it."""
    code = region.region_code
    if region.last_year is None:
        return code, [code], None, None
    heir = regions.heir(code, region.first_year)
    living = dict.fromkeys(r.region_code for r in regions.became(code, region.first_year))
    change = next((change for change, _ in regions.ended_by(region)), None)
    return (
        heir.region_code if heir else None,
        list(living),
        change.kind if change else None,
        change.certainty if change else None,
    )
