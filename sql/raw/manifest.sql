-- grain: document_sha256, address
-- archived_at is UTC without a zone, so that no session's time zone moves it.
select
    document_sha256,
    address,
    name,
    bytes,
    make_timestamp(epoch_us(archived_at)) as archived_at,
    source,
    answered_from,
    listing,
    page,
    status,
    headers
from lake.manifest
qualify row_number() over (partition by document_sha256, address order by archived_at, name, source) = 1
