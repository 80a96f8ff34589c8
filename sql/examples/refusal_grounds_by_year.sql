-- grain: report_year, disposition
-- On which grounds requests were refused, and each ground's share of the year's refusals. Rows without a
-- resolved total are counted beside the sum: they are unknown, not zero.
select
    report_year,
    disposition,
    any_value(label_en) as ground,
    sum(resolved_total) as requests,
    count(*) filter (resolved_total is null) as reports_without_a_figure,
    sum(resolved_total) / nullif(sum(sum(resolved_total)) over (partition by report_year), 0) as share
from marts.fct_requests
inner join marts.dim_disposition using (disposition)
where parent = 'refused'
group by report_year, disposition
order by report_year, requests desc nulls last, disposition
