-- grain: document_sha256, column, reading
-- Received and brought forward equal processed and carried forward, in each column: printed on the form itself.
-- Its operands are rows: data/forms/<vintage>/requests.yaml.
select
    document_sha256,
    'requests_in_equal_requests_out' as rule,
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
    rule = 'requests_in_equal_requests_out'
    and difference <> 0
    and case verdict.reading when 'strict' then all_reported else none_lost and blank_total is null end
