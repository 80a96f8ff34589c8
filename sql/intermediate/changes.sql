-- grain: document_sha256, other_sha256
-- How many figures of a document differ from those of another of its report: of the versions of an address, and of
-- what events put in the place of one another. No row where none differs.
with pairs as (
    select document_sha256, before_it as other_sha256
    from intermediate.versions
    union
    select document_sha256, standing
    from intermediate.versions
    union
    select document_sha256, previous_document_sha256
    from intermediate.report_events
)

select pairs.document_sha256, other_sha256, count(*) as cells
from pairs
inner join intermediate.compared_figures as mine using (document_sha256)
inner join intermediate.compared_figures as theirs
    on theirs.document_sha256 = other_sha256
    and theirs."table" = mine."table"
    and theirs."row" = mine."row"
    and theirs."column" = mine."column"
where pairs.document_sha256 <> other_sha256 and mine.figure <> theirs.figure and coalesce(mine.unit = theirs.unit, true)
group by all
