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

-- The operands without a figure, those of the right side (the totals) first.
blanks as (
    select
        violations.document_sha256,
        violations.rule,
        violations."row",
        violations."column",
        cells.side,
        states.state_zh,
        states.state_en,
        if(cells.place_column is null, form_columns.label_zh, form_rows.label_zh) as label_zh,
        if(cells.place_column is null, form_columns.label_en, form_rows.label_en) as label_en,
        row_number() over (
            partition by violations.document_sha256, violations.rule, violations."row", violations."column"
            order by cells.side desc, form_rows.ordinal, form_columns.ordinal
        ) as number
    from audits.violations
    inner join raw.identity_terms as cells
        on cells.rule = violations.rule
        and cells."table" = violations."table"
        and cells.place_row is not distinct from violations."row"
        and cells.place_column is not distinct from violations."column"
    inner join raw.facts
        on facts.document_sha256 = violations.document_sha256
        and facts."table" = cells."table"
        and facts."row" = cells."row"
        and facts."column" = cells."column"
        and facts.vintage = cells.vintage
    inner join (values ('blank', '空白', 'blank'), ('not_applicable', '不适用', 'not applicable'))
        as states (state, state_zh, state_en) using (state)
    left join raw.form_rows on form_rows."table" = cells."table" and form_rows."row" = cells."row"
    left join raw.form_columns on form_columns."table" = cells."table" and form_columns."column" = cells."column"
    where violations.reading = 'blank_as_zero'
),

-- A message names three of them.
blank_texts as (
    select
        document_sha256,
        rule,
        "row",
        "column",
        'blank_as_zero' as reading,
        string_agg(distinct state_zh, '或' order by state_zh desc) filter (side = 'left') as left_zh,
        string_agg(distinct state_zh, '或' order by state_zh desc) filter (side = 'right') as right_zh,
        string_agg(distinct state_en, ' or ' order by state_en) filter (side = 'left') as left_en,
        string_agg(distinct state_en, ' or ' order by state_en) filter (side = 'right') as right_en,
        concat(
            '按零计算的单元格：',
            string_agg(concat('“', label_zh, '”（', state_zh, '）'), '、' order by number) filter (number <= 3),
            if(count(*) > 3, concat('等', count(*), '格'), ''),
            '。'
        ) as named_zh,
        concat(
            ' Counted as zero: ',
            string_agg(concat(label_en, ' (', state_en, ')'), ', ' order by number) filter (number <= 3),
            if(count(*) > 3, concat(' and ', count(*) - 3, ' more'), ''),
            '.'
        ) as named_en
    from blanks
    group by document_sha256, rule, "row", "column"
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
        rtrim(rtrim(violations."left"::varchar, '0'), '.') as left_text,
        rtrim(rtrim(violations."right"::varchar, '0'), '.') as right_text,
        coalesce(rtrim(rtrim(violations.difference::varchar, '0'), '.'), '') as difference_text,
        -- a side of which nothing is printed
        coalesce(left_text, blank_texts.left_zh, '无数字') as left_zh,
        coalesce(left_text, blank_texts.left_en, 'no figure') as left_en,
        coalesce(right_text, blank_texts.right_zh, '无数字') as right_zh,
        coalesce(right_text, blank_texts.right_en, 'no figure') as right_en,
        coalesce(blank_texts.named_zh, '') as blanks_zh,
        coalesce(blank_texts.named_en, '') as blanks_en,
        -- a detail that is a rule's id stands for that rule
        coalesce(identities.label_zh, violations.detail, '') as detail_zh,
        coalesce(identities.label_en, violations.detail, '') as detail_en
    from audits.violations
    inner join raw.rules using (rule)
    left join raw.rules as identities on identities.rule = violations.detail
    left join blank_texts
        on blank_texts.document_sha256 = violations.document_sha256
        and blank_texts.rule = violations.rule
        and blank_texts."row" is not distinct from violations."row"
        and blank_texts."column" is not distinct from violations."column"
        and blank_texts.reading = violations.reading
    left join troubled_tables
        on troubled_tables.document_sha256 = violations.document_sha256
        and troubled_tables."table" = violations."table"
    left join raw.form_tables on form_tables."table" = violations."table"
    left join raw.form_rows on form_rows."table" = violations."table" and form_rows."row" = violations."row"
    left join raw.form_columns
        on form_columns."table" = violations."table" and form_columns."column" = violations."column"
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
        .replace('{left}', left_zh)
        .replace('{right}', right_zh)
        .replace('{difference}', difference_text)
        .replace('{detail}', detail_zh)
    || blanks_zh as message_zh,
    message_en
        .replace('{table}', table_en)
        .replace('{row}', row_en)
        .replace('{column}', column_en)
        .replace('{left}', left_en)
        .replace('{right}', right_en)
        .replace('{difference}', difference_text)
        .replace('{detail}', detail_en)
    || blanks_en as message_en
from told
