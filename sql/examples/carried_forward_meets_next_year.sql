-- grain: agency_id, report_year
-- Requests carried forward that the next report does not bring forward: where both years have the figure.
select
    agency_id,
    this_year.agency_name,
    this_year.report_year,
    this_year.requests_carried_forward,
    next_year.requests_brought_forward as brought_forward_next_year,
    this_year.requests_carried_forward - next_year.requests_brought_forward as difference
from marts.agency_years as this_year
inner join marts.agency_years as next_year using (agency_id)
where
    next_year.report_year = this_year.report_year + 1
    and this_year.requests_carried_forward <> next_year.requests_brought_forward
order by abs(difference) desc, agency_id, this_year.report_year
