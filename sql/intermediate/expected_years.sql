-- grain: agency_id, report_year
-- The report years that an agency should have, from 2008 to the last closed year, and why.
-- registry: a reviewed record that tells the agency's first year, to its last year. own_years: between its first and
-- last report, and for a reviewed record after it, too, until its last year. A record that only a rule generated
-- proves nothing by itself: only the gaps between reports that it published are expected. A provisional one may be no
-- agency of its own: nothing is. An agency that has a successor ended in a year; until that is told, nothing is
-- expected after its last report. Of a year that is not closed, or of the future, only a report that is there counts.
with spans as (
    select
        agency_id,
        status,
        agencies.first_year,
        first_own,
        last_own,
        calendar.first_year as earliest,
        if(
            agencies.last_year is not null or successor_agency_id is null,
            least(agencies.last_year, last_closed_year),
            null
        ) as until
    from raw.agencies
    cross join raw.calendar
    left join (
        select agency_id, min(report_year) as first_own, max(report_year) as last_own
        from intermediate.winners
        group by agency_id
    ) using (agency_id)
    where status <> 'provisional'
),

years as (
    select agency_id, true as by_registry, unnest(range(greatest(first_year, earliest), until + 1)) as report_year
    from spans
    where status = 'reviewed' and first_year is not null
    union all by name
    select
        agency_id,
        false as by_registry,
        unnest(range(
            greatest(first_own, earliest),
            if(status = 'reviewed', greatest(last_own, until), last_own) + 1
        )) as report_year
    from spans
    where first_own is not null
)

select
    agency_id,
    report_year::smallint as report_year,
    if(bool_or(by_registry), 'registry', 'own_years') as expected_by
from years
cross join raw.calendar
left join intermediate.winners using (agency_id, report_year)
where report_year <= last_closed_year or document_sha256 is not null
group by all
