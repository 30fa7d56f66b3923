"""Open the spaces of a list of clients and invite their people: all of it or nothing."""

from collections.abc import Sequence

from muniment.core.actor import Actor
from muniment.core.unit import acting_as, action
from muniment.trust.access import actions as grants
from muniment.trust.audit import actions as audit
from muniment.trust.audit.types import Event
from muniment.trust.identity import letter_texts
from muniment.trust.identity.actions.companies import open_client
from muniment.trust.identity.actions.invitations import write_invitation
from muniment.trust.identity.life.errors import ListRefused
from muniment.trust.identity.life.queries.bringing import read_clients
from muniment.trust.identity.life.types import ClientLine, ClientSheet
from muniment.trust.identity.queries.people import find_people


@action
def import_clients(actor: Actor, *, text: str) -> ClientSheet:
    """Open a space for every company in a list and invite its people, as `open_client` and `invite_person` do.

    Raises:
        NotFound: `actor` may not open clients, or invite anyone into them.
        ListRefused: something is wrong with the list or with one line of it; nothing was done.
    """
    grants.one_at_a_time()  # a list that is confirmed twice at once would open every space twice
    sheet = read_clients(actor, text)
    if not sheet.is_good:
        raise ListRefused
    abouts = {line.client.casefold(): line.about for line in reversed(sheet.lines) if line.about}
    for name in sheet.clients:
        made = open_client(actor, name=name, line=abouts.get(name.casefold(), ""))
        inside = actor.within(made.id)
        with acting_as(inside):
            _invite(inside, [line for line in sheet.lines if line.email and line.client.casefold() == name.casefold()])
    audit.record(actor, Event.CLIENTS_IMPORTED, clients=len(sheet.clients), people=sheet.people)
    return sheet


def _invite(inside: Actor, lines: Sequence[ClientLine]) -> None:
    if not lines:
        return
    said, people = letter_texts.inviting(inside), find_people(line.email for line in lines)
    for line in lines:
        write_invitation(
            inside,
            people.get(line.email),
            said,
            email=line.email,
            name=line.name,
            kind="contact",
            role=line.role,
            purpose=line.purpose,
            grant_until=line.until,
        )
