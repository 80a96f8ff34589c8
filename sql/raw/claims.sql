-- grain: document_sha256, claim (view)
select claims.* exclude (shard)
from lake.claims
anti join raw.repeated_documents using (document_sha256, shard)
