-- grain: item
-- Items of the disclosure table and the blocks that hold them, with the measures that each vintage asks for.
with measures as (
    select
        "row",
        list(
            {
                'vintage': vintage,
                'measure': "column",
                'label_zh': label_zh,
                'label_en': label_en,
                'kind': kind,
                'unit': unit
            }
            order by vintage, ordinal
        ) as measures
    from raw.form_cells
    inner join raw.form_columns using ("table", "column")
    where "table" = 'proactive_disclosure'
    group by "row"
)

select
    "row" as item,
    label_zh,
    label_en,
    parent,
    ordinal as "order",
    vintages,
    coalesce(measures, []) as measures
from raw.form_rows
left join measures using ("row")
where "table" = 'proactive_disclosure'
