-- grain: agency_id, report_year
-- A rule that breaks in both readings is one finding here.
with told as (
    select document_sha256, severity, max(occurrences) as findings
    from marts.fct_findings
    group by document_sha256, rule, severity, "table", "row", "column"
),

counted as (
    select
        document_sha256,
        sum(findings) filter (severity = 'error') as findings_error,
        sum(findings) filter (severity = 'warning') as findings_warning,
        sum(findings) filter (severity = 'hint') as findings_hint
    from told
    group by document_sha256
),

vintages as (
    select
        document_sha256,
        string_agg(entry.vintage, '+' order by entry.vintage) filter (entry."table" = 'proactive_disclosure')
            as proactive_disclosure_vintage,
        string_agg(entry.vintage, '+' order by entry.vintage) filter (entry."table" = 'requests')
            as requests_vintage,
        string_agg(entry.vintage, '+' order by entry.vintage) filter (entry."table" = 'reviews')
            as reviews_vintage,
        string_agg(entry.vintage, '+' order by entry.vintage) filter (entry."table" = 'indicators')
            as indicators_vintage
    from (select document_sha256, unnest(tables) as entry from staging.documents)
    group by document_sha256
)

select
    winners.agency_id,
    winners.report_year,
    title,
    published_on,
    if(regexp_matches(first_address, '^https?://'), first_address, null) as source_url,
    document_sha256,
    media_type,
    read_by,
    proactive_disclosure_vintage,
    requests_vintage,
    reviews_vintage,
    indicators_vintage,
    revision,
    sections,
    coalesce(findings_error, 0)::bigint as findings_error,
    coalesce(findings_warning, 0)::bigint as findings_warning,
    coalesce(findings_hint, 0)::bigint as findings_hint,
    next_agency_id,
    next_reports.is_whole as is_next_whole
from intermediate.winners
inner join staging.documents using (document_sha256)
left join vintages using (document_sha256)
left join counted using (document_sha256)
left join intermediate.next_reports
    on next_reports.agency_id = winners.agency_id and next_reports.report_year = winners.report_year
