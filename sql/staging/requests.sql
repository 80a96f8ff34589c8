-- grain: document_sha256, disposition
-- One row of the form a row, as printed. A cell that has no fact at all is absent.
select
    document_sha256,
    "row" as disposition,
    max(vintage) as vintage,
    max(value) filter ("column" = 'natural_person') as natural_person,
    max(value) filter ("column" = 'commercial_enterprise') as commercial_enterprise,
    max(value) filter ("column" = 'research_institution') as research_institution,
    max(value) filter ("column" = 'public_welfare_organization') as public_welfare_organization,
    max(value) filter ("column" = 'legal_service_organization') as legal_service_organization,
    max(value) filter ("column" = 'other_organization') as other_organization,
    max(value) filter ("column" = 'total') as total,
    coalesce(max(state) filter ("column" = 'natural_person'), 'absent') as natural_person_state,
    coalesce(max(state) filter ("column" = 'commercial_enterprise'), 'absent') as commercial_enterprise_state,
    coalesce(max(state) filter ("column" = 'research_institution'), 'absent') as research_institution_state,
    coalesce(max(state) filter ("column" = 'public_welfare_organization'), 'absent') as public_welfare_organization_state,
    coalesce(max(state) filter ("column" = 'legal_service_organization'), 'absent') as legal_service_organization_state,
    coalesce(max(state) filter ("column" = 'other_organization'), 'absent') as other_organization_state,
    coalesce(max(state) filter ("column" = 'total'), 'absent') as total_state
from raw.facts
where "table" = 'requests'
group by document_sha256, "row"
