-- grain: document_sha256, rule, row, column
-- Both sides of the rules over indicators, for each total and each column of figures: the parts that the
-- document prints, at least two where the form has several, and their total. A blank adds nothing.
-- all_reported: may be judged strictly; none_lost: may be judged with blanks as zero. Where an indicator
-- is unknown it may be a part, and nothing is judged.
with printed as (
    select
        *,
        bool_or("column" = 'cumulative') over (partition by document_sha256) as has_cumulative
    from raw.facts
    where "table" = 'indicators'
),

parts as (
    select
        document_sha256,
        rule,
        total,
        "column",
        coalesce(sum(value), 0) as "left",
        bool_and(state = 'reported') as all_reported,
        bool_and(state not in ('unreadable', 'absent')) as none_lost
    from printed
    inner join (select *, count(*) over (partition by rule, total) as size from raw.indicator_terms)
        on part = "row" and (has_cumulative or not needs_cumulative)
    group by document_sha256, rule, total, "column"
    having count(*) >= least(2, any_value(size))
),

unsure as (
    select distinct document_sha256
    from raw.findings
    where rule = 'unknown_indicator'
)

select
    parts.document_sha256,
    rule,
    total as "row",
    parts."column",
    "left",
    coalesce(value, 0) as "right",
    all_reported and state = 'reported' and unsure.document_sha256 is null as all_reported,
    none_lost and state not in ('unreadable', 'absent') and unsure.document_sha256 is null as none_lost
from parts
inner join printed
    on printed.document_sha256 = parts.document_sha256
    and printed."row" = total
    and printed."column" = parts."column"
left join unsure on unsure.document_sha256 = parts.document_sha256
