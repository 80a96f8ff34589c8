-- grain: document_sha256, rule, row
-- Both sides of the rules whose operands are columns, for each row of the form: the sums of what is printed, NULL where
-- nothing is. In the difference a blank adds nothing.
-- all_reported: may be evaluated strictly; none_lost: may be evaluated with blanks as zero. blank_total: the column of
-- totals, where no row has a figure in it and this row's sides differ; a rule without totals has no total_state.
with sides as (
    select
        document_sha256,
        'applicants_sum_to_total' as rule,
        disposition as "row",
        list_sum([
            natural_person,
            commercial_enterprise,
            research_institution,
            public_welfare_organization,
            legal_service_organization,
            other_organization
        ]) as "left",
        total as "right",
        [
            natural_person_state,
            commercial_enterprise_state,
            research_institution_state,
            public_welfare_organization_state,
            legal_service_organization_state,
            other_organization_state,
            total_state
        ] as states,
        total_state
    from staging.requests
    union all by name
    select
        document_sha256,
        'outcomes_sum_to_total' as rule,
        channel as "row",
        list_sum([upheld, corrected, other_result, pending]) as "left",
        total as "right",
        [
            upheld_state,
            corrected_state,
            other_result_state,
            pending_state,
            total_state
        ] as states,
        total_state
    from staging.reviews
),

without_totals as (
    select document_sha256, rule, 'total' as blank_column
    from sides
    group by document_sha256, rule
    having not bool_or(total_state in ('reported', 'unreadable'))
)

select
    document_sha256,
    rule,
    "row",
    "left",
    "right",
    coalesce("left", 0) - coalesce("right", 0) as difference,
    not list_has_any(states, ['blank', 'not_applicable', 'unreadable', 'absent']) as all_reported,
    not list_has_any(states, ['unreadable', 'absent']) as none_lost,
    if(difference <> 0, blank_column, null) as blank_total
from sides
left join without_totals using (document_sha256, rule)
