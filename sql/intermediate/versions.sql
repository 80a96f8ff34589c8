-- grain: address, document_sha256
-- What one address held of one agency-year, where that was more than one document: the oldest is version 1.
-- was_revised: it has other figures than the version before it; is_replaced: than the one that stands there now.
with held as (
    select
        address,
        document_sha256,
        row_number() over versions as version,
        lag(document_sha256) over versions as before_it,
        last_value(document_sha256) over (
            versions rows between unbounded preceding and unbounded following
        ) as standing
    from raw.manifest
    inner join intermediate.known_reports using (document_sha256)
    where not is_alone
    window versions as (
        partition by address, agency_id, report_year
        order by manifest.archived_at, published_on nulls first, document_sha256
    )
),

differing as (
    select pairs.document_sha256, pairs.other
    from (
        select document_sha256, before_it as other from held
        union
        select document_sha256, standing from held
    ) as pairs
    inner join intermediate.compared_figures as mine using (document_sha256)
    inner join intermediate.compared_figures as theirs
        on theirs.document_sha256 = pairs.other
        and theirs."table" = mine."table"
        and theirs."row" = mine."row"
        and theirs."column" = mine."column"
    where mine.figure <> theirs.figure and coalesce(mine.unit = theirs.unit, true)
    group by all
)

select
    held.*,
    revised.other is not null as was_revised,
    replaced.other is not null as is_replaced
from held
left join differing as revised
    on revised.document_sha256 = held.document_sha256 and revised.other = held.before_it
left join differing as replaced
    on replaced.document_sha256 = held.document_sha256 and replaced.other = held.standing
where version > 1 or standing <> held.document_sha256
