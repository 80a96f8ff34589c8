-- grain: indicator
-- Indicators of the annexes of 2014 and before, and the headings that hold them.
select
    indicator,
    label_zh,
    label_en,
    parent,
    ordinal as "order",
    kind,
    unit,
    is_coded,
    vintages,
    labels
from raw.indicators
