-- grain: document_sha256, rule, column
-- Both sides of the rules whose operands are rows, for each column of the form. A row is an operand where
-- the form of its own vintage says so, and a side is complete when it has as many operands as the least of
-- the vintages that the table shows asks for. A blank adds nothing to its side.
-- all_reported: may be judged strictly; none_lost: may be judged with blanks as zero.
with terms as (
    select *, count(*) over (partition by rule, vintage, side) as side_size
    from raw.identity_terms
    where "table" = 'requests' and for_each = 'column'
),

operands as (
    select requests.*, rule, side, side_size
    from staging.requests
    inner join terms on terms.vintage = requests.vintage and terms.operand = requests.disposition
),

sides as (
    select
        document_sha256,
        rule,
        coalesce(count(*) filter (side = 'left') >= min(side_size) filter (side = 'left'), false)
        and coalesce(count(*) filter (side = 'right') >= min(side_size) filter (side = 'right'), false)
            as is_complete,
        coalesce(sum(natural_person) filter (side = 'left'), 0) as natural_person_left,
        coalesce(sum(natural_person) filter (side = 'right'), 0) as natural_person_right,
        bool_and(natural_person_state = 'reported') as natural_person_all_reported,
        bool_and(natural_person_state not in ('unreadable', 'absent')) as natural_person_none_lost,
        coalesce(sum(commercial_enterprise) filter (side = 'left'), 0) as commercial_enterprise_left,
        coalesce(sum(commercial_enterprise) filter (side = 'right'), 0) as commercial_enterprise_right,
        bool_and(commercial_enterprise_state = 'reported') as commercial_enterprise_all_reported,
        bool_and(commercial_enterprise_state not in ('unreadable', 'absent')) as commercial_enterprise_none_lost,
        coalesce(sum(research_institution) filter (side = 'left'), 0) as research_institution_left,
        coalesce(sum(research_institution) filter (side = 'right'), 0) as research_institution_right,
        bool_and(research_institution_state = 'reported') as research_institution_all_reported,
        bool_and(research_institution_state not in ('unreadable', 'absent')) as research_institution_none_lost,
        coalesce(sum(public_welfare_organization) filter (side = 'left'), 0) as public_welfare_organization_left,
        coalesce(sum(public_welfare_organization) filter (side = 'right'), 0) as public_welfare_organization_right,
        bool_and(public_welfare_organization_state = 'reported') as public_welfare_organization_all_reported,
        bool_and(public_welfare_organization_state not in ('unreadable', 'absent')) as public_welfare_organization_none_lost,
        coalesce(sum(legal_service_organization) filter (side = 'left'), 0) as legal_service_organization_left,
        coalesce(sum(legal_service_organization) filter (side = 'right'), 0) as legal_service_organization_right,
        bool_and(legal_service_organization_state = 'reported') as legal_service_organization_all_reported,
        bool_and(legal_service_organization_state not in ('unreadable', 'absent')) as legal_service_organization_none_lost,
        coalesce(sum(other_organization) filter (side = 'left'), 0) as other_organization_left,
        coalesce(sum(other_organization) filter (side = 'right'), 0) as other_organization_right,
        bool_and(other_organization_state = 'reported') as other_organization_all_reported,
        bool_and(other_organization_state not in ('unreadable', 'absent')) as other_organization_none_lost,
        coalesce(sum(total) filter (side = 'left'), 0) as total_left,
        coalesce(sum(total) filter (side = 'right'), 0) as total_right,
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
    all_reported and is_complete as all_reported,
    none_lost and is_complete as none_lost
from (
    unpivot sides on
        (natural_person_left, natural_person_right, natural_person_all_reported, natural_person_none_lost)
            as natural_person,
        (commercial_enterprise_left, commercial_enterprise_right, commercial_enterprise_all_reported, commercial_enterprise_none_lost)
            as commercial_enterprise,
        (research_institution_left, research_institution_right, research_institution_all_reported, research_institution_none_lost)
            as research_institution,
        (public_welfare_organization_left, public_welfare_organization_right, public_welfare_organization_all_reported, public_welfare_organization_none_lost)
            as public_welfare_organization,
        (legal_service_organization_left, legal_service_organization_right, legal_service_organization_all_reported, legal_service_organization_none_lost)
            as legal_service_organization,
        (other_organization_left, other_organization_right, other_organization_all_reported, other_organization_none_lost)
            as other_organization,
        (total_left, total_right, total_all_reported, total_none_lost)
            as total
    into name "column" value "left", "right", all_reported, none_lost
)
