-- grain: document_sha256
-- Where batches overlapped, a document stands in two shards: one of them speaks for it.
select documents.* exclude (shard)
from lake.documents
semi join (select document_sha256, min(shard) as shard from lake.documents group by all)
    using (document_sha256, shard)
