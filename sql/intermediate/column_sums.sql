-- grain: document_sha256, rule, column
-- Both sides of the rules whose operands are rows, for each column of the form: the sums of what is printed, NULL where
-- nothing is. In the difference a blank adds nothing. A row is an operand where the form of its own vintage says so,
-- and a side is complete when it has as many operands as the least of the vintages that the table shows asks for.
-- all_reported: may be evaluated strictly; none_lost: may be evaluated with blanks as zero. blank_total: the row of
-- totals, where it has no figure in any column and the sides of this column differ.
with terms as (
    select *, count(*) over (partition by rule, vintage, side) as side_size
    from raw.identity_terms
    where "table" = 'requests' and for_each = 'column'
),

-- the one row to which several sum
totals as (
    select distinct totals.vintage, totals.operand
    from terms as totals
    inner join terms as parts using (rule, vintage)
    where totals.side = 'right' and totals.side_size = 1 and parts.side = 'left' and parts.side_size > 1
),

operands as (
    select
        requests.*,
        rule,
        side,
        side_size,
        totals.operand is not null
        and not list_has_any(
            [
                natural_person_state,
                commercial_enterprise_state,
                research_institution_state,
                public_welfare_organization_state,
                legal_service_organization_state,
                other_organization_state,
                total_state
            ],
            ['reported', 'unreadable']
        ) as is_blank_total
    from staging.requests
    inner join terms on terms.vintage = requests.vintage and terms.operand = requests.disposition
    left join totals on totals.vintage = requests.vintage and totals.operand = requests.disposition
),

sides as (
    select
        document_sha256,
        rule,
        coalesce(count(*) filter (side = 'left') >= min(side_size) filter (side = 'left'), false)
        and coalesce(count(*) filter (side = 'right') >= min(side_size) filter (side = 'right'), false)
            as is_complete,
        any_value(disposition) filter (is_blank_total) as blank_row,
        sum(natural_person) filter (side = 'left') as natural_person_left,
        sum(natural_person) filter (side = 'right') as natural_person_right,
        bool_and(natural_person_state = 'reported') as natural_person_all_reported,
        bool_and(natural_person_state not in ('unreadable', 'absent')) as natural_person_none_lost,
        sum(commercial_enterprise) filter (side = 'left') as commercial_enterprise_left,
        sum(commercial_enterprise) filter (side = 'right') as commercial_enterprise_right,
        bool_and(commercial_enterprise_state = 'reported') as commercial_enterprise_all_reported,
        bool_and(commercial_enterprise_state not in ('unreadable', 'absent')) as commercial_enterprise_none_lost,
        sum(research_institution) filter (side = 'left') as research_institution_left,
        sum(research_institution) filter (side = 'right') as research_institution_right,
        bool_and(research_institution_state = 'reported') as research_institution_all_reported,
        bool_and(research_institution_state not in ('unreadable', 'absent')) as research_institution_none_lost,
        sum(public_welfare_organization) filter (side = 'left') as public_welfare_organization_left,
        sum(public_welfare_organization) filter (side = 'right') as public_welfare_organization_right,
        bool_and(public_welfare_organization_state = 'reported') as public_welfare_organization_all_reported,
        bool_and(public_welfare_organization_state not in ('unreadable', 'absent')) as public_welfare_organization_none_lost,
        sum(legal_service_organization) filter (side = 'left') as legal_service_organization_left,
        sum(legal_service_organization) filter (side = 'right') as legal_service_organization_right,
        bool_and(legal_service_organization_state = 'reported') as legal_service_organization_all_reported,
        bool_and(legal_service_organization_state not in ('unreadable', 'absent')) as legal_service_organization_none_lost,
        sum(other_organization) filter (side = 'left') as other_organization_left,
        sum(other_organization) filter (side = 'right') as other_organization_right,
        bool_and(other_organization_state = 'reported') as other_organization_all_reported,
        bool_and(other_organization_state not in ('unreadable', 'absent')) as other_organization_none_lost,
        sum(total) filter (side = 'left') as total_left,
        sum(total) filter (side = 'right') as total_right,
        bool_and(total_state = 'reported') as total_all_reported,
        bool_and(total_state not in ('unreadable', 'absent')) as total_none_lost
    from operands
    group by document_sha256, rule
)

select
    document_sha256,
    rule,
    "column",
    "left",
    "right",
    coalesce("left", 0) - coalesce("right", 0) as difference,
    all_reported and is_complete as all_reported,
    none_lost and is_complete as none_lost,
    if(difference <> 0, blank_row, null) as blank_total
from sides
unpivot include nulls (
    ("left", "right", all_reported, none_lost) for "column" in (
        (natural_person_left, natural_person_right, natural_person_all_reported, natural_person_none_lost) as natural_person,
        (commercial_enterprise_left, commercial_enterprise_right, commercial_enterprise_all_reported, commercial_enterprise_none_lost) as commercial_enterprise,
        (research_institution_left, research_institution_right, research_institution_all_reported, research_institution_none_lost) as research_institution,
        (public_welfare_organization_left, public_welfare_organization_right, public_welfare_organization_all_reported, public_welfare_organization_none_lost) as public_welfare_organization,
        (legal_service_organization_left, legal_service_organization_right, legal_service_organization_all_reported, legal_service_organization_none_lost) as legal_service_organization,
        (other_organization_left, other_organization_right, other_organization_all_reported, other_organization_none_lost) as other_organization,
        (total_left, total_right, total_all_reported, total_none_lost) as total
    )
)
