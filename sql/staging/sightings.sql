-- grain: address, number
-- The sightings of an address, the oldest first; what it held stays true until until_at, NULL for the last. An address
-- is listed where any source lists it. leads_to: the address that answered, where that is another than asked for; from
-- http to https, or to the slash at its end, nothing has moved.
with numbered as (
    select
        sightings.*,
        row_number() over (
            partition by address
            order by seen_at, document_sha256 is not null, published_on nulls first, document_sha256, source
        ) as number
    from raw.sightings
    left join (select document_sha256, published_on from raw.documents) as documents using (document_sha256)
),

-- what a source said of its listing, until it said something else
said as (
    select
        address,
        source,
        is_listed,
        number,
        lead(number) over (partition by address, source order by number) as until_number
    from numbered
),

listed_by_others as (
    select distinct numbered.address, numbered.number
    from numbered
    inner join said
        on said.address = numbered.address
        and said.is_listed
        and said.number < numbered.number
        and coalesce(said.until_number > numbered.number, true)
    where not numbered.is_listed
)

select
    numbered.* exclude (is_listed),
    is_listed or others.number is not null as is_listed,
    lead(seen_at) over (partition by address order by number) as until_at,
    regexp_matches(address, '^https?://') as is_web,
    if(
        regexp_replace(answered_from, '^https?:|/$', '', 'g') <> regexp_replace(address, '^https?:|/$', '', 'g'),
        answered_from,
        null
    ) as leads_to
from numbered
left join listed_by_others as others using (address, number)
