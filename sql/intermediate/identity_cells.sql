-- grain: rule, vintage, place_row, place_column, row, column
-- The operands of every identity as cells: in each column of the form where operands are rows (place_column), in each
-- row where they are columns (place_row), for each total of an annex (both; any vintage).
with terms as (
    select rule, vintage, "table", for_each, side, operand, "row", "column"
    from raw.identity_terms
    inner join raw.form_cells using (vintage, "table")
    where operand = if(for_each = 'column', "row", "column")
)

select
    rule,
    vintage,
    "table",
    if(for_each = 'row', "row", null) as place_row,
    if(for_each = 'column', "column", null) as place_column,
    side,
    "row",
    "column"
from terms
union all by name
-- each part of a total brings the total
select distinct
    rule,
    null::varchar as vintage,
    'indicators' as "table",
    total as place_row,
    "column" as place_column,
    unnest(['left', 'right']) as side,
    unnest([part, total]) as "row",
    "column"
from raw.indicator_terms
cross join (select "column" from raw.form_columns where "table" = 'indicators')
