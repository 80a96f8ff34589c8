-- grain: region_code, first_year
-- One row for each span of years in which a region and all above it bore the same names. A span ends with the
-- record of the region, or where one above it was renamed. Years are ends of years, as in data/reference.
with recursive spans as (
    select
        *,
        last_year as ended_in,
        region_name as province,
        null::varchar as city,
        null::varchar as county,
        null::varchar as township
    from raw.regions
    where parent_code is null
    union all
    select
        regions.* replace (
            greatest(regions.first_year, above.first_year) as first_year,
            -- least() passes over NULL, which is a span without an end
            least(regions.last_year, above.last_year) as last_year,
            if(above.first_year > regions.first_year, above.is_first_year_exact, regions.is_first_year_exact)
                as is_first_year_exact,
            if(least(regions.last_year, above.last_year) is distinct from regions.last_year,
                above.is_last_year_exact, regions.is_last_year_exact) as is_last_year_exact
        ),
        regions.last_year as ended_in,
        above.province,
        if(regions.level = 'city' and regions.kind <> 'grouping', regions.region_name, above.city) as city,
        if(regions.level = 'county', regions.region_name, above.county) as county,
        if(regions.level = 'township', regions.region_name, null) as township
    from spans as above
    inner join raw.regions
        on regions.parent_code = above.region_code
        and regions.first_year <= coalesce(above.last_year, regions.first_year)
        and above.first_year <= coalesce(regions.last_year, above.first_year)
),

living as (
    select region_code, region_name from raw.regions where last_year is null
),

-- The lists of townships and zones end before the tables of the other divisions, each with something new in it.
listed as (
    select
        level = 'township' or kind = 'zone' as is_listed,
        max(first_year) as until
    from raw.regions
    group by all
)

select
    spans.region_code,
    first_year,
    last_year,
    spans.region_name as label_zh,
    null::varchar as label_en,
    parent_code as parent,
    row_number() over (order by spans.region_code, first_year)::integer as "order",
    range(first_year, coalesce(last_year, until) + 1)::varchar[] as vintages,
    short_name,
    level,
    kind,
    province,
    city,
    county,
    township,
    is_first_year_exact,
    is_last_year_exact,
    successor_code,
    living.region_name as successor_name,
    successor_codes,
    if(last_year is not distinct from ended_in, change, null) as change,
    if(last_year is not distinct from ended_in, change_certainty, null) as change_certainty
from spans
inner join listed on is_listed = (spans.level = 'township' or spans.kind = 'zone')
left join living on living.region_code = spans.successor_code
