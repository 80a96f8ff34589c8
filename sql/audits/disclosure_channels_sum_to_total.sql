-- grain: document_sha256, row, column, reading
-- The channels that a form with a cumulative column lists sum to the items disclosed, in each column.
-- Its operands are rows: data/forms/2014*/indicators.yaml.
select
    document_sha256,
    'disclosure_channels_sum_to_total' as rule,
    'indicators' as "table",
    "row",
    "column",
    verdict.reading,
    "left"::decimal(38, 8) as "left",
    "right"::decimal(38, 8) as "right",
    difference::decimal(38, 8) as difference,
    null::varchar as detail
from intermediate.indicator_sums
cross join (values ('strict'), ('blank_as_zero')) as verdict (reading)
where
    rule = 'disclosure_channels_sum_to_total'
    and difference <> 0
    and case verdict.reading when 'strict' then all_reported else none_lost and blank_total is null end
