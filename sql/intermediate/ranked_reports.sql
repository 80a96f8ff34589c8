-- grain: document_sha256
-- The reports whose agency and year are known, ranked within their agency-year: place 1 speaks for it.
-- What stands nowhere any more (is_gone; our own files always stand) comes last, where the web still holds the report
-- elsewhere (is_outlived). Then what its own address replaced by other figures; then complete before partial, fewer
-- reading faults, native text before OCR, newest published, newest archived; the key decides between equals, so that
-- the order never depends on the order of work. A document that gave way at its address to another of the same report
-- is not gone: that one stands for it.
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
    semi join intermediate.changes
        on changes.document_sha256 = versions.document_sha256 and changes.other_sha256 = versions.standing
    group by document_sha256
),

on_the_web as (
    select distinct agency_id, report_year
    from intermediate.standing
    where is_web and stands
),

places as (
    select document_sha256, bool_or(stands or not standing.is_web) as is_standing
    from intermediate.holdings
    inner join intermediate.standing using (address, agency_id, report_year)
    where is_report
    group by document_sha256
)

select
    document_sha256,
    agency_id,
    report_year,
    replaced_by,
    not coalesce(is_standing, true) as is_gone,
    is_gone and on_the_web.agency_id is not null as is_outlived,
    row_number() over (
        partition by agency_id, report_year
        order by
            not coalesce(is_standing, true) and on_the_web.agency_id is not null,
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
left join places using (document_sha256)
left join on_the_web using (agency_id, report_year)
