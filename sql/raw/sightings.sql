-- grain: address, seen_at, source, document_sha256
-- The one log of what stood at an address from when on: what crawls saw, and of what only the manifest knows (files,
-- imports) when it was archived; whether that was listed nobody knows. Where a crawl looks, the manifest may tell what
-- came before its last word, and never contradicts it. seen_at is UTC without a zone, as in the manifest.
with crawled as (
    select
        address,
        make_timestamp(epoch_us(seen_at)) as seen_at,
        source,
        document_sha256,
        status,
        answered_from,
        is_listed,
        listing,
        page,
        title,
        listed_on
    from lake.sightings
    -- written twice where a crawl was resumed
    qualify row_number() over (
        partition by address, seen_at, source, document_sha256
        order by is_listed desc, listing, page, title, listed_on, answered_from, status
    ) = 1
),

watched as (
    select address, max(seen_at) as last_seen_at
    from crawled
    group by address
)

from crawled
union all by name
select
    manifest.address,
    archived_at as seen_at,
    source,
    document_sha256,
    status,
    answered_from,
    null::boolean as is_listed,
    listing,
    page,
    null::varchar as title,
    null::date as listed_on
from raw.manifest
left join watched on watched.address = manifest.address
where
    coalesce(archived_at < last_seen_at, true)
    and not exists (
        from crawled
        where
            crawled.address = manifest.address
            and crawled.document_sha256 = manifest.document_sha256
            and crawled.seen_at <= manifest.archived_at
    )
