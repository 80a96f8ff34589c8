-- grain: agency_id, report_year, item, measure
select
    agency_id,
    report_year,
    item,
    measure,
    value,
    unit,
    value_yuan,
    state,
    raw,
    vintage,
    document_sha256
from staging.proactive_disclosure
inner join intermediate.winners using (document_sha256)
