-- grain: measure, report_year
-- Trends that the change of forms does not break: only measures that both forms ask for in one meaning, and
-- only agencies that have the figure in every year that the warehouse holds.
with years as (
    select count(distinct report_year) as years
    from marts.dim_report
),

balanced as (
    select agency_id, measure
    from marts.comparable_years
    where comparable
    group by agency_id, measure
    having count(*) = (select years from years)
)

select
    measure,
    report_year,
    count(*) as agencies,
    sum(value) as total
from marts.comparable_years
inner join balanced using (agency_id, measure)
group by measure, report_year
order by measure, report_year
