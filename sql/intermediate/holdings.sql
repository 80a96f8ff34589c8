-- grain: address, number
-- The report (agency and year) that an address held at each sighting, NULL where it held none. is_report: what was
-- seen is that report, and is known as such. holds_report: it is, or it is new bytes at the report's address that we
-- could not read or assign: nobody knows that the report is gone. Attachments that are no reports themselves belong to
-- the report of their page; a page that is none, and any of its attachments, to the one report among them.
with seen as (
    select
        sightings.*,
        if(agency_id is null, null, {'agency_id': agency_id, 'report_year': report_year}) as own,
        outcome is distinct from 'not_a_report' as may_be_one,
        coalesce(last_value(page ignore nulls) over whole, address) as family
    from staging.sightings
    left join (select document_sha256, outcome from staging.documents) as documents using (document_sha256)
    left join intermediate.known_reports using (document_sha256)
    window whole as (
        partition by address order by number rows between unbounded preceding and unbounded following
    )
),

told as (
    select
        *,
        case
            when own is not null then own
            when document_sha256 is not null and may_be_one then last_value(own ignore nulls) over (
                partition by address order by number rows between unbounded preceding and 1 preceding
            )
        end as held,
        bool_or(own is not null) over (partition by address) as speaks_for_itself
    from seen
),

of_families as (
    select family, any_value(own) as own
    from seen
    where own is not null
    group by family
    having count(distinct own) = 1
),

-- a page may hold another year's report each year
of_pages as (
    select address, seen_at, own
    from seen
    where own is not null
),

reports as (
    select
        told.*,
        case
            when held is not null then held
            when not speaks_for_itself and document_sha256 is not null then coalesce(of_pages.own, of_families.own)
        end as report
    from told
    asof left join of_pages on of_pages.address = told.family and told.seen_at >= of_pages.seen_at
    left join of_families on of_families.family = told.family
)

select
    address,
    number,
    seen_at,
    until_at,
    document_sha256,
    report.agency_id,
    report.report_year,
    report,
    own is not null as is_report,
    held is not null as holds_report,
    is_web,
    is_listed,
    leads_to,
    source,
    status,
    listing,
    page,
    title,
    listed_on
from reports
