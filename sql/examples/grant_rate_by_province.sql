-- grain: province, report_year
-- How much of what was decided was disclosed, by province and year: the rate over all requests, and the
-- median of the agencies' own rates, with how many reports stand behind them.
select
    province,
    report_year,
    count(*) as reports,
    count(grant_rate) as reports_with_a_rate,
    sum(requests_granted + requests_partly_granted) filter (grant_rate is not null)
    / nullif(sum(requests_total_processed) filter (grant_rate is not null), 0) as pooled_grant_rate,
    median(grant_rate) as median_grant_rate
from marts.agency_years
group by province, report_year
order by province, report_year
