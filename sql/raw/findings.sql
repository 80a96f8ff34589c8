-- grain: document_sha256, number
-- A finding has no key of its own (two unknown labels of one table differ in their messages only), so it is
-- numbered within its document, by content and not by the order of work.
select
    findings.* exclude (shard),
    row_number() over (
        partition by document_sha256
        order by rule, "table", "row", "column", reading, message_zh, message_en, "left", "right"
    ) as number
from lake.findings
anti join raw.repeated_documents using (document_sha256, shard)
