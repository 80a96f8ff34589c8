-- grain: document_sha256, rule, table, row, column, reading
-- Every violation with its message in both languages: the one place where a template becomes a message.
-- audits.violations are the rows of all other files of this folder.
-- A filing's slip, unless we had trouble reading that very table, or are likely to have misread it, or two documents
-- of one report differ.
with troubled_tables as (
    select document_sha256, "table", bool_or(rule = 'reading_slip_suspected') as is_slip
    from raw.findings
    -- a cell that is printed unreadably is withheld, and says nothing of the others
    where kind = 'reading' and rule <> 'unreadable_cell'
    group by all
),

told as (
    select
        violations.*,
        rules.kind,
        rules.severity,
        rules.message_zh,
        rules.message_en,
        case
            when troubled_tables.is_slip then 'reading'
            when rules.kind = 'document' then 'unknown'
            when troubled_tables.document_sha256 is null then 'filing'
            else 'unknown'
        end as likely_cause,
        coalesce(form_tables.label_zh, violations."table", '') as table_zh,
        coalesce(form_tables.label_en, violations."table", '') as table_en,
        coalesce(form_rows.label_zh, violations."row", '') as row_zh,
        coalesce(form_rows.label_en, violations."row", '') as row_en,
        coalesce(form_columns.label_zh, violations."column", '') as column_zh,
        coalesce(form_columns.label_en, violations."column", '') as column_en,
        -- eight decimals are kept, those that say something are shown
        coalesce(rtrim(rtrim(violations."left"::varchar, '0'), '.'), '') as left_text,
        coalesce(rtrim(rtrim(violations."right"::varchar, '0'), '.'), '') as right_text,
        coalesce(rtrim(rtrim(violations.difference::varchar, '0'), '.'), '') as difference_text,
        coalesce(violations.detail, '') as detail_text
    from audits.violations
    inner join raw.rules using (rule)
    left join troubled_tables using (document_sha256, "table")
    left join raw.form_tables using ("table")
    left join raw.form_rows using ("table", "row")
    left join raw.form_columns using ("table", "column")
)

-- {detail} comes last: it is text of the document and may itself hold braces
select
    document_sha256,
    rule,
    kind,
    severity,
    reading,
    "table",
    "row",
    "column",
    "left",
    "right",
    difference,
    likely_cause,
    message_zh
        .replace('{table}', table_zh)
        .replace('{row}', row_zh)
        .replace('{column}', column_zh)
        .replace('{left}', left_text)
        .replace('{right}', right_text)
        .replace('{difference}', difference_text)
        .replace('{detail}', detail_text) as message_zh,
    message_en
        .replace('{table}', table_en)
        .replace('{row}', row_en)
        .replace('{column}', column_en)
        .replace('{left}', left_text)
        .replace('{right}', right_text)
        .replace('{difference}', difference_text)
        .replace('{detail}', detail_text) as message_en
from told
