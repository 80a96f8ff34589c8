-- grain: agency_name, report_year, rule, table, row, column
-- Slips in filing that are surely the agency's own: judged strictly, in a table that was read without
-- trouble; in the reports that speak for their agency-year.
select
    agency_name,
    report_year,
    rule,
    "table",
    "row",
    "column",
    "left",
    "right",
    difference,
    message_zh
from marts.fct_findings
inner join marts.agency_years using (agency_id, report_year, document_sha256)
where
    kind = 'filing'
    and likely_cause = 'filing'
    and coalesce(reading, 'strict') = 'strict'
order by agency_name, report_year, rule, "table", "row", "column"
