-- grain: document_sha256, shard
-- Where batches overlapped, a document is in several shards: the first of them counts, these do not.
select document_sha256, shard
from lake.documents
qualify row_number() over (partition by document_sha256 order by shard) > 1
