-- grain: document_sha256, rule, row
-- Both sides of the rules whose operands are columns, for each row of the form. A blank adds nothing to its side.
-- all_reported: may be judged strictly; none_lost: may be judged with blanks as zero.
with sides as (
    select
        document_sha256,
        'applicants_sum_to_total' as rule,
        disposition as "row",
        coalesce(natural_person, 0)
        + coalesce(commercial_enterprise, 0)
        + coalesce(research_institution, 0)
        + coalesce(public_welfare_organization, 0)
        + coalesce(legal_service_organization, 0)
        + coalesce(other_organization, 0) as "left",
        coalesce(total, 0) as "right",
        [
            natural_person_state,
            commercial_enterprise_state,
            research_institution_state,
            public_welfare_organization_state,
            legal_service_organization_state,
            other_organization_state,
            total_state
        ] as states
    from staging.requests
    union all by name
    select
        document_sha256,
        'outcomes_sum_to_total' as rule,
        channel as "row",
        coalesce(upheld, 0)
        + coalesce(corrected, 0)
        + coalesce(other_result, 0)
        + coalesce(pending, 0) as "left",
        coalesce(total, 0) as "right",
        [
            upheld_state,
            corrected_state,
            other_result_state,
            pending_state,
            total_state
        ] as states
    from staging.reviews
)

select
    * exclude (states),
    not list_has_any(states, ['blank', 'not_applicable', 'unreadable', 'absent']) as all_reported,
    not list_has_any(states, ['unreadable', 'absent']) as none_lost
from sides
