-- grain: agency_id, report_year, disposition
-- A printed figure that is no whole number is NULL here with state unreadable: it stays as printed in the
-- evidence and has a counts_are_whole finding.
-- resolved_total: the printed total; where that is blank, the sum of the reported applicant cells, if none is lost.
with counted as (
    select
        agency_id,
        report_year,
        disposition,
        if(printed.natural_person = trunc(printed.natural_person), printed.natural_person::bigint, null) as natural_person,
        if(printed.commercial_enterprise = trunc(printed.commercial_enterprise), printed.commercial_enterprise::bigint, null) as commercial_enterprise,
        if(printed.research_institution = trunc(printed.research_institution), printed.research_institution::bigint, null) as research_institution,
        if(printed.public_welfare_organization = trunc(printed.public_welfare_organization), printed.public_welfare_organization::bigint, null) as public_welfare_organization,
        if(printed.legal_service_organization = trunc(printed.legal_service_organization), printed.legal_service_organization::bigint, null) as legal_service_organization,
        if(printed.other_organization = trunc(printed.other_organization), printed.other_organization::bigint, null) as other_organization,
        if(printed.total = trunc(printed.total), printed.total::bigint, null) as total,
        if(printed.natural_person <> trunc(printed.natural_person), 'unreadable', natural_person_state) as natural_person_state,
        if(printed.commercial_enterprise <> trunc(printed.commercial_enterprise), 'unreadable', commercial_enterprise_state) as commercial_enterprise_state,
        if(printed.research_institution <> trunc(printed.research_institution), 'unreadable', research_institution_state) as research_institution_state,
        if(printed.public_welfare_organization <> trunc(printed.public_welfare_organization), 'unreadable', public_welfare_organization_state) as public_welfare_organization_state,
        if(printed.legal_service_organization <> trunc(printed.legal_service_organization), 'unreadable', legal_service_organization_state) as legal_service_organization_state,
        if(printed.other_organization <> trunc(printed.other_organization), 'unreadable', other_organization_state) as other_organization_state,
        if(printed.total <> trunc(printed.total), 'unreadable', total_state) as total_state,
        vintage,
        document_sha256
    from staging.requests as printed
    inner join intermediate.winners using (document_sha256)
),

summed as (
    select
        *,
        case
            when total_state in ('blank', 'not_applicable') and not list_has_any(
                [
                    natural_person_state,
                    commercial_enterprise_state,
                    research_institution_state,
                    public_welfare_organization_state,
                    legal_service_organization_state,
                    other_organization_state
                ],
                ['unreadable', 'absent']
            )
                then list_sum([
                    natural_person,
                    commercial_enterprise,
                    research_institution,
                    public_welfare_organization,
                    legal_service_organization,
                    other_organization
                ])::bigint
        end as sum_of_cells
    from counted
)

select
    * exclude (sum_of_cells),
    coalesce(total, sum_of_cells) as resolved_total,
    case when total is not null then 'printed' when sum_of_cells is not null then 'summed' end as resolved_basis
from summed
