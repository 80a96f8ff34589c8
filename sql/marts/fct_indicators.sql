-- grain: agency_id, report_year, indicator
select
    agency_id,
    report_year,
    indicator,
    current,
    cumulative,
    unit,
    current_yuan,
    cumulative_yuan,
    state,
    cumulative_state,
    raw,
    cumulative_raw,
    vintage,
    document_sha256
from staging.indicators
inner join intermediate.winners using (document_sha256)
