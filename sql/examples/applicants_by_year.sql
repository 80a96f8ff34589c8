-- grain: report_year, applicant
-- Who asks: new requests by kind of applicant, over the reports that printed all six figures.
with complete as (
    select agency_id, report_year
    from marts.requests_long
    where disposition = 'received' and applicant <> 'total'
    group by agency_id, report_year
    having bool_and(state = 'reported')
)

select
    report_year,
    applicant,
    count(*) as reports,
    sum(value) as requests,
    sum(value) / nullif(sum(sum(value)) over (partition by report_year), 0) as share
from marts.requests_long
inner join complete using (agency_id, report_year)
where disposition = 'received' and applicant <> 'total'
group by report_year, applicant
order by report_year, requests desc, applicant
