-- grain: document_sha256, rule, table, row, column, reading
-- What reading, recognition and resolution saw, and what the audits judged. Several sightings of one rule in one place
-- (two unknown labels in a table, say) are one row: their messages a line each, their figures where they agree.
with every as (
    select
        document_sha256,
        rule,
        kind,
        severity,
        reading,
        "table",
        "row",
        "column",
        "left"::decimal(38, 8) as "left",
        "right"::decimal(38, 8) as "right",
        difference::decimal(38, 8) as difference,
        likely_cause,
        message_zh,
        message_en
    from (from raw.findings union all by name from raw.resolution_findings)
    union all by name
    select * from audits.findings
)

select
    document_sha256,
    rule,
    "table",
    "row",
    "column",
    reading,
    any_value(agency_id) as agency_id,
    any_value(staging.documents.report_year) as report_year,
    min(kind) as kind,
    min(severity) as severity,
    if(count(distinct "left") = 1, min("left"), null) as "left",
    if(count(distinct "right") = 1, min("right"), null) as "right",
    if(count(distinct difference) = 1, min(difference), null) as difference,
    if(count(distinct likely_cause) = 1, min(likely_cause), 'unknown') as likely_cause,
    count(*) as occurrences,
    string_agg(message_zh, chr(10) order by message_zh, message_en) as message_zh,
    string_agg(message_en, chr(10) order by message_zh, message_en) as message_en,
    null::varchar as waiver
from every
inner join staging.documents using (document_sha256)
group by document_sha256, rule, "table", "row", "column", reading
