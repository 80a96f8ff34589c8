-- grain: document_sha256, item, measure (view)
-- As printed; a measure stands for one cell of the item's block.
select
    document_sha256,
    "row" as item,
    "column" as measure,
    value,
    unit,
    value_yuan,
    state,
    raw,
    vintage
from raw.facts
where "table" = 'proactive_disclosure'
