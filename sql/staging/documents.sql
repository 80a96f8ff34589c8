-- grain: document_sha256
-- Every document that was processed, with where and when it was first archived and whose report it is.
with archived as (
    select
        document_sha256,
        min_by(address, (archived_at, address)) as first_address,
        min(archived_at) as archived_at
    from raw.manifest
    group by document_sha256
)

select
    documents.* exclude (path, report_year),
    first_address,
    archived_at,
    agency_id,
    resolution.report_year
from raw.documents
left join archived using (document_sha256)
left join raw.resolution using (document_sha256)
