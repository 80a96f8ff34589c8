-- grain: document_sha256, row, column
-- What was made or newly disclosed in the year is part of what is disclosed in all (2019). A hint:
-- what is made need not be disclosed.
select
    parts.document_sha256,
    'disclosed_within_total' as rule,
    'proactive_disclosure' as "table",
    parts.item as "row",
    parts.measure as "column",
    null::varchar as reading,
    parts.value::decimal(38, 8) as "left",
    totals.value::decimal(38, 8) as "right",
    (parts.value - totals.value)::decimal(38, 8) as difference,
    null::varchar as detail,
    parts.value > totals.value as failed
from staging.proactive_disclosure as parts
inner join staging.proactive_disclosure as totals using (document_sha256, item)
where
    parts.measure in ('made', 'newly_disclosed')
    and totals.measure = 'disclosed_total'
    and parts.value is not null
    and totals.value is not null
