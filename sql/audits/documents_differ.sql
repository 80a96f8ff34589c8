-- grain: document_sha256, table, row, column
-- Another document of the same agency and year prints another figure than the one that speaks for it. Blanks count as
-- 0 and are NULL on their side, amounts in yuan; a version that its own address has replaced is a revision and not looked at, nor is what stands
-- nowhere any more while the report stands elsewhere. Where several documents differ, the right side is the best of them.
-- A document without a difference is one evaluation, without a cell.
select
    winners.document_sha256,
    'documents_differ' as rule,
    "table",
    "row",
    "column",
    null::varchar as reading,
    any_value(winner_figure)::decimal(38, 8) as "left",
    arg_min_null(figure, place)::decimal(38, 8) as "right",
    (coalesce(any_value(winner_figure), 0) - coalesce(arg_min_null(figure, place), 0))::decimal(38, 8) as difference,
    string_agg(coalesce(first_address, others.document_sha256), ', ' order by place) as detail,
    "table" is not null as failed
from intermediate.ranked_reports as others
inner join intermediate.winners using (agency_id, report_year)
inner join staging.documents as read on read.document_sha256 = others.document_sha256
left join intermediate.differing_figures as differing on differing.document_sha256 = others.document_sha256
where others.place > 1 and replaced_by is null and not is_outlived
group by winners.document_sha256, "table", "row", "column"
