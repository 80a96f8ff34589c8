-- grain: address, agency_id, report_year
-- The addresses that held a report. stands: it holds it still, by its last sighting. was_led_away: it has begun to lead
-- to another address.
select
    address,
    agency_id,
    report_year,
    any_value(is_web) as is_web,
    bool_or(until_at is null) as stands,
    bool_or(until_at is null and leads_to is not null) and count(distinct coalesce(leads_to, '')) > 1 as was_led_away
from intermediate.holdings
where holds_report
group by address, agency_id, report_year
