-- grain: agency_id, report_year
-- Requests carried forward that the next report does not bring forward, by the agency of the next report: where
-- agencies were merged, what all of them carried forward. Only where every figure is there.
with carried as (
    select
        next_agency_id as agency_id,
        report_year,
        count(*) as agencies,
        sum(requests_carried_forward) as requests_carried_forward
    from marts.dim_report
    inner join marts.agency_years using (agency_id, report_year)
    group by all
    having bool_and(is_next_whole and requests_carried_forward is not null)
)

select
    agency_id,
    next_year.agency_name,
    carried.report_year,
    carried.agencies,
    carried.requests_carried_forward,
    next_year.requests_brought_forward as brought_forward_next_year,
    carried.requests_carried_forward - next_year.requests_brought_forward as difference
from carried
inner join marts.agency_years as next_year using (agency_id)
where
    next_year.report_year = carried.report_year + 1
    and carried.requests_carried_forward <> next_year.requests_brought_forward
order by abs(difference) desc, agency_id, carried.report_year
