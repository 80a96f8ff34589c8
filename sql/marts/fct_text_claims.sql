-- grain: agency_id, report_year, claim
-- Prose is not read for claims yet: typed and empty, so that queries can be written today.
select
    null::varchar as agency_id,
    null::smallint as report_year,
    null::varchar as claim,
    null::decimal(28, 8) as value,
    null::varchar as place,
    null::varchar as "table",
    null::varchar as "row",
    null::varchar as "column",
    null::decimal(28, 8) as table_value,
    null::varchar as document_sha256
where false
