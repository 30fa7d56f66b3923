"""The words of the mails about coming and going."""

from datetime import datetime

from muniment.core import config
from muniment.trust.identity.queries.companies import firm_name

Text = tuple[str, str]


def warned(days: int, until: datetime) -> Text:
    """Return subject and body of the warning that somebody will be shut out."""
    firm = firm_name()
    return f"Sign in to the client portal of {firm} to keep your access", (
        f"You did not sign in to the client portal of {firm} for a long time. Who does not sign in for {days} days "
        "is shut out, so that no forgotten account can be misused.\n\n"
        f"To keep your access, sign in before {until:%d %B %Y}:\n{config.current().address}/sign-in/\n\n"
        f"If you do not need it any more, you need do nothing. {firm} can let you back in at any time.\n"
    )


def disabled(why: str) -> Text:
    """Return subject and body that tell somebody that they were shut out."""
    firm = firm_name()
    reason = {
        "inactive": "You did not sign in for a long time, so your access to the portal was switched off.",
        "directory": "The directory of your organisation switched your access to the portal off.",
    }.get(why, f"{firm} switched your access to the portal off.")
    return f"Your access to the client portal of {firm} is switched off", (
        f"{reason}\n\nNothing of yours was deleted. If you need it again, ask {firm}: they can let you back in.\n"
    )


def enabled() -> Text:
    """Return subject and body that tell somebody that they can sign in again."""
    firm = firm_name()
    return f"You can sign in to the client portal of {firm} again", (
        f"{firm} let you back into the client portal. Sign in as before:\n{config.current().address}/sign-in/\n\n"
        "If your password or your second step is gone, the page for signing in says how to go on.\n"
    )


def spared(name: str, days: int) -> Text:
    """Return subject and body that tell administrators of one whom silence did not shut out."""
    return f"An administrator of the client portal of {firm_name()} does not sign in", (
        f"{name} did not sign in for nearly {days} days or more. They were not shut out, because they are the only "
        "administrator or the one for emergencies.\n\n"
        "Try whether they can still sign in, or make somebody else an administrator:\n"
        f"{config.current().address}/people/\n"
    )


def confirm_old(email: str, path: str, until: datetime) -> Text:
    """Return subject and body of the link to the old mailbox."""
    firm = firm_name()
    return f"Is it you who changes your address at the client portal of {firm}?", (
        f"Somebody signed in as you and wants to sign in with another address from now on: {email}\n\n"
        f"If it was you, open this link and say yes. It works once, until {until:%d %B %Y, %H:%M} UTC:\n"
        f"{config.current().address}{path}\n\n"
        "The same page lets you stop it. If it was not you, stop it and change your password at once:\n"
        f"{config.current().address}/account/password/\n"
    )


def confirm_new(path: str, until: datetime) -> Text:
    """Return subject and body of the link to the new mailbox."""
    firm = firm_name()
    return f"Confirm your new address for the client portal of {firm}", (
        f"Somebody, probably you, wants to sign in to the client portal of {firm} with this address.\n\n"
        f"Open this link and say yes. It works once, until {until:%d %B %Y, %H:%M} UTC:\n"
        f"{config.current().address}{path}\n\n"
        "Your old address must say yes too: a link is in its mailbox. If you did not expect this, ignore it.\n"
    )


def address_taken() -> Text:
    """Return subject and body to an address that somebody else wants to have and that has an account already."""
    firm = firm_name()
    return f"Your address at the client portal of {firm}", (
        f"Somebody wanted to change the address of their own account at the client portal of {firm} to yours. You have "
        "an account with it already, so nothing happened, and nobody was told that you have one.\n\n"
        "If it was you, sign in with this address instead, or leave it free first.\n"
    )


def address_changed(email: str) -> Text:
    """Return subject and body that tell both mailboxes that the address is changed."""
    firm = firm_name()
    return f"Your address at the client portal of {firm} was changed", (
        f"From now on you sign in with {email}. Every other session was signed out.\n\n"
        f"If this was not you, tell {firm} at once.\n"
    )


def welcome(name: str, company: str, *, elsewhere: bool) -> Text:
    """Return subject and body to somebody whom a directory brought: how they come in for the first time."""
    firm, address = firm_name(), config.current().address
    way = (
        f"Sign in through your organisation:\n{address}/sign-in/\n"
        if elsewhere
        else f"Choose a password first; a link for that comes to this address:\n{address}/account/password/reset/\n"
    )
    return f"You can use the client portal of {firm}", (
        f"Hello {name},\n\n"
        f"{company} gave you access to its space in the client portal of {firm}.\n\n{way}\n"
        "If you did not expect this, ask them.\n"
    )


def left(company: str) -> Text:
    """Return subject and body to somebody who left a client by themselves."""
    return f"You left {company} in the client portal of {firm_name()}", (
        f"You do not belong to {company} any more, and can open nothing of it. What you did there stays in its log.\n\n"
        "If this was not you, tell them at once.\n"
    )
