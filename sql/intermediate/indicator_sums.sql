-- grain: document_sha256, rule, row, column
-- Both sides of the rules over indicators, for each total and each column of figures: the parts that the document
-- prints, at least two where the form has several, and their total. Sides are the sums of what is printed, NULL where
-- nothing is; in the difference a blank adds nothing.
-- all_reported: may be evaluated strictly; none_lost: may be evaluated with blanks as zero. Where an indicator is
-- unknown it may be a part, and nothing is evaluated. blank_total: the column, where none of its totals (two or more)
-- has a figure and the sides of this total differ.
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
        sum(value) as "left",
        bool_and(state = 'reported') as all_reported,
        bool_and(state not in ('unreadable', 'absent')) as none_lost
    from printed
    inner join (select *, count(*) over (partition by rule, total) as size from raw.indicator_terms)
        on part = "row" and (has_cumulative or not needs_cumulative)
    group by document_sha256, rule, total, "column"
    having count(*) >= least(2, any_value(size))
),

sums as (
    select
        parts.document_sha256,
        rule,
        total as "row",
        parts."column",
        "left",
        value as "right",
        coalesce("left", 0) - coalesce(value, 0) as difference,
        all_reported and state = 'reported' as all_reported,
        none_lost and state not in ('unreadable', 'absent') as none_lost,
        state
    from parts
    inner join printed
        on printed.document_sha256 = parts.document_sha256
        and printed."row" = total
        and printed."column" = parts."column"
),

without_totals as (
    select document_sha256, "column", "column" as blank_column
    from sums
    group by document_sha256, "column"
    having count(distinct "row") > 1 and not bool_or(state in ('reported', 'unreadable'))
),

unsure as (
    select distinct document_sha256
    from raw.findings
    where rule = 'unknown_indicator'
)

select
    sums.document_sha256,
    rule,
    "row",
    sums."column",
    "left",
    "right",
    difference,
    all_reported and unsure.document_sha256 is null as all_reported,
    none_lost and unsure.document_sha256 is null as none_lost,
    if(difference <> 0, blank_column, null) as blank_total
from sums
left join without_totals
    on without_totals.document_sha256 = sums.document_sha256
    and without_totals."column" = sums."column"
left join unsure on unsure.document_sha256 = sums.document_sha256
