"""Invite a list of people: all of them or nobody."""

from muniment.core.actor import Actor
from muniment.core.unit import action
from muniment.trust.audit import actions as audit
from muniment.trust.audit.types import Event
from muniment.trust.clients import queries as clients
from muniment.trust.identity import letter_texts
from muniment.trust.identity.actions.invitations import write_invitation
from muniment.trust.identity.life import sheets
from muniment.trust.identity.life.errors import ListRefused
from muniment.trust.identity.life.queries.importing import read_people
from muniment.trust.identity.queries.people import find_person, people_of
from muniment.trust.identity.roles import label


@action
def import_people(actor: Actor, *, text: str) -> int:
    """Invite everybody in a list to the actor's client, as `invite_person` does one by one; return how many.

    Raises:
        NotFound: `actor` may not invite people here.
        ListRefused: something is wrong with the list or with one line of it; nobody was invited.
    """
    sheet = read_people(actor, text)
    if not sheet.is_good:
        raise ListRefused
    said = letter_texts.inviting(actor)
    kind = "staff" if actor.client == clients.firm_id() else "contact"
    for line in sheet.lines:  # each was looked at as `invite_person` would; asking anew for each takes too long
        write_invitation(
            actor,
            find_person(line.email),
            said,
            email=line.email,
            name=line.name,
            kind=kind,
            role=line.role,
            purpose=line.purpose,
            grant_until=line.until,
        )
    audit.record(actor, Event.PEOPLE_IMPORTED, people=len(sheet.lines))
    return len(sheet.lines)


@action
def export_people(actor: Actor) -> str:
    """Return who belongs to the actor's client as CSV, in the columns that `import_people` reads.

    Raises:
        NotFound: `actor` may not see them.
    """
    found = people_of(actor)
    rows = [
        (
            member.person.name,
            member.person.email,
            ", ".join(str(label(role)) for role in member.roles),
            member.purpose,
            f"{member.ends_at:%Y-%m-%d}" if member.ends_at else "",
        )
        for member in found
    ]
    audit.record(actor, Event.PEOPLE_EXPORTED, people=len(rows))
    return sheets.write(("Name", "E-mail", "Role", "Purpose", "Until"), rows)
