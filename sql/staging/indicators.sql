-- grain: document_sha256, indicator
-- One row of the annex a row, as printed. A column that the annex does not have is absent.
select
    document_sha256,
    "row" as indicator,
    max(vintage) as vintage,
    max(value) filter ("column" = 'current') as current,
    max(value) filter ("column" = 'cumulative') as cumulative,
    coalesce(max(unit) filter ("column" = 'current'), max(unit)) as unit,
    max(value_yuan) filter ("column" = 'current') as current_yuan,
    max(value_yuan) filter ("column" = 'cumulative') as cumulative_yuan,
    coalesce(max(state) filter ("column" = 'current'), 'absent') as state,
    coalesce(max(state) filter ("column" = 'cumulative'), 'absent') as cumulative_state,
    max(raw) filter ("column" = 'current') as raw,
    max(raw) filter ("column" = 'cumulative') as cumulative_raw
from raw.facts
where "table" = 'indicators'
group by document_sha256, "row"
