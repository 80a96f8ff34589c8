-- grain: agency_id, report_year
-- Where each report was made, by the names of its year, and what that region is today. The region is the newest of its
-- code that is not newer than the report: also one that was abolished before the year was over.
with reports as (
    select agency_id, report_year, agency_name, region_code
    from marts.dim_report
    inner join marts.dim_agency using (agency_id)
)

select
    agency_id,
    report_year,
    agency_name,
    dim_region.province,
    dim_region.city,
    dim_region.county,
    last_year as region_stood_until,
    successor_code,
    successor_name
from reports
asof left join marts.dim_region
    on dim_region.region_code = reports.region_code
    and reports.report_year >= dim_region.first_year
order by agency_id, report_year
