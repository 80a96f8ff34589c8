-- grain: document_sha256
select
    document_sha256,
    first_address,
    archived_at,
    media_type,
    bytes,
    outcome,
    reason,
    read_by,
    parser_version,
    agency_name as printed_agency_name,
    agency_id,
    report_year,
    agency_source,
    year_source,
    winners.document_sha256 is not null as is_winner
from staging.documents
left join (select document_sha256 from intermediate.winners) as winners using (document_sha256)
