-- grain: document_sha256
select documents.* exclude (shard)
from lake.documents
anti join raw.repeated_documents using (document_sha256, shard)
