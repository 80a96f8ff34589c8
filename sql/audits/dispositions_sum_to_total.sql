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
    ("left" - "right")::decimal(38, 8) as difference,
    null::varchar as detail
from intermediate.column_sums
cross join (values ('strict'), ('blank_as_zero')) as verdict (reading)
where
    rule = 'dispositions_sum_to_total'
    and "left" <> "right"
    and case verdict.reading when 'strict' then all_reported else none_lost end
