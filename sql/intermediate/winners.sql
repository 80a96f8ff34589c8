-- grain: agency_id, report_year
-- The document that speaks for an agency-year.
select agency_id, report_year, document_sha256, revision
from intermediate.ranked_reports
where place = 1
