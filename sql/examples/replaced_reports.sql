-- grain: agency_id, report_year, event_no
-- Reports whose figures were replaced after they were published: when that was seen, how many figures differ, and both
-- documents. Other bytes with the same figures (a new look of the page) are left out.
select
    agency_id,
    report_year,
    event_no,
    agency_name,
    seen_at,
    address,
    revision,
    differing_cells,
    previous_document_sha256,
    document_sha256
from marts.report_history
inner join marts.dim_agency using (agency_id)
where event in ('replaced', 'moved', 'returned') and differing_cells > 0
order by seen_at, agency_id, report_year, event_no
