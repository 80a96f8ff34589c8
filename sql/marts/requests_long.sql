-- grain: agency_id, report_year, disposition, applicant
select agency_id, report_year, disposition, applicant, value, state, vintage, document_sha256
from marts.fct_requests
unpivot include nulls (
    (value, state) for applicant in (
        (natural_person, natural_person_state) as 'natural_person',
        (commercial_enterprise, commercial_enterprise_state) as 'commercial_enterprise',
        (research_institution, research_institution_state) as 'research_institution',
        (public_welfare_organization, public_welfare_organization_state) as 'public_welfare_organization',
        (legal_service_organization, legal_service_organization_state) as 'legal_service_organization',
        (other_organization, other_organization_state) as 'other_organization',
        (total, total_state) as 'total'
    )
)
