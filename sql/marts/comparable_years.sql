-- grain: agency_id, report_year, measure
-- The measures of the panel one below the other, each with whether its years may be compared across vintages.
-- Not comparable is what only one form asks for: disclosed_total (2019) is not in_force (2021), made is not
-- issued, and fees are items in one and an amount in the other. Of the indicators of 2014 and before only
-- requests received, replies and reviews mean the same, at total level.
with bridged (indicator, measure) as (
    values
        ('requests_received', 'requests_received'),
        ('replies_total', 'requests_total_processed'),
        ('reconsiderations', 'reviews_reconsideration_total'),
        ('litigations', 'reviews_litigation_total')
),

panel as (
    select
        agency_id,
        report_year,
        measure,
        value,
        case
            when starts_with(measure, 'requests_') then requests_vintage
            when starts_with(measure, 'reviews_') then reviews_vintage
            else proactive_disclosure_vintage
        end as vintage,
        measure not in (
            'requests_otherwise_processed_correction_overdue',
            'requests_otherwise_processed_fee_overdue',
            'requests_otherwise_processed_other',
            'regulations_made',
            'regulations_newly_disclosed',
            'regulations_disclosed_total',
            'regulations_issued',
            'regulations_repealed',
            'regulations_in_force',
            'normative_documents_made',
            'normative_documents_newly_disclosed',
            'normative_documents_disclosed_total',
            'normative_documents_issued',
            'normative_documents_repealed',
            'normative_documents_in_force',
            'licensing_prior_year_items',
            'licensing_change',
            'other_services_prior_year_items',
            'other_services_change',
            'other_services_decisions',
            'penalties_prior_year_items',
            'penalties_change',
            'coercion_prior_year_items',
            'coercion_change',
            'fees_prior_year_items',
            'fees_change',
            'fee_amount_yuan',
            'procurement_items',
            'procurement_amount_yuan'
        ) as comparable
    from (
        unpivot (
            select
                agency_id,
                report_year,
                proactive_disclosure_vintage,
                requests_vintage,
                reviews_vintage,
                columns(
                    lambda name: regexp_matches(
                        name,
                        '^(requests|reviews|regulations|normative_documents|licensing|other_services|penalties|coercion|fees?|procurement)_'
                    ) and not regexp_matches(name, '_(basis|vintage)$')
                )::decimal(28, 8)
            from marts.agency_years
        ) on columns(
            * exclude (agency_id, report_year, proactive_disclosure_vintage, requests_vintage, reviews_vintage)
        )
        into name measure value value
    )
)

select * from panel
union all by name
select
    agency_id,
    report_year,
    measure,
    current as value,
    vintage,
    true as comparable
from marts.fct_indicators
inner join bridged using (indicator)
anti join panel using (agency_id, report_year, measure)
where current is not null
