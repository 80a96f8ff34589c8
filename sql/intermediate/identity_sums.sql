-- grain: document_sha256, table, rule, row, column
-- Both sides of every identity, wherever it can be evaluated: the sums of what is printed, NULL where nothing is. In the
-- difference a blank adds nothing. raw.identity_terms has the operands: a cell is one where the form of its own vintage
-- says so, and a side needs as many of them as the least of those forms asks for.
-- all_reported: may be evaluated strictly, too. total_row or total_column: the row or column of totals of which one is
-- an operand. total_is_blank: none of them (two or more) has a figure, and the sides differ.
with operands as (
    select facts.document_sha256, terms.*, facts.value, facts.state
    from raw.facts
    inner join raw.identity_terms as terms using (vintage, "table", "row", "column")
),

sums as (
    select
        document_sha256,
        equation,
        sum(value) filter (side = 'left') as "left",
        sum(value) filter (side = 'right') as "right",
        bool_and(state = 'reported') as all_reported,
        bool_and(state not in ('unreadable', 'absent')) as none_lost,
        count(*) filter (side = 'left') >= min(operands_needed) filter (side = 'left')
        and count(*) filter (side = 'right') >= min(operands_needed) filter (side = 'right') as is_complete,
        bool_or(state in ('reported', 'unreadable')) filter (is_total) as has_total
    from operands
    group by document_sha256, equation
),

equations as (
    select distinct
        equation, rule, "table", place_row, place_column, total_row, total_column, needs_column
    from raw.identity_terms
),

-- Where a row is unknown it may be an operand.
unsure as (
    select distinct document_sha256, "table"
    from raw.findings
    where rule = 'unknown_indicator'
),

printed_columns as (
    select distinct document_sha256, "table", "column" as needs_column
    from raw.facts
    semi join equations on equations."table" = facts."table" and needs_column = facts."column"
),

placed as (
    select sums.*, equations.* exclude (equation)
    from sums
    inner join equations using (equation)
    anti join unsure using (document_sha256, "table")
),

blank_totals as (
    select document_sha256, "table", total_row, total_column
    from placed
    -- a total none of whose parts is printed is none here
    where has_total is not null and is_complete
    group by all
    having not bool_or(has_total) and count(distinct (place_row, place_column)) > 1
)

select
    placed.document_sha256,
    rule,
    placed."table",
    place_row as "row",
    place_column as "column",
    "left",
    "right",
    coalesce("left", 0) - coalesce("right", 0) as difference,
    all_reported,
    placed.total_row,
    placed.total_column,
    difference <> 0 and blank_totals.document_sha256 is not null as total_is_blank
from placed
left join blank_totals
    on blank_totals.document_sha256 = placed.document_sha256
    and blank_totals."table" = placed."table"
    and blank_totals.total_row is not distinct from placed.total_row
    and blank_totals.total_column is not distinct from placed.total_column
left join printed_columns
    on printed_columns.document_sha256 = placed.document_sha256
    and printed_columns."table" = placed."table"
    and printed_columns.needs_column = placed.needs_column
where is_complete and none_lost and (placed.needs_column is null or printed_columns.needs_column is not null)
