-- grain: agency_id, report_year, disposition
-- A printed figure that is no whole number is NULL here with state unreadable: it stays as printed in the
-- evidence and has a counts_are_whole finding.
-- resolved_total: the printed total; where that is blank, the sum of the reported applicant cells, if none is lost.
with summed as (
    select
        agency_id,
        report_year,
        requests.*,
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
    from staging.requests
    inner join intermediate.winners using (document_sha256)
)

select
    * exclude (sum_of_cells),
    coalesce(total, sum_of_cells) as resolved_total,
    case when total is not null then 'printed' when sum_of_cells is not null then 'summed' end as resolved_basis
from summed
