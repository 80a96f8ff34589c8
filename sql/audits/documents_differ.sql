-- grain: document_sha256, table, row, column
-- Another document of the same agency and year prints another figure than the one that speaks for it. Blanks count as
-- 0 and are NULL on their side, amounts in yuan; a version that its own address has replaced is a revision and not looked at, nor is what stands
-- nowhere any more while the report stands elsewhere. Where several documents differ, the right side is the best of them.
select
    winner_sha256 as document_sha256,
    'documents_differ' as rule,
    "table",
    "row",
    "column",
    null::varchar as reading,
    any_value(winner_figure)::decimal(38, 8) as "left",
    arg_min_null(figure, place)::decimal(38, 8) as "right",
    (coalesce(any_value(winner_figure), 0) - coalesce(arg_min_null(figure, place), 0))::decimal(38, 8) as difference,
    string_agg(coalesce(first_address, document_sha256), ', ' order by place) as detail
from intermediate.differing_figures
inner join intermediate.ranked_reports using (document_sha256)
inner join staging.documents using (document_sha256)
where replaced_by is null and not is_outlived
group by winner_sha256, "table", "row", "column"
