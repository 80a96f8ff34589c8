-- grain: rule
select
    rule,
    label_zh,
    label_en,
    null::varchar as parent,
    ordinal as "order",
    vintages,
    kind,
    severity,
    message_zh,
    message_en
from raw.rules
