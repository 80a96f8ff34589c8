-- grain: address, number
-- What one address held of one agency-year, where that was more than one document: the oldest is version 1, and a
-- document that came back is a version again. standing: the last of them, whatever came after the report was gone.
with changes as (
    select address, number, agency_id, report_year, document_sha256
    from intermediate.holdings
    where is_report
    qualify document_sha256 is distinct from lag(document_sha256) over (
        partition by address, agency_id, report_year order by number
    )
)

select
    changes.*,
    row_number() over versions as version,
    lag(document_sha256) over versions as before_it,
    last_value(document_sha256) over (
        versions rows between unbounded preceding and unbounded following
    ) as standing
from changes
window versions as (partition by address, agency_id, report_year order by number)
qualify count(*) over (partition by address, agency_id, report_year) > 1
