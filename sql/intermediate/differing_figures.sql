-- grain: document_sha256, table, row, column
-- Figures of a document that the preferred document of its agency and year prints otherwise; NULL where one prints
-- none.
select
    others.document_sha256,
    winners.document_sha256 as winner_sha256,
    theirs."table",
    theirs."row",
    theirs."column",
    if(mine.unit is null, null, mine.figure) as winner_figure,
    if(theirs.unit is null, null, theirs.figure) as figure
from intermediate.ranked_reports as others
inner join intermediate.winners using (agency_id, report_year)
inner join intermediate.compared_figures as theirs on theirs.document_sha256 = others.document_sha256
inner join intermediate.compared_figures as mine
    on mine.document_sha256 = winners.document_sha256
    and mine."table" = theirs."table"
    and mine."row" = theirs."row"
    and mine."column" = theirs."column"
where place > 1 and mine.figure <> theirs.figure and coalesce(mine.unit = theirs.unit, true)
