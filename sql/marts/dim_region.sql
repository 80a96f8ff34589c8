-- grain: region_code
-- No register of regions is loaded yet: typed and empty, so that queries can be written today.
select
    null::varchar as region_code,
    null::varchar as label_zh,
    null::varchar as label_en,
    null::varchar as parent,
    null::integer as "order",
    null::varchar[] as vintages
where false
