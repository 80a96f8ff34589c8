-- grain: agency_id, report_year
-- The panel: one row a report that speaks for its agency-year, every total and derived rate beside it.
-- A group is the sum of its rows' resolved totals; rows that are blank throughout add nothing, and where a row
-- is lost (a cell unreadable or absent, and no printed total) the group is NULL.
with rows_of_requests as (
    select
        agency_id,
        report_year,
        disposition,
        resolved_total,
        resolved_basis,
        coalesce(parent, disposition) as heading,
        resolved_total is null and list_has_any(
            [
                natural_person_state,
                commercial_enterprise_state,
                research_institution_state,
                public_welfare_organization_state,
                legal_service_organization_state,
                other_organization_state,
                total_state
            ],
            ['unreadable', 'absent']
        ) as is_lost
    from marts.fct_requests
    inner join marts.dim_disposition using (disposition)
),

requests_groups as (
    select
        agency_id,
        report_year,
        heading,
        if(bool_or(is_lost), null, sum(resolved_total)::bigint) as resolved_total
    from rows_of_requests
    group by agency_id, report_year, heading
),

requests_of_groups as (
    select
        agency_id,
        report_year,
        max(resolved_total) filter (heading = 'refused') as requests_refused,
        max(resolved_total) filter (heading = 'unable') as requests_unable,
        max(resolved_total) filter (heading = 'not_processed') as requests_not_processed,
        max(resolved_total) filter (heading = 'otherwise_processed') as requests_otherwise_processed
    from requests_groups
    group by agency_id, report_year
),

requests_of_rows as (
    select
        agency_id,
        report_year,
        max(resolved_total) filter (disposition = 'received') as requests_received,
        max(resolved_basis) filter (disposition = 'received') as requests_received_basis,
        max(resolved_total) filter (disposition = 'brought_forward') as requests_brought_forward,
        max(resolved_basis) filter (disposition = 'brought_forward') as requests_brought_forward_basis,
        max(resolved_total) filter (disposition = 'granted') as requests_granted,
        max(resolved_total) filter (disposition = 'partly_granted') as requests_partly_granted,
        max(resolved_total) filter (disposition = 'refused.state_secret') as requests_refused_state_secret,
        max(resolved_total) filter (disposition = 'refused.prohibited_by_law') as requests_refused_prohibited_by_law,
        max(resolved_total) filter (disposition = 'refused.security_and_stability') as requests_refused_security_and_stability,
        max(resolved_total) filter (disposition = 'refused.third_party_rights') as requests_refused_third_party_rights,
        max(resolved_total) filter (disposition = 'refused.internal_affairs') as requests_refused_internal_affairs,
        max(resolved_total) filter (disposition = 'refused.process_information') as requests_refused_process_information,
        max(resolved_total) filter (disposition = 'refused.enforcement_file') as requests_refused_enforcement_file,
        max(resolved_total) filter (disposition = 'refused.administrative_query') as requests_refused_administrative_query,
        max(resolved_total) filter (disposition = 'unable.not_held') as requests_unable_not_held,
        max(resolved_total) filter (disposition = 'unable.needs_creation') as requests_unable_needs_creation,
        max(resolved_total) filter (disposition = 'unable.still_unclear') as requests_unable_still_unclear,
        max(resolved_total) filter (disposition = 'not_processed.petition') as requests_not_processed_petition,
        max(resolved_total) filter (disposition = 'not_processed.repeated') as requests_not_processed_repeated,
        max(resolved_total) filter (disposition = 'not_processed.published_material') as requests_not_processed_published_material,
        max(resolved_total) filter (disposition = 'not_processed.excessive') as requests_not_processed_excessive,
        max(resolved_total) filter (disposition = 'not_processed.confirm_or_reissue') as requests_not_processed_confirm_or_reissue,
        max(resolved_total) filter (disposition = 'otherwise_processed.correction_overdue') as requests_otherwise_processed_correction_overdue,
        max(resolved_total) filter (disposition = 'otherwise_processed.fee_overdue') as requests_otherwise_processed_fee_overdue,
        max(resolved_total) filter (disposition = 'otherwise_processed.other') as requests_otherwise_processed_other,
        max(resolved_total) filter (disposition = 'total_processed') as requests_total_processed,
        max(resolved_basis) filter (disposition = 'total_processed') as requests_total_processed_basis,
        max(resolved_total) filter (disposition = 'carried_forward') as requests_carried_forward,
        max(resolved_basis) filter (disposition = 'carried_forward') as requests_carried_forward_basis
    from rows_of_requests
    group by agency_id, report_year
),

reviews as (
    select
        agency_id,
        report_year,
        max(upheld) filter (channel = 'reconsideration') as reviews_reconsideration_upheld,
        max(corrected) filter (channel = 'reconsideration') as reviews_reconsideration_corrected,
        max(other_result) filter (channel = 'reconsideration') as reviews_reconsideration_other_result,
        max(pending) filter (channel = 'reconsideration') as reviews_reconsideration_pending,
        max(resolved_total) filter (channel = 'reconsideration') as reviews_reconsideration_total,
        max(resolved_basis) filter (channel = 'reconsideration') as reviews_reconsideration_total_basis,
        max(upheld) filter (channel = 'litigation_direct') as reviews_litigation_direct_upheld,
        max(corrected) filter (channel = 'litigation_direct') as reviews_litigation_direct_corrected,
        max(other_result) filter (channel = 'litigation_direct') as reviews_litigation_direct_other_result,
        max(pending) filter (channel = 'litigation_direct') as reviews_litigation_direct_pending,
        max(resolved_total) filter (channel = 'litigation_direct') as reviews_litigation_direct_total,
        max(resolved_basis) filter (channel = 'litigation_direct') as reviews_litigation_direct_total_basis,
        max(upheld) filter (channel = 'litigation_after_reconsideration') as reviews_litigation_after_reconsideration_upheld,
        max(corrected) filter (channel = 'litigation_after_reconsideration') as reviews_litigation_after_reconsideration_corrected,
        max(other_result) filter (channel = 'litigation_after_reconsideration') as reviews_litigation_after_reconsideration_other_result,
        max(pending) filter (channel = 'litigation_after_reconsideration') as reviews_litigation_after_reconsideration_pending,
        max(resolved_total) filter (channel = 'litigation_after_reconsideration') as reviews_litigation_after_reconsideration_total,
        max(resolved_basis) filter (channel = 'litigation_after_reconsideration') as reviews_litigation_after_reconsideration_total_basis
    from marts.fct_reviews
    group by agency_id, report_year
),

disclosed as (
    select
        *,
        if(value = trunc(value), value::bigint, null) as whole
    from marts.fct_proactive_disclosure
),

disclosure as (
    select
        agency_id,
        report_year,
        max(whole) filter (item = 'regulations' and measure = 'made') as regulations_made,
        max(whole) filter (item = 'regulations' and measure = 'newly_disclosed') as regulations_newly_disclosed,
        max(whole) filter (item = 'regulations' and measure = 'disclosed_total') as regulations_disclosed_total,
        max(whole) filter (item = 'regulations' and measure = 'issued') as regulations_issued,
        max(whole) filter (item = 'regulations' and measure = 'repealed') as regulations_repealed,
        max(whole) filter (item = 'regulations' and measure = 'in_force') as regulations_in_force,
        max(whole) filter (item = 'normative_documents' and measure = 'made') as normative_documents_made,
        max(whole) filter (item = 'normative_documents' and measure = 'newly_disclosed') as normative_documents_newly_disclosed,
        max(whole) filter (item = 'normative_documents' and measure = 'disclosed_total') as normative_documents_disclosed_total,
        max(whole) filter (item = 'normative_documents' and measure = 'issued') as normative_documents_issued,
        max(whole) filter (item = 'normative_documents' and measure = 'repealed') as normative_documents_repealed,
        max(whole) filter (item = 'normative_documents' and measure = 'in_force') as normative_documents_in_force,
        max(whole) filter (item = 'administrative_licensing' and measure = 'prior_year_items') as licensing_prior_year_items,
        max(whole) filter (item = 'administrative_licensing' and measure = 'change') as licensing_change,
        max(whole) filter (item = 'administrative_licensing' and measure = 'decisions') as licensing_decisions,
        max(whole) filter (item = 'other_public_services' and measure = 'prior_year_items') as other_services_prior_year_items,
        max(whole) filter (item = 'other_public_services' and measure = 'change') as other_services_change,
        max(whole) filter (item = 'other_public_services' and measure = 'decisions') as other_services_decisions,
        max(whole) filter (item = 'administrative_penalties' and measure = 'prior_year_items') as penalties_prior_year_items,
        max(whole) filter (item = 'administrative_penalties' and measure = 'change') as penalties_change,
        max(whole) filter (item = 'administrative_penalties' and measure = 'decisions') as penalties_decisions,
        max(whole) filter (item = 'administrative_coercion' and measure = 'prior_year_items') as coercion_prior_year_items,
        max(whole) filter (item = 'administrative_coercion' and measure = 'change') as coercion_change,
        max(whole) filter (item = 'administrative_coercion' and measure = 'decisions') as coercion_decisions,
        max(whole) filter (item = 'administrative_fees' and measure = 'prior_year_items') as fees_prior_year_items,
        max(whole) filter (item = 'administrative_fees' and measure = 'change') as fees_change,
        max(value_yuan) filter (item = 'administrative_fees' and measure = 'fee_amount') as fee_amount_yuan,
        max(whole) filter (item = 'centralized_procurement' and measure = 'procurement_items') as procurement_items,
        max(value_yuan) filter (item = 'centralized_procurement' and measure = 'procurement_amount') as procurement_amount_yuan
    from disclosed
    group by agency_id, report_year
)

select
    agency_id,
    report_year,
    agency_name,
    region_code,
    province,
    city,
    county,
    admin_level,
    function,
    is_government,
    title,
    published_on,
    source_url,
    document_sha256,
    proactive_disclosure_vintage,
    requests_vintage,
    reviews_vintage,
    requests_received,
    requests_received_basis,
    requests_brought_forward,
    requests_brought_forward_basis,
    requests_granted,
    requests_partly_granted,
    requests_refused,
    requests_refused_state_secret,
    requests_refused_prohibited_by_law,
    requests_refused_security_and_stability,
    requests_refused_third_party_rights,
    requests_refused_internal_affairs,
    requests_refused_process_information,
    requests_refused_enforcement_file,
    requests_refused_administrative_query,
    requests_unable,
    requests_unable_not_held,
    requests_unable_needs_creation,
    requests_unable_still_unclear,
    requests_not_processed,
    requests_not_processed_petition,
    requests_not_processed_repeated,
    requests_not_processed_published_material,
    requests_not_processed_excessive,
    requests_not_processed_confirm_or_reissue,
    requests_otherwise_processed,
    requests_otherwise_processed_correction_overdue,
    requests_otherwise_processed_fee_overdue,
    requests_otherwise_processed_other,
    requests_total_processed,
    requests_total_processed_basis,
    requests_carried_forward,
    requests_carried_forward_basis,
    reviews_reconsideration_upheld,
    reviews_reconsideration_corrected,
    reviews_reconsideration_other_result,
    reviews_reconsideration_pending,
    reviews_reconsideration_total,
    reviews_reconsideration_total_basis,
    reviews_litigation_direct_upheld,
    reviews_litigation_direct_corrected,
    reviews_litigation_direct_other_result,
    reviews_litigation_direct_pending,
    reviews_litigation_direct_total,
    reviews_litigation_direct_total_basis,
    reviews_litigation_after_reconsideration_upheld,
    reviews_litigation_after_reconsideration_corrected,
    reviews_litigation_after_reconsideration_other_result,
    reviews_litigation_after_reconsideration_pending,
    reviews_litigation_after_reconsideration_total,
    reviews_litigation_after_reconsideration_total_basis,
    reviews_litigation_direct_total + reviews_litigation_after_reconsideration_total as reviews_litigation_total,
    regulations_made,
    regulations_newly_disclosed,
    regulations_disclosed_total,
    regulations_issued,
    regulations_repealed,
    regulations_in_force,
    normative_documents_made,
    normative_documents_newly_disclosed,
    normative_documents_disclosed_total,
    normative_documents_issued,
    normative_documents_repealed,
    normative_documents_in_force,
    licensing_prior_year_items,
    licensing_change,
    licensing_decisions,
    other_services_prior_year_items,
    other_services_change,
    other_services_decisions,
    penalties_prior_year_items,
    penalties_change,
    penalties_decisions,
    coercion_prior_year_items,
    coercion_change,
    coercion_decisions,
    fees_prior_year_items,
    fees_change,
    fee_amount_yuan,
    procurement_items,
    procurement_amount_yuan,
    (requests_granted + requests_partly_granted) / nullif(requests_total_processed, 0) as grant_rate,
    requests_refused / nullif(requests_total_processed, 0) as refusal_rate,
    requests_unable / nullif(requests_total_processed, 0) as unable_rate,
    requests_not_processed / nullif(requests_total_processed, 0) as not_processed_rate,
    requests_carried_forward / nullif(requests_received + requests_brought_forward, 0) as carried_forward_rate,
    reviews_reconsideration_corrected
        / nullif(
            reviews_reconsideration_upheld
            + reviews_reconsideration_corrected
            + reviews_reconsideration_other_result,
            0
        ) as reconsideration_correction_rate,
    (reviews_litigation_direct_corrected + reviews_litigation_after_reconsideration_corrected)
        / nullif(
            reviews_litigation_direct_upheld
            + reviews_litigation_direct_corrected
            + reviews_litigation_direct_other_result
            + reviews_litigation_after_reconsideration_upheld
            + reviews_litigation_after_reconsideration_corrected
            + reviews_litigation_after_reconsideration_other_result,
            0
        ) as litigation_correction_rate,
    findings_error,
    findings_warning,
    findings_hint
from marts.dim_report
inner join marts.dim_agency using (agency_id)
left join requests_of_groups using (agency_id, report_year)
left join requests_of_rows using (agency_id, report_year)
left join reviews using (agency_id, report_year)
left join disclosure using (agency_id, report_year)
