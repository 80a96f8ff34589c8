-- grain: document_sha256, table, row, column
-- The figures of documents that share their agency-year with another, so that they can be compared: amounts in
-- yuan where the unit is known, a blank or a dash as 0, which has any unit. What could not be read is not here.
select
    document_sha256,
    "table",
    "row",
    "column",
    coalesce(value_yuan, value, 0) as figure,
    case when value is null then null when value_yuan is not null then 'yuan' else coalesce(unit, '') end as unit
from raw.facts
semi join (select document_sha256 from intermediate.known_reports where not is_alone) using (document_sha256)
where state in ('reported', 'blank', 'not_applicable')
