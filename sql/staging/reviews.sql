-- grain: document_sha256, channel (view)
-- One row of the form a row, as the lake has it: a figure that is no whole number is NULL with state unreadable, and a
-- cell that has no fact at all is absent.
select reviews.* exclude (shard)
from lake.reviews
anti join raw.repeated_documents using (document_sha256, shard)
