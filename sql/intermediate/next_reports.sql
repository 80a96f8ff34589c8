-- grain: agency_id, report_year
-- Whose report on the next year goes on with this one: the agency's own, or that of the nearest successor that
-- has one. is_whole: of all who go on in that report, the one on this year is here; where it is not, figures
-- that were handed over have no second side.
with recursive lines as (
    select agency_id, agency_id as next_agency_id, 0 as steps
    from raw.agencies
    union all
    select lines.agency_id, agencies.successor_agency_id, lines.steps + 1
    from lines
    inner join raw.agencies on agencies.agency_id = lines.next_agency_id
    -- bounded, since records may succeed one another in a circle
    where agencies.successor_agency_id is not null and lines.steps < 8
),

followed as (
    select winners.agency_id, winners.report_year, min_by(lines.next_agency_id, lines.steps) as next_agency_id
    from intermediate.winners
    inner join lines using (agency_id)
    inner join intermediate.winners as following
        on following.agency_id = lines.next_agency_id and following.report_year = winners.report_year + 1
    group by all
),

reports as (
    select next_agency_id, report_year, bool_or(agency_id <> next_agency_id) as is_handed_over
    from followed
    group by all
),

-- Agencies that go on in the next report and have none on this year: those that are known to have ended with it,
-- and where others were taken over then, those of which it is not known.
missing as (
    select distinct reports.next_agency_id, reports.report_year
    from reports
    inner join lines on lines.next_agency_id = reports.next_agency_id and lines.agency_id <> reports.next_agency_id
    inner join raw.agencies using (agency_id)
    anti join intermediate.winners
        on winners.agency_id = lines.agency_id
        and winners.report_year in (reports.report_year, reports.report_year + 1)
    where
        coalesce(agencies.first_year <= reports.report_year, true)
        and coalesce(agencies.last_year = reports.report_year, reports.is_handed_over)
)

select followed.*, missing.next_agency_id is null as is_whole
from followed
left join missing using (next_agency_id, report_year)
