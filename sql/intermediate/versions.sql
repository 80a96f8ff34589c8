-- grain: address, number
-- What one address held of one agency-year, at each sighting of it, where that was more than one document.
-- before_it: what it held before, where that was another. standing: the last of them, whatever came after the report
-- was gone.
select
    address,
    number,
    agency_id,
    report_year,
    document_sha256,
    lag(document_sha256) over versions as before_it,
    last_value(document_sha256) over (
        versions rows between unbounded preceding and unbounded following
    ) as standing
from intermediate.holdings
where is_report
window versions as (partition by address, agency_id, report_year order by number)
qualify before_it <> document_sha256 or standing <> document_sha256
