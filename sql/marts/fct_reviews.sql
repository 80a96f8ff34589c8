-- grain: agency_id, report_year, channel
-- A printed figure that is no whole number is NULL here with state unreadable: it stays as printed in the
-- evidence and has a counts_are_whole finding.
-- resolved_total: the printed total; where that is blank, the sum of the reported outcome cells, if none is lost.
with counted as (
    select
        agency_id,
        report_year,
        channel,
        if(printed.upheld = trunc(printed.upheld), printed.upheld::bigint, null) as upheld,
        if(printed.corrected = trunc(printed.corrected), printed.corrected::bigint, null) as corrected,
        if(printed.other_result = trunc(printed.other_result), printed.other_result::bigint, null) as other_result,
        if(printed.pending = trunc(printed.pending), printed.pending::bigint, null) as pending,
        if(printed.total = trunc(printed.total), printed.total::bigint, null) as total,
        if(printed.upheld <> trunc(printed.upheld), 'unreadable', upheld_state) as upheld_state,
        if(printed.corrected <> trunc(printed.corrected), 'unreadable', corrected_state) as corrected_state,
        if(printed.other_result <> trunc(printed.other_result), 'unreadable', other_result_state) as other_result_state,
        if(printed.pending <> trunc(printed.pending), 'unreadable', pending_state) as pending_state,
        if(printed.total <> trunc(printed.total), 'unreadable', total_state) as total_state,
        vintage,
        document_sha256
    from staging.reviews as printed
    inner join intermediate.winners using (document_sha256)
),

summed as (
    select
        *,
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
    from counted
)

select
    * exclude (sum_of_cells),
    coalesce(total, sum_of_cells) as resolved_total,
    case when total is not null then 'printed' when sum_of_cells is not null then 'summed' end as resolved_basis
from summed
