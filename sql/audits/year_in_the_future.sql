-- grain: document_sha256
-- A report on a year later than the newest that there can be on the day of the build: its year is misprinted or
-- misread, or the clock of the machine is wrong.
select
    document_sha256,
    'year_in_the_future' as rule,
    null::varchar as "table",
    null::varchar as "row",
    null::varchar as "column",
    null::varchar as reading,
    report_year::decimal(38, 8) as "left",
    newest_year::decimal(38, 8) as "right",
    (report_year - newest_year)::decimal(38, 8) as difference,
    null::varchar as detail,
    report_year > newest_year as failed
from raw.documents
cross join raw.calendar
where outcome = 'report' and report_year is not null
