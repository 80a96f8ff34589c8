-- grain: agency_id, report_year, event_no
-- What happened to a report, in order. The revision is that of the address: 1, and one more whenever it replaced its
-- figures by others. Figures are compared where both documents are known reports.
with revised as (
    select versions.address, versions.number, versions.agency_id, versions.report_year
    from intermediate.versions
    semi join intermediate.changes
        on changes.document_sha256 = versions.document_sha256 and changes.other_sha256 = before_it
)

select
    report_events.agency_id,
    report_events.report_year,
    (row_number() over (
        partition by agency_id, report_year order by seen_at, address, number, event
    ))::integer as event_no,
    event,
    seen_at,
    address,
    moved_to,
    document_sha256,
    previous_document_sha256,
    case
        when document_sha256 = previous_document_sha256 then 0
        when now.document_sha256 is not null and before.document_sha256 is not null then coalesce(cells, 0)
    end::bigint as differing_cells,
    (1 + count(revised.number) over (
        partition by agency_id, report_year, address order by number
    ))::bigint as revision,
    status,
    source,
    listing,
    page,
    title,
    listed_on
from intermediate.report_events
left join revised using (agency_id, report_year, address, number)
left join (select document_sha256 from intermediate.known_reports) as now using (document_sha256)
left join (select document_sha256 from intermediate.known_reports) as before
    on before.document_sha256 = previous_document_sha256
left join intermediate.changes
    on changes.document_sha256 = report_events.document_sha256
    and changes.other_sha256 = previous_document_sha256
