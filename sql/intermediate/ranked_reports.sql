-- grain: document_sha256
-- The reports whose agency and year are known, ranked within their agency-year: place 1 speaks for it.
-- What still stands before what its own address replaced by other figures, complete before partial, then fewer
-- reading faults, native text before OCR, newest published, newest archived; the key decides between equals,
-- so that the order never depends on the order of work.
with absent as (
    select document_sha256, count(*) as cells
    from raw.facts
    where state = 'absent'
    group by document_sha256
),

faults as (
    select document_sha256, count(*) as errors
    from raw.findings
    where kind = 'reading' and severity = 'error'
    group by document_sha256
),

replaced as (
    select document_sha256, min_by(standing, address) as replaced_by
    from intermediate.versions
    where is_replaced
    group by document_sha256
)

select
    document_sha256,
    agency_id,
    report_year,
    replaced_by,
    row_number() over (
        partition by agency_id, report_year
        order by
            replaced_by is not null,
            len(list_distinct(list_transform(tables, lambda entry: entry."table"))) desc,
            coalesce(absent.cells, 0),
            coalesce(faults.errors, 0),
            coalesce(starts_with(read_by, 'ocr'), false),
            published_on desc nulls last,
            archived_at desc nulls last,
            document_sha256
    ) as place
from intermediate.known_reports
left join absent using (document_sha256)
left join faults using (document_sha256)
left join replaced using (document_sha256)
