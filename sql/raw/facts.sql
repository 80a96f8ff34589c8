-- grain: document_sha256, table, row, column (view)
select facts.* exclude (shard)
from lake.facts
anti join raw.repeated_documents using (document_sha256, shard)
