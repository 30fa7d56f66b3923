"""The words of the portal's mails: who, what kind, and a link."""

from muniment.core import config
from muniment.core.actor import Actor
from muniment.trust.clients import queries as clients
from muniment.trust.identity import models
from muniment.trust.identity.queries.companies import companies
from muniment.trust.identity.queries.people import people

Text = tuple[str, str]


def invitation(actor: Actor, row: models.Invitation, path: str) -> Text:
    """Return subject and body of an invitation."""
    firm = _firm_name()
    inviter = people([actor.person_id]).get(actor.person_id) if actor.person_id else None
    who = inviter.name if inviter else firm
    company = companies([row.client_id])[row.client_id]
    where = "the portal" if company.kind == "firm" else f"the space of {company.name}"
    return f"{who} invites you to the client portal of {firm}", (
        f"Hello {row.name},\n\n"
        f"{who} invites you to {where} in the client portal of {firm}.\n\n"
        f"Open this link to join. It works once, until {row.expires_at:%d %B %Y}, and only for you:\n"
        f"{config.current().address}{path}\n\n"
        "If you did not expect this, ignore it: without the link nothing happens.\n"
    )


def password_reset(path: str) -> Text:
    """Return subject and body of a link that resets a password."""
    return f"Choose a new password for the client portal of {_firm_name()}", (
        "Somebody, probably you, asked for a new password.\n\n"
        "Open this link to choose one. It works once, within an hour:\n"
        f"{config.current().address}{path}\n\n"
        "You will still need your authenticator app or a recovery code to sign in. If you did not ask, ignore this:\n"
        "your password stays as it is.\n"
    )


def password_changed(actor: Actor) -> Text:
    """Return subject and body that tell of a changed password."""
    return _happened(actor, "Your password was changed", "Every other session was signed out.")


def factor_changed(actor: Actor, what: str) -> Text:
    """Return subject and body that tell of a changed second factor."""
    return _happened(actor, what, "Every other session was signed out.")


def sign_in_delayed(actor: Actor) -> Text:
    """Return subject and body that tell of many failed tries to sign in."""
    return _happened(
        actor,
        "Somebody failed to sign in to your account several times",
        "Tries from there are delayed now; you can sign in from anywhere else as always. If it was not you and the "
        "password is used elsewhere too, change it.",
    )


def _happened(actor: Actor, what: str, then: str) -> Text:
    firm = _firm_name()
    return f"{what}: client portal of {firm}", (
        f"{what}, from {actor.device or 'an unknown device'}.\n{then}\n\n"
        f"If this was not you, tell {firm} at once. Your sessions and sign-in are here:\n"
        f"{config.current().address}/account/\n"
    )


def _firm_name() -> str:
    firm_id = clients.find_firm_id()
    found = companies([firm_id]) if firm_id else {}
    return found[firm_id].name if firm_id and firm_id in found else "your firm"
