-- grain: address, number, agency_id, report_year
-- What happened to a report at an address. Of the sighting that ends its stay there: moved, where another address
-- holds it still a day later or holds it within a month, else gone; our own files tell nothing of that. Of those that
-- see it there: found, moved (the address leads elsewhere now), returned, replaced, unlisted.
with steps as (
    select
        *,
        lag(report) over by_address as report_before,
        lag(document_sha256) over by_address as lost_sha256,
        lag(holds_report) over by_address as held_report,
        lag(page) over by_address as page_before,
        lag(is_listed) over by_address as was_listed,
        lag(number) over by_report as number_before,
        lag(document_sha256) over by_report as sha256_before,
        lag(leads_to) over by_report as led_to
    from intermediate.holdings
    window
        by_address as (partition by address order by number),
        by_report as (partition by address, report order by number)
),

lost as (
    select * from steps where is_web and report_before is distinct from report and report_before is not null
),

-- the same bytes before another document, a page before an attachment, what was found nearest to the loss before others
moves as (
    select
        lost.address,
        lost.number,
        min_by(
            {'moved_to': stays.address, 'document_sha256': stays.document_sha256},
            (
                stays.document_sha256 <> lost_sha256,
                stays.page is not null,
                abs(epoch(stays.seen_at) - epoch(lost.seen_at)),
                stays.address
            )
        ) as new_place
    from lost
    inner join intermediate.holdings as stays
        on stays.report = lost.report_before
        and stays.address <> lost.address
        and stays.is_web
        and stays.seen_at <= lost.seen_at + interval 30 day
        and coalesce(stays.until_at > lost.seen_at + interval 1 day, true)
        and ((lost.held_report and stays.holds_report) or stays.document_sha256 = lost.lost_sha256)
    group by lost.address, lost.number
),

ends as (
    select
        lost.* replace (coalesce(page, page_before) as page),
        if(new_place is null, 'gone', 'moved') as event,
        new_place.moved_to,
        new_place.document_sha256 as new_sha256
    from lost
    left join moves using (address, number)
),

stays as (
    select
        *,
        case
            when number_before is null then 'found'
            when leads_to is not null and leads_to is distinct from led_to then 'moved'
            when number_before < number - 1 then 'returned'
            when document_sha256 <> sha256_before then 'replaced'
            when was_listed and not is_listed then 'unlisted'
            when not was_listed and is_listed then 'returned'
        end as event
    from steps
    where report is not null
)

select
    address,
    number,
    report_before.agency_id,
    report_before.report_year,
    event,
    seen_at,
    moved_to,
    new_sha256 as document_sha256,
    lost_sha256 as previous_document_sha256,
    status,
    source,
    listing,
    page,
    title,
    listed_on
from ends
union all by name
select
    address,
    number,
    agency_id,
    report_year,
    event,
    seen_at,
    if(event = 'moved', leads_to, null) as moved_to,
    document_sha256,
    if(event in ('moved', 'returned', 'replaced'), sha256_before, null) as previous_document_sha256,
    status,
    source,
    listing,
    page,
    title,
    listed_on
from stays
where event is not null
