-- grain: document_sha256, channel
-- One row of the form a row, as printed. A cell that has no fact at all is absent.
select
    document_sha256,
    "row" as channel,
    max(vintage) as vintage,
    max(value) filter ("column" = 'upheld') as upheld,
    max(value) filter ("column" = 'corrected') as corrected,
    max(value) filter ("column" = 'other_result') as other_result,
    max(value) filter ("column" = 'pending') as pending,
    max(value) filter ("column" = 'total') as total,
    coalesce(max(state) filter ("column" = 'upheld'), 'absent') as upheld_state,
    coalesce(max(state) filter ("column" = 'corrected'), 'absent') as corrected_state,
    coalesce(max(state) filter ("column" = 'other_result'), 'absent') as other_result_state,
    coalesce(max(state) filter ("column" = 'pending'), 'absent') as pending_state,
    coalesce(max(state) filter ("column" = 'total'), 'absent') as total_state
from raw.facts
where "table" = 'reviews'
group by document_sha256, "row"
