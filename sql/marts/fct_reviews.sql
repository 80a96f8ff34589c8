-- grain: agency_id, report_year, channel
-- A printed figure that is no whole number is NULL here with state unreadable: it stays as printed in the
-- evidence and has a counts_are_whole finding.
-- resolved_total: the printed total; where that is blank, the sum of the reported outcome cells, if none is lost.
with summed as (
    select
        agency_id,
        report_year,
        reviews.*,
        case
            when total_state in ('blank', 'not_applicable') and not list_has_any(
                [
                    upheld_state,
                    corrected_state,
                    other_result_state,
                    pending_state
                ],
                ['unreadable', 'absent']
            )
                then list_sum([
                    upheld,
                    corrected,
                    other_result,
                    pending
                ])::bigint
        end as sum_of_cells
    from staging.reviews
    inner join intermediate.winners using (document_sha256)
)

select
    * exclude (sum_of_cells),
    coalesce(total, sum_of_cells) as resolved_total,
    case when total is not null then 'printed' when sum_of_cells is not null then 'summed' end as resolved_basis
from summed
