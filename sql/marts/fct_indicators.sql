-- grain: agency_id, report_year, indicator
-- The forms of 2014 and before are not read yet: typed and empty, so that queries can be written today.
select
    null::varchar as agency_id,
    null::smallint as report_year,
    null::varchar as indicator,
    null::decimal(28, 8) as current,
    null::decimal(28, 8) as cumulative,
    null::varchar as unit,
    null::varchar as state,
    null::varchar as raw,
    null::varchar as vintage,
    null::varchar as document_sha256
where false
