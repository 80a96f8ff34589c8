-- grain: document_sha256, claim
select claims.* exclude (shard)
from lake.claims
semi join (select document_sha256, min(shard) as shard from lake.documents group by all)
    using (document_sha256, shard)
