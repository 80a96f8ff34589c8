-- grain: agency_id, report_year
-- The document that speaks for an agency-year, and how often its figures were revised: as often as the address that
-- revised them most. Documents of the same figures are no revision.
with revised as (
    select agency_id, report_year, max(revisions) as revisions
    from (
        select address, agency_id, report_year, count(*) as revisions
        from intermediate.versions
        semi join intermediate.changes
            on changes.document_sha256 = versions.document_sha256 and changes.other_sha256 = before_it
        group by address, agency_id, report_year
    )
    group by agency_id, report_year
)

select agency_id, report_year, document_sha256, 1 + coalesce(revisions, 0)::bigint as revision
from intermediate.ranked_reports
left join revised using (agency_id, report_year)
where place = 1
