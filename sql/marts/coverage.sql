-- grain: agency_id, report_year
-- The reports that should exist and those that do. A report is published when its first document was; a date of
-- the report year itself or before it is none of its publishing. It moved where an address that held it now holds
-- something else, or leads elsewhere, and an address holds it still; it is gone where none of the addresses that held
-- it does. Our own files tell nothing of either.
with found as (
    select
        agency_id,
        report_year,
        bool_or(stands) and bool_or(was_led_away or not stands) as is_moved,
        not bool_or(stands) as is_gone
    from intermediate.standing
    where is_web
    group by agency_id, report_year
),

published as (
    select agency_id, report_year, min(published_on) as published_on
    from intermediate.known_reports
    where year(published_on) > report_year
    group by agency_id, report_year
),

every as (
    select
        agency_id,
        report_year,
        expected_by,
        -- Until 2018 the Regulation gave all until the end of March.
        make_date(report_year + 1, if(is_government or report_year < 2019, 3, 1), 31) as due_on,
        published_on,
        if(published_on is null, null, greatest(published_on - due_on, 0))::integer as days_late,
        revision,
        coalesce(is_moved, false) as is_moved,
        coalesce(is_gone, false) as is_gone,
        document_sha256,
        admin_level,
        region_code,
        province,
        city,
        county
    from intermediate.expected_years
    full join intermediate.winners using (agency_id, report_year)
    inner join raw.agencies using (agency_id)
    left join published using (agency_id, report_year)
    left join found using (agency_id, report_year)
)

select
    agency_id,
    report_year,
    case
        when document_sha256 is null then 'missing'
        -- of townships it is a hint, which days_late gives
        when days_late > 0 and admin_level is distinct from 'township' then 'late'
        when revision > 1 then 'revised'
        when is_moved then 'moved'
        else 'present'
    end as status,
    expected_by,
    due_on,
    published_on,
    days_late,
    revision,
    is_moved,
    is_gone,
    document_sha256,
    region_code,
    province,
    city,
    county
from every
