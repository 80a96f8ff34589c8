-- grain: document_sha256, rule, table, row, column, reading
-- Every identity of every form, strictly and with blanks as zero. A row or column of totals without a figure is one
-- hint (totals_left_blank) instead of a violation of each of its sums.
select
    document_sha256,
    rule,
    "table",
    "row",
    "column",
    policies.reading,
    "left"::decimal(38, 8) as "left",
    "right"::decimal(38, 8) as "right",
    difference::decimal(38, 8) as difference,
    null::varchar as detail,
    difference <> 0 as failed
from intermediate.identity_sums
cross join (values ('strict'), ('blank_as_zero')) as policies (reading)
where if(policies.reading = 'strict', all_reported, not total_is_blank)
