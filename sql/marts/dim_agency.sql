-- grain: agency_id
select * from raw.agencies
