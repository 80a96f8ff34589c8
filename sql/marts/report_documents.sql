-- grain: agency_id, report_year, place
with held as (
    select document_sha256, list(address order by archived_at, address) as addresses
    from raw.manifest
    group by document_sha256
),

differing as (
    select document_sha256, count(*) as cells
    from intermediate.differing_figures
    group by document_sha256
)

select
    ranked_reports.agency_id,
    ranked_reports.report_year,
    place::integer as place,
    document_sha256,
    case when place = 1 then 'winner' when replaced_by is not null then 'replaced' else 'duplicate' end as role,
    replaced_by,
    is_gone,
    coalesce(cells, 0) as differing_cells,
    coalesce(addresses, []) as addresses,
    media_type,
    read_by,
    published_on,
    archived_at
from intermediate.ranked_reports
inner join staging.documents using (document_sha256)
left join held using (document_sha256)
left join differing using (document_sha256)
