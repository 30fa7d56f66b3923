"""The demo's rights: a role of the firm's own, a team that works for one client with it, and a space for finance."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from muniment.core import clock
from muniment.core.actor import Actor
from muniment.core.unit import acting_as
from muniment.operations.demo import papers
from muniment.operations.demo.people import DOMAIN
from muniment.portal.documents import actions as documents
from muniment.portal.documents import queries
from muniment.trust.access import actions as access
from muniment.trust.access import queries as granted
from muniment.trust.clients import queries as clients
from muniment.trust.identity import queries as identity

ADA, PRIYA = f"ada@{DOMAIN}", f"priya@{DOMAIN}"
ROLE, COPIED_FROM, LOOKING = "Payroll clerk", "engineer", "client:look"
TEAM, TEAM_OF = "Payroll team", (papers.JONAS, PRIYA)
SERVED, WHY, DAYS = "Lumen Dental Practice", "Monthly payroll and payslips", 365
KEPT_APART = "Okoye Holdings Ltd"


@dataclass(frozen=True)
class Laid:
    """What was made: the team, and the space with the folder that has something in it."""

    group_id: UUID
    space_id: UUID


def lay() -> Laid | None:
    """Make role, team and space unless they are there. They are made by people who may, as on the pages."""
    firm = papers.at_work(clients.firm_id(), ADA)
    with acting_as(firm):
        if any(group.name == TEAM for group in granted.list_groups(firm)):
            return None
    spaces = {company.name: company.id for company in identity.companies(clients.client_ids()).values()}
    return Laid(_lay_team(firm, spaces[SERVED]), _lay_finance(papers.at_work(spaces[KEPT_APART], papers.BEN)))


def _lay_team(firm: Actor, client_id: UUID) -> UUID:
    """Copy a role, take out what payroll does not need, and give it to a team in one client, for a year."""
    role = access.copy_role(
        firm, name=COPIED_FROM, title=ROLE, description="Brings in payslips and opens what payroll needs."
    )
    access.set_role_verbs(firm, name=role.name, verbs=role.verbs - {LOOKING})
    team = access.make_group(firm, name=TEAM)
    for email in TEAM_OF:
        access.add_to_group(firm, group_id=team.id, person_id=papers.id_of(email))
    until = clock.now() + timedelta(days=DAYS)
    access.give_to_group(papers.at_work(client_id, ADA), group_id=team.id, role=role.name, purpose=WHY, until=until)
    return team.id


def _lay_finance(advisor: Actor) -> UUID:
    """Make a closed space for finance with one invoice in it."""
    space = documents.create_space(advisor, kind="finance")
    inner = {folder.name: folder.id for folder in queries.folders_in(advisor, space.id)}
    papers.put(advisor, papers.INVOICE, inner[papers.INVOICE.folder])
    return space.id
