"""The words of letters about access: who, how long, and a link; never what somebody wrote."""

from muniment.core import config, ids
from muniment.core.actor import Actor
from muniment.trust.identity import queries as identity
from muniment.trust.identity.types import Person
from muniment.trust.oversight.models import AccessRequest, AccessReview

Text = tuple[str, str]


def asked(actor: Actor, row: AccessRequest, to: Person) -> Text:
    """Return subject and body for who could decide about a request."""
    who, client, firm = _names(actor, row)
    urgent = "This is an emergency, they say.\n\n" if row.is_emergency else ""
    page = "/access-requests/" if to.kind == "staff" else f"/{ids.public(actor.client)}/access-requests/"
    return f"{who} asks for access: client portal of {firm}", (
        f"{who} asks for access to the space of {client}, for {length(row.hours)}.\n\n{urgent}"
        f"Why, and what for, stands here; you can say yes or no:\n{config.current().address}{page}\n"
    )


def given(actor: Actor, row: AccessRequest) -> Text:
    """Return subject and body for who asked."""
    _who, client, firm = _names(actor, row)
    return f"You have access: client portal of {firm}", (
        f"The access to the space of {client} that you asked for was given, for {length(row.hours)}. It ends by itself."
        f"\n\n{config.current().address}/{ids.public(actor.client)}/documents/\n"
    )


def told(actor: Actor, row: AccessRequest) -> Text:
    """Return subject and body for the client's own people: somebody of the firm got access to their space."""
    who, client, firm = _names(actor, row)
    decider = identity.people([actor.person_id]).get(actor.person_id) if actor.person_id else None
    how = "In an emergency, access" if row.is_emergency else "Access"
    return f"{who} got access to your space: client portal of {firm}", (
        f"{how} to the space of {client} was given to {who}, for {length(row.hours)}"
        f"{f', as {decider.name} decided' if decider else ''}. It ends by itself.\n\n"
        f"Why, and everything that is opened, stands in your log:\n"
        f"{config.current().address}/{ids.public(actor.client)}/log/\n"
    )


def declined(actor: Actor) -> Text:
    """Return subject and body for who asked in vain."""
    firm = identity.firm_name()
    return f"Access was declined: client portal of {firm}", (
        "The access that you asked for was declined. If a reason was given, it stands beside your request:\n"
        f"{config.current().address}/{ids.public(actor.client)}/access-requests/\n"
    )


def to_review(actor: Actor, row: AccessReview, count: int) -> Text:
    """Return subject and body for somebody who is to review some grants of a client."""
    client, firm = identity.company(actor.client).name, identity.firm_name()
    what = "one grant" if count == 1 else f"{count} grants"
    return f"Please look at who has access: client portal of {firm}", (
        f"It is time to look again at who has access to the space of {client}: {what} wait for you, until "
        f"{row.due_at:%d %B %Y}.\n\n"
        f"{config.current().address}/{ids.public(actor.client)}/reviews/{ids.public(row.id)}/\n"
    )


def length(hours: int) -> str:
    """Return a time in words: hours up to a day, then days."""
    count, unit = (hours, "hour") if hours < 24 else (hours // 24, "day")  # noqa: PLR2004 - a day
    return f"{count} {unit}" if count == 1 else f"{count} {unit}s"


def _names(actor: Actor, row: AccessRequest) -> tuple[str, str, str]:
    person = identity.people([row.asked_by]).get(row.asked_by)
    return person.name if person else "Somebody", identity.company(actor.client).name, identity.firm_name()
