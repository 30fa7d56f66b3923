"""The words of the portal's mails: who, what kind, and a link."""

from dataclasses import dataclass

from muniment.core import config
from muniment.core.actor import Actor
from muniment.trust.access.types import GuestLinkFacts
from muniment.trust.clients import queries as clients
from muniment.trust.identity import models
from muniment.trust.identity.queries.companies import companies
from muniment.trust.identity.queries.people import people

Text = tuple[str, str]


@dataclass(frozen=True)
class Inviting:
    """Who invites, where to, in whose portal: the same in every mail of a list."""

    who: str
    where: str
    firm: str


def inviting(actor: Actor) -> Inviting:
    """Return what invitations of the actor to their client say."""
    firm = _firm_name()
    inviter = people([actor.person_id]).get(actor.person_id) if actor.person_id else None
    company = companies([actor.client])[actor.client]
    where = "the portal" if company.kind == "firm" else f"the space of {company.name}"
    return Inviting(inviter.name if inviter else firm, where, firm)


def invitation(said: Inviting, row: models.Invitation, path: str) -> Text:
    """Return subject and body of an invitation."""
    return f"{said.who} invites you to the client portal of {said.firm}", (
        f"Hello {row.name},\n\n"
        f"{said.who} invites you to {said.where} in the client portal of {said.firm}.\n\n"
        f"Open this link to join. It works once, until {row.expires_at:%d %B %Y}, and only for you:\n"
        f"{config.current().address}{path}\n\n"
        "If you did not expect this, ignore it: without the link nothing happens.\n"
    )


def guest_link(actor: Actor, link: GuestLinkFacts, path: str) -> Text:
    """Return subject and body of a link to one task."""
    firm = _firm_name()
    maker = people([actor.person_id]).get(actor.person_id) if actor.person_id else None
    who = maker.name if maker else firm
    company = companies([actor.client])[actor.client].name
    task = "open something" if link.task == "view" else "send files"
    return f"{who} asks you to {task} in the client portal of {firm}", (
        "Hello,\n\n"
        f"{who} sends you a link to {task} in the space of {company} in the client portal of {firm}.\n"
        "You need no account. When you open it, a code is sent to this address.\n\n"
        f"It works until {link.expires_at:%d %B %Y, %H:%M} UTC, and only for you:\n"
        f"{config.current().address}{path}\n\n"
        "If you did not expect this, ignore it: without the code nothing can be opened.\n"
    )


def guest_code(code: str) -> Text:
    """Return subject and body of the code that proves that a mailbox is a guest's."""
    return f"Your code for the client portal of {_firm_name()}", (
        f"Your code: {code}\n\n"
        "It works once, for ten minutes, in the browser in which you asked for it. If you did not ask, ignore this.\n"
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


def passkey_copied(actor: Actor, name: str) -> Text:
    """Return subject and body that tell that a key may have been copied."""
    return _happened(
        actor,
        f"Your security key {name} may have been copied",
        "It was used with an older count than before, which happens when there are two of it. This try was refused. "
        "If you did not copy it yourself, remove it from your account and use another way to sign in.",
    )


def sign_in_delayed(actor: Actor, path: str) -> Text:
    """Return subject and body that tell of many failed tries to sign in, with a way in for whoever reads them."""
    return _happened(
        actor,
        "Somebody failed to sign in to your account several times",
        "Tries from there are delayed now; you can sign in from anywhere else, and with a passkey, as always.\n\n"
        "If it was you, open this link where you want to sign in: there you need not wait. It works once, within a "
        f"day:\n{config.current().address}{path}\n\n"
        "If it was not you and the password is used elsewhere too, change it.",
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
