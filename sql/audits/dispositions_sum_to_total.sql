-- grain: document_sha256, column, reading
-- All dispositions sum to the total processed, in each column.
-- Its operands are rows: data/forms/<vintage>/requests.yaml.
select
    document_sha256,
    'dispositions_sum_to_total' as rule,
    'requests' as "table",
    null::varchar as "row",
    "column",
    verdict.reading,
    "left"::decimal(38, 8) as "left",
    "right"::decimal(38, 8) as "right",
    difference::decimal(38, 8) as difference,
    null::varchar as detail
from intermediate.column_sums
cross join (values ('strict'), ('blank_as_zero')) as verdict (reading)
where
    rule = 'dispositions_sum_to_total'
    and difference <> 0
    and case verdict.reading when 'strict' then all_reported else none_lost and blank_total is null end
