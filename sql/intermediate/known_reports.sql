-- grain: document_sha256
-- The reports whose agency and year are known. is_alone: no other document tells of that agency-year.
select
    document_sha256,
    agency_id,
    report_year,
    tables,
    read_by,
    published_on,
    archived_at,
    count(*) over (partition by agency_id, report_year) = 1 as is_alone
from staging.documents
where outcome = 'report' and agency_id is not null and report_year is not null
