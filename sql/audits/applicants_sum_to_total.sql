-- grain: document_sha256, row, reading
-- The six applicant columns sum to the total, in each row.
-- Its operands are columns: intermediate.row_sums.
select
    document_sha256,
    'applicants_sum_to_total' as rule,
    'requests' as "table",
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
    rule = 'applicants_sum_to_total'
    and difference <> 0
    and case verdict.reading when 'strict' then all_reported else none_lost and blank_total is null end
