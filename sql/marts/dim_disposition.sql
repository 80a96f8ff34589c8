-- grain: disposition
-- Rows of the form and the headings that span them; one code can be a row in one vintage and a heading in
-- another, so row_vintages tells where it has figures of its own.
with printed as (
    select "row", list_sort(list(distinct vintage)) as row_vintages
    from raw.form_cells
    where "table" = 'requests'
    group by "row"
)

select
    "row" as disposition,
    label_zh,
    label_en,
    parent,
    ordinal as "order",
    vintages,
    coalesce(row_vintages, []) as row_vintages
from raw.form_rows
left join printed using ("row")
where "table" = 'requests'
