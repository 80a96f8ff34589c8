-- grain: agency_id, report_year, claim
-- What the prose of the document that speaks for an agency-year tells, beside the figure that it restates.
select
    winners.agency_id,
    winners.report_year,
    claims.claim,
    claims.value,
    claims.unit,
    claims.raw,
    claims.place,
    claims."table",
    claims."row",
    claims."column",
    claims.table_value,
    claims.comparison,
    claims.basis,
    claims.document_sha256
from raw.claims
inner join intermediate.winners using (document_sha256)
