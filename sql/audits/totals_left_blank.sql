-- grain: document_sha256, table, row, column
-- A row or column of totals without any figure: one hint instead of a violation of each of its sums.
select
    document_sha256,
    'totals_left_blank' as rule,
    "table",
    total_row as "row",
    total_column as "column",
    null::varchar as reading,
    null::decimal(38, 8) as "left",
    null::decimal(38, 8) as "right",
    null::decimal(38, 8) as difference,
    -- one of the rules that cannot be evaluated
    min(rule) filter (total_is_blank) as detail,
    bool_or(total_is_blank) as failed
from intermediate.identity_sums
where coalesce(total_row, total_column) is not null
group by document_sha256, "table", total_row, total_column
