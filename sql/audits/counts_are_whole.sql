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
    facts.raw as detail
from raw.facts
inner join raw.form_columns using ("table", "column")
where
    (facts.value < 0 and form_columns.kind <> 'change')
    or (facts.value <> trunc(facts.value) and form_columns.kind <> 'amount')
