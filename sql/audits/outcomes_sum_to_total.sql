-- grain: document_sha256, row, reading
-- The four outcomes sum to the total, in each channel.
-- Its operands are columns: intermediate.row_sums.
select
    document_sha256,
    'outcomes_sum_to_total' as rule,
    'reviews' as "table",
    "row",
    null::varchar as "column",
    verdict.reading,
    "left"::decimal(38, 8) as "left",
    "right"::decimal(38, 8) as "right",
    difference::decimal(38, 8) as difference,
    null::varchar as detail
from intermediate.row_sums
cross join (values ('strict'), ('blank_as_zero')) as verdict (reading)
where
    rule = 'outcomes_sum_to_total'
    and difference <> 0
    and case verdict.reading when 'strict' then all_reported else none_lost and blank_total is null end
