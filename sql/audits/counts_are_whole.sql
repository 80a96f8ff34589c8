-- grain: document_sha256, table, row, column
-- Counts are whole and not negative, amounts not negative; a change is whole and has a sign.
select
    facts.document_sha256,
    'counts_are_whole' as rule,
    facts."table",
    facts."row",
    facts."column",
    null::varchar as reading,
    facts.value::decimal(38, 8) as "left",
    null::decimal(38, 8) as "right",
    null::decimal(38, 8) as difference,
    facts.raw as detail,
    (facts.value < 0 and form_columns.kind <> 'change')
    or (
        facts.value <> trunc(facts.value)
        -- what no form knows may be an amount
        and coalesce(indicators.kind, if(facts."table" = 'indicators', 'amount', form_columns.kind)) <> 'amount'
    ) as failed
from raw.facts
inner join raw.form_columns using ("table", "column")
left join raw.indicators on facts."table" = 'indicators' and indicators.indicator = facts."row"
where facts.value is not null
