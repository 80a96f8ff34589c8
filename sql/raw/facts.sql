-- grain: document_sha256, table, row, column
select facts.* exclude (shard)
from lake.facts
semi join (select document_sha256, min(shard) as shard from lake.documents group by all)
    using (document_sha256, shard)
