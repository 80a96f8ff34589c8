-- grain: document_sha256, table, row, column
-- A row or column of totals without any figure: one hint instead of a violation of each of its sums.
select
    document_sha256,
    'totals_left_blank' as rule,
    "table",
    "row",
    "column",
    null::varchar as reading,
    null::decimal(38, 8) as "left",
    null::decimal(38, 8) as "right",
    null::decimal(38, 8) as difference,
    -- one of the rules that cannot be evaluated
    min(rule) as detail
from (
    select document_sha256, rule, null::varchar as "row", blank_total as "column", none_lost
    from intermediate.row_sums
    union all by name
    select document_sha256, rule, blank_total as "row", null::varchar as "column", none_lost
    from intermediate.column_sums
    union all by name
    select document_sha256, rule, null::varchar as "row", blank_total as "column", none_lost
    from intermediate.indicator_sums
)
inner join (
    select distinct rule, "table" from raw.identity_terms
    union all
    select distinct rule, 'indicators' as "table" from raw.indicator_terms
) using (rule)
where none_lost and coalesce("row", "column") is not null
group by document_sha256, "table", "row", "column"
